/* program_check.c - names, types and lags of one strategy. A node that has a type is right. */
#include "program_build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static td_status check(build *b, node *it, td_error *err);

static const char *type_text(node_type type)
{
    return type == TYPE_TRUTH ? "a truth" : type == TYPE_SERIES ? "a series" : "a number";
}

/* The largest of the depths below; a bound for every recursion over the tree. */
static td_status set_depth(build *b, node *it, const node *below, td_error *err)
{
    if (below && below->depth >= it->depth) it->depth = below->depth + 1;
    if (it->depth <= PARSER_DEPTH_MAX) return TD_OK;
    return build_fail(
        b, it->at, err,
        "the expression is more than %d operations deep, with the definitions that it "
        "reads",
        PARSER_DEPTH_MAX);
}

static td_status check_below(build *b, node *it, node *below, td_error *err)
{
    td_status status = check(b, below, err);
    return status ? status : set_depth(b, it, below, err);
}

/* ---- Names -------------------------------------------------------------------------------- */

/* (high + low) / 2 and the like, written out. */
static td_status write_mean(build *b, node *it, td_error *err)
{
    static const char *const names[3][4] = {{"high", "low", NULL, NULL},
                                            {"high", "low", "close", NULL},
                                            {"open", "high", "low", "close"}};
    const int which = it->name[1] == 'l' ? (it->name[2] == 'c' ? 1 : 0) : 2;
    node *sum = NULL;
    int count = 0;
    for (; count < 4 && names[which][count]; ++count) {
        node *const price = parser_node(&b->memory, NODE_NAME, it->at, NULL, NULL);
        if (!price) return memory_fail(err);
        price->name = names[which][count];
        sum = sum ? parser_node(&b->memory, NODE_ADD, it->at, sum, price) : price;
        if (!sum) return memory_fail(err);
    }
    node *const divisor = parser_node(&b->memory, NODE_NUMBER, it->at, NULL, NULL);
    if (!divisor) return memory_fail(err);
    divisor->number = count;
    it->kind = NODE_DIVIDE;
    it->left = sum;
    it->right = divisor;
    return check(b, it, err);
}

static td_status fail_name(build *b, const node *it, td_error *err)
{
    const char *const near = word_near_name(b->strategy, it->name);
    const definition *const later = parser_find(b->strategy, it->name);
    if (later && later == b->current)
        return build_fail(b, it->at, err, "%s is defined by itself", it->name);
    if (later)
        return build_fail(b, it->at, err,
                          "%s is defined below, in line %u: a definition stands above its use",
                          it->name, later->at.line);
    if (indicator_find(it->name) || value_function(it->name) != UINT32_MAX ||
        word_function(it->name))
        return build_fail(b, it->at, err, "%s is a function: write %s(..)", it->name, it->name);
    if (word_rule(it->name) >= 0)
        return build_fail(b, it->at, err,
                          "%s is a rule that is not set here: write \"%s = ..\" above", it->name,
                          it->name);
    if (near)
        return build_fail(b, it->at, err, "unknown name \"%s\", is \"%s\" meant?", it->name, near);
    return build_fail(b, it->at, err,
                      "unknown name \"%s\", expected a definition above, or a price: open, high, "
                      "low, close, volume, adjusted, hl2, hlc3, ohlc4",
                      it->name);
}

static td_status check_name(build *b, node *it, td_error *err)
{
    definition *const d = parser_find(b->strategy, it->name);
    if (d && d->checked) {
        it->meaning = MEANS_DEFINITION;
        it->means = d;
        it->type = d->override || d->choice >= 0 ? TYPE_NUMBER : d->value->type;
        return set_depth(b, it, d->value, err);
    }
    if (word_mean(it->name)) return write_mean(b, it, err);
    if (word_price(it->name) < 0) return fail_name(b, it, err);
    it->meaning = MEANS_PRICE;
    it->price = (td_price)word_price(it->name);
    it->type = TYPE_SERIES;
    return TD_OK;
}

/* ---- Operators ---------------------------------------------------------------------------- */

static const char *operator_text(node_kind kind)
{
    static const char *const text[] = {
        [NODE_NEGATE] = "-",         [NODE_NOT] = "not",       [NODE_ADD] = "+",
        [NODE_SUBTRACT] = "-",       [NODE_MULTIPLY] = "*",    [NODE_DIVIDE] = "/",
        [NODE_LESS] = "<",           [NODE_LESS_EQUAL] = "<=", [NODE_GREATER] = ">",
        [NODE_GREATER_EQUAL] = ">=", [NODE_EQUAL] = "==",      [NODE_NOT_EQUAL] = "!=",
        [NODE_AND] = "and",          [NODE_OR] = "or"};
    return text[kind];
}

static td_status want_number(build *b, const node *operand, place at, const char *what,
                             td_error *err)
{
    if (operand->type != TYPE_TRUTH) return TD_OK;
    return build_fail(b, at, err, "%s takes numbers, got a truth", what);
}

static td_status want_truth(build *b, const node *operand, place at, const char *what,
                            td_error *err)
{
    if (operand->type == TYPE_TRUTH) return TD_OK;
    return build_fail(b, at, err, "%s takes truths, got %s: compare it, as in x > 0", what,
                      type_text(operand->type));
}

static td_status check_operator(build *b, node *it, td_error *err)
{
    const char *const sign = operator_text(it->kind);
    const bool logic = it->kind == NODE_NOT || it->kind == NODE_AND || it->kind == NODE_OR;
    const bool compares = it->kind >= NODE_LESS && it->kind <= NODE_NOT_EQUAL;
    td_status status = check_below(b, it, it->left, err);
    if (!status && it->right) status = check_below(b, it, it->right, err);
    for (int side = 0; side < 2 && !status; ++side) {
        const node *const operand = side ? it->right : it->left;
        if (operand)
            status = logic ? want_truth(b, operand, it->at, sign, err)
                           : want_number(b, operand, it->at, sign, err);
    }
    if (status) return status;
    it->type = logic || compares ? TYPE_TRUTH
               : it->left->type == TYPE_SERIES || (it->right && it->right->type == TYPE_SERIES)
                   ? TYPE_SERIES
                   : TYPE_NUMBER;
    return TD_OK;
}

/* ---- Lags and outputs --------------------------------------------------------------------- */

static td_status check_lag_value(build *b, const node *it, const grid_value *lag, td_error *err)
{
    for (uint64_t i = 0; i < lag->count; ++i) {
        const double bars = lag->number[i];
        if (bars < 0)
            return build_fail(b, it->at, err,
                              "a lag of %.10g looks ahead: it counts bars back, 0 to %d", bars,
                              PROGRAM_LAG_MAX);
        if (!(bars <= PROGRAM_LAG_MAX) || bars != floor(bars))
            return build_fail(b, it->at, err,
                              "a lag is %.10g, allowed whole numbers of bars back, 0 to %d", bars,
                              PROGRAM_LAG_MAX);
    }
    return TD_OK;
}

static td_status check_lag(build *b, node *it, td_error *err)
{
    const grid_value *lag = NULL;
    td_status status = check_below(b, it, it->left, err);
    if (!status) status = check_below(b, it, it->right, err);
    if (status) return status;
    if (it->left->type == TYPE_NUMBER)
        return build_fail(b, it->at, err,
                          "[ ] is a lag of a series, got a number, which is the same at each bar");
    if (it->right->type != TYPE_NUMBER)
        return build_fail(b, it->right->at, err,
                          "a lag is a number or an expression of parameters, got %s: it must be "
                          "known before the first bar",
                          type_text(it->right->type));
    it->type = it->left->type;
    status = value_of(b, it->right, &lag, err);
    return status ? status : check_lag_value(b, it, lag, err);
}

/* What a name with an output stands for: the call itself, or a definition that is one. */
static node *find_call(node *it)
{
    while (it->kind == NODE_NAME && it->meaning == MEANS_DEFINITION)
        it = it->means->value;
    return it->kind == NODE_CALL && it->meaning == MEANS_INDICATOR ? it : NULL;
}

static td_status check_output(build *b, node *it, td_error *err)
{
    const char *names[TD_INDICATOR_OUTPUTS_MAX + 1] = {NULL};
    char list[160];
    td_status status = check_below(b, it, it->left, err);
    if (status) return status;
    it->call = find_call(it->left);
    if (!it->call)
        return build_fail(b, it->at, err,
                          ".%s is an output of an indicator, as in macd(close).macdsignal",
                          it->name);
    const td_op *const op = it->call->indicator->op;
    for (uint32_t o = 0; o < op->output_count && o < TD_INDICATOR_OUTPUTS_MAX; ++o) {
        names[o] = op->outputs[o].name;
        if (strcmp(names[o], it->name) != 0) continue;
        it->output = o;
        it->type = TYPE_SERIES;
        return TD_OK;
    }
    words_list(names, list, sizeof(list));
    return build_fail(b, it->at, err, "%s has no output \"%s\", expected %s", it->call->name,
                      it->name, list);
}

/* ---- Calls -------------------------------------------------------------------------------- */

static td_status no_names(build *b, const node *it, td_error *err)
{
    for (uint32_t i = 0; i < it->argument_count; ++i)
        if (it->argument[i].name)
            return build_fail(b, it->argument[i].at, err,
                              "%s takes its arguments by position, got "
                              "%s = ..",
                              it->name, it->argument[i].name);
    return TD_OK;
}

/* Checks all arguments as numbers; *series: one of them is a series. */
static td_status check_arguments(build *b, node *it, uint32_t least, uint32_t most, bool *series,
                                 td_error *err)
{
    td_status status = no_names(b, it, err);
    if (status) return status;
    if (it->argument_count < least || it->argument_count > most) {
        if (it->meaning == MEANS_MIN || it->meaning == MEANS_MAX)
            return build_fail(b, it->at, err,
                              "%s takes two numbers or more, got %u; over the last n bars it is "
                              "%s(x, n)",
                              it->name, it->argument_count,
                              it->meaning == MEANS_MIN ? "lowest" : "highest");
        return build_fail(b, it->at, err, "%s takes %u argument%s, got %u", it->name, least,
                          least == 1 ? "" : "s", it->argument_count);
    }
    *series = false;
    for (uint32_t i = 0; i < it->argument_count && !status; ++i) {
        node *const value = it->argument[i].value;
        status = check_below(b, it, value, err);
        if (!status) status = want_number(b, value, value->at, it->name, err);
        *series |= value->type == TYPE_SERIES;
    }
    return status;
}

static td_status check_cross(build *b, node *it, td_error *err)
{
    bool series = false;
    it->meaning = it->name[8] == 'a' ? MEANS_CROSS_ABOVE : MEANS_CROSS_BELOW;
    td_status status = check_arguments(b, it, 2, 2, &series, err);
    if (status) return status;
    if (!series)
        return build_fail(b, it->at, err, "%s takes a series, as in %s(rsi(close, 14), 30)",
                          it->name, it->name);
    it->type = TYPE_TRUTH;
    return TD_OK;
}

/* max(high, 20) compares a price with 20, which nobody means. */
static td_status check_extreme(build *b, node *it, td_error *err)
{
    bool series = false;
    it->meaning = it->name[1] == 'i' ? MEANS_MIN : MEANS_MAX;
    td_status status = check_arguments(b, it, 2, PARSER_ARGUMENTS_MAX, &series, err);
    if (status) return status;
    const node *const x = it->argument[0].value, *const y = it->argument[1].value;
    if (it->argument_count == 2 && x->meaning == MEANS_PRICE && y->type == TYPE_NUMBER)
        return build_fail(b, it->at, err,
                          "%s(%s, number) compares a price with a number; over the last n bars it "
                          "is %s(%s, n)",
                          it->name, x->name, it->meaning == MEANS_MIN ? "lowest" : "highest",
                          x->name);
    it->type = series ? TYPE_SERIES : TYPE_NUMBER;
    return TD_OK;
}

static td_status check_abs(build *b, node *it, td_error *err)
{
    bool series = false;
    it->meaning = MEANS_ABS;
    td_status status = check_arguments(b, it, 1, 1, &series, err);
    if (!status) it->type = series ? TYPE_SERIES : TYPE_NUMBER;
    return status;
}

/* sqrt(n) of a parameter is a number; of a series it is the indicator. */
static td_status check_number_function(build *b, node *it, bool *done, td_error *err)
{
    it->function = value_function(it->name);
    *done = false;
    if (it->function == UINT32_MAX) return TD_OK;
    const bool positional = it->argument_count == 1 && !it->argument[0].name;
    if (positional) {
        td_status status = check_below(b, it, it->argument[0].value, err);
        if (status) return status;
        *done = it->argument[0].value->type == TYPE_NUMBER;
    }
    if (*done) {
        it->meaning = MEANS_NUMBER_FUNCTION;
        it->type = TYPE_NUMBER;
    } else if (!indicator_find(it->name)) {
        return build_fail(b, it->at, err, "%s takes one number of parameters", it->name);
    }
    return TD_OK;
}

/* ---- Calls of indicators ------------------------------------------------------------------ */

typedef struct indicator_arguments {
    uint32_t params, reals;                 /* that the indicator has */
    uint32_t real[TD_INDICATOR_INPUTS_MAX]; /* inputs that are given as arguments */
    uint32_t next_param, next_real;         /* of those given by position */
} indicator_arguments;

/* "(close, timeperiod, nbdevup)": what a call of it looks like. */
static void signature(const node *it, const indicator_arguments *a, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s(", it->name);
    const td_op *const op = it->indicator->op;
    for (uint32_t i = 0; i < a->reals && used < size; ++i)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "",
                                 a->reals == 1 ? "series" : op->inputs[a->real[i]].name);
    for (uint32_t i = 0; i < a->params && used < size; ++i)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i || a->reals ? ", " : "",
                                 op->params[i].name);
    if (used < size) snprintf(text + used, size - used, ")");
}

static td_status fail_signature(build *b, const node *it, const indicator_arguments *a, place at,
                                const char *what, const char *which, td_error *err)
{
    char text[240];
    signature(it, a, text, sizeof(text));
    return build_fail(b, at, err, "%s%s, expected %s%s", what, which, text,
                      a->reals ? "" : "; the prices are implied");
}

/* A parameter gets a number, or a word when it is a choice. */
static td_status bind_param(build *b, node *it, uint32_t p, const argument *from, td_error *err)
{
    const td_param *const param = &it->indicator->op->params[p];
    node *const value = from->value;
    char list[200];
    if (it->param[p] || it->choice[p] >= 0)
        return build_fail(b, from->at, err, "%s: %s is given twice", it->name, param->name);
    if (value->kind == NODE_NAME && (it->choice[p] = word_choice(param, value->name)) >= 0)
        return TD_OK;
    if (param->type == TD_CHOICE && value->kind == NODE_NAME &&
        !parser_find(b->strategy, value->name)) {
        words_list(param->choices, list, sizeof(list));
        return build_fail(b, from->at, err, "%s: %s is \"%s\", expected %s", it->name, param->name,
                          value->name, list);
    }
    td_status status = check_below(b, it, value, err);
    if (status) return status;
    if (value->type != TYPE_NUMBER)
        return build_fail(b, value->at, err,
                          "%s: %s takes a number or an expression of parameters, got %s", it->name,
                          param->name, type_text(value->type));
    it->param[p] = value;
    return TD_OK;
}

static td_status bind_real(build *b, node *it, uint32_t input, const argument *from, td_error *err)
{
    const char *const name = it->indicator->op->inputs[input].name;
    td_status status = check_below(b, it, from->value, err);
    if (status) return status;
    if (it->input[input])
        return build_fail(b, from->at, err, "%s: %s is given twice", it->name, name);
    if (from->value->type != TYPE_SERIES)
        return build_fail(b, from->value->at, err, "%s: %s takes a series, got %s", it->name, name,
                          type_text(from->value->type));
    it->input[input] = from->value;
    return TD_OK;
}

static td_status bind_named(build *b, node *it, const indicator_arguments *a, const argument *from,
                            td_error *err)
{
    const td_op *const op = it->indicator->op;
    for (uint32_t p = 0; p < a->params; ++p)
        if (strcmp(op->params[p].name, from->name) == 0) return bind_param(b, it, p, from, err);
    for (uint32_t r = 0; r < a->reals; ++r)
        if (strcmp(op->inputs[a->real[r]].name, from->name) == 0)
            return bind_real(b, it, a->real[r], from, err);
    return fail_signature(b, it, a, from->at, "no such parameter: ", from->name, err);
}

static td_status bind_position(build *b, node *it, indicator_arguments *a, const argument *from,
                               td_error *err)
{
    const td_op *const op = it->indicator->op;
    const uint32_t p = a->next_param;
    node *const value = from->value;
    if (p < a->params && op->params[p].type == TD_CHOICE && value->kind == NODE_NAME &&
        word_choice(&op->params[p], value->name) >= 0) {
        a->next_param += 1;
        return bind_param(b, it, p, from, err);
    }
    td_status status = check_below(b, it, value, err);
    if (status) return status;
    if (value->type == TYPE_TRUTH)
        return fail_signature(b, it, a, value->at, "got a truth", "", err);
    if (value->type == TYPE_SERIES && a->next_real < a->reals && p == 0)
        return bind_real(b, it, a->real[a->next_real++], from, err);
    if (value->type == TYPE_SERIES && a->next_real < a->reals)
        return fail_signature(b, it, a, value->at, "series stand before numbers", "", err);
    if (value->type == TYPE_SERIES)
        return fail_signature(b, it, a, value->at, "one series too many", "", err);
    if (p >= a->params)
        return fail_signature(b, it, a, value->at, "one argument too many", "", err);
    a->next_param += 1;
    return bind_param(b, it, p, from, err);
}

static td_status check_indicator(build *b, node *it, td_error *err)
{
    indicator_arguments a = {indicator_param_count(it->indicator), 0, {0}, 0, 0};
    td_status status = TD_OK;
    it->meaning = MEANS_INDICATOR;
    memset(it->choice, -1, sizeof(it->choice));
    for (uint32_t i = 0; i < it->indicator->input_count; ++i)
        if (it->indicator->input[i] == IN_REAL) a.real[a.reals++] = i;
    bool named = false;
    for (uint32_t i = 0; i < it->argument_count && !status; ++i) {
        const argument *const from = &it->argument[i];
        if (named && !from->name)
            return build_fail(b, from->at, err, "%s: an argument by position behind one by name",
                              it->name);
        named |= from->name != NULL;
        status = named ? bind_named(b, it, &a, from, err) : bind_position(b, it, &a, from, err);
    }
    if (status) return status;
    uint32_t given = 0;
    for (uint32_t r = 0; r < a.reals; ++r)
        given += it->input[a.real[r]] != NULL;
    if (given < a.reals && a.reals > 1)
        return fail_signature(b, it, &a, it->at, "a series is missing", "", err);
    if (given < a.reals) { /* rsi(14) is of the close */
        node *const close = parser_node(&b->memory, NODE_NAME, it->at, NULL, NULL);
        if (!close) return memory_fail(err);
        close->name = "close";
        it->input[a.real[0]] = close;
        status = check_below(b, it, close, err);
    }
    it->type = TYPE_SERIES;
    return status;
}

static td_status fail_function(build *b, const node *it, td_error *err)
{
    const char *const near = word_near_function(it->name);
    if (parser_find(b->strategy, it->name) || word_price(it->name) >= 0)
        return build_fail(b, it->at, err, "%s is not a function; a lag is written %s[1]", it->name,
                          it->name);
    if (near)
        return build_fail(b, it->at, err, "unknown function \"%s\", is \"%s\" meant?", it->name,
                          near);
    return build_fail(
        b, it->at, err,
        "unknown function \"%s\", expected an indicator as sma or rsi, crosses_above, "
        "crosses_below, highest, lowest, abs, min or max",
        it->name);
}

static td_status check_call(build *b, node *it, td_error *err)
{
    bool done = false;
    const char *name = it->name;
    if (strcmp(name, "crosses_above") == 0 || strcmp(name, "crosses_below") == 0)
        return check_cross(b, it, err);
    if (strcmp(name, "abs") == 0) return check_abs(b, it, err);
    for (uint32_t i = 0; i < it->argument_count; ++i)
        done |= it->argument[i].name != NULL;
    /* max(high, timeperiod=20) is the indicator. */
    if (!done && (strcmp(name, "min") == 0 || strcmp(name, "max") == 0))
        return check_extreme(b, it, err);
    td_status status = check_number_function(b, it, &done, err);
    if (status || done) return status;
    if (strcmp(name, "highest") == 0) name = "max";
    if (strcmp(name, "lowest") == 0) name = "min";
    it->indicator = indicator_find(name);
    return it->indicator ? check_indicator(b, it, err) : fail_function(b, it, err);
}

/* The parser bounds how deep the tree of one definition is, set_depth what definitions add to it.
 */
static td_status check(build *b, node *it, td_error *err)
{
    td_status status = TD_OK;
    if (it->type != TYPE_UNKNOWN) return TD_OK;
    switch (it->kind) {
    case NODE_NUMBER: it->type = TYPE_NUMBER; break;
    case NODE_TRUE:
    case NODE_FALSE: it->type = TYPE_TRUTH; break;
    case NODE_NAME: status = check_name(b, it, err); break;
    case NODE_CALL: status = check_call(b, it, err); break;
    case NODE_LAG: status = check_lag(b, it, err); break;
    case NODE_OUTPUT: status = check_output(b, it, err); break;
    case NODE_NEGATE:
    case NODE_NOT:
    case NODE_ADD:
    case NODE_SUBTRACT:
    case NODE_MULTIPLY:
    case NODE_DIVIDE:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_AND:
    case NODE_OR: status = check_operator(b, it, err); break;
    }
    return status;
}

/* ---- Definitions -------------------------------------------------------------------------- */

/* fill = close: the value of such a rule is a word. */
static td_status check_choice(build *b, definition *d, const td_param *param, td_error *err)
{
    char list[120];
    if (d->value->kind == NODE_NAME) d->choice = word_choice(param, d->value->name);
    if (d->choice >= 0) return TD_OK;
    words_list(param->choices, list, sizeof(list));
    return build_fail(b, d->value->at, err, "%s takes a word, expected %s%s%s", d->name, list,
                      d->value->kind == NODE_NAME ? ", got " : "",
                      d->value->kind == NODE_NAME ? d->value->name : "");
}

static td_status check_definition_type(build *b, const definition *d, td_error *err)
{
    const node_type type = d->value->type;
    const int root = word_root(d->name);
    if (root >= 0 && d->override)
        return build_fail(b, d->at, err, "%s is no parameter: it cannot be set or be an axis",
                          d->name);
    if (root >= 0 && root <= ROOT_SHORT_EXIT && type != TYPE_TRUTH)
        return build_fail(b, d->value->at, err,
                          "%s is true or false at each bar, got %s: compare it, as in x > 0",
                          d->name, type_text(type));
    if (root > ROOT_SHORT_EXIT && type == TYPE_TRUTH)
        return build_fail(b, d->value->at, err, "%s is a %s, got a truth", d->name,
                          root == ROOT_RANK ? "number" : "price");
    if (word_rule(d->name) >= 0 && type != TYPE_NUMBER)
        return build_fail(b, d->value->at, err,
                          "%s is a rule and takes a number or an expression of parameters, got %s",
                          d->name, type_text(type));
    if (d->override && type != TYPE_NUMBER)
        return build_fail(b, d->at, err, "%s is %s, not a number: it cannot be set or be an axis",
                          d->name, type_text(type));
    return TD_OK;
}

static td_status check_definition(build *b, definition *d, td_error *err)
{
    const int number = word_rule(d->name);
    td_status status = TD_OK;
    b->current = d;
    if (word_price(d->name) >= 0 || word_mean(d->name))
        return build_fail(b, d->at, err, "%s is a price and keeps its meaning: choose another name",
                          d->name);
    if (number >= 0 && rule_param[number].type == TD_CHOICE)
        status = check_choice(b, d, &rule_param[number], err);
    else if (!(status = check(b, d->value, err))) status = check_definition_type(b, d, err);
    d->checked = true;
    return status;
}

td_status check_strategy(build *b, strategy_text *strategy, td_error *err)
{
    td_status status = TD_OK;
    b->strategy = strategy;
    for (definition *d = strategy->first; d && !status; d = d->next)
        status = check_definition(b, d, err);
    return status;
}
