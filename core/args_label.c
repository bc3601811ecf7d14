/* args_label.c - dimensions that dense inputs name: their sizes, and coordinates for the results.
 */
#include <string.h>

#include "core/args_internal.h"
#include "core/engine.h"
#include "core/memory.h"

typedef unsigned long long ull;

static bool same_name(const char *name, size_t length, const char *other)
{
    return other && strlen(other) == length && memcmp(name, other, length) == 0;
}

/* ---- Sizes ----------------------------------------------------------------------------------- */

/* Where the shape of a dense, bound input has that dimension; false: it has not. */
static bool dense_find(const td_args *args, uint32_t input, const char *name, size_t length,
                       uint64_t *count)
{
    const td_port *const port = op_input(args->op, input);
    const char *next = port->shape, *other = NULL;
    size_t size = 0;
    if (!args->bound[input].has_array) return false;
    for (uint32_t d = 0; next && op_shape_next(&next, &other, &size); ++d) {
        if (size != length || memcmp(other, name, length) != 0) continue;
        *count = (uint64_t)args->bound[input].array.shape[d];
        return true;
    }
    return false;
}

td_status args_dense_count(const td_args *args, const char *name, size_t length, uint64_t *count,
                           td_error *err)
{
    for (uint32_t i = 0; i < args->op->input_count; ++i)
        if (dense_find(args, i, name, length, count)) return TD_OK;
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "%s: the size of dimension %.*s is not known: no input with it is bound",
                   args->op->name, (int)length, name);
}

/* All inputs that have a dimension must have it in one size. */
td_status args_dense_check(const td_args *args, td_error *err)
{
    for (uint32_t i = 0; i < args->op->input_count; ++i) {
        const char *next = op_input(args->op, i)->shape, *name = NULL;
        size_t length = 0;
        uint64_t own = 0, other = 0;
        while (next && op_shape_next(&next, &name, &length)) {
            if (!dense_find(args, i, name, length, &own)) continue;
            for (uint32_t j = 0; j < i; ++j)
                if (dense_find(args, j, name, length, &other) && other != own)
                    return td_fail(err, TD_E_BAD_ARGUMENT,
                                   "%s: input %s has %llu in dimension %.*s, input %s has %llu",
                                   args->op->name, op_input(args->op, i)->name, (ull)own,
                                   (int)length, name, op_input(args->op, j)->name, (ull)other);
        }
    }
    return TD_OK;
}

/* ---- Coordinates ----------------------------------------------------------------------------- */

static void coordinates_free(args_coordinates *c)
{
    memory_give((void *)c->text);
    memory_give(c->number);
    memory_give(c->unit);
    memory_give(c->doc);
    memory_give(c->name);
    *c = (args_coordinates){0};
}

static bool copy_text(const td_allocator *allocator, const char *text, char **out)
{
    *out = text ? memory_text(allocator, text) : NULL;
    return !text || *out;
}

static td_status coordinates_copy(const td_args *args, const td_dim *dim, args_coordinates *c,
                                  td_error *err)
{
    const td_allocator *const allocator = engine_allocator(args->engine);
    *c = (args_coordinates){.dim = {.count = dim->count, .whole = dim->whole}};
    bool made = copy_text(allocator, dim->name, &c->name);
    made = made && copy_text(allocator, dim->doc, &c->doc);
    made = made && copy_text(allocator, dim->unit, &c->unit);
    if (made && dim->number) {
        c->number = memory_array(allocator, dim->count, sizeof(*c->number));
        made = c->number != NULL;
        if (made) memcpy(c->number, dim->number, (size_t)dim->count * sizeof(*c->number));
    }
    if (made && dim->text) {
        c->text = memory_texts(allocator, dim->text, dim->count);
        made = c->text != NULL;
    }
    if (!made) {
        coordinates_free(c);
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for the labels of %s", args->op->name,
                       dim->name);
    }
    c->dim.name = c->name;
    c->dim.doc = c->doc;
    c->dim.unit = c->unit;
    c->dim.number = c->number;
    c->dim.text = (const char *const *)c->text;
    return TD_OK;
}

/* Has the operation a dimension of that name that may be labelled: the items, or a dense one? */
static bool may_label(const td_op *op, const char *name)
{
    if (op->item_name && strcmp(op->item_name, name) == 0) return true;
    for (uint32_t i = 0; i < op->input_count; ++i) {
        const td_port *const port = op_input(op, i);
        const char *next = port->shape, *other = NULL;
        size_t size = 0;
        if (port->flags & TD_PORT_RAGGED) continue;
        while (next && op_shape_next(&next, &other, &size))
            if (same_name(other, size, name)) return true;
    }
    return false;
}

td_status td_args_label(td_args *args, const td_dim *dim, td_error *err)
{
    args_coordinates fresh;
    if (!args) return td_fail(err, TD_E_BAD_ARGUMENT, "td_args_label: args is NULL");
    if (!dim || !dim->name)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: labels need a dimension with a name",
                       args->op->name);
    if (!may_label(args->op, dim->name))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: no dimension %s can have labels: it is neither the items nor a "
                       "dimension of a dense input",
                       args->op->name, dim->name);
    if (dim->number && dim->text)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: labels of %s are numbers or texts, not both",
                       args->op->name, dim->name);
    for (uint64_t i = 0; dim->text && i < dim->count; ++i)
        if (!dim->text[i])
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s: label %llu of %s is NULL", args->op->name,
                           (ull)i, dim->name);
    uint32_t at = 0;
    while (at < args->label_count && strcmp(args->label[at].name, dim->name) != 0)
        at += 1;
    if (at == ARGS_LABELS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: more than %d dimensions have labels",
                       args->op->name, ARGS_LABELS_MAX);
    const td_status status = coordinates_copy(args, dim, &fresh, err);
    if (status) return status;
    if (at < args->label_count) coordinates_free(&args->label[at]);
    else args->label_count += 1;
    args->label[at] = fresh;
    return TD_OK;
}

bool args_label(const td_args *args, const char *name, size_t length, td_dim *dim)
{
    for (uint32_t i = 0; i < args->label_count; ++i) {
        if (!same_name(name, length, args->label[i].name)) continue;
        *dim = args->label[i].dim;
        return true;
    }
    return false;
}

void args_labels_free(td_args *args)
{
    for (uint32_t i = 0; i < args->label_count; ++i)
        coordinates_free(&args->label[i]);
    args->label_count = 0;
}

td_status args_labels_copy(td_args *copy, const td_args *args, td_error *err)
{
    for (uint32_t i = 0; i < args->label_count; ++i) {
        const td_status status = coordinates_copy(copy, &args->label[i].dim, &copy->label[i], err);
        if (status) return status;
        copy->label_count = i + 1;
    }
    return TD_OK;
}

void args_labels_visit(const td_args *args,
                       void (*visit)(void *context, const void *data, size_t bytes), void *context)
{
    for (uint32_t i = 0; i < args->label_count; ++i) {
        const td_dim *const dim = &args->label[i].dim;
        visit(context, dim->name, strlen(dim->name) + 1);
        if (dim->unit) visit(context, dim->unit, strlen(dim->unit) + 1);
        visit(context, &dim->count, sizeof(dim->count));
        if (dim->number) visit(context, dim->number, (size_t)dim->count * sizeof(*dim->number));
        for (uint64_t t = 0; dim->text && t < dim->count; ++t)
            visit(context, dim->text[t], strlen(dim->text[t]) + 1);
    }
}
