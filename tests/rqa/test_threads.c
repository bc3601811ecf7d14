/* test_threads.c - the same bits whatever the threads, instructions and memory, and faults at
 * every allocation. */
#include "measures.h"

#define SAMPLES 6900

static double series_x[SAMPLES], series_y[SAMPLES];

/* A long recording, cut into parts, and shorter ones. */
static recordings world(void)
{
    recordings data = {5, {0, 3800, 6300, 6500, 6503, 6900}, series_x, series_y, NULL};
    for (int i = 0; i < SAMPLES; ++i) {
        series_x[i] = sin(i * 0.11) + 0.3 * sin(i * 0.031) + 0.05 * check_random_unit();
        series_y[i] = floor(check_random_unit() * 20) * 0.05;
        if (i % 700 == 13) series_x[i] = NAN;
    }
    return data;
}

static const setting many[] = {
    {"mode", "x:l2,xy:l1"}, {"m", "1:4"},        {"tau", "2,5"}, {"eps", "0.3,0.1,0.2,0.25"},
    {"lmin", "3,2"},        {"profile", "gaze"}, {NULL, NULL}};
static const setting parted[] = {
    {"mode", "xy:l1"}, {"m", "3,1"}, {"eps", "0.3,0.1"}, {"lmin", "3,2"}, {NULL, NULL}};
static const setting one[] = {{"mode", "x:l2"}, {"m", "3"},    {"tau", "4"},
                              {"eps", "0.2"},   {"lmin", "2"}, {NULL, NULL}};
static const setting rate[] = {{"mode", "y:max"},   {"m", "1,2"},         {"tau", "1,3"},
                               {"eps", "0.02,0.1"}, {"eps_unit", "rate"}, {NULL, NULL}};

static void tables_equal(const td_table *a, const td_table *b)
{
    CHECK_INT(td_table_var_count(a), td_table_var_count(b));
    td_var va, vb;
    for (uint32_t i = 0; td_table_var(a, i, &va); ++i) {
        const size_t size = va.dtype == TD_F64 ? 8 : va.dtype == TD_U8 ? 1 : 4;
        CHECK(td_table_var(b, i, &vb));
        CHECK_TEXT(va.name, vb.name);
        CHECK_INT(va.count, vb.count);
        if (memcmp(va.data, vb.data, va.count * size)) CHECK_FAIL("%s differs", va.name);
    }
}

static td_table *run_with(const setting *settings, const char *outputs, const char *isa,
                          uint32_t threads, uint64_t host_bytes, const recordings *data)
{
    setting all[16];
    int count = 0;
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    for (; settings[count].name; ++count)
        all[count] = settings[count];
    all[count++] = (setting){"isa", isa};
    all[count] = (setting){NULL, NULL};
    td_engine *engine = engine_of(threads, host_bytes);
    const td_status status = measures_run(engine, data, all, outputs, &table, &err);
    td_engine_destroy(engine);
    if (status == TD_E_UNSUPPORTED) return NULL;
    CHECK_STATUS(TD_OK, status, &err);
    return table;
}

static void same_bits(const recordings *data, const setting *settings, uint64_t bytes_least)
{
    td_table *first = run_with(settings, MEASURES_ALL, "plain", 1, 0, data);
    const struct {
        const char *isa;
        uint32_t threads;
        uint64_t bytes;
    } ways[] = {{"plain", 3, 0}, {"avx2", 2, 0},           {"avx512", 2, 0},
                {"auto", 5, 0},  {"auto", 2, bytes_least}, {"auto", 1, bytes_least * 3 / 2}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; ++i) {
        td_table *here =
            run_with(settings, MEASURES_ALL, ways[i].isa, ways[i].threads, ways[i].bytes, data);
        if (here) tables_equal(first, here);
        td_table_destroy(here);
    }
    td_table_destroy(first);
}

TEST(same_bits_on_a_grid)
{
    recordings data = world();
    const recordings shorter = {5, {0, 1200, 1500, 1600, 1603, 1800}, data.x, data.y, NULL};
    same_bits(&shorter, many, UINT64_C(1) << 20);
}

TEST(same_bits_in_parts)
{
    const recordings data = world();
    same_bits(&data, parted, UINT64_C(4) << 20);
}

TEST(same_bits_on_a_single_point)
{
    const recordings data = world();
    same_bits(&data, one, UINT64_C(1) << 20);
}

TEST(same_bits_for_rates)
{
    recordings data = world();
    const recordings shorter = {3, {0, 1300, 1500, 1510}, data.x, data.y, NULL};
    same_bits(&shorter, rate, UINT64_C(8) << 20);
}

/* ---- Allocation faults ----------------------------------------------------------------------- */

typedef struct faulty {
    long long left, live;
    bool on;
} faulty;

static void *faulty_resize(void *context, void *memory, size_t old_bytes, size_t new_bytes)
{
    faulty *f = context;
    (void)old_bytes;
    if (new_bytes == 0) {
        if (memory) __atomic_fetch_sub(&f->live, 1, __ATOMIC_RELAXED);
        free(memory);
        return NULL;
    }
    if (f->on && __atomic_sub_fetch(&f->left, 1, __ATOMIC_RELAXED) == -1) return NULL;
    void *fresh = realloc(memory, new_bytes);
    if (fresh && !memory) __atomic_fetch_add(&f->live, 1, __ATOMIC_RELAXED);
    return fresh;
}

/* Every allocation of a run fails once, at one run each. The run answers NO_MEMORY or, where the
 * engine could do without, gives the same table. */
static void fault_all(const setting *settings)
{
    const recordings data = {2, {0, 60, 130}, series_x, series_y, NULL};
    faulty f = {0, 0, false};
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_table *expected = NULL;
    td_error err = TD_ERROR_INIT;
    config.threads = 1;
    config.allocator = (td_allocator){faulty_resize, &f};
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    CHECK_STATUS(TD_OK, measures_run(engine, &data, settings, MEASURES_ALL, &expected, &err), &err);
    int failed = 0;
    for (long long k = 0;; ++k) {
        td_table *table = NULL;
        CHECK(k < 100000);
        const long long live = __atomic_load_n(&f.live, __ATOMIC_RELAXED);
        __atomic_store_n(&f.left, k, __ATOMIC_RELAXED);
        f.on = true;
        const td_status status = measures_run(engine, &data, settings, MEASURES_ALL, &table, &err);
        f.on = false;
        if (status) CHECK_INT(TD_E_NO_MEMORY, status);
        else tables_equal(expected, table);
        failed += status != TD_OK;
        td_table_destroy(table);
        CHECK_INT(live, __atomic_load_n(&f.live, __ATOMIC_RELAXED));
        if (__atomic_load_n(&f.left, __ATOMIC_RELAXED) >= 0) break;
    }
    CHECK(failed > 20);
    td_table_destroy(expected);
    td_engine_destroy(engine);
    CHECK_INT(0, f.live);
}

TEST(every_allocation_may_fail)
{
    (void)world();
    fault_all(many);
    fault_all(rate);
}

/* ---- Cancel ---------------------------------------------------------------------------------- */

static void cancel_soon(void *context, const td_progress *progress)
{
    if (progress->units_done > 0) td_cancel_request(context);
}

TEST(a_cancelled_run_says_so)
{
    const recordings data = world();
    td_engine *engine = engine_of(2, 0);
    td_cancel *cancel = NULL;
    td_args *args = NULL;
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    CHECK_STATUS(TD_OK, td_cancel_create(engine, &cancel, &err), &err);
    CHECK_STATUS(TD_OK, measures_args(engine, &data, many, NULL, &args, &err), &err);
    options.cancel = cancel;
    options.progress = cancel_soon;
    options.progress_context = cancel;
    CHECK_INT(TD_E_CANCELLED, td_run(engine, args, &options, &table, NULL, &err));
    CHECK(table == NULL);
    td_args_destroy(args);
    td_cancel_destroy(cancel);
    td_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(same_bits_on_a_grid),
                                     RUN(same_bits_in_parts),
                                     RUN(same_bits_on_a_single_point),
                                     RUN(same_bits_for_rates),
                                     RUN(every_allocation_may_fail),
                                     RUN(a_cancelled_run_says_so),
                                     {0}});
}
