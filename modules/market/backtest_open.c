/* backtest_open.c - what all units share: the compiled strategies, the rules of the call, and where
 * the prices lie. */
#include "backtest_op.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BARS_MAX ((uint64_t)UINT32_MAX)

static void *state_alloc(td_engine *engine, size_t bytes)
{
    return engine ? td_alloc(engine, bytes) : calloc(1, bytes);
}

static void state_free(td_engine *engine, void *memory)
{
    if (engine) td_free(engine, memory);
    else free(memory);
}

/* ---- Rules ------------------------------------------------------------------------------------
 */

static double choice_number(const td_param *param, const char *text)
{
    double number = 0;
    for (uint32_t i = 0; param->choices[i]; ++i)
        if (strcmp(param->choices[i], text) == 0) number = i;
    return number;
}

static void read_rules(backtest_state *state)
{
    for (uint32_t r = 0; r < RULE_COUNT; ++r) {
        const td_param *param = &rule_param[r];
        if (td_args_axis(state->args, param->name)) continue; /* the program has it */
        const td_value value = td_args_get(state->args, param->name);
        state->number[r] = param->type == TD_CHOICE  ? choice_number(param, value.as.s)
                           : param->type == TD_FLOAT ? value.as.f
                                                     : (double)value.as.i;
    }
}

/* ---- The program --------------------------------------------------------------------------------
 */

typedef struct axes {
    program_axis axis[TD_AXES_MAX];
    uint32_t count;
    double *choice[TD_AXES_MAX]; /* numbers of the choices of an axis */
} axes;

static td_status read_axis(backtest_state *state, uint32_t index, axes *out, td_error *err)
{
    const td_axis *axis = td_args_axis_at(state->args, index);
    if (strcmp(axis->name, "strategy_name") == 0) {
        state->strategy_axis = index;
        return TD_OK;
    }
    program_axis *to = &out->axis[out->count];
    *to = (program_axis){axis->name, axis->count, axis->number};
    state->program_axis[out->count] = index;
    if (!axis->number) {
        const td_param *param = NULL;
        for (uint32_t r = 0; r < RULE_COUNT; ++r)
            if (strcmp(rule_param[r].name, axis->name) == 0) param = &rule_param[r];
        double *number = state_alloc(state->engine, axis->count * sizeof *number);
        if (!number || !param) {
            state_free(state->engine, number);
            return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for axis %s",
                           axis->name);
        }
        for (uint64_t i = 0; i < axis->count; ++i)
            number[i] = choice_number(param, axis->text[i]);
        to->number = out->choice[out->count] = number;
    }
    out->count += 1;
    return TD_OK;
}

/* Cuts "fast=12,slow=50" into its settings, in place; the list ends with NULL. */
static td_status read_sets(char *text, const char **set, td_error *err)
{
    uint32_t count = 0;
    for (char *next = NULL; text && *text; text = next) {
        next = strchr(text, ',');
        if (next) *next++ = 0;
        while (*text == ' ')
            ++text;
        if (count == BACKTEST_SETS_MAX)
            return td_fail(err, TD_E_OUT_OF_RANGE, "market.backtest: more than %d values in set",
                           BACKTEST_SETS_MAX);
        if (*text) set[count++] = text;
    }
    set[count] = NULL;
    return TD_OK;
}

static td_status compile(backtest_state *state, const axes *a, td_error *err)
{
    const char *strategy = td_args_get(state->args, "strategy").as.s;
    const char *text = td_args_get(state->args, "set").as.s;
    const size_t bytes = strlen(text) + 1;
    const size_t list = (BACKTEST_SETS_MAX + 1) * sizeof(char *);
    char *memory = state_alloc(state->engine, list + bytes);
    if (!memory) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no %zu bytes", list + bytes);
    const char **set = (const char **)(void *)memory;
    memcpy(memory + list, text, bytes);
    td_status status = read_sets(memory + list, set, err);
    if (!status)
        status =
            program_compile("strategy", strategy, a->axis, a->count, set, &state->program, err);
    state_free(state->engine, memory);
    return status;
}

static td_status read_program(backtest_state *state, td_error *err)
{
    axes a = {.count = 0};
    td_status status = TD_OK;
    for (uint32_t i = 0; !status && i < state->axis_count; ++i)
        status = read_axis(state, i, &a, err);
    state->program_axis_count = a.count;
    if (!status) status = compile(state, &a, err);
    for (uint32_t i = 0; i < a.count; ++i)
        state_free(state->engine, a.choice[i]);
    return status;
}

/* Which strategy each value of the axis is. */
static td_status read_strategies(backtest_state *state, td_error *err)
{
    const program *p = state->program;
    if (state->strategy_axis == UINT32_MAX) {
        if (p->strategy_count == 1) return TD_OK;
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "market.backtest: the text has %u strategies: an operation that "
                       "backtest_op_create makes for it has them as an axis",
                       p->strategy_count);
    }
    const td_axis *axis = td_args_axis_at(state->args, state->strategy_axis);
    state->strategy_of = state_alloc(state->engine, axis->count * sizeof *state->strategy_of);
    if (!state->strategy_of)
        return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for %llu strategies",
                       (unsigned long long)axis->count);
    for (uint64_t i = 0; i < axis->count; ++i)
        for (uint32_t s = 0; s < p->strategy_count; ++s)
            if (strcmp(p->strategy[s].name, axis->text[i]) == 0) state->strategy_of[i] = s;
    return TD_OK;
}

/* ---- What strategies say of a rule over the grid ----------------------------------------- */

typedef struct extent {
    double min, max;
} extent;

static extent rule_extent(const backtest_state *state, rule which)
{
    const program *p = state->program;
    extent e = {INFINITY, -INFINITY};
    for (uint32_t s = 0; s < p->strategy_count; ++s) {
        double min = state->number[which], max = min;
        const uint32_t number = p->strategy[s].rule[which];
        if (number != PROGRAM_NONE) {
            const program_slot *slot = &p->slot[p->strategy[s].slot_first + number];
            uint64_t index[TD_AXES_MAX] = {0};
            min = max = p->number_table[slot->first];
            for (bool more = true; more;) {
                const double value =
                    p->number_table[program_entry(slot, index, state->program_axis_count)];
                min = fmin(min, value);
                max = fmax(max, value);
                more = false;
                for (uint32_t a = 0; a < state->program_axis_count && !more; ++a) {
                    if (slot->stride[a] == 0) continue;
                    more = ++index[a] < state->whole.axis[state->program_axis[a]].count;
                    if (!more) index[a] = 0;
                }
            }
        }
        e.min = fmin(e.min, min);
        e.max = fmax(e.max, max);
    }
    return e;
}

/* Rules that are the same for the whole run, though a strategy may set them. */
static td_status read_fixed(backtest_state *state, td_error *err)
{
    static const rule fixed[] = {RULE_account, RULE_prices, RULE_year, RULE_returns};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; ++i) {
        const extent e = rule_extent(state, fixed[i]);
        if (e.min != e.max && fixed[i] != RULE_year)
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "market.backtest: %s must be the same in all strategies and points",
                           rule_param[fixed[i]].name);
        if (e.min == e.max) state->number[fixed[i]] = e.min;
    }
    const bool wanted = state->number[RULE_account] == 1;
    if (wanted != state->portfolio)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "market.backtest: account is %s, and this operation was made for accounts "
                       "of a %s",
                       wanted ? "portfolio" : "symbol", state->portfolio ? "portfolio" : "symbol");
    state->adjusted = state->number[RULE_prices] == 1;
    return TD_OK;
}

/* ---- Data -------------------------------------------------------------------------------- */

static td_status read_shape(backtest_state *state, const td_array *array, const td_port *port,
                            td_error *err)
{
    const uint32_t last = array->rank - 1;
    const uint64_t bars = (uint64_t)array->shape[last];
    const uint64_t symbols = array->rank == 2 ? (uint64_t)array->shape[0] : state->symbols;
    if (symbols == state->symbols && bars == state->bars) return TD_OK;
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "market.backtest: input %s has %llu symbols and %llu bars, close has %llu and "
                   "%llu",
                   port->name, (unsigned long long)symbols, (unsigned long long)bars,
                   (unsigned long long)state->symbols, (unsigned long long)state->bars);
}

static td_status read_input(backtest_state *state, uint32_t i, td_error *err)
{
    const td_port *port = &backtest_inputs[i];
    const td_array *array = td_args_array(state->args, port->name);
    backtest_input *in = &state->in[i];
    if (!array) return TD_OK;
    if (array->buffer)
        return td_fail(err, TD_E_BAD_ARGUMENT, "market.backtest: input %s is not on the host",
                       port->name);
    const td_status status = read_shape(state, array, port, err);
    if (status) return status;
    const uint32_t last = array->rank - 1;
    const bool dense = array->stride[0] == 0 && array->stride[last] == 0;
    in->stride[0] = dense || array->rank == 1 ? array->shape[last] : array->stride[0];
    in->stride[1] = dense ? 1 : array->stride[last];
    if (in->stride[1] < 1 || (i == BACKTEST_IN_TIME && in->stride[1] != 1))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "market.backtest: input %s: the stride of bars is %lld, must be 1%s",
                       port->name, (long long)in->stride[1],
                       i == BACKTEST_IN_TIME ? "" : " or more");
    if (i == BACKTEST_IN_TIME) state->time = array->data;
    else in->data = array->data;
    return TD_OK;
}

static td_status read_data(backtest_state *state, td_error *err)
{
    const td_array *close = td_args_array(state->args, "close");
    if (!close) return td_fail(err, TD_E_BAD_ARGUMENT, "market.backtest: input close is not bound");
    state->symbols = (uint64_t)close->shape[0];
    state->bars = (uint64_t)close->shape[1];
    if (state->bars > BARS_MAX || state->symbols > BARS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "market.backtest: %llu symbols and %llu bars, allowed are %llu each",
                       (unsigned long long)state->symbols, (unsigned long long)state->bars,
                       (unsigned long long)BARS_MAX);
    td_status status = TD_OK;
    for (uint32_t i = 0; !status && i < BACKTEST_IN_COUNT; ++i)
        status = read_input(state, i, err);
    return status;
}

static td_status need_input(const backtest_state *state, uint32_t input, const char *reader,
                            td_error *err)
{
    if (input == BACKTEST_IN_TIME ? state->time != NULL : state->in[input].data != NULL)
        return TD_OK;
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "market.backtest: input %s is not bound, and %s reads it",
                   backtest_inputs[input].name, reader);
}

static bool has_order_prices(const program *p)
{
    for (uint32_t s = 0; s < p->strategy_count; ++s)
        for (uint32_t r = ROOT_ENTRY_LIMIT; r <= ROOT_SHORT_STOP; ++r)
            if (p->strategy[s].root[r].count > 0) return true;
    return false;
}

static td_status check_inputs(const backtest_state *state, td_error *err)
{
    static const rule levels[] = {RULE_stop_loss, RULE_take_profit, RULE_trailing_stop};
    static const char *const names[] = {"stop_loss", "take_profit", "trailing_stop"};
    const char *ranges = has_order_prices(state->program) ? "a limit or stop order" : NULL;
    td_status status = TD_OK;
    for (size_t i = 0; !ranges && i < 3; ++i)
        if (rule_extent(state, levels[i]).max > 0) ranges = names[i];
    for (uint32_t i = 0; !status && i < TD_PRICES; ++i)
        if (state->program->reads[i]) status = need_input(state, i, "a strategy", err);
    if (!status && rule_extent(state, RULE_fill).min == 0)
        status = need_input(state, TD_OPEN, "fill=open", err);
    for (uint32_t i = TD_OPEN; ranges && !status && i <= TD_LOW; ++i)
        status = need_input(state, i, ranges, err);
    if (!status && state->adjusted) status = need_input(state, TD_ADJUSTED, "prices=adjusted", err);
    if (!status && state->portfolio && rule_extent(state, RULE_rebalance).max > 1)
        status = need_input(state, BACKTEST_IN_TIME, "rebalance", err);
    for (uint32_t m = MEASURE_alpha; !status && m <= MEASURE_down_capture; ++m)
        if (state->wants[m])
            status = need_input(state, BACKTEST_IN_BENCHMARK, state->op->outputs[m].name, err);
    return status;
}

/* ---- Open and close ---------------------------------------------------------------------- */

static td_status find_memory(backtest_state *state, td_error *err)
{
    const program *p = state->program;
    td_status status = TD_OK;
    for (uint32_t i = 0; !status && i < p->call_count; ++i) {
        const indicator *it = p->call[i].indicator;
        const indicator_job job = {.it = it, .param = p->call[i].param};
        size_t bytes = it->state_bytes ? it->state_bytes(p->call[i].param) : 0;
        if (bytes > state->state_bytes) state->state_bytes = bytes;
        if (backtest_reads_numbers(p, &p->call[i])) continue;
        status = indicator_block_bytes(&job, 1, state->bars, &bytes, err);
        if (!status && bytes > state->gap_bytes) state->gap_bytes = bytes;
    }
    return status;
}

static td_status open_state(backtest_state *state, td_error *err)
{
    const td_args *args = state->args;
    state->op = td_args_op(args);
    state->portfolio = backtest_is_portfolio(state->op);
    state->axis_count = td_args_axis_count(args);
    state->strategy_axis = UINT32_MAX;
    state->isa = indicator_isa_best();
    state->machine = machine_isa_best();
    for (uint32_t m = 0; m < MEASURE_COUNT; ++m)
        state->wants[m] = td_args_wants(args, state->op->outputs[m].name);
    td_status status = read_data(state, err);
    if (status) return status;
    state->whole = td_unit_whole(args, state->portfolio ? 1 : state->symbols);
    read_rules(state);
    status = read_program(state, err);
    if (!status) status = read_strategies(state, err);
    if (!status) status = read_fixed(state, err);
    if (!status) status = check_inputs(state, err);
    if (status) return status;
    state->needs_gains = measure_needs_gains(state->wants, state->number[RULE_returns] == 1);
    return find_memory(state, err);
}

td_status backtest_open(td_engine *engine, const td_args *args, void **out, uint64_t *item_count,
                        td_error *err)
{
    backtest_state *state = state_alloc(engine, sizeof *state);
    if (!state) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for its state");
    state->engine = engine;
    state->args = args;
    const td_status status = open_state(state, err);
    if (status) {
        backtest_close(state);
        return status;
    }
    *item_count = state->whole.items.count;
    *out = state;
    return TD_OK;
}

void backtest_close(void *memory)
{
    backtest_state *state = memory;
    if (!state) return;
    program_destroy(state->program);
    state_free(state->engine, state->strategy_of);
    state_free(state->engine, state);
}
