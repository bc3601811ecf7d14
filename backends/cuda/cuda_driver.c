/* cuda_driver.c - see cuda_driver.h. */
#include "backends/cuda/cuda_driver.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "backends/common/fail.h"

#define DRIVER_LIBRARY "libcuda.so.1"
#define DRIVER_FILE    "/proc/driver/nvidia/version"

/* td_backend_open and device_count have no argument that could carry this, and a process has one
 * driver. Written once, under the lock, before anybody can hold a device. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static cuda_driver driver;
static bool opened;

/* ---- What is asked for ----------------------------------------------------------------------- */

/* Code of a toolkit runs on every driver of its major version or a later one; of version 12, what
 * CUDA_FUNCTIONS asks for came with 12.4. */
#define DRIVER_VERSION (CUDA_VERSION / 1000 > 12 ? CUDA_VERSION / 1000 * 1000 : 12040)

/* The oldest driver that has it: CUDA Toolkit Release Notes, tables of driver versions (Linux). */
static const char *driver_needed(void)
{
    switch (DRIVER_VERSION / 1000) {
    case 12: return "550.54.14";
    case 13: return "580";
    default: return "(see the release notes of the toolkit)";
    }
}

/* The driver's own number, from the first line of the kernel module's file: "NVRM version: NVIDIA
 * UNIX x86_64 Kernel Module  580.95.05  Tue ...". False: there is no such file, as in WSL. */
static bool driver_number(char *text, size_t size)
{
    char line[256];
    bool found = false;
    FILE *const file = fopen(DRIVER_FILE, "re");
    if (!file) return false;
    if (fgets(line, sizeof line, file)) {
        for (char *rest = NULL, *word = strtok_r(line, " \t\n", &rest); word && !found;
             word = strtok_r(NULL, " \t\n", &rest)) {
            const size_t digits = strspn(word, "0123456789");
            if (digits < 2 || word[digits] != '.' || strspn(word, "0123456789.") != strlen(word))
                continue;
            snprintf(text, size, "%s", word);
            found = true;
        }
    }
    fclose(file);
    return found;
}

static void driver_describe(void)
{
    char number[48] = "";
    const int major = driver.version / 1000, minor = driver.version % 1000 / 10;
    if (driver_number(number, sizeof number))
        snprintf(driver.text, sizeof driver.text, "CUDA %d.%d, driver %s", major, minor, number);
    else snprintf(driver.text, sizeof driver.text, "CUDA %d.%d", major, minor);
}

/* ---- Opening --------------------------------------------------------------------------------- */

/* The second step expands the macro that gives a function its version. */
#define TEXT_OF(name)   TEXT_OF_2(name)
#define TEXT_OF_2(name) #name

/* False: err names the first function that is not there. */
static bool driver_bind(td_error *err)
{
#define BIND(name)                                                                                 \
    {                                                                                              \
        /* POSIX has dlsym give functions as data: the bits are copied. */                         \
        void *const symbol = dlsym(driver.library, TEXT_OF(name));                                 \
        memcpy(&driver.name, &symbol, sizeof symbol);                                              \
        if (!symbol) {                                                                             \
            backend_fail(err, TD_E_UNSUPPORTED,                                                    \
                         "the NVIDIA driver is too old: " DRIVER_LIBRARY " has no %s; CUDA %d.%d " \
                         "needs driver %s or later",                                               \
                         TEXT_OF(name), DRIVER_VERSION / 1000, DRIVER_VERSION % 1000 / 10,         \
                         driver_needed());                                                         \
            return false;                                                                          \
        }                                                                                          \
    }
    CUDA_FUNCTIONS(BIND)
#undef BIND
    return true;
}

/* This is asked before cuInit and before the other functions are looked for, so that an old driver
 * gets this line and no stranger one. */
static bool driver_new_enough(td_error *err)
{
    void *const symbol = dlsym(driver.library, "cuDriverGetVersion");
    memcpy(&driver.cuDriverGetVersion, &symbol, sizeof symbol);
    if (!symbol || driver.cuDriverGetVersion(&driver.version) != CUDA_SUCCESS) {
        backend_fail(err, TD_E_NO_DEVICE, DRIVER_LIBRARY " does not tell its version");
        return false;
    }
    driver_describe();
    if (driver.version >= DRIVER_VERSION) return true;
    backend_fail(err, TD_E_UNSUPPORTED,
                 "the NVIDIA driver is too old: it supports %s, this build needs CUDA %d.%d: "
                 "install driver %s or later",
                 driver.text, DRIVER_VERSION / 1000, DRIVER_VERSION % 1000 / 10, driver_needed());
    return false;
}

static bool driver_start(td_error *err)
{
    const char *name = NULL, *text = NULL;
    const CUresult result = driver.cuInit(0);
    if (result == CUDA_SUCCESS) return true;
    driver.cuGetErrorName(result, &name);
    driver.cuGetErrorString(result, &text);
    backend_fail_native(err, TD_E_NO_DEVICE, result, "no CUDA device (%s): cuInit: %s (%d): %s",
                        driver.text, name ? name : "unknown error", (int)result, text ? text : "");
    return false;
}

static bool driver_load(td_error *err)
{
    if (!driver.library) driver.library = dlopen(DRIVER_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!driver.library) {
        const char *const reason = dlerror();
        backend_fail(err, TD_E_NO_DEVICE,
                     "no NVIDIA driver: " DRIVER_LIBRARY " cannot be opened: %.300s",
                     reason ? reason : "no reason given");
        return false;
    }
    return driver_new_enough(err) && driver_bind(err) && driver_start(err);
}

const cuda_driver *cuda_driver_open(td_error *err)
{
    pthread_mutex_lock(&lock);
    if (!opened) opened = driver_load(err);
    const bool usable = opened;
    pthread_mutex_unlock(&lock);
    return usable ? &driver : NULL;
}

const cuda_driver *cuda_driver_get(void)
{
    return &driver;
}
