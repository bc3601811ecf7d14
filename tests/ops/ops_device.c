/* ops_device.c - opens a device through its plug-in, without the engine. */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "ops.h"

static td_status plugin_find(const char *name, const char *const *folders, ops_device *out,
                             char *path, td_error *err)
{
    for (; *folders; ++folders) {
        const int length = snprintf(path, PATH_MAX, "%s/tandem-backend-%s.so", *folders, name);
        if (length < 1 || length >= PATH_MAX || access(path, R_OK) != 0) continue;
        snprintf(out->folder, sizeof out->folder, "%s", *folders);
        return TD_OK;
    }
    return td_fail(err, TD_E_NOT_FOUND, "there is no tandem-backend-%s.so: it was not built", name);
}

static td_status plugin_load(const char *path, ops_device *out, td_error *err)
{
    td_backend_open_fn entry = NULL;
    const td_backend *table = NULL;
    out->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!out->library) {
        const char *const reason = dlerror();
        return td_fail(err, TD_E_IO, "%s", reason ? reason : "dlopen gives no reason");
    }
    /* POSIX has dlsym give functions as data; copying the bits is the way without a cast. */
    void *const symbol = dlsym(out->library, "td_backend_open");
    memcpy(&entry, &symbol, sizeof entry);
    if (!entry) return td_fail(err, TD_E_UNSUPPORTED, "%s has no td_backend_open", path);
    table = entry(TD_BACKEND_ABI, err);
    if (!table) return err->status ? TD_E_NO_DEVICE : td_fail(err, TD_E_NO_DEVICE, "no reason");
    if (table->abi_major != TD_BACKEND_ABI_MAJOR ||
        table->struct_size < offsetof(td_backend, limit))
        return td_fail(err, TD_E_UNSUPPORTED, "%s has ABI %u.%u in %u bytes", path,
                       table->abi_major, table->abi_minor, table->struct_size);
    memset(&out->backend, 0, sizeof out->backend);
    memcpy(&out->backend, table,
           table->struct_size < sizeof out->backend ? table->struct_size : sizeof out->backend);
    return TD_OK;
}

td_status ops_device_open(const char *name, const char *const *folders, size_t index,
                          ops_device *out, td_error *err)
{
    char path[PATH_MAX];
    ops_device made;
    memset(&made, 0, sizeof made);
    snprintf(made.name, sizeof made.name, "%s", name);
    td_status status = plugin_find(name, folders, &made, path, err);
    if (status) return status;
    status = plugin_load(path, &made, err);
    if (status) goto out;
    if (index >= made.backend.device_count()) {
        status = td_fail(err, TD_E_NO_DEVICE, "%s has %zu devices, no number %zu", name,
                         made.backend.device_count(), index);
        goto out;
    }
    status = made.backend.device_open(index, &made.device, err);
    if (status) goto out;
    made.info = (td_device_info)TD_DEVICE_INFO_INIT;
    status = made.backend.device_describe(made.device, &made.info, err);
    if (status) goto out;
    /* As the engine names it; a plug-in need not know its own name in that list. */
    snprintf(made.info.name, sizeof made.info.name, "%s:%zu", name, index);
    status = made.backend.stream_open(made.device, &made.stream, err);
    if (status) goto out;
    *out = made;
    return TD_OK;
out:
    ops_device_close(&made);
    return status;
}

void ops_device_close(ops_device *device)
{
    if (device->stream) device->backend.stream_close(device->stream);
    if (device->device) device->backend.device_close(device->device);
    /* The library stays: OpenCL drivers leave threads behind that still run its callbacks. */
    memset(device, 0, sizeof *device);
}
