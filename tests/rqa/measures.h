/* measures.h - running rqa.measures in a test: settings as text, values by place. */
#ifndef TANDEM_TEST_MEASURES_H
#define TANDEM_TEST_MEASURES_H
#include "tandem/tandem.h"

#include "../check.h"

typedef struct setting {
    const char *name, *value;
} setting;

/* Series by samples; y may be NULL. */
typedef struct recordings {
    uint64_t count;
    uint64_t offset[512];
    const double *x, *y;
    const char *const *name;
} recordings;

static inline td_status measures_args(td_engine *engine, const recordings *data,
                                      const setting *settings, const char *outputs, td_args **out,
                                      td_error *err)
{
    static const char *const column_names[] = {"x", "y"};
    const double *columns[] = {data->x, data->y};
    td_series series = TD_SERIES_INIT;
    series.column_count = data->y ? 2 : 1;
    series.item_count = data->count;
    series.offset = data->offset;
    series.column = columns;
    series.column_name = column_names;
    series.item_name = data->name;
    td_args *args = NULL;
    td_status status = td_args_create(engine, "rqa.measures", &args, err);
    for (; !status && settings->name; ++settings)
        status = td_args_set_text(args, settings->name, settings->value, err);
    for (const char *p = outputs; !status && p && *p;) {
        char name[32] = "";
        const size_t length = strcspn(p, ",");
        memcpy(name, p, length);
        status = td_args_output(args, name, true, err);
        p += length + (p[length] == ',');
    }
    /* The engine copies the view, so the arrays above need not stay; the columns do. */
    static const double *kept[2];
    kept[0] = columns[0];
    kept[1] = columns[1];
    series.column = kept;
    if (!status) status = td_args_bind_series(args, "recordings", &series, err);
    if (status) td_args_destroy(args);
    else *out = args;
    return status;
}

/* Runs and gives the table. outputs: extra ones, "lam,tt", or NULL. */
static inline td_status measures_run(td_engine *engine, const recordings *data,
                                     const setting *settings, const char *outputs, td_table **out,
                                     td_error *err)
{
    td_args *args = NULL;
    td_status status = measures_args(engine, data, settings, outputs, &args, err);
    if (!status) status = td_run(engine, args, NULL, out, NULL, err);
    if (args) td_args_destroy(args);
    return status;
}

#define MEASURES_ALL "div,lam,tt,vmax,vent,eps_used"

/* One value of a floating-point variable; place has an index for each dimension. */
static inline double value_of(const td_table *table, const char *var, const uint64_t *place)
{
    const uint64_t one[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    td_error err = TD_ERROR_INIT;
    double value = 0;
    const td_status status = td_table_read(table, var, place, one, &value, sizeof value, &err);
    CHECK_STATUS(TD_OK, status, &err);
    return value;
}

static inline int32_t whole_of(const td_table *table, const char *var, const uint64_t *place)
{
    const uint64_t one[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    td_error err = TD_ERROR_INIT;
    int32_t value = 0;
    const td_status status = td_table_read(table, var, place, one, &value, sizeof value, &err);
    CHECK_STATUS(TD_OK, status, &err);
    return value;
}

/* The variable's data, checked to be there and of that many elements. */
static inline const void *data_of(const td_table *table, const char *name, uint64_t count)
{
    td_var var;
    if (!td_table_find_var(table, name, &var)) CHECK_FAIL("no variable %s", name);
    CHECK_INT(count, var.count);
    return var.data;
}

static inline td_engine *engine_of(uint32_t threads, uint64_t host_bytes)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_error err = TD_ERROR_INIT;
    config.threads = threads;
    config.host_bytes_max = host_bytes;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    return engine;
}

/* Adds a recording of the gaze study to data, whose columns are x and y with room for so many. */
static inline void file_read(recordings *data, double *x, double *y, uint64_t room,
                             const char *name)
{
    char path[1024], line[256];
    double time = 0;
    snprintf(path, sizeof path, "%s/gaze/recordings/%s", getenv("TANDEM_DATA"), name);
    FILE *file = fopen(path, "r");
    if (!file) SKIP("there is no %s", path);
    uint64_t at = data->offset[data->count];
    CHECK(fgets(line, sizeof line, file) != NULL);
    while (at < room && fgets(line, sizeof line, file)) {
        CHECK_INT(3, sscanf(line, "%lf,%lf,%lf", &time, &x[at], &y[at]));
        at += 1;
    }
    fclose(file);
    data->count += 1;
    data->offset[data->count] = at;
}

#endif
