/* program_value.c - numbers of parameters, as tables over the axes that they depend on. */
#include "program_build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const functions[] = {"sqrt",  "ln",   "log10", "exp",
                                        "floor", "ceil", "round", NULL};
enum { FUNCTION_SQRT, FUNCTION_LN, FUNCTION_LOG10, FUNCTION_EXP, FUNCTION_FLOOR, FUNCTION_CEIL };

uint32_t value_function(const char *name)
{
    for (uint32_t f = 0; functions[f]; ++f)
        if (strcmp(functions[f], name) == 0) return f;
    return UINT32_MAX;
}

const char *value_function_name(uint32_t function)
{
    return function < sizeof(functions) / sizeof(functions[0]) ? functions[function] : NULL;
}

uint64_t value_count(const build *b, uint32_t axes)
{
    uint64_t count = 1;
    for (uint32_t a = 0; a < b->axis_count; ++a)
        if ((axes >> a & 1u) && __builtin_mul_overflow(count, b->axis[a].count, &count))
            return UINT64_MAX;
    return count;
}

static void axes_text(const build *b, uint32_t axes, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (uint32_t a = 0; a < b->axis_count && used < size; ++a)
        if (axes >> a & 1u)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                                     b->axis[a].name);
}

td_status value_make(build *b, uint32_t axes, bool numbers, place at, grid_value **out,
                     td_error *err)
{
    const uint64_t count = value_count(b, axes);
    if (count > BUILD_TABLE_MAX) {
        char names[200];
        axes_text(b, axes, names, sizeof(names));
        return build_fail(b, at, err,
                          "this depends on the axes %s: more than %llu combinations, which is the "
                          "most that one expression may have",
                          names, (unsigned long long)BUILD_TABLE_MAX);
    }
    grid_value *const made = arena_take(&b->memory, sizeof(*made));
    void *const table = arena_array(&b->memory, count, numbers ? sizeof(double) : sizeof(uint32_t));
    if (!made || !table) return memory_fail(err);
    made->axes = axes;
    made->count = count;
    made->number = numbers ? table : NULL;
    made->id = numbers ? NULL : table;
    *out = made;
    return TD_OK;
}

td_status value_constant(build *b, double number, const grid_value **out, td_error *err)
{
    grid_value *made = NULL;
    td_status status = value_make(b, 0, true, (place){0, 0}, &made, err);
    if (status) return status;
    ((double *)made->number)[0] = number;
    *out = made;
    return TD_OK;
}

td_status value_single(build *b, uint32_t id, const grid_value **out, td_error *err)
{
    grid_value *made = NULL;
    td_status status = value_make(b, 0, false, (place){0, 0}, &made, err);
    if (status) return status;
    ((uint32_t *)made->id)[0] = id;
    *out = made;
    return TD_OK;
}

/* The caller's own numbers are borrowed: they outlive the compiler. */
td_status value_axis(build *b, uint32_t axis, const grid_value **out, td_error *err)
{
    grid_value *const made = arena_take(&b->memory, sizeof(*made));
    if (!made) return memory_fail(err);
    made->axes = 1u << axis;
    made->count = b->axis[axis].count;
    made->number = b->axis[axis].number;
    *out = made;
    return TD_OK;
}

/* ---- Walking over several tables ---------------------------------------------------------- */

void walk_begin(const build *b, grid_walk *walk, uint32_t axes)
{
    walk->axis_count = walk->source_count = 0;
    walk->total = 1;
    for (uint32_t a = 0; a < b->axis_count; ++a) {
        if (!(axes >> a & 1u)) continue;
        walk->axis[walk->axis_count] = a;
        walk->index[walk->axis_count] = 0;
        walk->count[walk->axis_count++] = b->axis[a].count;
        walk->total *= b->axis[a].count;
    }
}

void walk_add(const build *b, grid_walk *walk, const grid_value *value)
{
    const uint32_t s = walk->source_count++;
    uint64_t stride = 1;
    walk->at[s] = 0;
    for (uint32_t i = walk->axis_count; i-- > 0;) {
        const bool reads = value->axes >> walk->axis[i] & 1u;
        walk->stride[s][i] = reads ? stride : 0;
        if (reads) stride *= b->axis[walk->axis[i]].count;
    }
}

bool walk_next(grid_walk *walk)
{
    for (uint32_t i = walk->axis_count; i-- > 0;) {
        const bool more = walk->index[i] + 1 < walk->count[i];
        for (uint32_t s = 0; s < walk->source_count; ++s) {
            if (more) walk->at[s] += walk->stride[s][i];
            else walk->at[s] -= walk->index[i] * walk->stride[s][i];
        }
        walk->index[i] = more ? walk->index[i] + 1 : 0;
        if (more) return true;
    }
    return false;
}

void walk_text(const build *b, const grid_walk *walk, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < walk->axis_count && used < size; ++i) {
        const program_axis *const axis = &b->axis[walk->axis[i]];
        used += (size_t)snprintf(text + used, size - used, "%s%s = %.10g", i ? ", " : " at ",
                                 axis->name, axis->number[walk->index[i]]);
    }
}

/* ---- Arithmetic --------------------------------------------------------------------------- */

typedef enum arithmetic { DO_ADD, DO_SUBTRACT, DO_MULTIPLY, DO_DIVIDE, DO_MIN, DO_MAX } arithmetic;

/* The steps do the same: NaN when either is. */
static double compute(arithmetic what, double x, double y)
{
    switch (what) {
    case DO_ADD: return x + y;
    case DO_SUBTRACT: return x - y;
    case DO_MULTIPLY: return x * y;
    case DO_DIVIDE: return x / y;
    case DO_MIN: return x != x || y != y ? NAN : x < y ? x : y;
    case DO_MAX: return x != x || y != y ? NAN : x > y ? x : y;
    }
    return NAN;
}

static td_status combine(build *b, arithmetic what, const grid_value *x, const grid_value *y,
                         place at, const grid_value **out, td_error *err)
{
    grid_walk walk;
    grid_value *made = NULL;
    td_status status = value_make(b, x->axes | y->axes, true, at, &made, err);
    if (status) return status;
    double *number = (double *)made->number;
    walk_begin(b, &walk, made->axes);
    walk_add(b, &walk, x);
    walk_add(b, &walk, y);
    do {
        *number++ = compute(what, x->number[walk.at[0]], y->number[walk.at[1]]);
    } while (walk_next(&walk));
    *out = made;
    return TD_OK;
}

td_status value_add(build *b, const grid_value *x, const grid_value *y, place at,
                    const grid_value **out, td_error *err)
{
    return combine(b, DO_ADD, x, y, at, out, err);
}

static double apply(uint32_t function, double x)
{
    switch (function) {
    case FUNCTION_SQRT: return sqrt(x);
    case FUNCTION_LN: return log(x);
    case FUNCTION_LOG10: return log10(x);
    case FUNCTION_EXP: return exp(x);
    case FUNCTION_FLOOR: return floor(x);
    case FUNCTION_CEIL: return ceil(x);
    default: return round(x);
    }
}

typedef enum sole { SOLE_NEGATE, SOLE_ABS, SOLE_FUNCTION } sole;

static td_status map(build *b, sole what, uint32_t function, const grid_value *x, place at,
                     const grid_value **out, td_error *err)
{
    grid_value *made = NULL;
    td_status status = value_make(b, x->axes, true, at, &made, err);
    if (status) return status;
    double *const number = (double *)made->number;
    for (uint64_t i = 0; i < x->count; ++i)
        number[i] = what == SOLE_NEGATE ? -x->number[i]
                    : what == SOLE_ABS  ? fabs(x->number[i])
                                        : apply(function, x->number[i]);
    *out = made;
    return TD_OK;
}

static td_status value_call(build *b, node *it, const grid_value **out, td_error *err)
{
    const arithmetic what = it->meaning == MEANS_MIN ? DO_MIN : DO_MAX;
    const bool sole_one = it->meaning == MEANS_ABS || it->meaning == MEANS_NUMBER_FUNCTION;
    td_status status = value_of(b, it->argument[0].value, out, err);
    if (!status && sole_one)
        status = map(b, it->meaning == MEANS_ABS ? SOLE_ABS : SOLE_FUNCTION, it->function, *out,
                     it->at, out, err);
    for (uint32_t i = 1; i < it->argument_count && !status && !sole_one; ++i) {
        const grid_value *other = NULL;
        status = value_of(b, it->argument[i].value, &other, err);
        if (!status) status = combine(b, what, *out, other, it->at, out, err);
    }
    return status;
}

static td_status value_binary(build *b, node *it, const grid_value **out, td_error *err)
{
    const grid_value *x = NULL, *y = NULL;
    const arithmetic what = it->kind == NODE_ADD        ? DO_ADD
                            : it->kind == NODE_SUBTRACT ? DO_SUBTRACT
                            : it->kind == NODE_MULTIPLY ? DO_MULTIPLY
                                                        : DO_DIVIDE;
    td_status status = value_of(b, it->left, &x, err);
    if (!status) status = value_of(b, it->right, &y, err);
    return status ? status : combine(b, what, x, y, it->at, out, err);
}

td_status value_of(build *b, node *it, const grid_value **out, td_error *err)
{
    const grid_value *value = it->value;
    td_status status = TD_OK;
    if (!value && it->kind == NODE_NUMBER) {
        status = value_constant(b, it->number, &value, err);
    } else if (!value && it->kind == NODE_NAME) {
        if (it->means->override) value = it->means->override;
        else if (it->means->choice >= 0) status = value_constant(b, it->means->choice, &value, err);
        else status = value_of(b, it->means->value, &value, err);
    } else if (!value && it->kind == NODE_NEGATE) {
        status = value_of(b, it->left, &value, err);
        if (!status) status = map(b, SOLE_NEGATE, 0, value, it->at, &value, err);
    } else if (!value && it->kind == NODE_CALL) {
        status = value_call(b, it, &value, err);
    } else if (!value) {
        status = value_binary(b, it, &value, err);
    }
    if (status) return status;
    it->value = value;
    *out = value;
    return TD_OK;
}
