/* plugin.h - the test plug-in as a test gets hold of it. */
#ifndef TANDEM_TEST_PLUGIN_H
#define TANDEM_TEST_PLUGIN_H
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend_test.h"

/* The folder of the plug-ins: tests/plugins of the build, beside the test programs. */
static inline const char *plugin_folder(void)
{
    static char folder[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 16);
    if (length < 0) return ".";
    folder[length] = 0;
    char *const slash = strrchr(folder, '/');
    snprintf(slash, 16, "/plugins");
    return folder;
}

/* NULL when it cannot be loaded. The library stays loaded until the program ends. */
static inline const backend_test_steer *plugin_steer(void)
{
    char path[PATH_MAX];
    backend_test_control_fn control = NULL;
    snprintf(path, sizeof path, "%.4000s/tandem-backend-test.so", plugin_folder());
    void *const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *const symbol = library ? dlsym(library, BACKEND_TEST_CONTROL) : NULL;
    memcpy(&control, &symbol, sizeof control);
    return control ? control() : NULL;
}

#endif
