/* row_measures.c - the operation rqa.measures: what a device gives is what the CPU gives, bit for
 * bit, over random recordings, grids and conventions, in float32 and in float64. The CPU itself is
 * held to the plain formulas by tests/rqa. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ops.h"
#include "rows.h"

#define RECORDINGS_MAX 40
#define MODES_MAX      3
#define OUTPUTS_EXTRA  6

typedef struct sweep_text {
    char mode[64], m[32], tau[32], eps[64], lmin[32], profile[16], unit[16], strict[8], theiler[16];
} sweep_text;

/* Shorter ones may have no pair outside of the window: then no kernel is needed. */
#define LENGTH_SURE 16

typedef struct measures_case {
    uint64_t longest;
    uint64_t count, offset[RECORDINGS_MAX + 1];
    double *x, *y;
    const double *column[2]; /* bound: it stays where it is */
    sweep_text text;
    char size[64];
} measures_case;

/* ---- Input ------------------------------------------------------------------------------------
 */

/* Walks, noise, values rounded so that distances meet thresholds exactly, constants, gaps. */
static void recording_fill(ops_case *c, double *to, uint64_t count)
{
    const uint64_t kind = ops_random_below(c, 5);
    double at = ops_random_unit(c), scale = ops_random_below(c, 4) ? 1.0 : 1000.0;
    for (uint64_t i = 0; i < count; ++i) {
        const double noise = ops_random_unit(c);
        at += 0.1 * (noise - 0.5);
        if (kind == 0) to[i] = noise * scale;
        else if (kind == 1) to[i] = floor(noise * 20) / 20;
        else if (kind == 2) to[i] = floor(at * 100) / 100 * scale;
        else if (kind == 3) to[i] = at * scale + 1e4;
        else to[i] = sin((double)i * 0.21) + 0.02 * noise;
    }
    if (ops_random_below(c, 12) == 0)
        for (uint64_t i = 0; i < count; ++i)
            to[i] = at;
    if (ops_random_below(c, 4) == 0)
        for (uint64_t i = 0; i < count; i += 1 + ops_random_below(c, 40))
            to[i] = NAN;
}

static td_status recordings_make(ops_case *c, uint64_t count, uint64_t length_max,
                                 measures_case *out, td_error *err)
{
    uint64_t samples = 0;
    out->count = count;
    for (uint64_t i = 0; i < count; ++i) {
        out->offset[i] = samples;
        samples += ops_random_below(c, 6) ? length_max / 4 + ops_random_below(c, length_max)
                                          : ops_random_below(c, 12);
    }
    out->offset[count] = samples;
    out->longest = 0;
    for (uint64_t i = 0; i < count; ++i)
        if (out->offset[i + 1] - out->offset[i] > out->longest)
            out->longest = out->offset[i + 1] - out->offset[i];
    void *x = NULL, *y = NULL;
    td_status status = ops_host(samples, sizeof(double), &x, err);
    if (!status) status = ops_host(samples, sizeof(double), &y, err);
    if (status) {
        free(x);
        return status;
    }
    out->x = x;
    out->y = y;
    out->column[0] = x;
    out->column[1] = y;
    for (uint64_t i = 0; i < count; ++i) {
        recording_fill(c, out->x + out->offset[i], out->offset[i + 1] - out->offset[i]);
        recording_fill(c, out->y + out->offset[i], out->offset[i + 1] - out->offset[i]);
    }
    return TD_OK;
}

/* ---- Grid -------------------------------------------------------------------------------------
 */

static void modes_make(ops_case *c, char *text, size_t size)
{
    static const char *const modes[] = {"x:l1",          "x:l2",  "x:max", "y:l2",  "amplitude:l1",
                                        "amplitude:max", "xy:l1", "xy:l2", "xy:max"};
    const uint64_t all = sizeof modes / sizeof modes[0];
    const uint64_t first = ops_random_below(c, all), count = 1 + ops_random_below(c, MODES_MAX);
    size_t used = 0;
    for (uint64_t i = 0; i < count; ++i)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? "," : "",
                                 modes[(first + i * 2) % all]);
}

static void grid_make(ops_case *c, sweep_text *t)
{
    static const char *const profiles[] = {"marwan", "julia", "crqa", "pyunicorn",
                                           "accrqa", "pyrqa", "gaze"};
    static const char *const units[] = {"absolute", "absolute", "sd", "rate"};
    static const char *const theilers[] = {"-1", "-1", "0", "1", "7"};
    const uint64_t unit = ops_random_below(c, 4);
    modes_make(c, t->mode, sizeof t->mode);
    snprintf(t->m, sizeof t->m, "1:%d", 1 + (int)ops_random_below(c, 5));
    snprintf(t->tau, sizeof t->tau, "1:%d", 1 + (int)ops_random_below(c, 4));
    if (ops_random_below(c, 3) == 0) snprintf(t->m, sizeof t->m, "2,5,%d", 7 + (int)unit);
    snprintf(t->lmin, sizeof t->lmin, "1:%d", 1 + (int)ops_random_below(c, 6));
    snprintf(t->profile, sizeof t->profile, "%s", profiles[ops_random_below(c, 7)]);
    snprintf(t->unit, sizeof t->unit, "%s", units[unit]);
    snprintf(t->theiler, sizeof t->theiler, "%s", theilers[ops_random_below(c, 5)]);
    snprintf(t->strict, sizeof t->strict, "%s", ops_random_below(c, 4) ? "false" : "true");
    if (unit == 3) snprintf(t->eps, sizeof t->eps, "0.02:0.2:0.06");
    else
        snprintf(t->eps, sizeof t->eps, "%s0.05:%.2f:0.05,1.5", ops_random_below(c, 3) ? "" : "0,",
                 0.05 * (double)(1 + ops_random_below(c, 16)));
}

/* ---- Runs -------------------------------------------------------------------------------------
 */

static td_status args_make(td_engine *engine, const measures_case *m, const char *device_float,
                           td_args **out, td_error *err)
{
    static const char *const names[] = {"x", "y"};
    static const char *const extra[OUTPUTS_EXTRA] = {"div",  "lam",  "tt",
                                                     "vmax", "vent", "eps_used"};
    const sweep_text *const t = &m->text;
    const char *const settings[][2] = {{"mode", t->mode},     {"m", t->m},
                                       {"tau", t->tau},       {"eps", t->eps},
                                       {"lmin", t->lmin},     {"profile", t->profile},
                                       {"eps_unit", t->unit}, {"theiler_diagonal", t->theiler},
                                       {"strict", t->strict}, {"device_float", device_float}};
    const td_series series = {sizeof series, 2, m->count, m->offset, m->column, names, NULL};
    td_args *args = NULL;
    td_status status = td_args_create(engine, "rqa.measures", &args, err);
    for (size_t i = 0; !status && i < sizeof settings / sizeof settings[0]; ++i)
        status = td_args_set_text(args, settings[i][0], settings[i][1], err);
    for (size_t i = 0; !status && i < OUTPUTS_EXTRA; ++i)
        status = td_args_output(args, extra[i], true, err);
    if (!status) status = td_args_bind_series(args, "recordings", &series, err);
    if (status) td_args_destroy(args);
    else *out = args;
    return status;
}

typedef struct measures_try {
    const char *device_float;
    uint64_t budget;
} measures_try;

static td_status device_run(ops_case *c, td_engine *engine, const measures_case *m,
                            const measures_try *how, const td_table *wanted, td_error *err)
{
    char size[80], detail[200] = "", device[64];
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_report report = TD_REPORT_INIT;
    td_args *args = NULL;
    td_table *table = NULL;
    snprintf(size, sizeof size, "%s %s%s", m->size, how->device_float,
             how->budget ? " little memory" : "");
    snprintf(device, sizeof device, "%s", c->device->info.name);
    options.device = device;
    options.fallback = how->budget ? TD_FALLBACK_CPU : TD_FALLBACK_NONE;
    options.device_bytes_max = how->budget;
    td_status status = args_make(engine, m, how->device_float, &args, err);
    if (!status) status = td_run(engine, args, &options, &table, &report, err);
    if (status == TD_E_UNSUPPORTED) {
        ops_skip(c, size, "%s", err->message);
        status = TD_OK;
        goto out;
    }
    if (status) goto out;
    const uint64_t values = ops_tables_compare(wanted, table, detail, sizeof detail);
    if (values == 0)
        ops_fail(c, size, "%s; mode %s m %s tau %s eps %s %s %s theiler %s strict %s", detail,
                 m->text.mode, m->text.m, m->text.tau, m->text.eps, m->text.unit, m->text.profile,
                 m->text.theiler, m->text.strict);
    else if (!how->budget && m->longest >= LENGTH_SURE && ops_launches(&report, device) == 0)
        ops_fail(c, size, "nothing ran on the device: %s", report.note);
    else
        ops_pass(c, size, "equal, %" PRIu64 " values, %u units, %u split, %u moved", values,
                 report.units, report.units_split, report.units_moved);
out:
    td_table_destroy(table);
    td_args_destroy(args);
    return status;
}

static td_status case_run(ops_case *c, td_engine *engine, const measures_case *m, td_error *err)
{
    const measures_try tries[] = {{"float32", 0}, {"float64", 0}, {"float32", 1u << 20}};
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_args *args = NULL;
    td_table *wanted = NULL;
    options.device = "cpu";
    td_status status = args_make(engine, m, "auto", &args, err);
    if (!status) status = td_run(engine, args, &options, &wanted, NULL, err);
    for (size_t i = 0; !status && i < sizeof tries / sizeof tries[0]; ++i)
        status = device_run(c, engine, m, &tries[i], wanted, err);
    td_table_destroy(wanted);
    td_args_destroy(args);
    return status;
}

td_status row_measures(ops_case *c, td_error *err)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    measures_case m;
    config.threads = c->run->threads;
    config.backends = c->device->name;
    config.backend_path = c->device->folder;
    td_status status = td_engine_create(&config, &engine, err);
    const uint64_t cases = ops_pick(c, 2, 4, 8);
    for (uint64_t i = 0; !status && i < cases; ++i) {
        memset(&m, 0, sizeof m);
        const bool one = i % 3 == 2; /* one long recording, else many short ones */
        const uint64_t count = one ? 1 : 1 + ops_random_below(c, ops_pick(c, 3, 12, 40));
        const uint64_t length = one ? ops_pick(c, 60, 1000, 20000) : ops_pick(c, 40, 300, 700);
        status = recordings_make(c, count, length, &m, err);
        if (!status) grid_make(c, &m.text);
        snprintf(m.size, sizeof m.size, "%" PRIu64 " x %" PRIu64 " samples", m.count,
                 m.count ? m.offset[m.count] / m.count : 0);
        if (!status) status = case_run(c, engine, &m, err);
        free(m.x);
        free(m.y);
    }
    td_engine_destroy(engine);
    return status;
}
