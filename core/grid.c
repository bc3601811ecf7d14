/* grid.c - see grid.h. Two steps: the text becomes a list of exact decimals (or of places in the
 * list of choices), then the list becomes numbers and canonical texts.
 *
 *     text  = item { "," item }
 *     item  = value | first ":" last | first ":" last ":" step       (numbers)
 *     item  = choice                                                 (choices, texts, booleans)
 */
#include "core/grid.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "core/decimal.h"
#include "core/memory.h"
#include "core/op.h"
#include "core/text.h"

/* Whole numbers above this are not exact as the doubles that an axis holds. */
#define GRID_WHOLE_MAX (INT64_C(1) << 53)

typedef struct grid_job {
    const td_allocator *allocator;
    const char *op_name;
    const td_param *param;
    const char *text;
    uint64_t count;
    decimal *value;    /* of numbers */
    const char **word; /* of choices, texts and booleans; not ended by a 0 for texts */
    size_t *length;
    td_error *err;
} grid_job;

static bool grid_is_number(const td_param *param)
{
    return param->type == TD_INT || param->type == TD_FLOAT;
}

/* ---- Items ------------------------------------------------------------------------------ */

typedef struct grid_item {
    const char *text;
    size_t length;
} grid_item;

static bool grid_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static grid_item grid_trim(const char *text, size_t length)
{
    while (length > 0 && grid_space(text[0])) {
        text += 1;
        length -= 1;
    }
    while (length > 0 && grid_space(text[length - 1]))
        length -= 1;
    return (grid_item){text, length};
}

/* Cuts off what stands before separator. False when nothing is left; *more is the rest. */
static bool grid_cut(grid_item *rest, char separator, grid_item *out, bool *more)
{
    if (!*more) return false;
    const char *end = memchr(rest->text, separator, rest->length);
    const size_t length = end ? (size_t)(end - rest->text) : rest->length;
    *out = grid_trim(rest->text, length);
    *more = end != NULL;
    rest->text += length + (end != NULL);
    rest->length -= length + (end != NULL);
    return true;
}

static td_status grid_bad_item(const grid_job *job, grid_item item, const char *why)
{
    char quote[TEXT_QUOTE_MAX];
    text_quote(item.text, item.length, quote);
    return td_fail(job->err, TD_E_BAD_ARGUMENT, "%s: %s: %s %s", job->op_name, job->param->name,
                   quote, why);
}

static td_status grid_too_many(const grid_job *job)
{
    return td_fail(job->err, TD_E_OUT_OF_RANGE, "%s: %s has more than %d values, allowed 1 to %d",
                   job->op_name, job->param->name, GRID_VALUES_MAX, GRID_VALUES_MAX);
}

static td_status grid_no_memory(const grid_job *job)
{
    return td_fail(job->err, TD_E_NO_MEMORY, "%s: no memory for the %llu values of %s",
                   job->op_name, (unsigned long long)job->count, job->param->name);
}

/* ---- Numbers ------------------------------------------------------------------------------ */

/* A run of equally spaced decimals, all of one exponent. */
typedef struct grid_run {
    int64_t first, step;
    int32_t exponent;
    uint64_t count;
} grid_run;

static bool grid_default_step(const td_param *param, decimal *step)
{
    if (param->type == TD_INT) {
        *step = decimal_make(param->step.as.i > 0 ? param->step.as.i : 1, 0);
        return true;
    }
    return decimal_from_number(param->step.as.f, step) && step->mantissa > 0;
}

/* Lays the run out on the smallest exponent of the three. */
static td_status grid_run_make(const grid_job *job, grid_item item, const decimal part[3],
                               grid_run *run)
{
    int64_t mantissa[3] = {0, 0, 0}, reach = 0;
    int32_t exponent = part[0].exponent;
    for (int i = 1; i < 3; ++i)
        if (part[i].exponent < exponent) exponent = part[i].exponent;
    for (int i = 0; i < 3; ++i)
        if (!decimal_scale(part[i], exponent, &mantissa[i]))
            return grid_bad_item(job, item, "needs more than 18 digits");
    if (mantissa[2] <= 0) return grid_bad_item(job, item, "has a step that is not above 0");
    if (mantissa[0] > mantissa[1])
        return grid_bad_item(job, item, "begins after its end; write first:last:step");
    if (__builtin_sub_overflow(mantissa[1], mantissa[0], &reach)) return grid_too_many(job);
    const uint64_t count = (uint64_t)(reach / mantissa[2]) + 1;
    *run = (grid_run){mantissa[0], mantissa[2], exponent, count};
    return TD_OK;
}

/* NaN and infinity are numbers to whoever writes them, outside of every range: it is named. */
static td_status grid_bad_number(const grid_job *job, grid_item item, const char *why)
{
    const bool signs = item.length > 0 && (*item.text == '-' || *item.text == '+');
    const char *word = item.text + signs;
    const size_t length = item.length - signs;
    if (job->param->type != TD_FLOAT) return grid_bad_item(job, item, why);
    if (length == 3 && strncasecmp(word, "nan", 3) == 0)
        return param_check_float(job->op_name, job->param, (double)NAN, job->err);
    if (length == 3 && strncasecmp(word, "inf", 3) == 0)
        return param_check_float(job->op_name, job->param,
                                 *item.text == '-' ? -(double)INFINITY : (double)INFINITY,
                                 job->err);
    return grid_bad_item(job, item, why);
}

static td_status grid_run_parse(const grid_job *job, grid_item item, grid_run *run)
{
    decimal part[3] = {{0, 0}, {0, 0}, {0, 0}};
    grid_item rest = item, piece = {NULL, 0};
    bool more = true;
    int count = 0;

    if (item.length == 0)
        return td_fail(job->err, TD_E_BAD_ARGUMENT,
                       "%s: %s has an empty value; write 3, 1:10, 0.05:0.1:0.001 or 2,3,5",
                       job->op_name, job->param->name);
    while (grid_cut(&rest, ':', &piece, &more)) {
        if (count == 3) return grid_bad_item(job, item, "has more than first:last:step");
        const char *why = decimal_parse(piece.text, piece.length, &part[count]);
        if (why) return grid_bad_number(job, piece, why);
        count += 1;
    }
    if (count == 1) {
        *run = (grid_run){part[0].mantissa, 1, part[0].exponent, 1};
        return TD_OK;
    }
    if (count == 2 && !grid_default_step(job->param, &part[2]))
        return grid_bad_item(job, item, "needs a step: first:last:step");
    return grid_run_make(job, item, part, run);
}

static td_status grid_check_number(const grid_job *job, decimal value)
{
    int64_t whole = 0;
    char text[DECIMAL_TEXT_MAX];
    if (job->param->type == TD_FLOAT)
        return param_check_float(job->op_name, job->param, decimal_number(value), job->err);
    if (!decimal_whole(value, &whole)) {
        decimal_text(value, text);
        if (value.exponent < 0)
            return td_fail(job->err, TD_E_BAD_ARGUMENT, "%s: %s is %s, allowed are whole numbers",
                           job->op_name, job->param->name, text);
        whole = value.mantissa < 0 ? INT64_MIN : INT64_MAX;
    }
    const td_status status = param_check_int(job->op_name, job->param, whole, job->err);
    if (status || (whole >= -GRID_WHOLE_MAX && whole <= GRID_WHOLE_MAX)) return status;
    return td_fail(job->err, TD_E_OUT_OF_RANGE, "%s: %s is %lld, allowed on an axis -2^53 to 2^53",
                   job->op_name, job->param->name, (long long)whole);
}

/* With job->value NULL, counts; else also fills and checks every value. */
static td_status grid_numbers(grid_job *job)
{
    grid_item rest = {job->text, strlen(job->text)}, item = {NULL, 0};
    grid_run run = {0, 0, 0, 0};
    bool more = true;
    uint64_t count = 0;

    while (grid_cut(&rest, ',', &item, &more)) {
        td_status status = grid_run_parse(job, item, &run);
        if (status) return status;
        if (run.count > GRID_VALUES_MAX - count) return grid_too_many(job);
        for (uint64_t i = 0; job->value && i < run.count; ++i) {
            const decimal value = decimal_make(run.first + (int64_t)i * run.step, run.exponent);
            status = grid_check_number(job, value);
            if (status) return status;
            job->value[count + i] = value;
        }
        count += run.count;
    }
    job->count = count;
    return TD_OK;
}

/* ---- Words -------------------------------------------------------------------------------- */

static td_status grid_word(const grid_job *job, grid_item item, const char **word, size_t *length)
{
    bool truth = false;
    td_status status = TD_OK;
    *word = item.text;
    *length = item.length;
    if (item.length == 0)
        return td_fail(job->err, TD_E_BAD_ARGUMENT, "%s: %s has an empty value", job->op_name,
                       job->param->name);
    if (job->param->type == TD_CHOICE)
        return param_check_choice(job->op_name, job->param, item.text, item.length, word, job->err);
    if (job->param->type == TD_BOOL) {
        status =
            param_check_bool(job->op_name, job->param, item.text, item.length, &truth, job->err);
        *word = truth ? "true" : "false";
        *length = strlen(*word);
    }
    return status;
}

static td_status grid_words(grid_job *job)
{
    grid_item rest = {job->text, strlen(job->text)}, item = {NULL, 0};
    bool more = true;
    uint64_t count = 0;

    while (grid_cut(&rest, ',', &item, &more)) {
        if (count == GRID_VALUES_MAX) return grid_too_many(job);
        if (job->word) {
            const td_status status = grid_word(job, item, &job->word[count], &job->length[count]);
            if (status) return status;
        }
        count += 1;
    }
    job->count = count;
    return TD_OK;
}

/* ---- The axis ------------------------------------------------------------------------------- */

static td_status grid_twice(const grid_job *job, const char *text)
{
    char quote[TEXT_QUOTE_MAX];
    text_quote(text, strlen(text), quote);
    return td_fail(job->err, TD_E_BAD_ARGUMENT, "%s: %s has the value %s twice", job->op_name,
                   job->param->name, quote);
}

/* Sinks the root of the heap order[0..count) of the keys; -1, 0, 1 as strcmp. */
typedef int (*grid_compare_fn)(const grid_axis *axis, uint32_t a, uint32_t b);

static int grid_compare_number(const grid_axis *axis, uint32_t a, uint32_t b)
{
    return (axis->number[a] > axis->number[b]) - (axis->number[a] < axis->number[b]);
}

static int grid_compare_text(const grid_axis *axis, uint32_t a, uint32_t b)
{
    return strcmp(axis->text[a], axis->text[b]);
}

static void grid_sink(const grid_axis *axis, uint32_t *order, uint64_t root, uint64_t count,
                      grid_compare_fn compare)
{
    for (uint64_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && compare(axis, order[child], order[child + 1]) < 0) child += 1;
        if (compare(axis, order[root], order[child]) >= 0) return;
        const uint32_t keep = order[root];
        order[root] = order[child];
        order[child] = keep;
        root = child;
    }
}

/* Heap sort of the values' places: qsort of the C library may allocate behind the caller's hook. */
static void grid_sort(const grid_axis *axis, uint32_t *order, grid_compare_fn compare)
{
    for (uint64_t i = 0; i < axis->count; ++i)
        order[i] = (uint32_t)i;
    for (uint64_t i = axis->count / 2; i > 0; --i)
        grid_sink(axis, order, i - 1, axis->count, compare);
    for (uint64_t end = axis->count; end > 1; --end) {
        const uint32_t keep = order[0];
        order[0] = order[end - 1];
        order[end - 1] = keep;
        grid_sink(axis, order, 0, end - 1, compare);
    }
}

/* Two decimals may be one double, and then are one value, since results are found by doubles. */
static td_status grid_check_unique(const grid_job *job, const grid_axis *axis)
{
    const grid_compare_fn compare = axis->number ? grid_compare_number : grid_compare_text;
    td_status status = TD_OK;
    uint32_t *order = memory_array(job->allocator, axis->count, sizeof(*order));
    if (!order) return grid_no_memory(job);
    grid_sort(axis, order, compare);
    for (uint64_t i = 1; i < axis->count && !status; ++i)
        if (compare(axis, order[i - 1], order[i]) == 0)
            status = grid_twice(job, axis->text[order[i]]);
    memory_give(order);
    return status;
}

/* The pointers and the characters of all texts lie in one piece. */
static td_status grid_make_texts(const grid_job *job, grid_axis *axis)
{
    char text[DECIMAL_TEXT_MAX];
    uint64_t bytes = job->count * sizeof(char *);
    for (uint64_t i = 0; i < job->count; ++i) {
        if (job->value) decimal_text(job->value[i], text);
        bytes += 1 + (job->value ? strlen(text) : job->length[i]);
    }
    axis->text = memory_array(job->allocator, bytes, 1);
    if (!axis->text) return grid_no_memory(job);
    char *next = (char *)(axis->text + job->count);
    for (uint64_t i = 0; i < job->count; ++i) {
        if (job->value) decimal_text(job->value[i], text);
        const size_t length = job->value ? strlen(text) : job->length[i];
        memcpy(next, job->value ? text : job->word[i], length);
        next[length] = 0;
        axis->text[i] = next;
        next += length + 1;
    }
    return TD_OK;
}

static td_status grid_make_axis(const grid_job *job, grid_axis *axis)
{
    axis->count = job->count;
    if (job->value) {
        axis->number = memory_array(job->allocator, job->count, sizeof(double));
        if (!axis->number) return grid_no_memory(job);
        for (uint64_t i = 0; i < job->count; ++i)
            axis->number[i] = decimal_number(job->value[i]);
    }
    const td_status status = grid_make_texts(job, axis);
    return status ? status : grid_check_unique(job, axis);
}

static td_status grid_make_lists(grid_job *job)
{
    if (grid_is_number(job->param)) {
        job->value = memory_array(job->allocator, job->count, sizeof(decimal));
        return job->value ? grid_numbers(job) : grid_no_memory(job);
    }
    job->word = memory_array(job->allocator, job->count, sizeof(char *));
    job->length = memory_array(job->allocator, job->count, sizeof(size_t));
    return job->word && job->length ? grid_words(job) : grid_no_memory(job);
}

td_status grid_parse(const td_allocator *allocator, const char *op_name, const td_param *param,
                     const char *text, grid_axis *out, td_error *err)
{
    grid_job job = {allocator, op_name, param, text, 0, NULL, NULL, NULL, err};
    grid_axis axis = {0, NULL, NULL};
    td_status status = TD_OK;

    if (!text) return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %s has no text", op_name, param->name);
    if (strnlen(text, GRID_TEXT_MAX + 1) > GRID_TEXT_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: the text of %s is longer than %d characters",
                       op_name, param->name, GRID_TEXT_MAX);
    status = grid_is_number(param) ? grid_numbers(&job) : grid_words(&job);
    if (status) goto out;
    status = grid_make_lists(&job);
    if (status) goto out;
    status = grid_make_axis(&job, &axis);
    if (status) goto out;
    *out = axis;
    axis = (grid_axis){0, NULL, NULL};
out:
    grid_axis_free(allocator, &axis);
    memory_give(job.length);
    memory_give((void *)job.word);
    memory_give(job.value);
    return status;
}

void grid_axis_free(const td_allocator *allocator, grid_axis *axis)
{
    (void)allocator; /* each piece knows where it came from */
    memory_give(axis->number);
    memory_give((void *)axis->text);
    *axis = (grid_axis){0, NULL, NULL};
}
