/* program_emit.c - trees to steps. "not" and lags go down to the leaves: a comparison is turned
 * around, so that with NaN it stays false, and a series is read that many bars earlier. */
#include "program_build.h"

#include <string.h>

static td_status emit_number(build *b, emitter *e, node *it, const grid_value *lag, td_error *err);
static td_status emit_truth(build *b, emitter *e, node *it, bool negate, const grid_value *lag,
                            td_error *err);
static td_status series_of(build *b, node *it, const grid_value **out, td_error *err);

td_status emitter_take(build *b, emitter **out, td_error *err)
{
    emitter *e = b->spare;
    if (e) b->spare = e->next;
    else e = arena_take(&b->memory, sizeof(*e));
    if (!e) return memory_fail(err);
    e->count = e->slot_count = e->numbers = e->truths = e->memory = e->visits = 0;
    *out = e;
    return TD_OK;
}

void emitter_give(build *b, emitter *e)
{
    if (!e) return;
    e->next = b->spare;
    b->spare = e;
}

/* ---- Steps and slots ---------------------------------------------------------------------- */

/* What a step takes from the two stacks and puts there. */
static void step_effect(uint32_t op, int *numbers, int *truths)
{
    *numbers = *truths = 0;
    if (op <= STEP_SERIES) *numbers = 1;
    else if (op >= STEP_ADD && op <= STEP_MAX) *numbers = -1;
    else if (op >= STEP_LESS && op <= STEP_CROSS_BELOW) {
        *numbers = -2;
        *truths = 1;
    } else if (op == STEP_AND || op == STEP_OR) *truths = -1;
    else if (op >= STEP_TRUE) *truths = 1;
}

static td_status emit(build *b, emitter *e, program_step step, place at, td_error *err)
{
    int numbers = 0, truths = 0;
    step_effect(step.op, &numbers, &truths);
    if (e->count == PROGRAM_STEPS_MAX)
        return build_fail(
            b, at, err, "the expression has more than %d steps, with the definitions that it reads",
            PROGRAM_STEPS_MAX);
    e->numbers += (uint32_t)numbers;
    e->truths += (uint32_t)truths;
    if (e->numbers > PROGRAM_DEPTH_MAX || e->truths > PROGRAM_DEPTH_MAX)
        return build_fail(b, at, err,
                          "the expression keeps more than %d values waiting: write the part in "
                          "brackets first",
                          PROGRAM_DEPTH_MAX);
    e->step[e->count++] = step;
    return TD_OK;
}

static td_status emit_op(build *b, emitter *e, step_op op, place at, td_error *err)
{
    return emit(b, e, (program_step){op, 0, 0, 0}, at, err);
}

static bool same_table(const grid_value *x, const grid_value *y)
{
    if (x == y) return true;
    if (x->axes != y->axes || !x->number != !y->number) return false;
    return x->number ? memcmp(x->number, y->number, (size_t)x->count * sizeof(double)) == 0
                     : memcmp(x->id, y->id, (size_t)x->count * sizeof(uint32_t)) == 0;
}

td_status emit_slot(build *b, emitter *e, const grid_value *value, place at, uint32_t *slot,
                    td_error *err)
{
    for (uint32_t s = 0; s < e->slot_count; ++s) {
        if (!same_table(e->slot[s], value)) continue;
        *slot = s;
        return TD_OK;
    }
    if (e->slot_count == PROGRAM_SLOTS_MAX)
        return build_fail(b, at, err, "strategy %s reads more than %d different series and numbers",
                          b->strategy->name, PROGRAM_SLOTS_MAX);
    e->slot[e->slot_count] = value;
    *slot = e->slot_count++;
    return TD_OK;
}

static td_status emit_constant(build *b, emitter *e, const grid_value *value, place at,
                               td_error *err)
{
    program_step step = {STEP_NUMBER, 0, 0, 0};
    td_status status = emit_slot(b, e, value, at, &step.slot, err);
    return status ? status : emit(b, e, step, at, err);
}

/* A lag that an axis changes becomes a series for each of its values: steps are for all points. */
__attribute__((noinline)) static td_status lag_series(build *b, const grid_value *series,
                                                      const grid_value *lag, place at,
                                                      const grid_value **out, td_error *err)
{
    grid_walk walk;
    grid_value *made = NULL;
    td_status status = value_make(b, series->axes | lag->axes, false, at, &made, err);
    if (status) return status;
    uint32_t *id = (uint32_t *)made->id;
    walk_begin(b, &walk, made->axes);
    walk_add(b, &walk, series);
    walk_add(b, &walk, lag);
    do {
        status = share_lagged(b, series->id[walk.at[0]], (uint32_t)lag->number[walk.at[1]], at,
                              id++, err);
    } while (!status && walk_next(&walk));
    *out = made;
    return status;
}

static td_status emit_series(build *b, emitter *e, const grid_value *series, const grid_value *lag,
                             place at, td_error *err)
{
    program_step step = {STEP_SERIES, 0, 0, 0};
    td_status status = TD_OK;
    if (lag->axes) status = lag_series(b, series, lag, at, &series, err);
    else step.lag = (uint32_t)lag->number[0];
    if (!status) status = emit_slot(b, e, series, at, &step.slot, err);
    return status ? status : emit(b, e, step, at, err);
}

/* The lag of what is lagged already; each was checked, their sum is now. */
static td_status lag_sum(build *b, node *it, const grid_value *lag, const grid_value **out,
                         td_error *err)
{
    const grid_value *more = NULL;
    td_status status = value_of(b, it->right, &more, err);
    if (!status) status = value_add(b, lag, more, it->at, out, err);
    for (uint64_t i = 0; !status && i < (*out)->count; ++i)
        if ((*out)->number[i] > PROGRAM_LAG_MAX)
            return build_fail(b, it->at, err, "lags add up to %.10g bars, allowed 0 to %d",
                              (*out)->number[i], PROGRAM_LAG_MAX);
    return status;
}

/* ---- Indicators --------------------------------------------------------------------------- */

static double param_default(const td_param *param)
{
    switch (param->value.type) {
    case TD_BOOL: return param->value.as.b;
    case TD_INT: return (double)param->value.as.i;
    case TD_FLOAT: return param->value.as.f;
    case TD_TEXT:
    case TD_CHOICE: return word_choice(param, param->value.as.s);
    }
    return 0;
}

/* What a call reads, in the order of its inputs and then its parameters. */
static td_status
call_sources(build *b, node *it,
             const grid_value *source[TD_INDICATOR_INPUTS_MAX + TD_INDICATOR_PARAMS_MAX],
             td_error *err)
{
    const indicator *const what = it->indicator;
    const uint32_t params = indicator_param_count(what);
    td_status status = TD_OK;
    for (uint32_t i = 0; i < what->input_count && !status; ++i) {
        uint32_t unused = 0;
        if (it->input[i]) {
            status = series_of(b, it->input[i], &source[i], err);
        } else {
            status = share_price(b, (td_price)what->input[i], &unused, err);
            source[i] = b->price[what->input[i]];
        }
    }
    for (uint32_t p = 0; p < params && !status; ++p) {
        const grid_value **const to = &source[what->input_count + p];
        if (it->choice[p] >= 0) status = value_constant(b, it->choice[p], to, err);
        else if (it->param[p]) status = value_of(b, it->param[p], to, err);
        else status = value_constant(b, param_default(&what->op->params[p]), to, err);
    }
    return status;
}

/* The call for each point that it depends on. Not inlined, as the others that walk: a walk takes
 * kilobytes, and callers of this call themselves. */
__attribute__((noinline)) static td_status calls_make(build *b, node *it, const grid_value **source,
                                                      uint32_t count, uint32_t axes, td_error *err)
{
    const uint32_t inputs = it->indicator->input_count;
    program_call call;
    grid_walk walk;
    grid_value *made = NULL;
    td_status status = value_make(b, axes, false, it->at, &made, err);
    if (status) return status;
    memset(&call, 0, sizeof(call));
    memset(call.output, 0xff, sizeof(call.output)); /* PROGRAM_NONE */
    call.indicator = it->indicator;
    walk_begin(b, &walk, axes);
    for (uint32_t s = 0; s < count; ++s)
        walk_add(b, &walk, source[s]);
    uint32_t *number = (uint32_t *)made->id;
    do {
        for (uint32_t i = 0; i < inputs; ++i)
            call.input[i] = source[i]->id[walk.at[i]];
        for (uint32_t p = inputs; p < count; ++p) /* + 0: there is one zero */
            call.param[p - inputs] = source[p]->number[walk.at[p]] + 0.0;
        status = share_call(b, &call, it, &walk, number++, err);
    } while (!status && walk_next(&walk));
    if (!status) it->calls = made;
    return status;
}

static td_status calls_of(build *b, node *it, td_error *err)
{
    const grid_value *source[TD_INDICATOR_INPUTS_MAX + TD_INDICATOR_PARAMS_MAX] = {NULL};
    const uint32_t count = it->indicator->input_count + indicator_param_count(it->indicator);
    uint32_t axes = 0;
    if (it->calls) return TD_OK;
    td_status status = call_sources(b, it, source, err);
    for (uint32_t s = 0; s < count && !status; ++s)
        axes |= source[s]->axes;
    return status ? status : calls_make(b, it, source, count, axes, err);
}

static td_status output_of(build *b, node *it, uint32_t output, const grid_value **out,
                           td_error *err)
{
    grid_value *made = NULL;
    td_status status = TD_OK;
    if (!it->series[output]) {
        status = calls_of(b, it, err);
        if (!status) status = value_make(b, it->calls->axes, false, it->at, &made, err);
        for (uint64_t i = 0; !status && i < made->count; ++i)
            status = share_output(b, it->calls->id[i], output, (uint32_t *)made->id + i, err);
        if (status) return status;
        it->series[output] = made;
    }
    *out = it->series[output];
    return TD_OK;
}

/* Steps with slots become steps of one point: numbers of constants and series. */
__attribute__((noinline)) static td_status code_of(build *b, const emitter *e, place at,
                                                   const grid_value **out, td_error *err)
{
    program_step step[PROGRAM_STEPS_MAX];
    grid_walk walk;
    grid_value *made = NULL;
    uint32_t axes = 0;
    for (uint32_t s = 0; s < e->slot_count; ++s)
        axes |= e->slot[s]->axes;
    td_status status = value_make(b, axes, false, at, &made, err);
    if (status) return status;
    uint32_t *id = (uint32_t *)made->id;
    memcpy(step, e->step, e->count * sizeof(step[0]));
    walk_begin(b, &walk, axes);
    for (uint32_t s = 0; s < e->slot_count; ++s)
        walk_add(b, &walk, e->slot[s]);
    do {
        for (uint32_t i = 0; i < e->count && !status; ++i) {
            const uint32_t slot = e->step[i].slot;
            if (step[i].op == STEP_SERIES) step[i].slot = e->slot[slot]->id[walk.at[slot]];
            else if (step[i].op == STEP_NUMBER)
                status =
                    share_constant(b, e->slot[slot]->number[walk.at[slot]], &step[i].slot, err);
        }
        if (!status) status = share_code(b, step, e->count, at, id++, err);
    } while (!status && walk_next(&walk));
    *out = made;
    return status;
}

/* What an indicator reads: a series that is there, or one of an expression. */
static td_status series_of(build *b, node *it, const grid_value **out, td_error *err)
{
    emitter *e = NULL;
    td_status status = emitter_take(b, &e, err);
    if (!status) status = emit_number(b, e, it, b->zero, err);
    if (!status && e->count == 1 && e->step[0].op == STEP_SERIES && e->step[0].lag == 0)
        *out = e->slot[0];
    else if (!status) status = code_of(b, e, it->at, out, err);
    emitter_give(b, e);
    return status;
}

/* Steps that fall away cost time all the same: "x and x" of definitions that double each other. */
static td_status visit(build *b, emitter *e, const node *it, td_error *err)
{
    e->visits += 1;
    return e->visits <= BUILD_VISITS_MAX
               ? TD_OK
               : build_fail(b, it->at, err,
                            "the expression has more than %d operations, with the definitions that "
                            "it reads",
                            BUILD_VISITS_MAX);
}

/* ---- Numbers ------------------------------------------------------------------------------ */

static td_status emit_extreme(build *b, emitter *e, node *it, const grid_value *lag, td_error *err)
{
    const step_op op = it->meaning == MEANS_MIN ? STEP_MIN : STEP_MAX;
    td_status status = emit_number(b, e, it->argument[0].value, lag, err);
    if (it->meaning == MEANS_ABS) return status ? status : emit_op(b, e, STEP_ABS, it->at, err);
    for (uint32_t i = 1; i < it->argument_count && !status; ++i) {
        status = emit_number(b, e, it->argument[i].value, lag, err);
        if (!status) status = emit_op(b, e, op, it->at, err);
    }
    return status;
}

static td_status emit_leaf(build *b, emitter *e, node *it, const grid_value *lag, td_error *err)
{
    const grid_value *series = NULL;
    uint32_t unused = 0;
    td_status status = TD_OK;
    if (it->kind == NODE_OUTPUT) {
        status = output_of(b, it->call, it->output, &series, err);
    } else if (it->kind == NODE_CALL) {
        status = output_of(b, it, 0, &series, err);
    } else {
        status = share_price(b, it->price, &unused, err);
        series = b->price[it->price];
    }
    return status ? status : emit_series(b, e, series, lag, it->at, err);
}

static td_status emit_arithmetic(build *b, emitter *e, node *it, const grid_value *lag,
                                 td_error *err)
{
    const step_op op = it->kind == NODE_ADD        ? STEP_ADD
                       : it->kind == NODE_SUBTRACT ? STEP_SUBTRACT
                       : it->kind == NODE_MULTIPLY ? STEP_MULTIPLY
                       : it->kind == NODE_DIVIDE   ? STEP_DIVIDE
                                                   : STEP_NEGATE;
    td_status status = emit_number(b, e, it->left, lag, err);
    if (!status && it->right) status = emit_number(b, e, it->right, lag, err);
    return status ? status : emit_op(b, e, op, it->at, err);
}

static td_status emit_number(build *b, emitter *e, node *it, const grid_value *lag, td_error *err)
{
    const grid_value *value = NULL;
    td_status status = visit(b, e, it, err);
    if (status) return status;
    if (it->type == TYPE_NUMBER) {
        status = value_of(b, it, &value, err);
        return status ? status : emit_constant(b, e, value, it->at, err);
    }
    if (it->kind == NODE_LAG) {
        status = lag_sum(b, it, lag, &value, err);
        return status ? status : emit_number(b, e, it->left, value, err);
    }
    if (it->meaning == MEANS_DEFINITION) return emit_number(b, e, it->means->value, lag, err);
    if (it->meaning == MEANS_PRICE || it->meaning == MEANS_INDICATOR || it->kind == NODE_OUTPUT)
        return emit_leaf(b, e, it, lag, err);
    if (it->kind == NODE_CALL) return emit_extreme(b, e, it, lag, err);
    return emit_arithmetic(b, e, it, lag, err);
}

/* ---- Truths ------------------------------------------------------------------------------- */

static bool compare(node_kind kind, double x, double y)
{
    switch ((int)kind) {
    case NODE_LESS: return x < y;
    case NODE_LESS_EQUAL: return x <= y;
    case NODE_GREATER: return x > y;
    case NODE_GREATER_EQUAL: return x >= y;
    case NODE_EQUAL: return x == y;
    default: return x < y || x > y; /* unequal, and neither is NaN */
    }
}

static node_kind opposite(node_kind kind)
{
    switch ((int)kind) {
    case NODE_LESS: return NODE_GREATER_EQUAL;
    case NODE_LESS_EQUAL: return NODE_GREATER;
    case NODE_GREATER: return NODE_LESS_EQUAL;
    case NODE_GREATER_EQUAL: return NODE_LESS;
    case NODE_EQUAL: return NODE_NOT_EQUAL;
    default: return NODE_EQUAL;
    }
}

static td_status emit_compare(build *b, emitter *e, node *it, bool negate, const grid_value *lag,
                              td_error *err)
{
    const node_kind kind = negate ? opposite(it->kind) : it->kind;
    td_status status = TD_OK;
    if (it->left->type == TYPE_NUMBER && it->right->type == TYPE_NUMBER) {
        const grid_value *x = NULL, *y = NULL;
        status = value_of(b, it->left, &x, err);
        if (!status) status = value_of(b, it->right, &y, err);
        if (status) return status;
        if (!x->axes && !y->axes)
            return emit_op(b, e, compare(kind, x->number[0], y->number[0]) ? STEP_TRUE : STEP_FALSE,
                           it->at, err);
    }
    status = emit_number(b, e, it->left, lag, err);
    if (!status) status = emit_number(b, e, it->right, lag, err);
    return status ? status : emit_op(b, e, (step_op)(STEP_LESS + (kind - NODE_LESS)), it->at, err);
}

static td_status emit_cross(build *b, emitter *e, node *it, bool negate, const grid_value *lag,
                            td_error *err)
{
    program_step step = {it->meaning == MEANS_CROSS_ABOVE ? STEP_CROSS_ABOVE : STEP_CROSS_BELOW, 0,
                         0, e->memory};
    if (e->memory == PROGRAM_MEMORY_MAX)
        return build_fail(b, it->at, err, "an expression has at most %d crossings",
                          PROGRAM_MEMORY_MAX);
    e->memory += 1;
    td_status status = emit_number(b, e, it->argument[0].value, lag, err);
    if (!status) status = emit_number(b, e, it->argument[1].value, lag, err);
    if (!status) status = emit(b, e, step, it->at, err);
    return status || !negate ? status : emit_op(b, e, STEP_NOT, it->at, err);
}

/* Whether the steps from first on are one constant truth. */
static bool is_truth(const emitter *e, uint32_t first, step_op op)
{
    return e->count == first + 1 && e->step[first].op == (uint32_t)op;
}

/* x and true is x, x and false is false; likewise or. */
static td_status emit_logic(build *b, emitter *e, node *it, bool negate, const grid_value *lag,
                            td_error *err)
{
    const bool both = (it->kind == NODE_AND) != negate;
    const step_op neutral = both ? STEP_TRUE : STEP_FALSE, decides = both ? STEP_FALSE : STEP_TRUE;
    const uint32_t first = e->count, memory = e->memory;
    td_status status = emit_truth(b, e, it->left, negate, lag, err);
    if (status) return status;
    if (is_truth(e, first, neutral)) {
        e->count -= 1;
        e->truths -= 1;
        return emit_truth(b, e, it->right, negate, lag, err);
    }
    if (is_truth(e, first, decides)) return TD_OK;
    const uint32_t second = e->count;
    status = emit_truth(b, e, it->right, negate, lag, err);
    if (status) return status;
    if (is_truth(e, second, neutral)) {
        e->count -= 1;
        e->truths -= 1;
        return TD_OK;
    }
    if (is_truth(e, second, decides)) {
        e->step[first] = e->step[second];
        e->count = first + 1;
        e->truths -= 1;
        e->memory = memory;
        return TD_OK;
    }
    return emit_op(b, e, both ? STEP_AND : STEP_OR, it->at, err);
}

static td_status emit_truth(build *b, emitter *e, node *it, bool negate, const grid_value *lag,
                            td_error *err)
{
    const grid_value *sum = NULL;
    td_status status = visit(b, e, it, err);
    if (status) return status;
    if (it->kind == NODE_TRUE || it->kind == NODE_FALSE)
        return emit_op(b, e, (it->kind == NODE_TRUE) != negate ? STEP_TRUE : STEP_FALSE, it->at,
                       err);
    if (it->kind == NODE_LAG) {
        status = lag_sum(b, it, lag, &sum, err);
        return status ? status : emit_truth(b, e, it->left, negate, sum, err);
    }
    if (it->kind == NODE_NAME) return emit_truth(b, e, it->means->value, negate, lag, err);
    if (it->kind == NODE_NOT) return emit_truth(b, e, it->left, !negate, lag, err);
    if (it->kind == NODE_CALL) return emit_cross(b, e, it, negate, lag, err);
    if (it->kind == NODE_AND || it->kind == NODE_OR) return emit_logic(b, e, it, negate, lag, err);
    return emit_compare(b, e, it, negate, lag, err);
}

td_status emit_root(build *b, emitter *e, node *it, td_error *err)
{
    e->count = e->numbers = e->truths = e->memory = e->visits = 0;
    return it->type == TYPE_TRUTH ? emit_truth(b, e, it, false, b->zero, err)
                                  : emit_number(b, e, it, b->zero, err);
}
