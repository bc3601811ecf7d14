/* args_set.c - setting parameters, from values and from text, and asking for outputs. */
#include <string.h>

#include "core/args_internal.h"
#include "core/decimal.h"
#include "core/engine.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/text.h"

static const char *type_name(td_type type)
{
    switch (type) {
    case TD_BOOL: return "true or false";
    case TD_INT: return "a whole number";
    case TD_FLOAT: return "a number";
    case TD_TEXT: return "a text";
    case TD_CHOICE: return "one of its choices";
    }
    return "a value of a known type";
}

static td_status args_find(const td_args *args, const char *name, uint32_t *param, td_error *err)
{
    if (!args) return td_fail(err, TD_E_BAD_ARGUMENT, "args is NULL");
    *param = op_find_param(args->op, name);
    return *param == UINT32_MAX ? op_unknown(args->op, "parameter", name, err) : TD_OK;
}

/* Whether value fits the parameter; turns it into the parameter's type, and a choice into the
 * table's own text. An integer is fine where a float is wanted, a text where a choice is. */
static td_status args_check(const td_args *args, const td_param *param, td_value *value,
                            td_error *err)
{
    const char *op_name = args->op->name;
    const bool is_text = value->type == TD_TEXT || value->type == TD_CHOICE;

    if (param->type == TD_FLOAT && value->type == TD_INT) *value = td_float((double)value->as.i);
    if (param->type == TD_TEXT || param->type == TD_CHOICE ? !is_text : value->type != param->type)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %s takes %s, not %s", op_name, param->name,
                       type_name(param->type), type_name(value->type));
    if (is_text && !value->as.s)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %s is a text that is NULL", op_name,
                       param->name);
    value->type = param->type;
    switch (param->type) {
    case TD_BOOL: return TD_OK;
    case TD_INT: return param_check_int(op_name, param, value->as.i, err);
    case TD_FLOAT: return param_check_float(op_name, param, value->as.f, err);
    case TD_CHOICE:
        return param_check_choice(op_name, param, value->as.s, strlen(value->as.s), &value->as.s,
                                  err);
    case TD_TEXT:
        if (strnlen(value->as.s, ARGS_TEXT_MAX + 1) <= ARGS_TEXT_MAX) return TD_OK;
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: the text of %s is longer than %d characters",
                       op_name, param->name, ARGS_TEXT_MAX);
    }
    return td_fail(err, TD_E_INTERNAL, "%s: %s has an unknown type", op_name, param->name);
}

static td_status args_sweep(td_args *args, uint32_t number, const char *text, td_error *err)
{
    const td_allocator *allocator = engine_allocator(args->engine);
    const td_param *param = op_param(args->op, number);
    grid_axis grid = {0, NULL, NULL};
    const td_status status = grid_parse(allocator, args->op->name, param, text, &grid, err);
    if (!status) args_put_axis(args, args_find_axis(args, number), grid);
    return status;
}

/* An axis of one value, by way of its decimal text, so that a value that is set and the same one
 * that is written are one. */
static td_status args_set_axis(td_args *args, uint32_t number, td_value value, td_error *err)
{
    char text[DECIMAL_TEXT_MAX];
    const char *word = text;
    decimal exact = {0, 0};
    switch (value.type) {
    case TD_BOOL: word = value.as.b ? "true" : "false"; break;
    case TD_INT: decimal_text(decimal_make(value.as.i, 0), text); break;
    case TD_FLOAT:
        if (!decimal_from_number(value.as.f, &exact))
            return td_fail(err, TD_E_INTERNAL, "%s: a checked number is not finite",
                           args->op->name);
        decimal_text(exact, text);
        break;
    case TD_TEXT:
    case TD_CHOICE:
        word = value.as.s;
        if (strchr(word, ','))
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "%s: %s is an axis, and one value of it has "
                           "no comma",
                           args->op->name, op_param(args->op, number)->name);
        break;
    }
    return args_sweep(args, number, word, err);
}

static td_status args_put_text(td_args *args, uint32_t number, const char *text, td_error *err)
{
    char *copy = memory_text(engine_allocator(args->engine), text);
    if (!copy)
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for the text of %s", args->op->name,
                       op_param(args->op, number)->name);
    memory_give(args->text[number]);
    args->text[number] = copy;
    args->value[number] = td_text(copy);
    return TD_OK;
}

static td_status args_set_number(td_args *args, uint32_t number, td_value value, td_error *err)
{
    const td_param *param = op_param(args->op, number);
    const td_status status = args_check(args, param, &value, err);
    if (status) return status;
    if (op_param_sweeps(param)) return args_set_axis(args, number, value, err);
    if (param->type == TD_TEXT) return args_put_text(args, number, value.as.s, err);
    args->value[number] = value;
    return TD_OK;
}

td_status td_args_set(td_args *args, const char *param, td_value value, td_error *err)
{
    uint32_t number = 0;
    const td_status status = args_find(args, param, &number, err);
    return status ? status : args_set_number(args, number, value, err);
}

td_status td_args_sweep(td_args *args, const char *param, const char *text, td_error *err)
{
    uint32_t number = 0;
    const td_status status = args_find(args, param, &number, err);
    if (status) return status;
    if (op_param_sweeps(op_param(args->op, number))) return args_sweep(args, number, text, err);
    return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %s cannot be an axis: it takes one value",
                   args->op->name, param);
}

/* Reads a whole number or a float as exactly as an axis does. */
static td_status args_read_number(const td_args *args, const td_param *param, const char *text,
                                  size_t length, td_value *value, td_error *err)
{
    char quote[TEXT_QUOTE_MAX];
    decimal exact = {0, 0};
    const char *why = decimal_parse(text, length, &exact);
    if (!why && param->type == TD_INT && exact.exponent < 0) why = "is not a whole number";
    if (why) {
        text_quote(text, length, quote);
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %s: %s %s", args->op->name, param->name, quote,
                       why);
    }
    if (param->type == TD_FLOAT) {
        *value = td_float(decimal_number(exact));
        return TD_OK;
    }
    *value = td_int(0);
    if (!decimal_whole(exact, &value->as.i))
        value->as.i = exact.mantissa < 0 ? INT64_MIN : INT64_MAX;
    return TD_OK;
}

td_status td_args_set_text(td_args *args, const char *param, const char *text, td_error *err)
{
    uint32_t number = 0;
    td_status status = args_find(args, param, &number, err);
    td_value value = td_text(text);
    if (status) return status;

    const td_param *known = op_param(args->op, number);
    if (!text) return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %s has no text", args->op->name, param);
    if (op_param_sweeps(known)) return args_sweep(args, number, text, err);
    if (strnlen(text, ARGS_TEXT_MAX + 1) > ARGS_TEXT_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: the text of %s is longer than %d characters",
                       args->op->name, param, ARGS_TEXT_MAX);
    if (known->type == TD_INT || known->type == TD_FLOAT)
        status = args_read_number(args, known, text, strlen(text), &value, err);
    if (known->type == TD_BOOL) {
        value = td_bool(false);
        status = param_check_bool(args->op->name, known, text, strlen(text), &value.as.b, err);
    }
    return status ? status : args_set_number(args, number, value, err);
}

td_status td_args_output(td_args *args, const char *output, bool wanted, td_error *err)
{
    if (!args) return td_fail(err, TD_E_BAD_ARGUMENT, "td_args_output: args is NULL");
    const uint32_t index = op_find_output(args->op, output);
    if (index == UINT32_MAX) return op_unknown(args->op, "output", output, err);
    args->wanted[index] = wanted;
    return TD_OK;
}
