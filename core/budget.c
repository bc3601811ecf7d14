/* budget.c - planned host memory: a counter with a limit, and where the limit comes from.
 *
 * The counter is one atomic number, so that admission costs nothing beside a unit's work.
 * Formats: man 5 proc (meminfo), man 7 cgroups, and the kernel's cgroup-v1/memory.rst and
 * cgroup-v2.rst. */
#include "core/budget.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"

#define BUDGET_PERCENT    80
#define BUDGET_UNKNOWN    ((uint64_t)1 << 30) /* when the system does not tell what is available */
#define BUDGET_PATH_MAX   1024
#define BUDGET_LINES_MAX  4096 /* of one file under /proc or /sys */
#define BUDGET_LEVELS_MAX 64   /* cgroups, one within the other */

struct budget {
    uint64_t max;
    _Atomic uint64_t used, peak;
};

/* ---- What is available --------------------------------------------------------------------- */

/* The number after "name " or "name:" at the start of a line of a file, times scale. */
static bool read_named(const char *path, const char *name, uint64_t scale, uint64_t *out)
{
    char line[256];
    bool found = false;
    const size_t name_length = strlen(name);
    FILE *const file = fopen(path, "re");
    if (!file) return false;
    for (int i = 0; i < BUDGET_LINES_MAX && !found && fgets(line, sizeof line, file); ++i) {
        if (strncmp(line, name, name_length) != 0) continue;
        const char after = line[name_length];
        if (after != ':' && after != ' ') continue;
        found = sscanf(line + name_length + 1, "%" SCNu64, out) == 1;
    }
    fclose(file);
    if (found) *out = *out > UINT64_MAX / scale ? UINT64_MAX : *out * scale;
    return found;
}

/* A file that holds one number; "max" reads as UINT64_MAX. */
static bool read_number(const char *path, uint64_t *out)
{
    char text[64] = "";
    FILE *const file = fopen(path, "re");
    if (!file) return false;
    const bool read = fgets(text, sizeof text, file) != NULL;
    fclose(file);
    if (!read) return false;
    if (strncmp(text, "max", 3) == 0) {
        *out = UINT64_MAX;
        return true;
    }
    return sscanf(text, "%" SCNu64, out) == 1;
}

typedef struct cgroup_names {
    const char *mount, *limit, *used, *cache;
} cgroup_names;

static const cgroup_names cgroup_v2 = {"/sys/fs/cgroup", "memory.max", "memory.current",
                                       "inactive_file"};
static const cgroup_names cgroup_v1 = {"/sys/fs/cgroup/memory", "memory.limit_in_bytes",
                                       "memory.usage_in_bytes", "total_inactive_file"};

/* Room in one cgroup; UINT64_MAX when it has no limit or cannot be read. *least is lowered to the
 * limit. */
static uint64_t cgroup_room(const char *root, const cgroup_names *names, const char *group,
                            uint64_t *least)
{
    char path[BUDGET_PATH_MAX];
    uint64_t limit = 0, used = 0, cache = 0;
    snprintf(path, sizeof path, "%s%s%s/%s", root, names->mount, group, names->limit);
    if (!read_number(path, &limit) || limit == UINT64_MAX) return UINT64_MAX;
    if (limit < *least) *least = limit;
    snprintf(path, sizeof path, "%s%s%s/%s", root, names->mount, group, names->used);
    if (!read_number(path, &used)) return limit;
    snprintf(path, sizeof path, "%s%s%s/memory.stat", root, names->mount, group);
    if (!read_named(path, names->cache, 1, &cache)) cache = 0;
    /* The kernel drops such cache before it refuses memory, so it is as good as free. */
    used = used > cache ? used - cache : 0;
    return limit > used ? limit - used : 0;
}

/* The least room in a cgroup and all that it lies in. In a container the names may be those of
 * the host while only the top is mounted, hence the top is asked in any case. */
static uint64_t cgroup_room_up(const char *root, const cgroup_names *names, const char *group,
                               uint64_t *least)
{
    char path[BUDGET_PATH_MAX];
    uint64_t room = UINT64_MAX;
    snprintf(path, sizeof path, "%s", group);
    for (int level = 0; level < BUDGET_LEVELS_MAX; ++level) {
        const size_t length = strlen(path);
        if (length > 0 && path[length - 1] == '/') path[length - 1] = 0;
        const uint64_t here = cgroup_room(root, names, path, least);
        if (here < room) room = here;
        char *const slash = strrchr(path, '/');
        if (!slash) break;
        *slash = 0;
    }
    return room;
}

/* Lines of /proc/self/cgroup are "number:controllers:path"; version 2 has number 0 and none. */
static uint64_t cgroups_room(const char *root, uint64_t *least)
{
    char path[BUDGET_PATH_MAX], line[BUDGET_PATH_MAX];
    uint64_t room = UINT64_MAX;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *const file = fopen(path, "re");
    if (!file) return room;
    for (int i = 0; i < BUDGET_LINES_MAX && fgets(line, sizeof line, file); ++i) {
        char *const controllers = strchr(line, ':');
        char *const group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group) continue;
        line[strcspn(line, "\n")] = 0;
        *group = 0;
        uint64_t here = UINT64_MAX;
        if (controllers[1] == 0) here = cgroup_room_up(root, &cgroup_v2, group + 1, least);
        else if (strstr(controllers + 1, "memory"))
            here = cgroup_room_up(root, &cgroup_v1, group + 1, least);
        if (here < room) room = here;
    }
    fclose(file);
    return room;
}

uint64_t budget_available(const char *root)
{
    char path[BUDGET_PATH_MAX];
    uint64_t memory = 0, least = UINT64_MAX;
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    const bool known = read_named(path, "MemAvailable", 1024, &memory);
    const uint64_t room = cgroups_room(root, &least);
    if (known && memory < room) return memory;
    return room == UINT64_MAX ? 0 : room;
}

uint64_t budget_total(const char *root)
{
    char path[BUDGET_PATH_MAX];
    uint64_t memory = UINT64_MAX, least = UINT64_MAX;
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    if (!read_named(path, "MemTotal", 1024, &memory)) memory = UINT64_MAX;
    cgroups_room(root, &least);
    if (least < memory) memory = least;
    return memory == UINT64_MAX ? 0 : memory;
}

/* ---- The counter --------------------------------------------------------------------------- */

td_status budget_create(const td_allocator *allocator, uint64_t bytes_max, budget **out,
                        td_error *err)
{
    budget *const made = memory_take(allocator, sizeof *made);
    if (!made)
        return td_fail(err, TD_E_NO_MEMORY, "the memory budget needs %zu bytes", sizeof *made);
    made->max = bytes_max;
    if (bytes_max == 0) {
        uint64_t available = budget_available("");
        if (available == 0) available = BUDGET_UNKNOWN;
        made->max = available / 100 * BUDGET_PERCENT;
    }
    *out = made;
    return TD_OK;
}

void budget_destroy(budget *self)
{
    memory_give(self);
}
uint64_t budget_max(const budget *self)
{
    return self->max;
}
uint64_t budget_peak(const budget *self)
{
    return atomic_load(&self->peak);
}
uint64_t budget_used(const budget *self)
{
    return atomic_load(&self->used);
}

bool budget_try(budget *self, uint64_t bytes)
{
    uint64_t used = atomic_load(&self->used);
    do {
        if (bytes > self->max || used > self->max - bytes) return false;
    } while (!atomic_compare_exchange_weak(&self->used, &used, used + bytes));
    uint64_t peak = atomic_load(&self->peak);
    while (peak < used + bytes && !atomic_compare_exchange_weak(&self->peak, &peak, used + bytes)) {
    }
    return true;
}

void budget_give(budget *self, uint64_t bytes)
{
    atomic_fetch_sub(&self->used, bytes);
}

budget_pressure budget_level(const budget *self)
{
    const double used = (double)atomic_load(&self->used), max = (double)self->max;
    if (used < 0.60 * max) return BUDGET_LOW;
    if (used < 0.80 * max) return BUDGET_MEDIUM;
    if (used < 0.90 * max) return BUDGET_HIGH;
    return BUDGET_CRITICAL;
}
