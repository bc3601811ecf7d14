/* hold.c - tandem-device-hold: takes nearly all memory of a device, says how much, and keeps it
 * until its input ends. For the run beside a full device.
 *
 *     tandem-device-hold BACKEND INDEX FOLDER     prints "holds 71680 MiB of 81920"
 *
 * Of a device that is this machine's own memory it takes 256 MiB at most. A GPU that only one
 * process may open at a time cannot be held beside another: BENCH_EXCLUSIVE is said of it. */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define PIECES_MAX 4096
#define MIB        (1u << 20)
#define PIECE      (256u * MIB)
#define LEAVE      (16u * MIB) /* for the other process, whose context is there: too little */
#define OWN_MEMORY (256u * MIB)

/* Of the CUDA driver's interface; the program is built without its header. */
#define CUDA_DEVICE_UNAVAILABLE 46
#define CUDA_COMPUTE_MODE       20 /* a device attribute */
#define CUDA_EXCLUSIVE_PROCESS  3
typedef int (*cuda_attribute_fn)(int *value, int attribute, int device);

/* Whether that is why the plug-in, which has started the driver, could not open the device. */
static bool is_exclusive(const char *backend, int device, const td_error *err)
{
    cuda_attribute_fn attribute = NULL;
    int mode = 0;
    if (strcmp(backend, "cuda") != 0 || err->native_code != CUDA_DEVICE_UNAVAILABLE) return false;
    void *const driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    void *const symbol = driver ? dlsym(driver, "cuDeviceGetAttribute") : NULL;
    memcpy(&attribute, &symbol, sizeof attribute);
    const bool told = attribute && attribute(&mode, CUDA_COMPUTE_MODE, device) == 0;
    if (driver) dlclose(driver);
    return told && mode == CUDA_EXCLUSIVE_PROCESS;
}

int main(int argc, char **argv)
{
    static void *piece[PIECES_MAX];
    const char *const folders[] = {argc > 3 ? argv[3] : "", NULL};
    ops_device device = {.name = ""};
    td_error err = TD_ERROR_INIT;
    size_t count = 0, size = PIECE;
    uint64_t held = 0;
    char byte = 0;
    if (argc != 4) return 2;
    const size_t index = strtoul(argv[2], NULL, 10);
    if (ops_device_open(argv[1], folders, index, &device, &err)) {
        if (is_exclusive(argv[1], (int)index, &err)) puts(BENCH_EXCLUSIVE);
        else printf("cannot open %s: %s\n", argv[1], err.message);
        return 1;
    }
    const bool own = strcmp(argv[1], "cuda") != 0;
    const uint64_t most = own ? OWN_MEMORY : device.info.memory_bytes_free - LEAVE;
    if (device.backend.limit) device.backend.limit(device.device, UINT64_MAX / 2);
    while (count < PIECES_MAX && size >= MIB) {
        void *memory = NULL;
        if (held + size > most || device.backend.alloc(device.device, size, &memory, &err)) {
            size /= 2;
            continue;
        }
        piece[count++] = memory;
        held += size;
    }
    printf("holds %" PRIu64 " MiB of %" PRIu64 "\n", held / MIB,
           device.info.memory_bytes_total / MIB);
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0) {}
    while (count > 0)
        device.backend.free(device.device, piece[--count], device.stream);
    ops_device_close(&device);
    return 0;
}
