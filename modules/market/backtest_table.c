/* backtest_table.c - "market.backtest" as every surface sees it, and the same made for the axes of
 * one call. */
#include "backtest_op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXED_PARAMS    2 /* strategy and set */
#define AXIS_NUMBER_MAX 1e15
#define AXIS_WHOLE_MAX  1000000000

/* clang-format off */
#define FLOAT(value)  {TD_FLOAT, {.f = (value)}}
#define WHOLE(value)  {TD_INT, {.i = (int64_t)(value)}}
#define CHOICE(value) {TD_CHOICE, {.s = (value)}}
#define TEXT(value)   {TD_TEXT, {.s = (value)}}
#define NONE          {TD_BOOL, {0}}

static const td_param params[] = {
    {"strategy", "The text of one strategy, or of several, each behind a line [name].", NULL,
     BACKTEST_PARAM_STRATEGY, TD_TEXT, 0, TEXT("entry = true\n"), NONE, NONE, NONE, NULL},
    {"set", "Values in the place of a strategy's own: fast=12,slow=50.", NULL,
     BACKTEST_PARAM_SET, TD_TEXT, 0, TEXT(""), NONE, NONE, NONE, NULL},
#define RULE_NUMBER(name, number, value, min, max, unit, doc)                               \
    {#name, doc ".", unit, number, TD_FLOAT, 0, FLOAT(value), FLOAT(min), FLOAT(max), FLOAT(0.01), \
     NULL},
#define RULE_WHOLE(name, number, value, min, max, unit, doc)                                \
    {#name, doc ".", unit, number, TD_INT, 0, WHOLE(value), WHOLE(min), WHOLE(max), WHOLE(1), NULL},
#define RULE_CHOICE(name, number, value, choices, doc)                                      \
    {#name, doc ".", NULL, number, TD_CHOICE, 0, CHOICE(value), NONE, NONE, NONE,            \
     rule_choices_##name},
#include "rules.h"
};

const td_port backtest_inputs[BACKTEST_IN_COUNT] = {
    {"open", "First price of each bar; NaN: no bar.", NULL, TD_F64, TD_PORT_OPTIONAL, "symbol,bar"},
    {"high", "Highest price of each bar.", NULL, TD_F64, TD_PORT_OPTIONAL, "symbol,bar"},
    {"low", "Lowest price of each bar.", NULL, TD_F64, TD_PORT_OPTIONAL, "symbol,bar"},
    {"close", "Last price of each bar; a symbol has the bars where it is a number.", NULL, TD_F64,
     0, "symbol,bar"},
    {"volume", "Shares traded; at a bar without any nothing is filled.", "shares", TD_F64,
     TD_PORT_OPTIONAL, "symbol,bar"},
    {"adjusted", "The close adjusted for splits and dividends; see prices.", NULL, TD_F64,
     TD_PORT_OPTIONAL, "symbol,bar"},
    {"time", "Seconds since 1970 of each bar, rising; scheduled rebalancing reads it.", "s", TD_I64,
     TD_PORT_OPTIONAL, "bar"},
    {"benchmark", "A level at each bar, to compare with.", NULL, TD_F64, TD_PORT_OPTIONAL, "bar"},
};

static const td_port outputs[MEASURE_COUNT] = {
#define MEASURE(name, dtype, flags, unit, doc) {#name, doc ".", unit, dtype, flags, "symbol"},
#include "measures.h"
};
/* clang-format on */

static const char doc[] =
    "Trades a strategy on every symbol, bar by bar, with costs, stops and limits, at every point "
    "of "
    "a grid over its parameters and rules, and measures each account. Signals of a bar are known "
    "at "
    "its close and filled at the next open, or at that close. A symbol lives on its own bars: "
    "those "
    "at which its close is a number. docs/BACKTESTS.md tells how orders are filled, "
    "docs/STRATEGIES.md how a strategy is written. Measures that are undefined are NaN.";

static const td_op backtest_op = {
    .struct_size = sizeof(td_op),
    .param_size = sizeof(td_param),
    .port_size = sizeof(td_port),
    .since = TD_VERSION,
    .name = "market.backtest",
    .title = "Backtest of strategies",
    .doc = doc,
    .item_name = "symbol",
    .params = params,
    .inputs = backtest_inputs,
    .outputs = outputs,
    .param_count = FIXED_PARAMS + RULE_COUNT,
    .input_count = BACKTEST_IN_COUNT,
    .output_count = MEASURE_COUNT,
    .tolerance = 1e-9,
};

extern const td_op_impl market_backtest_impl;
const td_op_impl market_backtest_impl = {
    .struct_size = sizeof(td_op_impl),
    .op = &backtest_op,
    .kernels = backtest_kernels,
    .open = backtest_open,
    .plan = backtest_plan,
    .split = backtest_split,
    .run_cpu = backtest_run,
    .run_device = backtest_run_device,
    .close = backtest_close,
    .estimate = backtest_estimate,
};

/* ---- Made for a call ---------------------------------------------------------------------------
 */

typedef struct made {
    td_op_impl impl; /* first: it is what the caller holds */
    td_op op;
    td_param param[TD_AXES_MAX + FIXED_PARAMS + RULE_COUNT];
    td_port output[MEASURE_COUNT];
    char *text, *shape;
    char *axis_name[TD_AXES_MAX], *axis_doc[TD_AXES_MAX];
    char **strategy; /* names, ended by NULL */
    uint32_t strategy_count;
} made;

bool backtest_is_portfolio(const td_op *op)
{
    return strcmp(op->item_name, "account") == 0;
}

static char *copy_text(const char *text, td_status *status, td_error *err)
{
    const size_t bytes = strlen(text) + 1;
    char *copy = *status ? NULL : malloc(bytes);
    if (copy) memcpy(copy, text, bytes);
    else if (!*status)
        *status = td_fail(err, TD_E_NO_MEMORY, "market.backtest: no %zu bytes", bytes);
    return copy;
}

/* The names of the strategies; compiling finds all faults of the text but those of a grid. */
static td_status made_strategies(made *m, const backtest_setup *setup, td_error *err)
{
    program *p = NULL;
    td_status status = program_compile("strategy", setup->text, NULL, 0, NULL, &p, err);
    if (status) return status;
    m->strategy = calloc((size_t)p->strategy_count + 1, sizeof *m->strategy);
    if (!m->strategy)
        status = td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for %u strategies",
                         p->strategy_count);
    for (uint32_t i = 0; !status && i < p->strategy_count; ++i)
        m->strategy[i] = copy_text(p->strategy[i].name, &status, err);
    m->strategy_count = p->strategy_count;
    program_destroy(p);
    return status;
}

/* What strategies say of a parameter: of the first that has it; whole if it is in all. */
typedef struct axis_search {
    const char *name;
    uint32_t found;
    program_parameter first;
    char doc[200];
    bool whole;
} axis_search;

static td_status axis_visit(void *context, const program_parameter *parameter, td_error *err)
{
    axis_search *search = context;
    (void)err;
    if (strcmp(parameter->name, search->name) != 0) return TD_OK;
    if (search->found++ == 0) {
        search->first = *parameter;
        search->whole = true;
        if (snprintf(search->doc, sizeof search->doc, "%s", parameter->doc) < 0) search->doc[0] = 0;
    }
    search->whole = search->whole && parameter->whole;
    return TD_OK;
}

static const td_param *rule_named(const char *name)
{
    for (uint32_t r = 0; r < RULE_COUNT; ++r)
        if (strcmp(rule_param[r].name, name) == 0) return &rule_param[r];
    return NULL;
}

static td_status axis_unknown(const backtest_setup *setup, const char *name, td_error *err)
{
    /* The compiler knows what there is and what was meant. */
    const double number = 1;
    const program_axis axis = {name, 1, &number};
    program *p = NULL;
    const td_status status = program_compile("strategy", setup->text, &axis, 1, NULL, &p, err);
    program_destroy(p);
    if (status) return status;
    return td_fail(err, TD_E_BAD_ARGUMENT, "market.backtest: there is no parameter \"%.64s\"",
                   name);
}

static td_status made_axis_own(made *m, const backtest_setup *setup, uint32_t index,
                               td_param *param, td_error *err)
{
    axis_search search = {.name = setup->axis[index]};
    td_status status = program_parameters("strategy", setup->text, axis_visit, &search, err);
    if (status) return status;
    if (search.found == 0) return axis_unknown(setup, search.name, err);
    m->axis_name[index] = copy_text(search.name, &status, err);
    m->axis_doc[index] =
        copy_text(search.doc[0] ? search.doc : "A parameter of the strategy.", &status, err);
    const double value = search.first.value;
    *param = (td_param){.name = m->axis_name[index],
                        .doc = m->axis_doc[index],
                        .number = BACKTEST_PARAM_AXIS + index,
                        .type = TD_FLOAT,
                        .flags = TD_PARAM_SWEEP,
                        .value = FLOAT(value),
                        .min = FLOAT(-AXIS_NUMBER_MAX),
                        .max = FLOAT(AXIS_NUMBER_MAX),
                        .step = FLOAT(0.01)};
    if (!search.whole) return status;
    param->type = TD_INT;
    param->value = (td_value)WHOLE(value);
    param->min = (td_value)WHOLE(-AXIS_WHOLE_MAX);
    param->max = (td_value)WHOLE(AXIS_WHOLE_MAX);
    param->step = (td_value)WHOLE(1);
    return status;
}

static td_status made_axis(made *m, const backtest_setup *setup, uint32_t index, td_param *param,
                           td_error *err)
{
    const char *name = setup->axis[index];
    for (uint32_t i = 0; i < MEASURE_COUNT; ++i)
        if (strcmp(outputs[i].name, name) == 0)
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "market.backtest: axis %s has the name of a measure", name);
    if (strcmp(name, "account") == 0 || strcmp(name, "prices") == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "market.backtest: %s is the same for the whole grid, it cannot be an axis",
                       name);
    const td_param *rule_of = rule_named(name);
    if (!rule_of) return made_axis_own(m, setup, index, param, err);
    *param = *rule_of;
    param->flags |= TD_PARAM_SWEEP;
    return TD_OK;
}

static bool is_axis(const backtest_setup *setup, const char *name)
{
    for (uint32_t i = 0; i < setup->axis_count; ++i)
        if (strcmp(setup->axis[i], name) == 0) return true;
    return false;
}

static td_status made_params(made *m, const backtest_setup *setup, td_error *err)
{
    uint32_t count = 0;
    td_status status = TD_OK;
    if (m->strategy_count > 1) {
        m->param[count++] = (td_param){.name = "strategy_name",
                                       .doc = "Strategy of the text, by its name.",
                                       .number = BACKTEST_PARAM_NAME,
                                       .type = TD_CHOICE,
                                       .flags = TD_PARAM_SWEEP,
                                       .value = CHOICE(m->strategy[0]),
                                       .choices = (const char *const *)m->strategy};
    }
    for (uint32_t i = 0; !status && i < setup->axis_count; ++i)
        status = made_axis(m, setup, i, &m->param[count++], err);
    for (uint32_t i = 0; !status && i < FIXED_PARAMS + RULE_COUNT; ++i) {
        if (is_axis(setup, params[i].name)) continue;
        m->param[count] = params[i];
        if (params[i].number == BACKTEST_PARAM_STRATEGY) m->param[count].value.as.s = m->text;
        if (setup->portfolio && strcmp(params[i].name, "account") == 0)
            m->param[count].value.as.s = "portfolio";
        count += 1;
    }
    m->op.params = m->param;
    m->op.param_count = count;
    return status;
}

/* Appends to a list of names that has room for it. */
static void add_name(char *list, size_t *length, const char *name)
{
    const size_t bytes = strlen(name);
    if (*length > 0) list[(*length)++] = ',';
    memcpy(list + *length, name, bytes + 1);
    *length += bytes;
}

static td_status made_outputs(made *m, const backtest_setup *setup, td_error *err)
{
    size_t bytes = sizeof "strategy_name,symbol";
    for (uint32_t i = 0; i < setup->axis_count; ++i)
        bytes += strlen(setup->axis[i]) + 1;
    m->shape = calloc(bytes, 1);
    if (!m->shape) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no %zu bytes", bytes);
    size_t length = 0;
    if (m->strategy_count > 1) add_name(m->shape, &length, "strategy_name");
    for (uint32_t i = 0; i < setup->axis_count; ++i)
        add_name(m->shape, &length, setup->axis[i]);
    if (!setup->portfolio) add_name(m->shape, &length, "symbol");
    for (uint32_t i = 0; i < MEASURE_COUNT; ++i) {
        m->output[i] = outputs[i];
        m->output[i].shape = m->shape;
    }
    m->op.outputs = m->output;
    return TD_OK;
}

static td_status made_check(const made *m, const backtest_setup *setup, td_error *err)
{
    const uint32_t most = TD_AXES_MAX - (m->strategy_count > 1 ? 2 : 1);
    if (setup->axis_count > most)
        return td_fail(err, TD_E_BAD_ARGUMENT, "market.backtest: %u axes, allowed are 0 to %u",
                       setup->axis_count, most);
    for (uint32_t i = 0; i < setup->axis_count; ++i)
        for (uint32_t j = 0; j < i; ++j)
            if (strcmp(setup->axis[i], setup->axis[j]) == 0)
                return td_fail(err, TD_E_BAD_ARGUMENT, "market.backtest: axis %s is given twice",
                               setup->axis[i]);
    return TD_OK;
}

td_status backtest_op_create(const backtest_setup *setup, td_op_impl **out, td_error *err)
{
    if (!setup->text) return td_fail(err, TD_E_BAD_ARGUMENT, "market.backtest: text is NULL");
    td_status status = TD_OK;
    made *m = calloc(1, sizeof *m);
    if (!m) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no %zu bytes", sizeof *m);
    m->impl = market_backtest_impl;
    m->op = backtest_op;
    m->impl.op = &m->op;
    if (setup->portfolio) m->op.item_name = "account";
    m->text = copy_text(setup->text, &status, err);
    if (!status) status = made_strategies(m, setup, err);
    if (!status) status = made_check(m, setup, err);
    if (!status) status = made_params(m, setup, err);
    if (!status) status = made_outputs(m, setup, err);
    if (status) {
        backtest_op_destroy(&m->impl);
        return status;
    }
    *out = &m->impl;
    return TD_OK;
}

void backtest_op_destroy(td_op_impl *impl)
{
    made *m = (made *)impl;
    if (!m) return;
    for (uint32_t i = 0; i < TD_AXES_MAX; ++i) {
        free(m->axis_name[i]);
        free(m->axis_doc[i]);
    }
    for (uint32_t i = 0; m->strategy && i < m->strategy_count; ++i)
        free(m->strategy[i]);
    free(m->strategy);
    free(m->shape);
    free(m->text);
    free(m);
}
