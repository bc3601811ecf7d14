/* cpu.c - the backend that is linked in: one device, the host itself.
 *
 * It has no kernels: operations run on it by run_cpu. Its streams do everything at once, so one
 * object serves all of them. Memory on it is the engine's host memory (core/device.h). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/budget.h"
#include "core/device.h"

#define CPU_LINES_MAX 4096 /* of one file under /proc */

struct td_backend_device {
    int unused;
};
struct td_stream {
    int unused;
};

static const td_backend_device cpu_device = {0};
static const td_stream cpu_stream = {0};

static size_t cpu_count(void)
{
    return 1;
}

static td_status cpu_open(size_t index, td_backend_device **out, td_error *err)
{
    if (index != 0)
        return td_fail(err, TD_E_NOT_FOUND, "cpu: there is no device %zu, only 0", index);
    *out = (td_backend_device *)&cpu_device;
    return TD_OK;
}

static void cpu_close(td_backend_device *device)
{
    (void)device;
}

/* The text after the first of "model name" (x86), "Model" or "Hardware" (ARM) of /proc/cpuinfo. */
static bool title_line(const char *line, char *title, size_t size)
{
    static const char *const keys[] = {"model name", "Model", "Hardware", "cpu model"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; ++i) {
        const size_t length = strlen(keys[i]);
        if (strncmp(line, keys[i], length) != 0) continue;
        const char *text = line + length;
        text += strspn(text, " \t");
        if (*text != ':') continue;
        text += 1 + strspn(text + 1, " \t");
        snprintf(title, size, "%.*s", (int)strcspn(text, "\n"), text);
        return title[0] != 0;
    }
    return false;
}

static void cpu_title(char *title, size_t size)
{
    char line[512];
    snprintf(title, size, "CPU");
    FILE *const file = fopen("/proc/cpuinfo", "re");
    if (!file) return;
    for (int i = 0; i < CPU_LINES_MAX && fgets(line, sizeof line, file); ++i)
        if (title_line(line, title, size)) break;
    fclose(file);
}

static uint64_t cpu_memory_total(void)
{
    char line[256];
    uint64_t kib = 0;
    FILE *const file = fopen("/proc/meminfo", "re");
    if (!file) return 0;
    for (int i = 0; i < CPU_LINES_MAX && fgets(line, sizeof line, file); ++i)
        if (sscanf(line, "MemTotal: %" SCNu64, &kib) == 1) break;
    fclose(file);
    return kib * 1024;
}

static td_status cpu_describe(const td_backend_device *device, td_device_info *info, td_error *err)
{
    (void)device;
    (void)err;
    info->kind = TD_CPU;
    snprintf(info->name, sizeof info->name, "cpu");
    cpu_title(info->title, sizeof info->title);
    info->memory_bytes_total = cpu_memory_total();
    info->memory_bytes_free = budget_available("");
    return TD_OK;
}

static td_status cpu_stream_open(td_backend_device *device, td_stream **out, td_error *err)
{
    (void)device;
    (void)err;
    *out = (td_stream *)&cpu_stream;
    return TD_OK;
}

static void cpu_stream_close(td_stream *stream)
{
    (void)stream;
}

static td_status cpu_stream_wait(td_stream *stream, td_error *err)
{
    (void)stream;
    (void)err;
    return TD_OK;
}

static td_status cpu_copy(td_stream *stream, void *target, const void *source, size_t bytes,
                          td_copy_way way, td_error *err)
{
    (void)stream;
    (void)way;
    (void)err;
    memmove(target, source, bytes);
    return TD_OK;
}

const td_backend cpu_backend = {
    .struct_size = sizeof(td_backend),
    .abi_major = TD_BACKEND_ABI_MAJOR,
    .abi_minor = TD_BACKEND_ABI_MINOR,
    .name = "cpu",
    .device_count = cpu_count,
    .device_open = cpu_open,
    .device_close = cpu_close,
    .device_describe = cpu_describe,
    .stream_open = cpu_stream_open,
    .stream_close = cpu_stream_close,
    .stream_wait = cpu_stream_wait,
    .copy = cpu_copy,
};
