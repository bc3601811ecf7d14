/* monitor.c - one thread that samples every device at a steady pace, and the rings it fills.
 *
 * The sources are asked outside of the lock, since a driver may take its time; the lock is held
 * only while the new samples are put into the rings, or read from them. */
#include "tandem/monitor.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/memory.h"
#include "core/monitor_source.h"
#include "tandem/module.h"

#define PERIOD_MS_MIN    100
#define PERIOD_MS_MAX    60000
#define PERIOD_MS_USUAL  1000
#define CAPACITY_MIN     2
#define CAPACITY_MAX     (1u << 20)
#define CAPACITY_USUAL   600
#define NANOS_PER_SECOND 1000000000L

struct td_monitor {
    monitor_nvml *nvml;
    monitor_cpu cpu;
    char note[MONITOR_NOTE_MAX];
    td_monitor_device *device;
    td_sample *fresh; /* one of each device, for the sampling thread alone */
    uint32_t device_count, capacity, period_ms;
    pthread_t thread;
    bool started;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    td_sample *ring; /* capacity of each device, one device after the other */
    uint64_t count;  /* samples taken of each device so far */
    bool stop;
};

td_pressure td_pressure_of(uint64_t used, uint64_t total)
{
    const double share = total ? (double)used / (double)total : 0.0;
    if (share < 0.60) return TD_PRESSURE_LOW;
    if (share < 0.80) return TD_PRESSURE_MEDIUM;
    if (share < 0.90) return TD_PRESSURE_HIGH;
    return TD_PRESSURE_CRITICAL;
}

const char *td_pressure_name(td_pressure pressure)
{
    switch (pressure) {
    case TD_PRESSURE_LOW: return "LOW";
    case TD_PRESSURE_MEDIUM: return "MEDIUM";
    case TD_PRESSURE_HIGH: return "HIGH";
    case TD_PRESSURE_CRITICAL: return "CRITICAL";
    }
    return "UNKNOWN";
}

void monitor_sample_clear(td_sample *sample)
{
    memset(sample, 0, sizeof *sample);
    sample->struct_size = sizeof *sample;
    sample->utilisation = sample->memory_utilisation = NAN;
    sample->temperature = sample->power = sample->power_limit = NAN;
    sample->clock = sample->clock_max = sample->memory_clock = NAN;
}

/* ---- Sampling -------------------------------------------------------------------------------- */

static double seconds_of(const struct timespec *time)
{
    return (double)time->tv_sec + 1e-9 * (double)time->tv_nsec;
}

static void take_samples(td_monitor *monitor)
{
    for (uint32_t i = 0; i < monitor->device_count; ++i) {
        td_sample *sample = &monitor->fresh[i];
        struct timespec now;
        monitor_sample_clear(sample);
        clock_gettime(CLOCK_MONOTONIC, &now);
        sample->time = seconds_of(&now);
        if (i + 1 < monitor->device_count) monitor_nvml_sample(monitor->nvml, i, sample);
        else monitor_cpu_sample(&monitor->cpu, sample->time, sample);
        sample->pressure = td_pressure_of(sample->memory_bytes_used, sample->memory_bytes_total);
    }
    pthread_mutex_lock(&monitor->lock);
    const uint64_t slot = monitor->count % monitor->capacity;
    for (uint32_t i = 0; i < monitor->device_count; ++i) {
        monitor->fresh[i].number = monitor->count;
        monitor->ring[(size_t)i * monitor->capacity + slot] = monitor->fresh[i];
    }
    monitor->count += 1;
    pthread_cond_broadcast(&monitor->changed);
    pthread_mutex_unlock(&monitor->lock);
}

static void add_ms(struct timespec *time, uint32_t ms)
{
    time->tv_sec += ms / 1000;
    time->tv_nsec += (long)(ms % 1000) * 1000000L;
    if (time->tv_nsec >= NANOS_PER_SECOND) {
        time->tv_sec += 1;
        time->tv_nsec -= NANOS_PER_SECOND;
    }
}

/* The next beat after now of those that lie a period apart: beats that were missed, because the
 * machine slept or a driver hung, are left out and not made up for. */
static void next_beat(struct timespec *beat, uint32_t period_ms)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    add_ms(beat, period_ms);
    if (seconds_of(beat) > seconds_of(&now)) return;
    *beat = now;
    add_ms(beat, period_ms);
}

static void *sample_thread(void *context)
{
    td_monitor *monitor = context;
    struct timespec beat;
    clock_gettime(CLOCK_MONOTONIC, &beat);
    for (;;) {
        next_beat(&beat, monitor->period_ms);
        pthread_mutex_lock(&monitor->lock);
        int late = 0;
        while (!monitor->stop && !late)
            late = pthread_cond_timedwait(&monitor->changed, &monitor->lock, &beat);
        const bool stop = monitor->stop;
        pthread_mutex_unlock(&monitor->lock);
        if (stop) return NULL;
        take_samples(monitor);
    }
}

/* ---- Life ------------------------------------------------------------------------------------ */

/* Reads the part of the configuration that the caller knows. */
static td_status read_config(const td_monitor_config *config, td_monitor_config *out, td_error *err)
{
    const td_monitor_config usual = TD_MONITOR_CONFIG_INIT;
    *out = usual;
    if (config)
        memcpy(out, config, config->struct_size < sizeof *out ? config->struct_size : sizeof *out);
    if (out->period_ms == 0) out->period_ms = PERIOD_MS_USUAL;
    if (out->capacity == 0) out->capacity = CAPACITY_USUAL;
    if (out->period_ms < PERIOD_MS_MIN || out->period_ms > PERIOD_MS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "monitor: period_ms is %u, allowed %d to %d",
                       out->period_ms, PERIOD_MS_MIN, PERIOD_MS_MAX);
    if (out->capacity < CAPACITY_MIN || out->capacity > CAPACITY_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "monitor: capacity is %u, allowed %d to %u",
                       out->capacity, CAPACITY_MIN, CAPACITY_MAX);
    return TD_OK;
}

static td_status make_rings(td_monitor *monitor, td_error *err)
{
    const td_allocator plain = memory_allocator(NULL);
    const uint32_t count = monitor->device_count;
    monitor->device = memory_array(&plain, count, sizeof *monitor->device);
    monitor->fresh = memory_array(&plain, count, sizeof *monitor->fresh);
    monitor->ring =
        memory_array(&plain, (uint64_t)count * monitor->capacity, sizeof *monitor->ring);
    if (!monitor->device || !monitor->fresh || !monitor->ring)
        return td_fail(err, TD_E_NO_MEMORY, "monitor: no memory for %u samples of %u devices",
                       monitor->capacity, count);
    for (uint32_t i = 0; i < count; ++i) {
        const td_monitor_device empty = TD_MONITOR_DEVICE_INIT;
        monitor->device[i] = empty;
        if (i + 1 < count) monitor_nvml_describe(monitor->nvml, i, &monitor->device[i]);
        else monitor_cpu_describe(&monitor->cpu, &monitor->device[i]);
    }
    return TD_OK;
}

static void make_condition(td_monitor *monitor)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&monitor->lock, NULL);
    pthread_cond_init(&monitor->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

td_status td_monitor_create(const td_monitor_config *config, td_monitor **out, td_error *err)
{
    const td_allocator plain = memory_allocator(NULL);
    td_monitor_config wanted;
    td_status status = read_config(config, &wanted, err);
    if (status) return status;
    td_monitor *monitor = memory_take(&plain, sizeof *monitor);
    if (!monitor) return td_fail(err, TD_E_NO_MEMORY, "monitor: no memory for it");
    make_condition(monitor);
    monitor->capacity = wanted.capacity;
    monitor->period_ms = wanted.period_ms;
    status = monitor_nvml_open(wanted.nvml, &monitor->nvml, monitor->note, err);
    if (status) goto out;
    monitor_cpu_open(&monitor->cpu, wanted.root);
    monitor->device_count = monitor_nvml_count(monitor->nvml) + 1;
    status = make_rings(monitor, err);
    if (status) goto out;
    take_samples(monitor);
    const int refused = pthread_create(&monitor->thread, NULL, sample_thread, monitor);
    if (refused) {
        status = td_fail(err, TD_E_NO_MEMORY, "monitor: no thread: %s", strerror(refused));
        goto out;
    }
    monitor->started = true;
    *out = monitor;
    monitor = NULL;
out:
    td_monitor_destroy(monitor);
    return status;
}

void td_monitor_destroy(td_monitor *monitor)
{
    if (!monitor) return;
    if (monitor->started) {
        pthread_mutex_lock(&monitor->lock);
        monitor->stop = true;
        pthread_cond_broadcast(&monitor->changed);
        pthread_mutex_unlock(&monitor->lock);
        pthread_join(monitor->thread, NULL);
    }
    monitor_nvml_close(monitor->nvml);
    pthread_cond_destroy(&monitor->changed);
    pthread_mutex_destroy(&monitor->lock);
    memory_give(monitor->device);
    memory_give(monitor->fresh);
    memory_give(monitor->ring);
    memory_give(monitor);
}

/* ---- Reading -----------------------------------------------------------------------------------
 */

uint32_t td_monitor_device_count(const td_monitor *monitor)
{
    return monitor->device_count;
}

td_status td_monitor_describe(const td_monitor *monitor, uint32_t device, td_monitor_device *out,
                              td_error *err)
{
    if (device >= monitor->device_count)
        return td_fail(err, TD_E_NOT_FOUND, "monitor: there is no device %u, allowed 0 to %u",
                       device, monitor->device_count - 1);
    const uint32_t known = out->struct_size;
    memcpy(out, &monitor->device[device], known < sizeof *out ? known : sizeof *out);
    out->struct_size = known;
    return TD_OK;
}

uint32_t td_monitor_read(const td_monitor *monitor, uint32_t device, uint64_t first, td_sample *out,
                         uint32_t room)
{
    if (device >= monitor->device_count) return 0;
    td_monitor *own = (td_monitor *)monitor; /* what a caller can see does not change */
    pthread_mutex_lock(&own->lock);
    const uint64_t oldest = own->count > own->capacity ? own->count - own->capacity : 0;
    if (first < oldest) first = oldest;
    uint32_t copied = 0;
    for (; copied < room && first + copied < own->count; ++copied)
        out[copied] = own->ring[(size_t)device * own->capacity + (first + copied) % own->capacity];
    pthread_mutex_unlock(&own->lock);
    return copied;
}

const char *td_monitor_note(const td_monitor *monitor)
{
    return monitor->note;
}

bool td_monitor_wait(td_monitor *monitor, uint64_t number, uint32_t timeout_ms)
{
    struct timespec until;
    int late = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    add_ms(&until, timeout_ms);
    pthread_mutex_lock(&monitor->lock);
    /* Samples 0 .. count - 1 are there. */
    while (monitor->count <= number + 1 && !late)
        late = pthread_cond_timedwait(&monitor->changed, &monitor->lock, &until);
    const bool newer = monitor->count > number + 1;
    pthread_mutex_unlock(&monitor->lock);
    return newer;
}
