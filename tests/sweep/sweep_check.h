/* sweep_check.h - engines, data, arguments, a store in memory, and the closed form for tests. */
#ifndef TANDEM_TEST_SWEEP_CHECK_H
#define TANDEM_TEST_SWEEP_CHECK_H
#include "core/engine.h"
#include "plugin.h"
#include "sweep_op.h"

/* ---- Data ------------------------------------------------------------------------------------ */

typedef struct sum_data {
    td_series series;
    uint64_t *offset;
    double *value;
    const double *column[1];
    char (*name)[16];
    const char **name_list;
} sum_data;

/* Items of 0 to samples_max samples, from the test's seed. */
static inline sum_data data_make(uint64_t item_count, uint64_t samples_max)
{
    sum_data data = {.series = TD_SERIES_INIT};
    data.offset = calloc(item_count + 1, sizeof *data.offset);
    data.name = calloc(item_count + 1, sizeof *data.name);
    data.name_list = calloc(item_count + 1, sizeof *data.name_list);
    for (uint64_t i = 0; i < item_count; ++i) {
        data.offset[i + 1] = data.offset[i] + check_random() % (samples_max + 1);
        snprintf(data.name[i], sizeof data.name[i], "item-%llu", (unsigned long long)i);
        data.name_list[i] = data.name[i];
    }
    data.value = calloc(data.offset[item_count] + 1, sizeof *data.value);
    for (uint64_t i = 0; i < data.offset[item_count]; ++i)
        data.value[i] = (double)(check_random() % 2001) - 1000.0;
    data.column[0] = data.value;
    data.series.column_count = 1;
    data.series.item_count = item_count;
    data.series.offset = data.offset;
    data.series.item_name = data.name_list;
    return data;
}

/* column stands in the struct itself, so it is set where the struct has come to rest; once, so
 * that threads may share it. */
static inline const td_series *data_series(sum_data *data)
{
    if (data->series.column != data->column) data->series.column = data->column;
    return &data->series;
}

static inline void data_free(sum_data *data)
{
    free(data->offset);
    free(data->value);
    free(data->name);
    free((void *)data->name_list);
}

/* ---- Engines and arguments ------------------------------------------------------------------- */

static inline td_engine *engine_make(uint32_t threads, uint64_t host_bytes, const char *backends)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    config.threads = threads;
    config.backends = backends;
    config.backend_path = plugin_folder();
    config.host_bytes_max = host_bytes;
    config.ops = sum_ops;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    return engine;
}

typedef struct sum_call {
    const char *a, *b, *c, *f;           /* axes; NULL: the default */
    int64_t items_per_unit, a_per_unit;  /* 0: the default */
    int64_t point_bytes, parts;
} sum_call;

static inline td_status args_set_int(td_args *args, const char *name, int64_t value, td_error *err)
{
    return value ? td_args_set(args, name, td_int(value), err) : TD_OK;
}

static inline td_status args_make_status(td_engine *engine, sum_data *data, const sum_call *call,
                                         td_args **out, td_error *err)
{
    static const char *const names[] = {"a", "b", "c", "f"};
    const char *const texts[] = {call->a, call->b, call->c, call->f};
    td_args *args = NULL;
    td_status status = td_args_create(engine, "test.sum", &args, err);
    for (int i = 0; i < 4 && !status; ++i)
        if (texts[i]) status = td_args_sweep(args, names[i], texts[i], err);
    if (!status) status = args_set_int(args, "items_per_unit", call->items_per_unit, err);
    if (!status) status = args_set_int(args, "a_per_unit", call->a_per_unit, err);
    if (!status) status = args_set_int(args, "point_bytes", call->point_bytes, err);
    if (!status) status = args_set_int(args, "parts", call->parts, err);
    if (!status) status = td_args_bind_series(args, "items", data_series(data), err);
    if (!status) *out = args;
    else td_args_destroy(args);
    return status;
}

static inline td_args *args_make(td_engine *engine, sum_data *data, const sum_call *call)
{
    td_error err = TD_ERROR_INIT;
    td_args *args = NULL;
    CHECK_STATUS(TD_OK, args_make_status(engine, data, call, &args, &err), &err);
    return args;
}

static inline td_table *run_well(td_engine *engine, const td_args *args,
                                 const td_run_options *options, td_report *report)
{
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    CHECK_STATUS(TD_OK, td_run(engine, args, options, &table, report, &err), &err);
    CHECK(table != NULL);
    return table;
}

/* ---- Against the closed form, and against each other ----------------------------------------- */

static inline uint64_t dim_count(const td_table *table, const char *name)
{
    td_dim dim;
    return td_table_find_dim(table, name, &dim) ? dim.count : 1;
}

/* Every value of every variable that is there. */
static inline void check_closed_form(const td_table *table, const td_args *args)
{
    const sum_state s = {.items = td_args_series(args, "items"), .a = td_args_axis(args, "a"),
                         .b = td_args_axis(args, "b"), .c = td_args_axis(args, "c"),
                         .f = td_args_axis(args, "f")};
    const uint64_t n = s.items->item_count, na = s.a->count, nb = s.b->count, nf = s.f->count;
    td_var var;
    if (td_table_find_var(table, "sum", &var)) {
        CHECK_INT(n * na * nb, var.count);
        for (uint64_t i = 0; i < var.count; ++i)
            CHECK_INT(sum_of(&s, i / nb / na, (int64_t)s.a->number[i / nb % na],
                             (int64_t)s.b->number[i % nb]),
                      ((const int64_t *)var.data)[i]);
    }
    if (td_table_find_var(table, "mean", &var)) {
        CHECK_INT(n * na * nf, var.count);
        for (uint64_t i = 0; i < var.count; ++i)
            CHECK_NEAR(mean_of(&s, i / nf / na, s.a->number[i / nf % na], s.f->number[i % nf]),
                       ((const double *)var.data)[i], 0.0);
    }
    if (td_table_find_var(table, "count", &var))
        for (uint64_t i = 0; i < n; ++i)
            CHECK_INT(s.items->offset[i + 1] - s.items->offset[i],
                      ((const int32_t *)var.data)[i]);
    if (td_table_find_var(table, "mark", &var))
        for (uint64_t i = 0; i < s.c->count * nb; ++i)
            CHECK_INT((uint8_t)(7 * (i / nb) + (uint64_t)s.b->number[i % nb]),
                      ((const uint8_t *)var.data)[i]);
    if (td_table_find_var(table, "half", &var))
        for (uint64_t i = 0; i < na; ++i)
            CHECK_NEAR(s.a->number[i] / 2, (double)((const float *)var.data)[i], 0.0);
}

/* Bit by bit: the same variables with the same bytes. */
static inline void check_same_tables(const td_table *one, const td_table *two)
{
    td_var a, b;
    CHECK_INT(td_table_var_count(one), td_table_var_count(two));
    for (uint32_t i = 0; td_table_var(one, i, &a); ++i) {
        CHECK(td_table_var(two, i, &b));
        CHECK_TEXT(a.name, b.name);
        CHECK_INT(a.count, b.count);
        CHECK(memcmp(a.data, b.data, a.count * td_dtype_bytes(a.dtype)) == 0);
    }
}

/* Nothing is left behind by runs that have ended. */
static inline void check_clean(td_engine *engine)
{
    CHECK_INT(0, budget_used(engine_budget(engine)));
    CHECK_INT(hooks.opened, hooks.closed);
    CHECK_INT(0, hooks.scratch_faults);
    CHECK(budget_peak(engine_budget(engine)) <= budget_max(engine_budget(engine)));
}

/* ---- A store in memory ----------------------------------------------------------------------- */

#define STORE_UNITS_MAX 512

typedef struct store_entry {
    td_unit unit;
    void *data;
    size_t bytes;
    bool durable;
} store_entry;

typedef struct memory_store {
    td_store store;
    store_entry entry[STORE_UNITS_MAX];
    size_t count;
    char *identity;
    uint64_t calls, fail_at;     /* the fail_at-th call, counted from 1, and all after it fail */
    td_status fail_status;
    uint64_t keeps, flushes, visits;
    pthread_t thread;            /* that called first: no other may */
    bool threads_mixed;
    bool replaces;               /* takes a unit whose number it has; else that is a fault */
} memory_store;

static inline td_status store_call(memory_store *s, td_error *err)
{
    if (s->calls++ == 0) s->thread = pthread_self();
    if (!pthread_equal(s->thread, pthread_self())) s->threads_mixed = true;
    if (s->fail_at > 0 && s->calls >= s->fail_at)
        return td_fail(err, s->fail_status, "the store was told to fail");
    return TD_OK;
}

static inline td_status store_begin(void *context, const char *identity, td_error *err)
{
    memory_store *const s = context;
    const td_status status = store_call(s, err);
    if (status) return status;
    if (s->identity && strcmp(s->identity, identity) != 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "what is stored belongs to another run");
    if (!s->identity) s->identity = strdup(identity);
    return TD_OK;
}

static inline td_status store_load(void *context,
                                   td_status (*visit)(void *visitor, const td_unit *unit,
                                                      const void *data, size_t bytes,
                                                      td_error *err),
                                   void *visitor, td_error *err)
{
    memory_store *const s = context;
    td_status status = store_call(s, err);
    for (size_t i = 0; i < s->count && !status; ++i) {
        s->visits += 1;
        status = visit(visitor, &s->entry[i].unit, s->entry[i].data, s->entry[i].bytes, err);
    }
    return status;
}

static inline td_status store_keep(void *context, const td_unit *unit, const void *data,
                                   size_t bytes, td_error *err)
{
    memory_store *const s = context;
    const td_status status = store_call(s, err);
    if (status) return status;
    CHECK(s->count < STORE_UNITS_MAX);
    for (size_t i = 0; i < s->count && !s->replaces; ++i)
        CHECK(s->entry[i].unit.number != unit->number);
    store_entry *const entry = &s->entry[s->count++];
    *entry = (store_entry){*unit, malloc(bytes + 1), bytes, false};
    memcpy(entry->data, data, bytes);
    s->keeps += 1;
    return TD_OK;
}

static inline td_status store_flush(void *context, td_error *err)
{
    memory_store *const s = context;
    const td_status status = store_call(s, err);
    if (status) return status;
    for (size_t i = 0; i < s->count; ++i)
        s->entry[i].durable = true;
    s->flushes += 1;
    return TD_OK;
}

static inline void store_init(memory_store *s)
{
    memset(s, 0, sizeof *s);
    s->store = (td_store){sizeof(td_store), s, store_begin, store_load, store_keep, store_flush};
}

static inline void store_drop(memory_store *s, size_t index)
{
    free(s->entry[index].data);
    s->entry[index] = s->entry[--s->count];
}

/* The power fails: what was not flushed is gone; the next run finds a store that works. */
static inline void store_crash(memory_store *s)
{
    for (size_t i = s->count; i-- > 0;)
        if (!s->entry[i].durable) store_drop(s, i);
    s->calls = s->fail_at = 0;
}

static inline void store_free(memory_store *s)
{
    while (s->count > 0)
        store_drop(s, s->count - 1);
    free(s->identity);
    s->identity = NULL;
}

#endif
