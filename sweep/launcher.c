/* launcher.c - a device and a stream for run_device, and what it did with them. */
#include "sweep/launcher.h"

#include <stdio.h>

#include "core/memory.h"
#include "sweep/timeline.h"

struct td_memory {
    td_memory *next;
    void *data;
    size_t bytes;
};

static const td_backend *backend_of(const td_launcher *launcher)
{
    return device_backend(launcher->place->device);
}

static void launcher_event(const td_launcher *launcher, td_trace_kind kind, double begin,
                           double end, uint64_t bytes, const char *name)
{
    timeline_add(launcher->run,
                 (td_trace_event){.kind = kind,
                                  .begin = begin,
                                  .end = end,
                                  .worker = launcher->worker,
                                  .stream = launcher->slot,
                                  .unit = launcher->unit,
                                  .bytes = bytes},
                 launcher->place->device, name);
}

/* ---- Life ------------------------------------------------------------------------------------ */

td_status launcher_open(td_launcher *launcher, sweep_place *place, uint32_t worker, uint64_t unit,
                        td_error *err)
{
    td_device *const device = place->device;
    launcher->worker = worker;
    launcher->unit = unit;
    if (launcher->stream && launcher->place == place) return TD_OK;
    launcher_close(launcher);
    td_status status =
        device_backend(device)->stream_open(device_handle(device), &launcher->stream, err);
    if (status) {
        launcher->stream = NULL;
        return status;
    }
    launcher->place = place;
    launcher->info = (td_device_info)TD_DEVICE_INFO_INIT;
    status = td_device_describe(device, &launcher->info, err);
    if (status) launcher_close(launcher);
    return status;
}

static void memory_free(td_launcher *launcher, td_memory *memory)
{
    if (launcher->run->options.trace) {
        const double now = trace_now();
        launcher_event(launcher, TD_TRACE_FREE, now, now, memory->bytes, "free");
    }
    device_free(launcher->place->device, memory->data, memory->bytes, launcher->stream);
    atomic_fetch_sub(&launcher->place->memory.used, memory->bytes);
    memory_give(memory);
}

td_status launcher_end(td_launcher *launcher, td_status status, td_error *err)
{
    /* Also after a failure: a kernel may still use the memory that is freed here. */
    const td_status waited = td_launcher_wait(launcher, status ? NULL : err);
    launcher->host_since = 0.0;
    while (launcher->memory) {
        td_memory *const next = launcher->memory->next;
        memory_free(launcher, launcher->memory);
        launcher->memory = next;
    }
    place_work_add(launcher->run, launcher->place, &launcher->work, launcher->span,
                   &launcher->span_count);
    /* A stream on which something failed is not used again. */
    if (status || waited) launcher_close(launcher);
    return status ? status : waited;
}

void launcher_close(td_launcher *launcher)
{
    if (launcher->stream) backend_of(launcher)->stream_close(launcher->stream);
    launcher->stream = NULL;
    launcher->place = NULL;
}

/* ---- What run_device asks -------------------------------------------------------------------- */

const td_device_info *td_launcher_info(const td_launcher *device)
{
    return &device->info;
}

bool td_launcher_cancelled(const td_launcher *device)
{
    return stop_requested(&device->run->stop);
}

/* ---- What run_device calls ------------------------------------------------------------------- */

/* Takes bytes from the run's limit, or answers false. */
static bool count_in(launcher_count *count, uint64_t bytes)
{
    uint64_t used = atomic_load(&count->used);
    do {
        if (count->max > 0 && (bytes > count->max || used > count->max - bytes)) return false;
    } while (!atomic_compare_exchange_weak(&count->used, &used, used + bytes));
    return true;
}

static void count_peak(launcher_count *count)
{
    const uint64_t used = atomic_load(&count->used);
    uint64_t peak = atomic_load(&count->peak);
    while (peak < used && !atomic_compare_exchange_weak(&count->peak, &peak, used)) {}
}

static td_status launcher_alloc(td_launcher *device, size_t bytes, td_memory **out, td_error *err)
{
    launcher_count *const count = &device->place->memory;
    td_memory *const memory = memory_take(engine_allocator(device->run->engine), sizeof *memory);
    if (!memory) return td_fail(err, TD_E_NO_MEMORY, "no %zu bytes of host memory", sizeof *memory);
    if (!count_in(count, bytes)) {
        memory_give(memory);
        return td_fail(err, TD_E_NO_DEVICE_MEMORY,
                       "device %s: %zu bytes beside %llu in use pass the run's limit of %llu bytes",
                       device_name(device->place->device), bytes,
                       (unsigned long long)atomic_load(&count->used),
                       (unsigned long long)count->max);
    }
    const td_status status = device_alloc(device->place->device, bytes, &memory->data, err);
    if (status) {
        atomic_fetch_sub(&count->used, bytes);
        memory_give(memory);
        return status;
    }
    count_peak(count);
    memory->bytes = bytes;
    memory->next = device->memory;
    device->memory = memory;
    *out = memory;
    return TD_OK;
}

td_status td_launcher_alloc(td_launcher *device, size_t bytes, td_memory **out, td_error *err)
{
    launcher_host_ends(device);
    const td_status status = launcher_alloc(device, bytes, out, err);
    if (!status && device->run->options.trace) {
        const double now = trace_now();
        launcher_event(device, TD_TRACE_ALLOC, now, now, bytes, "alloc");
    }
    launcher_host_begins(device);
    return status;
}

static td_status range_check(const td_memory *memory, size_t offset, size_t bytes, td_error *err)
{
    if (!memory) return td_fail(err, TD_E_BAD_ARGUMENT, "a copy needs device memory, not NULL");
    if (offset <= memory->bytes && bytes <= memory->bytes - offset) return TD_OK;
    return td_fail(err, TD_E_OUT_OF_RANGE, "a copy of %zu bytes at %zu, in memory of %zu bytes",
                   bytes, offset, memory->bytes);
}

/* Waits. What ended is asked of the device; without its word the launches since the last wait are
 * one piece of work, by the host's clock. */
static td_status wait_for_stream(td_launcher *device, td_error *err)
{
    const td_backend *const backend = backend_of(device);
    const double start = trace_now();
    const td_status status = backend->stream_wait(device->stream, err);
    const double end = trace_now();
    launcher_event(device, TD_TRACE_WAIT, start, end, 0, "wait");
    if (!status && backend->stream_records) {
        backend->stream_records(device->stream, launcher_record, device);
    } else if (!status && device->launched > 0.0) {
        td_record record = {.struct_size = sizeof record, .kind = TD_RECORD_KERNEL};
        record.begin = device->launched;
        record.end = end;
        snprintf(record.name, sizeof record.name, "%s", device->kernel);
        launcher_record(device, &record);
    }
    device->launched = 0.0;
    return status;
}

/* A copy by the host's clock, for a backend without records: from its start until it is there. */
static td_status copy_timed(td_launcher *device, void *target, const void *source, size_t bytes,
                            td_copy_way way, bool wait, td_error *err)
{
    const td_backend *const backend = backend_of(device);
    td_record record = {.struct_size = sizeof record, .bytes = bytes};
    record.kind = way == TD_TO_DEVICE ? TD_RECORD_TO_DEVICE : TD_RECORD_TO_HOST;
    /* What was launched before it is not the copy's time. */
    td_status status = wait && device->launched > 0.0 ? wait_for_stream(device, err) : TD_OK;
    if (status) return status;
    record.begin = trace_now();
    status = backend->copy(device->stream, target, source, bytes, way, err);
    /* Also after a failure: part of it may be under way. */
    const td_status waited =
        wait ? backend->stream_wait(device->stream, status ? NULL : err) : TD_OK;
    record.end = trace_now();
    if (!status && !waited) launcher_record(device, &record);
    return status ? status : waited;
}

static td_status copy_recorded(td_launcher *device, void *target, const void *source, size_t bytes,
                               td_copy_way way, bool wait, td_error *err)
{
    const td_status status =
        backend_of(device)->copy(device->stream, target, source, bytes, way, err);
    const td_status waited = wait ? wait_for_stream(device, status ? NULL : err) : TD_OK;
    return status ? status : waited;
}

/* To the host it waits, so that no stream holds on to the operation's memory, on whatever path
 * that is given back. */
static td_status launcher_copy(td_launcher *device, void *target, const void *source, size_t bytes,
                               td_copy_way way, td_error *err)
{
    const td_backend *const backend = backend_of(device);
    const bool wait = way == TD_TO_HOST || backend->abi_minor < 1;
    launcher_host_ends(device);
    const td_status status = backend->stream_records
                                 ? copy_recorded(device, target, source, bytes, way, wait, err)
                                 : copy_timed(device, target, source, bytes, way, wait, err);
    if (!status && way == TD_TO_DEVICE) device->work.bytes_to_device += bytes;
    if (!status && way == TD_TO_HOST) device->work.bytes_to_host += bytes;
    launcher_host_begins(device);
    return status;
}

td_status td_launcher_put(td_launcher *device, td_memory *to, size_t offset, const void *from,
                          size_t bytes, td_error *err)
{
    const td_status status = range_check(to, offset, bytes, err);
    if (status || bytes == 0) return status;
    return launcher_copy(device, (char *)to->data + offset, from, bytes, TD_TO_DEVICE, err);
}

td_status td_launcher_get(td_launcher *device, void *to, const td_memory *from, size_t offset,
                          size_t bytes, td_error *err)
{
    const td_status status = range_check(from, offset, bytes, err);
    if (status || bytes == 0) return status;
    return launcher_copy(device, to, (char *)from->data + offset, bytes, TD_TO_HOST, err);
}

static td_status launch_args(const char *kernel, const td_kernel_arg *args, uint32_t arg_count,
                             td_launch_arg *list, td_error *err)
{
    if (arg_count > LAUNCH_ARGS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "kernel %s: %u arguments, allowed 0 to %d", kernel,
                       arg_count, LAUNCH_ARGS_MAX);
    for (uint32_t i = 0; i < arg_count; ++i) {
        if (!args[i].data == !args[i].memory)
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "kernel %s: argument %u needs a value or memory, not %s", kernel, i,
                           args[i].data ? "both" : "neither");
        list[i] = args[i].memory ? (td_launch_arg){args[i].memory->data, 0, true}
                                 : (td_launch_arg){args[i].data, args[i].bytes, false};
    }
    return TD_OK;
}

td_status td_launcher_launch(td_launcher *device, const char *kernel, uint32_t groups,
                             const td_kernel_arg *args, uint32_t arg_count, td_error *err)
{
    const char *const kernels[] = {kernel, NULL};
    td_launch_arg list[LAUNCH_ARGS_MAX];
    if (!device_has_kernels(device->place->device, kernels))
        return td_fail(err, TD_E_UNSUPPORTED, "device %s has no kernel %s",
                       device_name(device->place->device), kernel);
    td_status status = launch_args(kernel, args, arg_count, list, err);
    if (status) return status;
    const td_launch launch = {sizeof launch, groups, kernel, arg_count, list};
    launcher_host_ends(device);
    if (device->launched <= 0.0) device->launched = trace_now();
    snprintf(device->kernel, sizeof device->kernel, "%s", kernel);
    status = backend_of(device)->launch(device->stream, &launch, err);
    if (!status) device->work.launches += 1;
    launcher_host_begins(device);
    return status;
}

td_status td_launcher_wait(td_launcher *device, td_error *err)
{
    launcher_host_ends(device);
    const td_status status = wait_for_stream(device, err);
    launcher_host_begins(device);
    return status;
}
