/* device_plugin.c - finds and loads tandem-backend-NAME.so. Nothing here is an error for the
 * caller: a backend that does not load is logged, and its work falls to the CPU.
 *
 * When no folder is given, these are looked at in this order, and the first that has a plug-in of
 * a name gives it: the folder of the library or program, its subfolder backends, and the folder
 * that an installation puts plug-ins into (TANDEM_PLUGIN_INSTALL_FOLDER, fixed when built). */
#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/device.h"
#include "core/engine.h"
#include "core/trace.h"

#define PLUGIN_PREFIX    "tandem-backend-"
#define PLUGIN_SUFFIX    ".so"
#define PLUGIN_ENTRY     "td_backend_open"
#define PLUGIN_NAME_MAX  32 /* with the 0 that ends it */
#define PLUGIN_FOLDERS   3
#define PLUGIN_FILES_MAX 100000 /* looked at in one folder */

typedef struct plugin_search {
    td_engine *engine;
    char folder[PLUGIN_FOLDERS][PATH_MAX];
    size_t folder_count, name_count;
    char name[DEVICE_PLUGINS_MAX][PLUGIN_NAME_MAX];
} plugin_search;

/* ---- Where to look --------------------------------------------------------------------------- */

/* The folder of the library or program that this function is linked into. The loader may call a
 * program by the name it was started with, which need not be a path that still leads anywhere. */
static bool own_folder(char *folder, size_t size)
{
    Dl_info info = {0};
    char path[PATH_MAX], *slash = NULL;
    const char *const found =
        dladdr((const void *)&cpu_backend, &info) && info.dli_fname ? info.dli_fname : "";
    if (!strchr(found, '/') || !realpath(found, path)) {
        const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
        if (length < 1) return false;
        path[length] = 0;
    }
    slash = strrchr(path, '/');
    if (!slash || (size_t)(slash - path) + 1 > size) return false;
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = 0;
    return true;
}

static void search_folders(plugin_search *search, const char *backend_path)
{
    if (backend_path) {
        const int length = snprintf(search->folder[0], PATH_MAX, "%s", backend_path);
        search->folder_count = length > 0 && length < PATH_MAX ? 1 : 0;
        return;
    }
    if (own_folder(search->folder[0], PATH_MAX)) {
        search->folder_count = 1;
        const int length = snprintf(search->folder[1], PATH_MAX, "%.*s/backends", PATH_MAX - 16,
                                    search->folder[0]);
        if (length > 0 && length < PATH_MAX) search->folder_count = 2;
    }
#ifdef TANDEM_PLUGIN_INSTALL_FOLDER
    snprintf(search->folder[search->folder_count], PATH_MAX, "%s", TANDEM_PLUGIN_INSTALL_FOLDER);
    search->folder_count += 1;
#endif
}

static bool name_is_legal(const char *name, size_t length)
{
    if (length == 0 || length >= PLUGIN_NAME_MAX) return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") >= length;
}

static void search_add_name(plugin_search *search, const char *name, size_t length)
{
    if (length == strlen("cpu") && memcmp(name, "cpu", length) == 0) return;
    if (!name_is_legal(name, length)) {
        engine_log(search->engine, TD_LOG_WARN,
                   "backend \"%.*s\": a name has 1 to %d characters a-z, 0-9 and _", (int)length,
                   name, PLUGIN_NAME_MAX - 1);
        return;
    }
    for (size_t i = 0; i < search->name_count; ++i)
        if (strlen(search->name[i]) == length && memcmp(search->name[i], name, length) == 0) return;
    if (search->name_count == DEVICE_PLUGINS_MAX) {
        engine_log(search->engine, TD_LOG_WARN, "backend \"%.*s\" is left out: %d are the most",
                   (int)length, name, DEVICE_PLUGINS_MAX);
        return;
    }
    memcpy(search->name[search->name_count], name, length);
    search->name[search->name_count][length] = 0;
    search->name_count += 1;
}

static void search_names(plugin_search *search, const char *backends)
{
    while (*backends) {
        const size_t length = strcspn(backends, ",");
        search_add_name(search, backends, length);
        backends += length;
        if (*backends == ',') backends += 1;
    }
}

static int name_order(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void search_folder_names(plugin_search *search, const char *folder)
{
    DIR *const stream = opendir(folder);
    struct dirent *entry = NULL;
    if (!stream) return;
    for (int i = 0; i < PLUGIN_FILES_MAX && (entry = readdir(stream)) != NULL; ++i) {
        const size_t length = strlen(entry->d_name), prefix = strlen(PLUGIN_PREFIX);
        const size_t suffix = strlen(PLUGIN_SUFFIX);
        if (length <= prefix + suffix) continue;
        if (memcmp(entry->d_name, PLUGIN_PREFIX, prefix) != 0) continue;
        if (strcmp(entry->d_name + length - suffix, PLUGIN_SUFFIX) != 0) continue;
        search_add_name(search, entry->d_name + prefix, length - prefix - suffix);
    }
    closedir(stream);
}

/* ---- Loading --------------------------------------------------------------------------------- */

#define HAS(table, function) ((table)->function != NULL)

static bool backend_is_whole(const td_backend *b)
{
    return HAS(b, name) && HAS(b, device_count) && HAS(b, device_open) && HAS(b, device_close) &&
           HAS(b, device_describe) && HAS(b, alloc) && HAS(b, free) && HAS(b, stream_open) &&
           HAS(b, stream_close) && HAS(b, stream_wait) && HAS(b, copy);
}

/* Logs why the plug-in is not used, and keeps it for td_backend_at. Answers false. */
static bool plugin_refuse(td_engine *engine, device_plugin *plugin, td_log_level level,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));

static bool plugin_refuse(td_engine *engine, device_plugin *plugin, td_log_level level,
                          const char *format, ...)
{
    td_backend_info *const info = &plugin->info;
    va_list list;
    va_start(list, format);
    if (vsnprintf(info->reason, sizeof info->reason, format, list) < 0) info->reason[0] = 0;
    va_end(list);
    engine_log(engine, level, "backend %s is not used: %s: %s", info->name, info->path,
               info->reason);
    return false;
}

/* Takes what the plug-in's table has of ours; the rest stays NULL. */
static bool backend_accept(td_engine *engine, device_plugin *plugin, const td_backend *table)
{
    td_backend *const out = &plugin->backend;
    const size_t known = table->struct_size < sizeof *out ? table->struct_size : sizeof *out;
    if (table->struct_size < offsetof(td_backend, name))
        return plugin_refuse(engine, plugin, TD_LOG_WARN, "its table of %u bytes is too small",
                             table->struct_size);
    if (table->abi_major != TD_BACKEND_ABI_MAJOR)
        return plugin_refuse(engine, plugin, TD_LOG_WARN,
                             "it has backend ABI %u.%u, this program has %d.%d", table->abi_major,
                             table->abi_minor, TD_BACKEND_ABI_MAJOR, TD_BACKEND_ABI_MINOR);
    memset(out, 0, sizeof *out);
    memcpy(out, table, known);
    if (!backend_is_whole(out))
        return plugin_refuse(engine, plugin, TD_LOG_WARN,
                             "its name or a needed function is missing");
    return true;
}

static bool plugin_enter(td_engine *engine, device_plugin *plugin, void *library)
{
    td_error err = TD_ERROR_INIT;
    td_backend_open_fn entry = NULL;
    /* POSIX has dlsym give functions as data; copying the bits is the way without a cast. */
    void *const symbol = dlsym(library, PLUGIN_ENTRY);
    memcpy(&entry, &symbol, sizeof entry);
    if (!entry) return plugin_refuse(engine, plugin, TD_LOG_WARN, "it has no %s", PLUGIN_ENTRY);
    const td_backend *const table = entry(TD_BACKEND_ABI, &err);
    /* A machine without such a device is as it should be, and not worth a warning. */
    if (!table)
        return plugin_refuse(engine, plugin,
                             err.status == TD_E_NO_DEVICE ? TD_LOG_INFO : TD_LOG_WARN, "%s",
                             err.message[0] ? err.message : "no reason given");
    return backend_accept(engine, plugin, table);
}

static void plugin_open(td_engine *engine, const char *path, const char *name,
                        device_plugin *plugin)
{
    const double start = trace_now();
    plugin->info = (td_backend_info)TD_BACKEND_INFO_INIT;
    snprintf(plugin->info.name, sizeof plugin->info.name, "%s", name);
    snprintf(plugin->info.path, sizeof plugin->info.path, "%.255s", path);
    void *const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *const reason = dlerror();
        (void)plugin_refuse(engine, plugin, TD_LOG_WARN, "it does not load: %s",
                            reason ? reason : "no reason given");
        return;
    }
    if (plugin_enter(engine, plugin, library)) plugin->library = library;
    else dlclose(library);
    plugin->seconds = trace_now() - start;
}

static bool plugin_find(const plugin_search *search, const char *name, device_plugin *plugin)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < search->folder_count; ++i) {
        const int length = snprintf(path, sizeof path, "%s/%s%s%s", search->folder[i],
                                    PLUGIN_PREFIX, name, PLUGIN_SUFFIX);
        if (length < 0 || (size_t)length >= sizeof path || access(path, F_OK) != 0) continue;
        plugin_open(search->engine, path, name, plugin);
        return true;
    }
    engine_log(search->engine, TD_LOG_WARN, "backend %s is not found: no %s%s%s in %s", name,
               PLUGIN_PREFIX, name, PLUGIN_SUFFIX,
               search->folder_count ? search->folder[0] : "any folder");
    return false;
}

size_t device_plugins_load(td_engine *engine, const char *backends, const char *path,
                           device_plugin *found)
{
    size_t count = 0;
    plugin_search *const search = td_alloc(engine, sizeof *search);
    if (!search) {
        engine_log(engine, TD_LOG_WARN, "no memory to look for backends");
        return 0;
    }
    search->engine = engine;
    search_folders(search, path);
    if (backends) {
        search_names(search, backends);
    } else {
        for (size_t i = 0; i < search->folder_count; ++i)
            search_folder_names(search, search->folder[i]);
        qsort(search->name, search->name_count, PLUGIN_NAME_MAX, name_order);
    }
    for (size_t i = 0; i < search->name_count; ++i)
        if (plugin_find(search, search->name[i], &found[count])) count += 1;
    td_free(engine, search);
    return count;
}

void device_plugin_unload(device_plugin *plugin)
{
    if (plugin->library) dlclose(plugin->library);
    plugin->library = NULL;
}
