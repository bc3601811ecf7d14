/* launcher.c - a device and a stream for run_device, and what it did with them. */
#include "sweep/launcher.h"

#include <time.h>

#include "core/memory.h"

struct td_memory {
    td_memory *next;
    void *data;
    size_t bytes;
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- Life ------------------------------------------------------------------------------------ */

td_status launcher_open(td_launcher *launcher, td_device *device, td_error *err)
{
    if (launcher->stream && launcher->device == device) return TD_OK;
    launcher_close(launcher);
    const td_status status =
        device_backend(device)->stream_open(device_handle(device), &launcher->stream, err);
    if (status) {
        launcher->stream = NULL;
        return status;
    }
    launcher->device = device;
    launcher->info = (td_device_info)TD_DEVICE_INFO_INIT;
    return td_device_describe(device, &launcher->info, err);
}

static void memory_free(td_launcher *launcher, td_memory *memory)
{
    device_free(launcher->device, memory->data, memory->bytes, launcher->stream);
    atomic_fetch_sub(&launcher->count->used, memory->bytes);
    memory_give(memory);
}

td_status launcher_end(td_launcher *launcher, td_status status, td_error *err)
{
    /* Also after a failure: a kernel may still use the memory that is freed here. */
    const td_status waited = td_launcher_wait(launcher, status ? NULL : err);
    while (launcher->memory) {
        td_memory *const next = launcher->memory->next;
        memory_free(launcher, launcher->memory);
        launcher->memory = next;
    }
    /* A stream on which something failed is not used again. */
    if (status || waited) launcher_close(launcher);
    return status ? status : waited;
}

void launcher_close(td_launcher *launcher)
{
    if (launcher->stream) device_backend(launcher->device)->stream_close(launcher->stream);
    launcher->stream = NULL;
    launcher->device = NULL;
}

/* ---- What run_device asks -------------------------------------------------------------------- */

const td_device_info *td_launcher_info(const td_launcher *device)
{
    return &device->info;
}

bool td_launcher_cancelled(const td_launcher *device)
{
    return device->stop && stop_requested(device->stop);
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

td_status td_launcher_alloc(td_launcher *device, size_t bytes, td_memory **out, td_error *err)
{
    td_memory *const memory = memory_take(engine_allocator(device->engine), sizeof *memory);
    if (!memory) return td_fail(err, TD_E_NO_MEMORY, "no %zu bytes of host memory", sizeof *memory);
    if (!count_in(device->count, bytes)) {
        memory_give(memory);
        return td_fail(err, TD_E_NO_DEVICE_MEMORY,
                       "device %s: %zu bytes beside %llu in use pass the run's limit of %llu bytes",
                       device_name(device->device), bytes,
                       (unsigned long long)atomic_load(&device->count->used),
                       (unsigned long long)device->count->max);
    }
    const td_status status = device_alloc(device->device, bytes, &memory->data, err);
    if (status) {
        atomic_fetch_sub(&device->count->used, bytes);
        memory_give(memory);
        return status;
    }
    count_peak(device->count);
    memory->bytes = bytes;
    memory->next = device->memory;
    device->memory = memory;
    *out = memory;
    return TD_OK;
}

static td_status range_check(const td_memory *memory, size_t offset, size_t bytes, td_error *err)
{
    if (!memory) return td_fail(err, TD_E_BAD_ARGUMENT, "a copy needs device memory, not NULL");
    if (offset <= memory->bytes && bytes <= memory->bytes - offset) return TD_OK;
    return td_fail(err, TD_E_OUT_OF_RANGE, "a copy of %zu bytes at %zu, in memory of %zu bytes",
                   bytes, offset, memory->bytes);
}

/* A copy that has been made when it returns: no stream ever holds on to the operation's host
 * memory, on whatever path it is given back. Streams of other workers compute meanwhile. */
static td_status copy_now(td_launcher *device, void *target, const void *source, size_t bytes,
                          td_copy_way way, td_error *err)
{
    const td_backend *const backend = device_backend(device->device);
    td_status status = device->launched ? td_launcher_wait(device, err) : TD_OK;
    if (status) return status;
    const double start = seconds_now();
    status = backend->copy(device->stream, target, source, bytes, way, err);
    /* Also after a failure: part of it may be under way. */
    const td_status waited = backend->stream_wait(device->stream, status ? NULL : err);
    device->seconds_copy += seconds_now() - start;
    return status ? status : waited;
}

td_status td_launcher_put(td_launcher *device, td_memory *to, size_t offset, const void *from,
                          size_t bytes, td_error *err)
{
    const td_status status = range_check(to, offset, bytes, err);
    if (status || bytes == 0) return status;
    return copy_now(device, (char *)to->data + offset, from, bytes, TD_TO_DEVICE, err);
}

td_status td_launcher_get(td_launcher *device, void *to, const td_memory *from, size_t offset,
                          size_t bytes, td_error *err)
{
    const td_status status = range_check(from, offset, bytes, err);
    if (status || bytes == 0) return status;
    return copy_now(device, to, (char *)from->data + offset, bytes, TD_TO_HOST, err);
}

td_status td_launcher_launch(td_launcher *device, const char *kernel, uint32_t groups,
                             const td_kernel_arg *args, uint32_t arg_count, td_error *err)
{
    const char *const kernels[] = {kernel, NULL};
    td_launch_arg list[LAUNCH_ARGS_MAX];
    if (!device_has_kernels(device->device, kernels))
        return td_fail(err, TD_E_UNSUPPORTED, "device %s has no kernel %s",
                       device_name(device->device), kernel);
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
    const td_launch launch = {sizeof launch, groups, kernel, arg_count, list};
    const double start = seconds_now();
    const td_status status = device_backend(device->device)->launch(device->stream, &launch, err);
    device->seconds_kernel += seconds_now() - start;
    device->launched = true;
    return status;
}

td_status td_launcher_wait(td_launcher *device, td_error *err)
{
    const double start = seconds_now();
    const td_status status = device_backend(device->device)->stream_wait(device->stream, err);
    device->seconds_kernel += seconds_now() - start;
    device->launched = false;
    return status;
}
