/* device_run.h - rqa.measures on a device and on the CPU, compared to the last bit. */
#ifndef TANDEM_TEST_DEVICE_RUN_H
#define TANDEM_TEST_DEVICE_RUN_H
#include "measures.h"

#define SAMPLES 20000

static double track_x[SAMPLES], track_y[SAMPLES];

static inline td_engine *engine_with(const char *backends, const char *folder)
{
    const char *build = getenv("TANDEM_BUILD");
    char path[512];
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_error err = TD_ERROR_INIT;
    snprintf(path, sizeof path, "%s/%s", build ? build : ".", folder);
    config.threads = 2;
    config.backends = backends;
    config.backend_path = path;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    return engine;
}

/* ---- Recordings ------------------------------------------------------------------------------ */

/* kind 0: walks; 1: whole numbers, so that many sums tie with thresholds; 2: far from 0 with small
 * differences; 3: tiny; 4: huge; 5: steps of 0.1, which float64 does not hold. */
static inline void tracks_make(uint64_t count, int kind)
{
    static const double scale[] = {1, 1, 1, 1e-300, 1e300, 1};
    double x = 0, y = 0;
    for (uint64_t i = 0; i < count; ++i) {
        x += check_random_unit() - 0.5;
        y += check_random_unit() - 0.5;
        const double u = kind == 1 || kind == 5 ? floor(3 * x) : x;
        const double v = kind == 1 || kind == 5 ? floor(3 * y) : y;
        track_x[i] = kind == 2 ? 1e15 + floor(8 * u) / 8 : u * (kind == 5 ? 0.1 : scale[kind]);
        track_y[i] = kind == 2 ? v - 1e9 : v * (kind == 5 ? 0.1 : scale[kind]);
        if (check_random() % 200 == 0 && kind != 5) track_x[i] = NAN;
    }
}

static inline recordings recordings_make(uint64_t items, uint64_t longest)
{
    recordings data = {items, {0}, track_x, track_y, NULL};
    for (uint64_t i = 0; i < items; ++i)
        data.offset[i + 1] = data.offset[i] + check_random() % (longest + 1);
    return data;
}

/* Recordings of several lengths and all kinds of outputs, 1,440 sets of lines. */
static const setting wide_grid[] = {{"mode", "x:l2,xy:max"}, {"m", "1:4"},    {"tau", "1:3"},
                                    {"eps", "0.1:3:0.1"},    {"lmin", "2,4"}, {NULL, NULL}};

/* ---- Running and comparing ------------------------------------------------------------------- */

typedef struct call {
    td_engine *engine;
    const recordings *data;
    const setting *settings;
    const char *outputs;
} call;

/* Plans if there is no table to give. */
static inline td_status call_run(const call *c, const char *device, const char *floats,
                                 uint64_t bytes, td_fallback fallback, td_table **table,
                                 td_report *report, td_error *err)
{
    setting all[24];
    int count = 0;
    td_args *args = NULL;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    for (const setting *s = c->settings; s->name; ++s)
        all[count++] = *s;
    all[count++] = (setting){"device_float", floats};
    all[count] = (setting){NULL, NULL};
    options.device = device;
    options.fallback = fallback;
    options.device_bytes_max = bytes;
    td_status status = measures_args(c->engine, c->data, all, c->outputs, &args, err);
    if (!status && !table) status = td_plan(c->engine, args, &options, report, err);
    if (!status && table) status = td_run(c->engine, args, &options, table, report, err);
    td_args_destroy(args);
    return status;
}

static inline void tables_equal(const td_table *a, const td_table *b, const char *what)
{
    td_var va, vb;
    CHECK_INT(td_table_var_count(a), td_table_var_count(b));
    for (uint32_t i = 0; td_table_var(a, i, &va); ++i) {
        CHECK(td_table_find_var(b, va.name, &vb));
        CHECK_INT(va.count, vb.count);
        const size_t size = va.dtype == TD_F64 ? 8 : va.dtype == TD_U8 ? 1 : 4;
        for (uint64_t k = 0; k < va.count; ++k)
            if (memcmp((const char *)va.data + k * size, (const char *)vb.data + k * size, size))
                CHECK_FAIL("%s: %s differs at %llu of %llu", what, va.name, (unsigned long long)k,
                           (unsigned long long)va.count);
    }
}

static inline td_table *on_cpu(const call *c)
{
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, call_run(c, "cpu", "auto", 0, TD_FALLBACK_CPU, &table, NULL, &err), &err);
    return table;
}

/* On a device and nowhere else, and with no more of its memory than was planned. */
static inline td_report check_device(const call *c, const td_table *expected, const char *device,
                                     const char *floats, uint64_t bytes, td_fallback fallback)
{
    td_table *table = NULL;
    td_report report = TD_REPORT_INIT, plan = TD_REPORT_INIT;
    td_error err = TD_ERROR_INIT;
    char what[96];
    snprintf(what, sizeof what, "%s %s, %llu bytes", device, floats, (unsigned long long)bytes);
    td_status status = call_run(c, device, floats, bytes, fallback, NULL, &plan, &err);
    CHECK_STATUS(TD_OK, status, &err);
    status = call_run(c, device, floats, bytes, fallback, &table, &report, &err);
    CHECK_STATUS(TD_OK, status, &err);
    CHECK(report.device_bytes_peak <= plan.device_bytes_peak);
    tables_equal(expected, table, what);
    td_table_destroy(table);
    CHECK_INT(0, report.units_moved);
    if (report.units > 0) CHECK_TEXT(device, report.device);
    return report;
}

#endif
