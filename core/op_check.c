/* op_check.c - is an operation's table well formed? Everything that reads a table (arguments,
 * help, schemas, results) relies on what is checked here, once, when the engine starts. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/op.h"

typedef struct op_checker {
    const td_op *op;
    td_status blame;
    td_error *err;
} op_checker;

static td_status op_fault(const op_checker *checker, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static td_status op_fault(const op_checker *checker, const char *format, ...)
{
    char text[320];
    va_list list;
    va_start(list, format);
    if (vsnprintf(text, sizeof(text), format, list) < 0) text[0] = 0;
    va_end(list);
    return td_fail(checker->err, checker->blame, "operation %s: %s", checker->op->name, text);
}

/* Lower-case letters, digits and _, also dots in the name of an operation; a letter first. */
static bool name_is_good(const char *name, bool dots)
{
    if (!name || !(name[0] >= 'a' && name[0] <= 'z')) return false;
    const size_t length = strnlen(name, OP_NAME_MAX + 1);
    for (size_t i = 0; i < length; ++i) {
        const char c = name[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (!letter && !(dots && c == '.')) return false;
    }
    return length <= OP_NAME_MAX;
}

/* ---- Parameters -------------------------------------------------------------------------- */

static td_status check_number_range(const op_checker *checker, const td_param *param)
{
    const bool whole = param->type == TD_INT;
    if (param->value.type != param->type || param->min.type != param->type ||
        param->max.type != param->type)
        return op_fault(checker, "%s: default, min and max are not of the parameter's type",
                        param->name);
    if (whole ? param->min.as.i > param->max.as.i : !(param->min.as.f <= param->max.as.f))
        return op_fault(checker, "%s: min is not below max", param->name);
    if (op_param_sweeps(param) && param->step.type != param->type)
        return op_fault(checker, "%s: step is not of the parameter's type", param->name);
    if (op_param_sweeps(param) &&
        !(whole ? param->step.as.i > 0 : param->step.as.f > 0 && isfinite(param->step.as.f)))
        return op_fault(checker, "%s: step is not above 0", param->name);
    if (whole)
        return param_check_int(checker->op->name, param, param->value.as.i, NULL)
                   ? op_fault(checker, "%s: the default is out of range", param->name)
                   : TD_OK;
    return param_check_float(checker->op->name, param, param->value.as.f, NULL)
               ? op_fault(checker, "%s: the default is out of range", param->name)
               : TD_OK;
}

/* A comma would end the choice in the text of an axis, and spaces around it are cut off there. */
static bool choice_is_good(const char *choice)
{
    const size_t length = strlen(choice);
    return length > 0 && !strchr(choice, ',') && choice[0] != ' ' && choice[length - 1] != ' ';
}

static td_status check_choices(const op_checker *checker, const td_param *param)
{
    const uint32_t count = param_choice_count(param);
    const char *choice = NULL;
    if (count == 0 || count == OP_CHOICES_MAX)
        return op_fault(checker, "%s: there are no choices, or they do not end with NULL",
                        param->name);
    for (uint32_t i = 0; i < count; ++i) {
        if (!choice_is_good(param->choices[i]))
            return op_fault(checker, "%s: \"%s\" is no good choice", param->name,
                            param->choices[i]);
        for (uint32_t j = 0; j < i; ++j)
            if (strcmp(param->choices[i], param->choices[j]) == 0)
                return op_fault(checker, "%s: the choice \"%s\" is there twice", param->name,
                                param->choices[i]);
    }
    if ((param->value.type != TD_TEXT && param->value.type != TD_CHOICE) || !param->value.as.s ||
        param_check_choice(checker->op->name, param, param->value.as.s, strlen(param->value.as.s),
                           &choice, NULL))
        return op_fault(checker, "%s: the default is none of the choices", param->name);
    return TD_OK;
}

static td_status check_param_values(const op_checker *checker, const td_param *param)
{
    switch (param->type) {
    case TD_INT:
    case TD_FLOAT: return check_number_range(checker, param);
    case TD_CHOICE: return check_choices(checker, param);
    case TD_BOOL:
    case TD_TEXT:
        if (param->value.type != param->type)
            return op_fault(checker, "%s: the default is not of the parameter's type", param->name);
        if (param->type == TD_TEXT && op_param_sweeps(param) &&
            !(param->value.as.s && choice_is_good(param->value.as.s)))
            return op_fault(checker, "%s: the default of an axis is empty", param->name);
        return TD_OK;
    }
    return op_fault(checker, "%s: type %d is unknown", param->name, (int)param->type);
}

static td_status check_params(const op_checker *checker)
{
    const td_op *op = checker->op;
    uint32_t axes = 0;
    if (op->param_count > OP_PARAMS_MAX || (op->param_count && !op->params))
        return op_fault(checker, "there are %u parameters, allowed 0 to %d", op->param_count,
                        OP_PARAMS_MAX);
    if (op->param_count && op->param_size < sizeof(td_param))
        return op_fault(checker, "param_size is %u, must be at least %zu", op->param_size,
                        sizeof(td_param));
    for (uint32_t i = 0; i < op->param_count; ++i) {
        const td_param *param = op_param(op, i);
        if (!name_is_good(param->name, false))
            return op_fault(checker, "parameter %u has no snake_case name", i);
        if (!param->doc || !param->doc[0])
            return op_fault(checker, "%s: has no sentence", param->name);
        if (param->number == 0) return op_fault(checker, "%s: its number is 0", param->name);
        for (uint32_t j = 0; j < i; ++j) {
            const td_param *before = op_param(op, j);
            if (strcmp(before->name, param->name) == 0)
                return op_fault(checker, "two parameters are named %s", param->name);
            if (before->number == param->number)
                return op_fault(checker, "%s and %s have the same number %u", before->name,
                                param->name, param->number);
        }
        const td_status status = check_param_values(checker, param);
        if (status) return status;
        axes += op_param_sweeps(param);
    }
    if (axes > TD_AXES_MAX)
        return op_fault(checker, "%u parameters are axes, allowed 0 to %d", axes, TD_AXES_MAX);
    return TD_OK;
}

/* ---- Ports --------------------------------------------------------------------------------- */

static bool dimension_is_known(const td_op *op, const char *name, size_t length)
{
    if (op->item_name && strlen(op->item_name) == length &&
        memcmp(op->item_name, name, length) == 0)
        return true;
    for (uint32_t i = 0; i < op->param_count; ++i) {
        const td_param *param = op_param(op, i);
        if (op_param_sweeps(param) && strlen(param->name) == length &&
            memcmp(param->name, name, length) == 0)
            return true;
    }
    for (uint32_t i = 0; i < op->input_count; ++i) {
        const td_port *port = op_input(op, i);
        const char *next = port->shape, *other = NULL;
        size_t size = 0;
        if (port->flags & TD_PORT_RAGGED) continue;
        while (next && op_shape_next(&next, &other, &size))
            if (size == length && memcmp(other, name, length) == 0) return true;
    }
    return false;
}

/* Is the dimension of this name among those before it in the same shape? */
static bool dimension_is_double(const char *shape, const char *end, const char *name, size_t length)
{
    const char *before = NULL;
    size_t size = 0;
    while (shape < end && op_shape_next(&shape, &before, &size) && before < name)
        if (size == length && memcmp(before, name, length) == 0) return true;
    return false;
}

static td_status check_output_shape(const op_checker *checker, const td_port *port)
{
    const char *next = port->shape, *name = NULL;
    size_t length = 0;
    if (op_shape_rank(port->shape) > TD_TABLE_RANK_MAX)
        return op_fault(checker, "output %s has more than %d dimensions", port->name,
                        TD_TABLE_RANK_MAX);
    while (op_shape_next(&next, &name, &length)) {
        if (!dimension_is_known(checker->op, name, length))
            return op_fault(checker,
                            "output %s has the unknown dimension \"%.*s\"; known are the "
                            "item dimension, the sweepable parameters and the dimensions of dense "
                            "inputs",
                            port->name, (int)length, name);
        if (dimension_is_double(port->shape, next, name, length))
            return op_fault(checker, "output %s has the dimension \"%.*s\" twice", port->name,
                            (int)length, name);
    }
    return TD_OK;
}

static td_status check_port(const op_checker *checker, const td_port *port, const char *kind)
{
    if (!name_is_good(port->name, false))
        return op_fault(checker, "an %s has no snake_case name", kind);
    if (!port->doc || !port->doc[0])
        return op_fault(checker, "%s %s: has no sentence", kind, port->name);
    if ((int)port->dtype < (int)TD_F32 || (int)port->dtype > (int)TD_U8)
        return op_fault(checker, "%s %s: dtype %d is unknown", kind, port->name, (int)port->dtype);
    if (!(port->flags & TD_PORT_RAGGED) && !port->shape)
        return op_fault(checker, "%s %s: has no shape", kind, port->name);
    return TD_OK;
}

static td_status check_ports(const op_checker *checker, bool composite)
{
    const td_op *op = checker->op;
    td_status status = TD_OK;
    if (op->input_count > OP_PARAMS_MAX || op->output_count > OP_PARAMS_MAX ||
        (op->input_count && !op->inputs) || (op->output_count && !op->outputs))
        return op_fault(checker, "there are %u inputs and %u outputs, allowed 0 to %d",
                        op->input_count, op->output_count, OP_PARAMS_MAX);
    if (op->input_count + op->output_count && op->port_size < sizeof(td_port))
        return op_fault(checker, "port_size is %u, must be at least %zu", op->port_size,
                        sizeof(td_port));
    for (uint32_t i = 0; i < op->input_count; ++i) {
        status = check_port(checker, op_input(op, i), "input");
        if (status) return status;
        if (op_find_input(op, op_input(op, i)->name) != i)
            return op_fault(checker, "two inputs are named %s", op_input(op, i)->name);
        if (op_shape_rank(op_input(op, i)->shape) > TD_RANK_MAX)
            return op_fault(checker, "input %s has more than %d dimensions", op_input(op, i)->name,
                            TD_RANK_MAX);
    }
    for (uint32_t i = 0; i < op->output_count; ++i) {
        status = check_port(checker, op_output(op, i), "output");
        if (!status && !composite) status = check_output_shape(checker, op_output(op, i));
        if (status) return status;
        if (op_find_output(op, op_output(op, i)->name) != i)
            return op_fault(checker, "two outputs are named %s", op_output(op, i)->name);
    }
    return TD_OK;
}

/* ---- The whole ------------------------------------------------------------------------------- */

td_status op_check(const td_op_impl *impl, td_status blame, td_error *err)
{
    if (!impl || impl->struct_size < sizeof(td_op_impl) || !impl->op)
        return td_fail(err, blame, "an operation has no table, or a struct_size below %zu",
                       sizeof(td_op_impl));
    if (impl->op->struct_size < sizeof(td_op))
        return td_fail(err, blame,
                       "an operation's table has the struct_size %u, must be at least "
                       "%zu",
                       impl->op->struct_size, sizeof(td_op));
    if (!name_is_good(impl->op->name, true))
        return td_fail(err, blame, "an operation has no name of a-z, 0-9, _ and dots");

    /* Without open it is only described: a study, say, that a layer above puts together. */
    const bool composite = impl->open == NULL;
    const op_checker checker = {impl->op, blame, err};
    const td_op *op = impl->op;
    if (!op->title || !op->doc) return op_fault(&checker, "has no title or no documentation");
    if (!composite && (!impl->plan || !impl->run_cpu))
        return op_fault(&checker, "has no plan or no run_cpu");
    if (!composite && !name_is_good(op->item_name, false))
        return op_fault(&checker, "item_name is no snake_case name");
    if (!(op->tolerance >= 0)) return op_fault(&checker, "tolerance is not 0 or above");
    const td_status status = check_params(&checker);
    return status ? status : check_ports(&checker, composite);
}
