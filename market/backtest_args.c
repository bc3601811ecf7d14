/* backtest_args.c - see backtest_args.h. */
#include "market/backtest_args.h"

#include "core/number.h"
#include "core/op.h"
#include "report/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 128

static const td_param *rule_named(const char *name)
{
    for (uint32_t i = 0; i < RULE_COUNT; ++i)
        if (strcmp(rule_param[i].name, name) == 0) return &rule_param[i];
    return NULL;
}

/* "fast=5:30:5" into its name; *value is what stands behind the sign. */
static td_status split(const char *flag, const char *given, char name[NAME_BYTES],
                       const char **value, td_error *err)
{
    const size_t bytes = strcspn(given, "=");
    if (given[bytes] != '=' || bytes == 0 || bytes >= NAME_BYTES || !given[bytes + 1])
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s is \"%.60s\", must be NAME=%s, as in %s", flag,
                       given, strcmp(flag, "grid") == 0 ? "GRID" : "VALUE",
                       strcmp(flag, "grid") == 0 ? "fast=5:30:5" : "fast=12");
    memcpy(name, given, bytes);
    name[bytes] = 0;
    *value = given + bytes + 1;
    return TD_OK;
}

/* ---- Rules ---------------------------------------------------------------------------------- */

static td_status on_parameter(void *context, const program_parameter *parameter, td_error *err)
{
    backtest_rules *rules = context;
    (void)err;
    for (uint32_t i = 0; i < RULE_COUNT; ++i) {
        if (strcmp(rule_param[i].name, parameter->name) != 0) continue;
        rules->differs[i] |= rules->in_text[i] && rules->text[i] != parameter->value;
        rules->in_text[i] = true;
        rules->text[i] = parameter->value;
        if (i != RULE_account || parameter->value != 1.0) continue;
        if (rules->portfolios++ == 0)
            snprintf(rules->portfolio, sizeof rules->portfolio, "%.63s", parameter->strategy);
    }
    return TD_OK;
}

static bool names(const char *given, const char *name)
{
    const size_t bytes = strlen(name);
    return strncmp(given, name, bytes) == 0 && given[bytes] == '=';
}

static td_status gather_rules(const backtest_call *call, backtest_rules *rules, td_error *err)
{
    memset(rules, 0, sizeof *rules);
    for (uint32_t i = 0; i < RULE_COUNT; ++i) {
        const char *name = rule_param[i].name;
        for (uint32_t k = 0; k < call->rule_count; ++k)
            rules->given[i] |= strcmp(call->rule[k].name, name) == 0;
        for (uint32_t k = 0; k < call->set_count; ++k)
            rules->given[i] |= names(call->set[k], name);
        for (uint32_t k = 0; k < call->grid_count; ++k)
            rules->given[i] |= names(call->grid[k], name);
    }
    return program_parameters("strategy", call->text, on_parameter, rules, err);
}

static double choice_number(const td_param *param, const char *word)
{
    for (uint32_t i = 0; param->choices && param->choices[i]; ++i)
        if (strcmp(param->choices[i], word) == 0) return i;
    return NAN;
}

double backtest_rule_number(const backtest_made *made, uint32_t which)
{
    const td_param *param = &rule_param[which];
    if (td_args_axis(made->args, param->name)) return NAN;
    if (!made->rules.given[which] && made->rules.in_text[which])
        return made->rules.differs[which] ? NAN : made->rules.text[which];
    const td_value value = td_args_get(made->args, param->name);
    if (param->type == TD_FLOAT) return value.as.f;
    if (param->type == TD_INT) return (double)value.as.i;
    return choice_number(param, value.as.s);
}

const char *backtest_rule_text(const backtest_made *made, uint32_t which, char out[64])
{
    const td_param *param = &rule_param[which];
    const td_axis *axis = td_args_axis(made->args, param->name);
    const double value = backtest_rule_number(made, which);
    char number[NUMBER_TEXT_MAX];
    if (axis) {
        snprintf(out, 64, "%" PRIu64 " values", axis->count);
    } else if (isnan(value)) {
        snprintf(out, 64, "as each strategy says");
    } else if (param->type == TD_CHOICE) {
        snprintf(out, 64, "%.63s", param->choices[(int)value]);
    } else {
        number_text(value, number);
        snprintf(out, 64, "%s", number);
    }
    return out;
}

/* ---- Parameters ----------------------------------------------------------------------------- */

static void add_setting(text *all, const char *name, const char *value)
{
    if (all->bytes) text_add(all, ",");
    text_add(all, name);
    text_add(all, "=");
    text_add(all, value);
}

/* Values of rules go to the rules, which checks them; all go to the parameter "set", in one text,
 * for there they win over what a strategy says. */
static td_status apply_set(td_args *args, const char *const *set, uint32_t count, text *all,
                           td_error *err)
{
    char name[NAME_BYTES];
    const char *value = NULL;
    for (uint32_t i = 0; i < count; ++i) {
        td_status status = split("set", set[i], name, &value, err);
        if (!status && rule_named(name)) status = td_args_set_text(args, name, value, err);
        if (status) return status;
        add_setting(all, name, value);
    }
    return TD_OK;
}

static td_status apply_rules(td_args *args, const backtest_call *call, text *all, td_error *err)
{
    td_status status = TD_OK;
    for (uint32_t i = 0; i < call->rule_count && !status; ++i) {
        const uint32_t found = op_find_param(td_args_op(args), call->rule[i].name);
        const td_param *param = found == UINT32_MAX ? NULL : op_param(td_args_op(args), found);
        if (param && (param->flags & TD_PARAM_SWEEP))
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s has both a value and a --grid",
                           call->rule[i].name);
        status = td_args_set_text(args, call->rule[i].name, call->rule[i].value, err);
        add_setting(all, call->rule[i].name, call->rule[i].value);
    }
    return status;
}

static td_status apply_axes(td_args *args, const backtest_call *call, td_error *err)
{
    char name[NAME_BYTES];
    const char *value = NULL;
    for (uint32_t i = 0; i < call->grid_count; ++i) {
        td_status status = split("grid", call->grid[i], name, &value, err);
        if (!status) status = td_args_sweep(args, name, value, err);
        if (status) return status;
    }
    /* All strategies of the text are tried. */
    const uint32_t which = op_find_param(td_args_op(args), "strategy_name");
    if (which == UINT32_MAX) return TD_OK;
    text names = TEXT_INIT;
    const td_param *param = op_param(td_args_op(args), which);
    for (uint32_t i = 0; param->choices && param->choices[i]; ++i) {
        if (i) text_add(&names, ",");
        text_add(&names, param->choices[i]);
    }
    const td_status status =
        td_args_sweep(args, "strategy_name", names.data ? names.data : "", err);
    text_free(&names);
    return status;
}

static bool in_list(const char *list, const char *name)
{
    const size_t bytes = strlen(name);
    for (const char *at = list; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, bytes) == 0 && (at[bytes] == ',' || at[bytes] == 0)) return true;
    return false;
}

static td_status check_measures(const td_op *op, const char *flag, const char *list, td_error *err)
{
    char name[NAME_BYTES];
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        const size_t bytes = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)(bytes < 100 ? bytes : 100), at);
        if (op_find_output(op, name) != UINT32_MAX) continue;
        text all = TEXT_INIT;
        for (uint32_t i = 0; i < op->output_count; ++i) {
            text_add(&all, op_output(op, i)->name);
            text_add(&all, ", ");
        }
        const td_status status =
            td_fail(err, TD_E_BAD_ARGUMENT, "%s has \"%s\", allowed %s%s", flag, name,
                    all.data ? all.data : "", strcmp(flag, "best") == 0 ? "and no other" : "all");
        text_free(&all);
        return status;
    }
    return TD_OK;
}

/* Against a benchmark: "all" leaves them out where there is none. */
static bool is_against(const char *name)
{
    static const char *const against[] = {"alpha", "beta", "information_ratio", "up_capture",
                                          "down_capture"};
    for (size_t i = 0; i < sizeof against / sizeof *against; ++i)
        if (strcmp(against[i], name) == 0) return true;
    return false;
}

static td_status apply_measures(td_args *args, const char *list, bool benchmark, td_error *err)
{
    const td_op *op = td_args_op(args);
    if (!list) return TD_OK;
    const bool all = strcmp(list, "all") == 0;
    td_status status = all ? TD_OK : check_measures(op, "measures", list, err);
    for (uint32_t i = 0; i < op->output_count && !status; ++i) {
        const char *name = op_output(op, i)->name;
        const bool wanted = all ? benchmark || !is_against(name) : in_list(list, name);
        status = td_args_output(args, name, wanted, err);
    }
    return status;
}

/* What points are ranked by is computed, though it is not among the measures asked for. */
static td_status apply_by(td_args *args, const char *by, td_error *err)
{
    if (!by) return TD_OK;
    const td_status status = check_measures(td_args_op(args), "best", by, err);
    return status ? status : td_args_output(args, by, true, err);
}

/* ---- The call ------------------------------------------------------------------------------- */

static bool asks_for_portfolio(const backtest_call *call, const backtest_rules *rules)
{
    bool is = rules->in_text[RULE_account] && rules->text[RULE_account] == 1.0;
    for (uint32_t i = 0; i < call->rule_count; ++i)
        if (strcmp(call->rule[i].name, "account") == 0)
            is = strcmp(call->rule[i].value, "portfolio") == 0;
    for (uint32_t i = 0; i < call->set_count; ++i)
        if (names(call->set[i], "account")) is = strcmp(call->set[i] + 8, "portfolio") == 0;
    return is;
}

/* Whether accounts are those of symbols is one for the whole run, and decides about every result:
 * one strategy's line must not turn the others' accounts into portfolios unasked. */
static td_status check_account(const backtest_made *made, td_error *err)
{
    const backtest_rules *rules = &made->rules;
    const td_op *op = td_args_op(made->args);
    const uint32_t which = op_find_param(op, "strategy_name");
    uint32_t count = 1;
    if (rules->given[RULE_account] || rules->portfolios == 0 || which == UINT32_MAX) return TD_OK;
    const td_param *param = op_param(op, which);
    for (count = 0; param->choices && param->choices[count];)
        count += 1;
    if (rules->portfolios == count) return TD_OK;
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "strategy %s says account = portfolio, and %u of %u strategies do not: give all "
                   "of them --account portfolio or --account symbol, or run them apart",
                   rules->portfolio, count - rules->portfolios, count);
}

static td_status make_impl(const backtest_call *call, bool axes, backtest_made *out, td_error *err)
{
    char name[TD_AXES_MAX][NAME_BYTES];
    const char *axis[TD_AXES_MAX], *value = NULL;
    td_status status = TD_OK;
    if (call->grid_count > TD_AXES_MAX - 1)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%u axes, allowed are up to %d", call->grid_count,
                       TD_AXES_MAX - 1);
    for (uint32_t i = 0; i < call->grid_count && !status; ++i) {
        status = split("grid", call->grid[i], name[i], &value, err);
        axis[i] = name[i];
        for (uint32_t k = 0; k < call->set_count && !status; ++k)
            if (names(call->set[k], name[i]))
                status = td_fail(err, TD_E_BAD_ARGUMENT,
                                 "%s has a --grid and a --set: leave one of them out", name[i]);
    }
    if (!status) status = gather_rules(call, &out->rules, err);
    if (status) return status;
    out->portfolio = asks_for_portfolio(call, &out->rules);
    const backtest_setup setup = {call->text, axis, axes ? call->grid_count : 0, out->portfolio};
    return backtest_op_create(&setup, &out->impl, err);
}

static td_status finish(td_args *args, text *set, td_status status, td_error *err)
{
    if (!status && set->status) status = td_fail(err, set->status, "no memory for the settings");
    if (!status && set->bytes) status = td_args_set_text(args, "set", set->data, err);
    text_free(set);
    return status;
}

td_status backtest_call_make(td_engine *engine, const backtest_call *call, backtest_made *out,
                             td_error *err)
{
    text set = TEXT_INIT;
    *out = (backtest_made){0};
    td_status status = make_impl(call, true, out, err);
    if (!status) status = td_args_create_op(engine, out->impl, &out->args, err);
    if (!status) status = check_account(out, err);
    if (!status) status = apply_rules(out->args, call, &set, err);
    if (!status) status = apply_set(out->args, call->set, call->set_count, &set, err);
    if (!status) status = apply_axes(out->args, call, err);
    if (!status) status = apply_measures(out->args, call->measures, call->benchmark, err);
    if (!status) status = apply_by(out->args, call->by, err);
    status = finish(out->args, &set, status, err);
    if (status) backtest_made_free(out);
    return status;
}

td_status backtest_call_point(td_engine *engine, const backtest_call *call, const td_args *grid,
                              const uint64_t *index, backtest_made *out, td_error *err)
{
    text set = TEXT_INIT;
    *out = (backtest_made){0};
    td_status status = make_impl(call, false, out, err);
    if (!status) status = td_args_create_op(engine, out->impl, &out->args, err);
    if (!status) status = apply_rules(out->args, call, &set, err);
    if (!status) status = apply_set(out->args, call->set, call->set_count, &set, err);
    for (uint32_t a = 0; a < td_args_axis_count(grid) && !status; ++a) {
        const td_axis *axis = td_args_axis_at(grid, a);
        const char *value = axis->text[index[a]];
        const bool is_strategy = strcmp(axis->name, "strategy_name") == 0;
        if (is_strategy || rule_named(axis->name))
            status = td_args_set_text(out->args, axis->name, value, err);
        if (!is_strategy) add_setting(&set, axis->name, value);
    }
    status = finish(out->args, &set, status, err);
    if (status) backtest_made_free(out);
    return status;
}

void backtest_made_free(backtest_made *made)
{
    td_args_destroy(made->args);
    backtest_op_destroy(made->impl);
    *made = (backtest_made){0};
}
