/* op.c - see op.h. */
#include "core/op.h"

#include <string.h>

#include "core/text.h"

const td_param *op_param(const td_op *op, uint32_t index)
{
    return (const td_param *)((const char *)op->params + (size_t)index * op->param_size);
}

const td_port *op_input(const td_op *op, uint32_t index)
{
    return (const td_port *)((const char *)op->inputs + (size_t)index * op->port_size);
}

const td_port *op_output(const td_op *op, uint32_t index)
{
    return (const td_port *)((const char *)op->outputs + (size_t)index * op->port_size);
}

uint32_t op_find_param(const td_op *op, const char *name)
{
    for (uint32_t i = 0; name && i < op->param_count; ++i)
        if (strcmp(op_param(op, i)->name, name) == 0) return i;
    return UINT32_MAX;
}

uint32_t op_find_input(const td_op *op, const char *name)
{
    for (uint32_t i = 0; name && i < op->input_count; ++i)
        if (strcmp(op_input(op, i)->name, name) == 0) return i;
    return UINT32_MAX;
}

uint32_t op_find_output(const td_op *op, const char *name)
{
    for (uint32_t i = 0; name && i < op->output_count; ++i)
        if (strcmp(op_output(op, i)->name, name) == 0) return i;
    return UINT32_MAX;
}

td_status op_unknown(const td_op *op, const char *kind, const char *name, td_error *err)
{
    char quote[TEXT_QUOTE_MAX];
    const char *near = NULL;
    uint32_t best = UINT32_MAX;
    const bool params = kind[0] == 'p', inputs = kind[0] == 'i';

    if (!name) return td_fail(err, TD_E_BAD_ARGUMENT, "%s: no %s is named", op->name, kind);
    const uint32_t count = params ? op->param_count : inputs ? op->input_count : op->output_count;
    for (uint32_t i = 0; i < count; ++i) {
        const char *candidate = params   ? op_param(op, i)->name
                                : inputs ? op_input(op, i)->name
                                         : op_output(op, i)->name;
        if (text_nearer(name, candidate, &best)) near = candidate;
    }
    text_quote(name, strlen(name), quote);
    return td_fail(err, TD_E_BAD_ARGUMENT, "%s: there is no %s %s%s%s", op->name, kind, quote,
                   near ? ", did you mean " : "", near ? near : "");
}

bool op_shape_next(const char **next, const char **name, size_t *length)
{
    const char *text = *next;
    if (!text || !*text) return false;
    const size_t all = strcspn(text, ",");
    size_t first = 0, last = all;
    while (first < last && text[first] == ' ')
        first += 1;
    while (last > first && text[last - 1] == ' ')
        last -= 1;
    *name = text + first;
    *length = last - first;
    *next = text + all + (text[all] == ',');
    return true;
}

uint32_t op_shape_rank(const char *shape)
{
    const char *name = NULL;
    size_t length = 0;
    uint32_t rank = 0;
    while (op_shape_next(&shape, &name, &length))
        rank += 1;
    return rank;
}
