/* Dimensions that dense inputs name: in results with their labels, for operations made for a call.
 */
#include "core/args.h"
#include "tandem/module.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

enum { SYMBOLS = 5, BARS = 7 };

/* out[s][k][t] = factor k times value[s][t]; last[k] = the value of the last symbol's last bar. */
static const td_param params[] = {
    {"factor",
     "Factor.",
     NULL,
     1,
     TD_FLOAT,
     TD_PARAM_SWEEP,
     {TD_FLOAT, {.f = 1}},
     {TD_FLOAT, {.f = -10}},
     {TD_FLOAT, {.f = 10}},
     {TD_FLOAT, {.f = 1}},
     NULL},
};
static const td_port inputs[] = {
    {"value", "Values.", NULL, TD_F64, 0, "symbol,bar"},
    {"weight", "Weights of bars.", NULL, TD_F64, TD_PORT_OPTIONAL, "bar"},
};
static const td_port outputs[] = {
    {"product", "Products.", "money", TD_F64, 0, "symbol,factor,bar"},
    {"bars_first", "The bar before the symbol.", NULL, TD_I32, TD_PORT_EXTRA, "bar,symbol"},
};
static const td_op dense_op = {
    .struct_size = sizeof(td_op),
    .param_size = sizeof(td_param),
    .port_size = sizeof(td_port),
    .since = 1,
    .name = "test.dense",
    .title = "Dense",
    .doc = "For a test.",
    .item_name = "symbol",
    .params = params,
    .inputs = inputs,
    .outputs = outputs,
    .param_count = 1,
    .input_count = 2,
    .output_count = 2,
};

static td_status dense_open(td_engine *host, const td_args *args, void **state, uint64_t *items,
                            td_error *err)
{
    (void)host;
    (void)err;
    *state = (void *)(uintptr_t)args;
    *items = (uint64_t)td_args_array(args, "value")->shape[0];
    return TD_OK;
}

static td_status dense_plan(const void *state, uint64_t host, uint64_t device, td_units *units,
                            td_error *err)
{
    td_unit unit = td_unit_whole(state, SYMBOLS);
    const uint64_t factors = unit.axis[0].count;
    (void)host;
    (void)device;
    unit.cost = 1;
    unit.host_bytes = 64;
    for (uint64_t s = 0; s < SYMBOLS; s += 2)
        for (uint64_t f = 0; f < factors; ++f) {
            unit.items = (td_range){s, s + 2 > SYMBOLS ? SYMBOLS - s : 2};
            unit.axis[0] = (td_range){f, 1};
            const td_status status = td_units_add(units, &unit, err);
            if (status) return status;
        }
    return TD_OK;
}

static td_status dense_run(const void *state, const td_unit *unit, td_work *work, td_result *result,
                           td_error *err)
{
    const td_args *const args = state;
    const double *const value = td_args_array(args, "value")->data;
    td_block block;
    (void)work;
    (void)err;
    if (td_result_block(result, 0, &block)) {
        CHECK_INT(3, block.rank);
        CHECK_INT(BARS, block.shape[2]);
        for (uint64_t s = 0; s < unit->items.count; ++s)
            for (uint64_t t = 0; t < BARS; ++t)
                ((double *)
                     block.data)[(int64_t)s * block.stride[0] + (int64_t)t * block.stride[2]] =
                    td_args_axis_at(args, 0)->number[unit->axis[0].first] *
                    value[(unit->items.first + s) * BARS + t];
    }
    if (td_result_block(result, 1, &block))
        for (uint64_t s = 0; s < unit->items.count; ++s)
            for (uint64_t t = 0; t < BARS; ++t)
                ((int32_t *)
                     block.data)[(int64_t)t * block.stride[0] + (int64_t)s * block.stride[1]] =
                    (int32_t)(100 * t + unit->items.first + s);
    return TD_OK;
}

static const td_op_impl dense_impl = {
    .struct_size = sizeof(td_op_impl),
    .op = &dense_op,
    .open = dense_open,
    .plan = dense_plan,
    .run_cpu = dense_run,
};

static double values[SYMBOLS * BARS];
static td_engine *engine;
static td_args *args;

static td_array matrix(int64_t symbols, int64_t bars)
{
    td_array array = TD_ARRAY_INIT;
    array.dtype = TD_F64;
    array.rank = 2;
    array.shape[0] = symbols;
    array.shape[1] = bars;
    array.data = values;
    return array;
}

static void begin(void)
{
    td_error err = TD_ERROR_INIT;
    const td_array array = matrix(SYMBOLS, BARS);
    for (int i = 0; i < SYMBOLS * BARS; ++i)
        values[i] = i + 0.25;
    CHECK_STATUS(TD_OK, td_engine_create(NULL, &engine, &err), &err);
    CHECK_STATUS(TD_OK, td_args_create_op(engine, &dense_impl, &args, &err), &err);
    CHECK(td_args_op(args) == &dense_op);
    CHECK_STATUS(TD_OK, td_args_sweep(args, "factor", "2,-1,0.5", &err), &err);
    CHECK_STATUS(TD_OK, td_args_bind(args, "value", &array, &err), &err);
}

static void finish(void)
{
    td_args_destroy(args);
    td_engine_destroy(engine);
    args = NULL;
    engine = NULL;
}

static void check_product(const td_table *table)
{
    td_var var;
    CHECK(td_table_find_var(table, "product", &var));
    CHECK_INT(3, var.rank);
    CHECK_INT(SYMBOLS * 3 * BARS, var.count);
    const double factor[] = {2, -1, 0.5};
    for (int s = 0; s < SYMBOLS; ++s)
        for (int f = 0; f < 3; ++f)
            for (int t = 0; t < BARS; ++t)
                CHECK(((const double *)var.data)[(s * 3 + f) * BARS + t] ==
                      factor[f] * values[s * BARS + t]);
}

TEST(results_have_the_inputs_dimension)
{
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    td_dim dim;
    td_var var;
    begin();
    CHECK_STATUS(TD_OK, td_args_output(args, "bars_first", true, &err), &err);
    CHECK_STATUS(TD_OK, td_run(engine, args, NULL, &table, NULL, &err), &err);
    check_product(table);
    CHECK(td_table_find_dim(table, "bar", &dim));
    CHECK_INT(BARS, dim.count);
    CHECK(!dim.number && !dim.text);
    CHECK(td_table_find_var(table, "bars_first", &var));
    for (int t = 0; t < BARS; ++t)
        for (int s = 0; s < SYMBOLS; ++s)
            CHECK_INT(100 * t + s, ((const int32_t *)var.data)[t * SYMBOLS + s]);
    td_table_destroy(table);
    finish();
}

static const char *const symbol_names[] = {"000020", "A", "B,\"C\"", "", "가격"};

static void label_all(td_args *to)
{
    td_error err = TD_ERROR_INIT;
    double days[BARS];
    for (int t = 0; t < BARS; ++t)
        days[t] = 19000 + t;
    const td_dim symbols = {.name = "symbol", .count = SYMBOLS, .text = symbol_names};
    const td_dim bars = {.name = "bar",
                         .doc = "Date.",
                         .unit = "days since 1970-01-01",
                         .count = BARS,
                         .number = days,
                         .whole = true};
    CHECK_STATUS(TD_OK, td_args_label(to, &symbols, &err), &err);
    CHECK_STATUS(TD_OK, td_args_label(to, &bars, &err), &err);
    memset(days, 0, sizeof(days)); /* the labels are copies */
}

TEST(labels_become_coordinates)
{
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    td_args *copy = NULL;
    td_dim dim;
    char *before = NULL, *after = NULL, *again = NULL;
    begin();
    CHECK_STATUS(TD_OK, args_identity(args, &before, &err), &err);
    label_all(args);
    label_all(args); /* a second time replaces the first */
    CHECK_STATUS(TD_OK, args_identity(args, &after, &err), &err);
    CHECK(strcmp(before, after) != 0);
    CHECK_STATUS(TD_OK, args_copy(args, &copy, &err), &err);
    CHECK_STATUS(TD_OK, args_identity(copy, &again, &err), &err);
    CHECK_TEXT(after, again);
    td_free(engine, before);
    td_free(engine, after);
    td_free(engine, again);
    CHECK_STATUS(TD_OK, td_run(engine, copy, NULL, &table, NULL, &err), &err);
    check_product(table);
    CHECK(td_table_find_dim(table, "symbol", &dim));
    for (int s = 0; s < SYMBOLS; ++s)
        CHECK_TEXT(symbol_names[s], dim.text[s]);
    CHECK(td_table_find_dim(table, "bar", &dim));
    CHECK_TEXT("days since 1970-01-01", dim.unit);
    CHECK(dim.whole && dim.number[0] == 19000 && dim.number[BARS - 1] == 19000 + BARS - 1);
    td_args_destroy(copy);
    td_table_destroy(table);
    finish();
}

TEST(what_does_not_fit_is_named)
{
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    td_array weight = TD_ARRAY_INIT;
    const td_dim wrong = {.name = "bar", .count = BARS - 1}, none = {.name = "day", .count = 1};
    begin();
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_label(args, &none, &err), &err);
    CHECK_TEXT("test.dense: no dimension day can have labels: it is neither the items nor a "
               "dimension of a dense input",
               err.message);
    CHECK_STATUS(TD_OK, td_args_label(args, &wrong, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(engine, args, NULL, &table, NULL, &err), &err);
    CHECK_TEXT("test.dense: bar has 7 values, its labels are 6", err.message);
    label_all(args);
    weight.dtype = TD_F64;
    weight.rank = 1;
    weight.shape[0] = BARS + 1;
    weight.data = values;
    CHECK_STATUS(TD_OK, td_args_bind(args, "weight", &weight, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(engine, args, NULL, &table, NULL, &err), &err);
    CHECK_TEXT("test.dense: input weight has 8 in dimension bar, input value has 7", err.message);
    CHECK(table == NULL);
    finish();
}

TEST(a_table_for_a_call_is_checked)
{
    td_error err = TD_ERROR_INIT;
    td_port bad_port = outputs[0];
    td_op bad_op = dense_op;
    td_op_impl bad = dense_impl;
    td_args *none = NULL;
    begin();
    bad_port.shape = "symbol,day";
    bad_op.outputs = &bad_port;
    bad_op.output_count = 1;
    bad.op = &bad_op;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_create_op(engine, &bad, &none, &err), &err);
    CHECK(strstr(err.message, "\"day\"") != NULL);
    bad = dense_impl;
    bad.open = NULL;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_create_op(engine, &bad, &none, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_create_op(NULL, &dense_impl, &none, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_create_op(engine, NULL, &none, &err), &err);
    CHECK(none == NULL);
    finish();
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(results_have_the_inputs_dimension),
                                     RUN(labels_become_coordinates),
                                     RUN(what_does_not_fit_is_named),
                                     RUN(a_table_for_a_call_is_checked),
                                     {0}});
}
