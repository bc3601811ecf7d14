/* study_export.c - one point of the grid as CSV: a row for each recording and mode. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/measure_list.h"
#include "study/study.h"
#include "tandem/module.h"

#define EXPORT_COLUMNS_MAX 32u

static const char *const axis_names[] = {"m", "tau", "eps", "lmin"};
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- A text that grows ----------------------------------------------------------------------- */

typedef struct growing {
    char *text;
    size_t used, room;
    bool failed; /* no memory: what follows is dropped, the end reports it */
} growing;

static bool grow(growing *out, size_t more)
{
    if (out->failed) return false;
    if (out->used + more + 1 > out->room) {
        size_t room = out->room ? out->room : 4096;
        while (room < out->used + more + 1)
            room *= 2;
        char *text = realloc(out->text, room);
        out->failed = !text;
        if (!text) return false;
        out->text = text;
        out->room = room;
    }
    return true;
}

static void put(growing *out, const char *text, size_t length)
{
    if (!grow(out, length)) return;
    memcpy(out->text + out->used, text, length);
    out->used += length;
    out->text[out->used] = 0;
}

static void put_number(growing *out, double value)
{
    char text[32];
    const int length = isnan(value) ? snprintf(text, sizeof text, "nan")
                                    : snprintf(text, sizeof text, "%.17g", value);
    put(out, text, (size_t)length);
}

/* Quoted only where it must be: a comma, a quote, a line break, or a space at an end. */
static void put_field(growing *out, const char *text)
{
    const size_t length = strlen(text);
    const bool quoted =
        strpbrk(text, ",\"\r\n;\t") || (length > 0 && (text[0] == ' ' || text[length - 1] == ' '));
    if (quoted) put(out, "\"", 1);
    for (size_t i = 0; i < length; ++i) {
        if (text[i] == '"') put(out, "\"", 1);
        put(out, text + i, 1);
    }
    if (quoted) put(out, "\"", 1);
}

/* ---- Where the point lies -------------------------------------------------------------------- */

/* "0.05, 0.051, 0.052 .. 0.1": what an error shows of an axis. */
static void list_coordinates(const td_dim *dim, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (uint64_t i = 0; i < dim->count && used < size; ++i) {
        if (i == 8 && dim->count > 10) i = dim->count - 1;
        const char *gap = i == 0 ? "" : i + 1 == dim->count && dim->count > 10 ? " .. " : ", ";
        const int length = dim->text ? snprintf(text + used, size - used, "%s%s", gap, dim->text[i])
                                     : snprintf(text + used, size - used, "%s%.15g", gap,
                                                dim->number ? dim->number[i] : (double)i);
        used += length > 0 ? (size_t)length : 0;
    }
}

/* The place of the decimal text on the axis. Both are the double nearest to a decimal, so they
 * are equal exactly or not at all. */
static td_status find_coordinate(const td_table *table, const char *axis, const char *text,
                                 uint64_t *index, td_error *err)
{
    td_dim dim;
    char have[256];
    *index = 0;
    if (!td_table_find_dim(table, axis, &dim)) return TD_OK;
    list_coordinates(&dim, have, sizeof have);
    if ((!text || !*text) && dim.count == 1) return TD_OK;
    if (!text || !*text)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: the table has %" PRIu64 " values, choose one:"
                       " %s",
                       axis, dim.count, have);
    char *end = NULL;
    const double wanted = strtod(text, &end);
    if (end == text || *end)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: \"%.40s\" is no number", axis, text);
    for (uint64_t i = 0; i < dim.count && dim.number; ++i) {
        if (dim.number[i] != wanted) continue;
        *index = i;
        return TD_OK;
    }
    return td_fail(err, TD_E_OUT_OF_RANGE, "%s: %.40s is not in the table, which has %s", axis,
                   text, have);
}

/* ---- Columns --------------------------------------------------------------------------------- */

typedef struct export_column {
    const char *name;
    td_var var;
    uint64_t base;            /* element at recording 0, mode 0 of the point */
    uint64_t recording, mode; /* steps, in elements; 0 where it has no such dimension */
} export_column;

typedef struct export_plan {
    export_column column[EXPORT_COLUMNS_MAX];
    uint32_t count;
    uint64_t recordings, modes;
    const char *const *recording_name, *const *mode_name;
    const char *const *group, *const *subject, *const *task;
} export_plan;

static uint64_t point_index(const char *name, const uint64_t point[4])
{
    for (size_t i = 0; i < COUNT(axis_names); ++i)
        if (strcmp(name, axis_names[i]) == 0) return point[i];
    return 0;
}

/* False when the variable is not there, or not over the recordings. */
static bool make_column(const td_table *table, const char *name, const uint64_t point[4],
                        export_column *column)
{
    *column = (export_column){.name = name};
    if (!td_table_find_var(table, name, &column->var)) return false;
    uint64_t step = 1;
    for (uint32_t i = column->var.rank; i-- > 0;) {
        td_dim dim;
        if (!td_table_dim(table, column->var.dim[i], &dim)) return false;
        if (strcmp(dim.name, "recording") == 0) column->recording = step;
        else if (strcmp(dim.name, "mode") == 0) column->mode = step;
        else column->base += step * point_index(dim.name, point);
        step *= dim.count;
    }
    return column->recording > 0;
}

static double element(const export_column *column, uint64_t recording, uint64_t mode)
{
    const uint64_t at = column->base + recording * column->recording + mode * column->mode;
    const void *data = column->var.data;
    switch (column->var.dtype) {
    case TD_F32: return (double)((const float *)data)[at];
    case TD_F64: return ((const double *)data)[at];
    case TD_I32: {
        const int32_t value = ((const int32_t *)data)[at];
        return value == INT32_MIN ? NAN : (double)value;
    }
    case TD_I64: {
        const int64_t value = ((const int64_t *)data)[at];
        return value == INT64_MIN ? NAN : (double)value;
    }
    case TD_U8: return (double)((const uint8_t *)data)[at];
    }
    return NAN;
}

static td_status plan_columns(const td_table *table, const uint64_t point[4], bool features,
                              export_plan *plan, td_error *err)
{
    for (size_t i = 0; i < MEASURE_COUNT; ++i)
        if (make_column(table, measure_list[i], point, &plan->column[plan->count]))
            plan->count += 1;
    if (plan->count == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "export: the table holds no measure of recordings;"
                       " expected the result of a study or of rqa.measures");
    const uint32_t measures = plan->count;
    for (size_t i = 0; features && i < EYE_METRIC_COUNT; ++i)
        if (make_column(table, eye_metric_list[i], point, &plan->column[plan->count]))
            plan->count += 1;
    if (features && plan->count == measures)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "export: the table has no eye metrics: the study was"
                       " run without a file of events and without one of regions of interest");
    return TD_OK;
}

static td_status make_plan(const td_table *table, const study_point *point, bool features,
                           export_plan *plan, td_error *err)
{
    td_dim dim;
    const char *const text[4] = {point ? point->m : NULL, point ? point->tau : NULL,
                                 point ? point->eps : NULL, point ? point->lmin : NULL};
    uint64_t index[4];
    *plan = (export_plan){.modes = 1};
    for (size_t i = 0; i < COUNT(axis_names); ++i) {
        td_status status = find_coordinate(table, axis_names[i], text[i], &index[i], err);
        if (status) return status;
    }
    if (!td_table_find_dim(table, "recording", &dim) || !dim.text)
        return td_fail(err, TD_E_BAD_ARGUMENT, "export: the table has no named recordings");
    plan->recordings = dim.count;
    plan->recording_name = dim.text;
    if (td_table_find_dim(table, "mode", &dim)) {
        plan->modes = dim.count;
        plan->mode_name = dim.text;
    }
    plan->group = td_table_text(table, "recording_group", NULL);
    plan->subject = td_table_text(table, "recording_subject", NULL);
    plan->task = td_table_text(table, "recording_task", NULL);
    return plan_columns(table, index, features, plan, err);
}

static void put_rows(const export_plan *plan, growing *out)
{
    put(out, "recording,group,subject,task,mode", 33);
    for (uint32_t c = 0; c < plan->count; ++c) {
        put(out, ",", 1);
        put_field(out, plan->column[c].name);
    }
    put(out, "\n", 1);
    for (uint64_t recording = 0; recording < plan->recordings; ++recording) {
        for (uint64_t mode = 0; mode < plan->modes; ++mode) {
            const char *const labels[] = {plan->recording_name[recording],
                                          plan->group ? plan->group[recording] : "",
                                          plan->subject ? plan->subject[recording] : "",
                                          plan->task ? plan->task[recording] : "",
                                          plan->mode_name ? plan->mode_name[mode] : ""};
            for (size_t i = 0; i < COUNT(labels); ++i) {
                if (i) put(out, ",", 1);
                put_field(out, labels[i]);
            }
            for (uint32_t c = 0; c < plan->count; ++c) {
                put(out, ",", 1);
                put_number(out, element(&plan->column[c], recording, mode));
            }
            put(out, "\n", 1);
        }
    }
}

td_status study_export(const td_table *table, const study_point *point, bool features, char **text,
                       size_t *bytes, td_error *err)
{
    export_plan plan;
    growing out = {NULL, 0, 0, false};
    td_status status = make_plan(table, point, features, &plan, err);
    if (status) return status;
    put_rows(&plan, &out);
    if (out.failed) {
        free(out.text);
        return td_fail(err, TD_E_NO_MEMORY, "export: the host has no memory for %" PRIu64 " rows",
                       plan.recordings * plan.modes);
    }
    *text = out.text;
    *bytes = out.used;
    return TD_OK;
}
