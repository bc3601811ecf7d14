/* device_probe.c - the known question that a device answers before it is listed as fit. */
#include <string.h>

#include "core/device.h"

#define PROBE_COUNT 1024u

static void probe_fill(uint32_t *values)
{
    for (uint32_t i = 0; i < PROBE_COUNT; ++i)
        values[i] = i * 747796405u + 2891336453u;
}

static td_status probe_compare(const td_device *device, const uint32_t *got, bool launched,
                               td_error *err)
{
    uint32_t wanted[PROBE_COUNT];
    probe_fill(wanted);
    for (uint32_t i = 0; i < PROBE_COUNT; ++i) {
        if (launched) wanted[i] = wanted[i] * DEVICE_PROBE_FACTOR + i;
        if (wanted[i] != got[i])
            return td_fail(err, TD_E_DEVICE_LOST,
                           "device %s fails its self-test%s: value %u is %u, should be %u",
                           device_name(device), launched ? " (kernel td_probe)" : "", i, got[i],
                           wanted[i]);
    }
    return TD_OK;
}

static td_status probe_launch(td_device *device, td_stream *stream, void *memory, td_error *err)
{
    const uint32_t count = PROBE_COUNT;
    const td_launch_arg args[2] = {{memory, 0, true}, {&count, sizeof count, false}};
    const td_launch launch = {sizeof launch, 1, DEVICE_PROBE_KERNEL, 2, args};
    return device_backend(device)->launch(stream, &launch, err);
}

td_status device_probe(td_device *device, td_error *err)
{
    static const char *const kernels[] = {DEVICE_PROBE_KERNEL, NULL};
    const td_backend *const backend = device_backend(device);
    const bool launch = device_has_kernels(device, kernels);
    uint32_t values[PROBE_COUNT];
    td_stream *stream = NULL;
    void *memory = NULL;
    td_status status = backend->stream_open(device_handle(device), &stream, err);
    if (status) goto out;
    status = device_alloc(device, sizeof values, &memory, err);
    if (status) goto out;
    probe_fill(values);
    status = backend->copy(stream, memory, values, sizeof values, TD_TO_DEVICE, err);
    if (status) goto out;
    status = backend->stream_wait(stream, err);
    if (status) goto out;
    memset(values, 0, sizeof values);
    if (launch) status = probe_launch(device, stream, memory, err);
    if (status) goto out;
    status = backend->copy(stream, values, memory, sizeof values, TD_TO_HOST, err);
    if (status) goto out;
    status = backend->stream_wait(stream, err);
    if (status) goto out;
    status = probe_compare(device, values, launch, err);
out:
    device_free(device, memory, sizeof values, stream);
    if (stream) backend->stream_close(stream);
    return status;
}
