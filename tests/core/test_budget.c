/* test_budget.c - the counter, and the limits read from made-up systems under a folder. */
#include "core/budget.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../check.h"

#define GIB ((uint64_t)1 << 30)
#define MIB ((uint64_t)1 << 20)

TEST(what_fits_is_admitted_and_no_more)
{
    td_error err = TD_ERROR_INIT;
    budget *b = NULL;
    CHECK_STATUS(TD_OK, budget_create(NULL, 1000, &b, &err), &err);
    CHECK_INT(1000, budget_max(b));
    CHECK(!budget_try(b, 1001));
    CHECK(!budget_try(b, UINT64_MAX));
    CHECK(budget_try(b, 600));
    CHECK(!budget_try(b, 401));
    CHECK(!budget_try(b, UINT64_MAX - 100));
    CHECK(budget_try(b, 400));
    CHECK(budget_try(b, 0));
    CHECK_INT(1000, budget_used(b));
    CHECK_INT(1000, budget_peak(b));
    budget_give(b, 700);
    CHECK_INT(300, budget_used(b));
    CHECK(budget_try(b, 100));
    CHECK_INT(1000, budget_peak(b));
    budget_destroy(b);
    budget_destroy(NULL);
}

TEST(pressure_rises_at_60_80_and_90_percent)
{
    static const struct {
        uint64_t used;
        budget_pressure level;
    } rows[] = {
        {0, BUDGET_LOW},    {599, BUDGET_LOW},  {600, BUDGET_MEDIUM},   {799, BUDGET_MEDIUM},
        {800, BUDGET_HIGH}, {899, BUDGET_HIGH}, {900, BUDGET_CRITICAL}, {1000, BUDGET_CRITICAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) {
        td_error err = TD_ERROR_INIT;
        budget *b = NULL;
        CHECK_STATUS(TD_OK, budget_create(NULL, 1000, &b, &err), &err);
        CHECK(budget_try(b, rows[i].used));
        CHECK_INT(rows[i].level, budget_level(b));
        budget_destroy(b);
    }
}

typedef struct taker {
    budget *b;
    _Atomic uint64_t *held;
    pthread_t thread;
    uint64_t seed;
    bool over;
} taker;

static void *taker_main(void *context)
{
    taker *const self = context;
    for (int i = 0; i < 20000; ++i) {
        self->seed = self->seed * 6364136223846793005u + 1442695040888963407u;
        const uint64_t bytes = self->seed >> 55; /* 0 to 511 */
        if (!budget_try(self->b, bytes)) continue;
        if (atomic_fetch_add(self->held, bytes) + bytes > 1000) self->over = true;
        atomic_fetch_sub(self->held, bytes);
        budget_give(self->b, bytes);
    }
    return NULL;
}

TEST(many_threads_never_pass_the_limit)
{
    td_error err = TD_ERROR_INIT;
    budget *b = NULL;
    _Atomic uint64_t held = 0;
    taker takers[4];
    CHECK_STATUS(TD_OK, budget_create(NULL, 1000, &b, &err), &err);
    for (int i = 0; i < 4; ++i) {
        takers[i] = (taker){.b = b, .held = &held, .seed = check_random()};
        CHECK_INT(0, pthread_create(&takers[i].thread, NULL, taker_main, &takers[i]));
    }
    for (int i = 0; i < 4; ++i) {
        pthread_join(takers[i].thread, NULL);
        CHECK(!takers[i].over);
    }
    CHECK_INT(0, budget_used(b));
    CHECK(budget_peak(b) <= 1000 && budget_peak(b) > 0);
    budget_destroy(b);
}

/* ---- Made-up systems ------------------------------------------------------------------------- */

static char root[256];

static void put(const char *path, const char *text)
{
    char full[1024];
    snprintf(full, sizeof full, "%s%s", root, path);
    for (char *slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(full, 0700);
        *slash = '/';
    }
    FILE *const file = fopen(full, "w");
    CHECK(file != NULL);
    CHECK(fputs(text, file) >= 0);
    CHECK_INT(0, fclose(file));
}

static void new_root(void)
{
    const char *const tmp = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/tandem-budget-XXXXXX", tmp ? tmp : "/tmp");
    CHECK(mkdtemp(root) != NULL);
}

static void remove_root(void)
{
    char command[512];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    CHECK_INT(0, system(command));
}

#define MEMINFO "MemTotal:       8388608 kB\nMemFree:  100 kB\nMemAvailable:   4194304 kB\n"

TEST(meminfo_alone)
{
    new_root();
    CHECK_INT(0, budget_available(root));
    put("/proc/meminfo", MEMINFO);
    CHECK_INT(4 * GIB, budget_available(root));
    remove_root();
}

TEST(cgroup_version_2_and_what_it_lies_in)
{
    new_root();
    put("/proc/meminfo", MEMINFO);
    put("/proc/self/cgroup", "0::/user.slice/app.scope\n");
    put("/sys/fs/cgroup/user.slice/app.scope/memory.max", "max\n");
    CHECK_INT(4 * GIB, budget_available(root));
    put("/sys/fs/cgroup/user.slice/app.scope/memory.max", "1073741824\n");
    CHECK_INT(GIB, budget_available(root));
    put("/sys/fs/cgroup/user.slice/app.scope/memory.current", "268435456\n");
    CHECK_INT(768 * MIB, budget_available(root));
    put("/sys/fs/cgroup/user.slice/app.scope/memory.stat",
        "anon 1\ninactive_file 134217728\nactive_file 7\n");
    CHECK_INT(896 * MIB, budget_available(root));
    put("/sys/fs/cgroup/user.slice/memory.max", "536870912\n");
    CHECK_INT(512 * MIB, budget_available(root));
    put("/sys/fs/cgroup/user.slice/memory.current", "600000000\n");
    CHECK_INT(0, budget_available(root));
    remove_root();
}

TEST(cgroup_in_a_container_has_its_limit_at_the_top)
{
    new_root();
    put("/proc/meminfo", MEMINFO);
    put("/proc/self/cgroup", "0::/kubepods/pod1/abc\n");
    put("/sys/fs/cgroup/memory.max", "2147483648\n");
    CHECK_INT(2 * GIB, budget_available(root));
    put("/proc/self/cgroup", "0::/\n");
    CHECK_INT(2 * GIB, budget_available(root));
    remove_root();
}

TEST(cgroup_version_1)
{
    new_root();
    put("/proc/meminfo", MEMINFO);
    put("/proc/self/cgroup", "12:cpu,cpuacct:/a\n4:memory:/docker/abc\n0::/a\n");
    put("/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "1073741824\n");
    put("/sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "536870912\n");
    put("/sys/fs/cgroup/memory/docker/abc/memory.stat", "total_inactive_file 268435456\n");
    CHECK_INT(768 * MIB, budget_available(root));
    put("/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712\n");
    CHECK_INT(4 * GIB, budget_available(root));
    remove_root();
}

TEST(nonsense_is_no_limit)
{
    new_root();
    put("/proc/meminfo", "MemAvailable: lots\n");
    put("/proc/self/cgroup", "\n::\nnothing\n0:\n0::\n1:memory\n");
    put("/sys/fs/cgroup/memory.max", "many\n");
    CHECK_INT(0, budget_available(root));
    put("/proc/meminfo", "MemAvailable: 18446744073709551615 kB\n");
    CHECK(budget_available(root) == 0);
    remove_root();
}

TEST(the_default_is_80_percent_of_what_is_available)
{
    td_error err = TD_ERROR_INIT;
    budget *b = NULL;
    const uint64_t before = budget_available("");
    if (before == 0) SKIP("this system does not tell what memory is available");
    CHECK_STATUS(TD_OK, budget_create(NULL, 0, &b, &err), &err);
    /* Other programs come and go meanwhile. */
    CHECK(budget_max(b) > before / 4 && budget_max(b) < before);
    budget_destroy(b);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(what_fits_is_admitted_and_no_more),
                                     RUN(pressure_rises_at_60_80_and_90_percent),
                                     RUN(many_threads_never_pass_the_limit),
                                     RUN(meminfo_alone),
                                     RUN(cgroup_version_2_and_what_it_lies_in),
                                     RUN(cgroup_in_a_container_has_its_limit_at_the_top),
                                     RUN(cgroup_version_1),
                                     RUN(nonsense_is_no_limit),
                                     RUN(the_default_is_80_percent_of_what_is_available),
                                     {0}});
}
