/* top_json.c - a sample of all devices and runs as JSON, and what of a run is left. */
#include "cli/top.h"

#include <math.h>

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *bytes_json(uint64_t bytes)
{
    return bytes ? json_integer((json_int_t)bytes) : json_null();
}

static json_t *device_json(const top_device *device)
{
    const td_sample *now = &device->history[device->count - 1];
    const td_monitor_device *about = &device->about;
    const bool memory = now->memory_bytes_total > 0;
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "kind", about->kind == TD_GPU ? "gpu" : "cpu", "title", about->title, "pci", about->pci,
        "driver", about->driver, "number", (json_int_t)now->number, "cores",
        about->kind == TD_CPU ? json_integer((json_int_t)about->cores) : json_null(), "utilisation",
        number(now->utilisation), "memory_utilisation", number(now->memory_utilisation),
        "memory_bytes_used",
        memory ? json_integer((json_int_t)now->memory_bytes_used) : json_null(),
        "memory_bytes_total", bytes_json(now->memory_bytes_total), "pressure",
        memory ? json_string(td_pressure_name(now->pressure)) : json_null(), "temperature",
        number(now->temperature), "power", number(now->power), "power_limit",
        number(now->power_limit), "clock", number(now->clock), "clock_max", number(now->clock_max),
        "memory_clock", number(now->memory_clock));
}

static json_t *run_json(const publish_run *run, double now)
{
    const double age = now - run->updated;
    const double left = run->seconds_left - age;
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:f, s:o, s:o, s:o, s:o}",
                     "pid", (json_int_t)run->pid, "command", run->command, "input", run->input,
                     "step", run->step, "devices", run->devices, "units_done",
                     (json_int_t)run->units_done, "units_total", (json_int_t)run->units_total,
                     "units_resumed", (json_int_t)run->units_resumed, "units_running",
                     (json_int_t)run->units_running, "share", run->share, "units_per_second",
                     number(run->rate), "seconds", number(now - run->begun), "seconds_left",
                     number(left < 0.0 ? 0.0 : left), "seconds_old", number(age));
}

json_t *top_json(const top_view *view, double unix_time)
{
    json_t *devices = json_array(), *runs = json_array();
    for (uint32_t i = 0; i < view->device_count; ++i)
        json_array_append_new(devices, device_json(&view->device[i]));
    for (uint32_t i = 0; i < view->run_count; ++i)
        json_array_append_new(runs, run_json(&view->run[i], view->now));
    return json_pack("{s:f, s:f, s:s, s:s, s:o, s:o}", "time", unix_time, "interval",
                     view->interval, "host", view->host, "note", view->note, "devices", devices,
                     "runs", runs);
}
