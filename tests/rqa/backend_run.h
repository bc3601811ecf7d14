/* backend_run.h - rqa.measures for the tests of a backend: random tracks, a run, and the comparison
 * of its table to the last bit. SAMPLES, which the test defines, are as many as it uses. */
#ifndef TANDEM_TEST_BACKEND_RUN_H
#define TANDEM_TEST_BACKEND_RUN_H
#include "measures.h"

static double track_x[SAMPLES], track_y[SAMPLES];

static inline recordings tracks(uint64_t items, uint64_t samples)
{
    recordings data = {items, {0}, track_x, track_y, NULL};
    double x = 0, y = 0;
    for (uint64_t i = 0; i < SAMPLES; ++i) {
        track_x[i] = x += check_random_unit() - 0.5;
        track_y[i] = y += check_random_unit() - 0.5;
    }
    for (uint64_t i = 0; i < items; ++i)
        data.offset[i + 1] = data.offset[i] + samples - i * 7;
    return data;
}

static inline td_status run_on(td_engine *engine, const recordings *data, const setting *settings,
                               const char *device, uint64_t bytes, td_fallback fallback,
                               td_table **table, td_report *report, td_error *err)
{
    td_args *args = NULL;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    options.device = device;
    options.device_bytes_max = bytes;
    options.fallback = fallback;
    td_status status = measures_args(engine, data, settings, MEASURES_ALL, &args, err);
    if (!status) status = td_run(engine, args, &options, table, report, err);
    td_args_destroy(args);
    return status;
}

static inline void tables_equal(const td_table *a, const td_table *b)
{
    td_var va, vb;
    CHECK_INT(td_table_var_count(a), td_table_var_count(b));
    for (uint32_t i = 0; td_table_var(a, i, &va); ++i) {
        CHECK(td_table_find_var(b, va.name, &vb));
        CHECK_INT(va.count, vb.count);
        const size_t size = va.dtype == TD_F64 ? 8 : va.dtype == TD_U8 ? 1 : 4;
        if (memcmp(va.data, vb.data, va.count * size) != 0) CHECK_FAIL("%s differs", va.name);
    }
}

#endif
