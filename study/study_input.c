/* study_input.c - the recordings of a study as one series set, each with its id, group, subject
 * and task. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/csv.h"
#include "study/decimals.h"
#include "study/scan.h"
#include "study/study.h"
#include "tandem/module.h"

#define COLUMN_NAME_MAX 256u

/* Names under which programs write the gaze, the first that a file has is taken. */
static const char *const known_columns[][2] = {
    {"x", "y"},
    {"GazePointX_normalized", "GazePointY_normalized"},
    {"GazePointX", "GazePointY"},
    {"Gaze point X", "Gaze point Y"},
    {"gaze_x", "gaze_y"},
    {"gazeX", "gazeY"},
    {"norm_x", "norm_y"},
    {"x_norm", "y_norm"},
    {"norm_pos_x", "norm_pos_y"},
    {"FPOGX", "FPOGY"},
    {"BPOGX", "BPOGY"},
};
#define KNOWN_COUNT (sizeof known_columns / sizeof *known_columns)

typedef struct input_file {
    study_input out; /* first: study_input_close is given this */
    arena texts;
    scan found;
    study_recording *recording;
    uint64_t *offset;
    double *value[2]; /* x and y */
    uint64_t room;    /* samples that fit into value */
    uint64_t count;   /* recordings that were read */
    bool all_have_y;
    study_numbers numbers;
    const char *reads_y;             /* what needs y; NULL: nothing */
    char wanted[2][COLUMN_NAME_MAX]; /* --columns; "": not given */
    const double *column[2];
    const char *column_name[2];
    const char **item_name;
    const char **duplicate;
} input_file;

static td_status no_memory(td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "the host has no memory for the recordings");
}

/* "x,y" or "x", spaces around the names allowed. */
static td_status parse_columns(input_file *in, const char *text, td_error *err)
{
    in->wanted[0][0] = in->wanted[1][0] = 0;
    if (!text || !*text) return TD_OK;
    for (int i = 0; i < 2 && text; ++i) {
        const char *comma = strchr(text, ',');
        size_t length = comma ? (size_t)(comma - text) : strlen(text);
        const char *first = text + strspn(text, " \t");
        length -= length < (size_t)(first - text) ? length : (size_t)(first - text);
        while (length > 0 && (first[length - 1] == ' ' || first[length - 1] == '\t'))
            length -= 1;
        if (length == 0 || length >= COLUMN_NAME_MAX || (i == 1 && comma))
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "columns: expected one name or two with a comma"
                           " between, as in \"x,y\", each of at most %u characters",
                           COLUMN_NAME_MAX - 1);
        memcpy(in->wanted[i], first, length);
        in->wanted[i][length] = 0;
        text = comma ? comma + 1 : NULL;
    }
    return TD_OK;
}

/* ---- One recording --------------------------------------------------------------------------- */

/* Names what a file has, for the error about what it lacks. */
static void list_columns(const csv *file, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < csv_column_count(file) && used < size; ++i) {
        const int length =
            snprintf(text + used, size - used, "%s%s", i ? ", " : "", csv_column_name(file, i));
        used += length > 0 ? (size_t)length : 0;
    }
}

/* column[1] is UINT32_MAX where there is no y. */
static td_status find_columns(const input_file *in, const csv *file, const char *path,
                              uint32_t column[2], td_error *err)
{
    char has[160];
    list_columns(file, has, sizeof has);
    column[0] = column[1] = UINT32_MAX;
    if (in->wanted[0][0]) {
        for (int i = 0; i < 2; ++i)
            if (in->wanted[i][0] && !csv_find(file, in->wanted[i], &column[i]))
                return td_fail(err, TD_E_BAD_ARGUMENT, "%s:1: has no column \"%.60s\"; it has %s",
                               path, in->wanted[i], has);
        return TD_OK;
    }
    for (size_t i = 0; i < KNOWN_COUNT; ++i)
        if (csv_find(file, known_columns[i][0], &column[0]) &&
            csv_find(file, known_columns[i][1], &column[1]))
            return TD_OK;
    column[1] = UINT32_MAX;
    for (size_t i = 0; i < KNOWN_COUNT; ++i)
        if (csv_find(file, known_columns[i][0], &column[0])) return TD_OK;
    char *end = NULL;
    const char *only = csv_column_name(file, 0);
    (void)strtod(only, &end);
    if (csv_column_count(file) == 1 && *only && !*end)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s:1: the first line is the number %.40s; a line"
                       " with the column's name is expected",
                       path, only);
    column[0] = 0;
    if (csv_column_count(file) == 1) return TD_OK;
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "%s:1: no columns x,y (or GazePointX,GazePointY,"
                   " gaze_x,gaze_y ..); it has %s; name them with --columns",
                   path, has);
}

static td_status no_y(const input_file *in, const csv *file, const char *path, td_error *err)
{
    char has[160];
    list_columns(file, has, sizeof has);
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "%s:1: has no column y, which %s reads; it has %s; other names: --columns X,Y",
                   path, in->reads_y, has);
}

/* Of two columns of one name nobody can tell which one is meant. */
static td_status check_once(const csv *file, uint32_t column, const char *path, td_error *err)
{
    const char *name = csv_column_name(file, column);
    for (uint32_t i = 0; i < csv_column_count(file); ++i)
        if (i != column && strcmp(csv_column_name(file, i), name) == 0)
            return td_fail(err, TD_E_CORRUPT, "%s:1: has the column \"%.60s\" twice", path, name);
    return TD_OK;
}

static td_status grow_values(input_file *in, uint64_t needed, td_error *err)
{
    if (needed <= in->room) return TD_OK;
    uint64_t room = in->room ? in->room : 65536;
    while (room < needed)
        room *= 2;
    size_t bytes;
    td_status status = td_bytes(room, sizeof(double), &bytes, err);
    for (int i = 0; i < 2 && !status; ++i) {
        double *grown = realloc(in->value[i], bytes);
        if (!grown) return no_memory(err);
        in->value[i] = grown;
    }
    if (!status) in->room = room;
    return status;
}

/* A column that was read with the nearest doubles, again with those of pandas. */
static void read_as_pandas(const csv *file, uint32_t column, double *value)
{
    for (uint64_t row = 0; row < csv_row_count(file); ++row) {
        const csv_text field = csv_field(file, row, column);
        const char *first = field.data, *last = field.data + field.bytes;
        if (isnan(value[row])) continue;
        while (first < last && isspace((unsigned char)*first))
            first += 1;
        while (last > first && isspace((unsigned char)last[-1]))
            last -= 1;
        const double read = decimals_as_pandas(first, (size_t)(last - first));
        if (!isnan(read)) value[row] = read;
    }
}

static td_status read_values(input_file *in, const csv *file, const char *path, uint64_t *rows,
                             bool *has_y, td_error *err)
{
    uint32_t column[2];
    const uint64_t first = in->offset[in->count];
    td_status status = find_columns(in, file, path, column, err);
    if (status) return status;
    *rows = csv_row_count(file);
    *has_y = column[1] != UINT32_MAX;
    if (!*has_y && in->reads_y) return no_y(in, file, path, err);
    if (*rows == 0) return td_fail(err, TD_E_CORRUPT, "%s:1: has a header and no samples", path);
    status = grow_values(in, first + *rows, err);
    for (int i = 0; i < 2 && !status; ++i) {
        if (column[i] == UINT32_MAX) continue;
        status = check_once(file, column[i], path, err);
        if (status) break;
        status = csv_numbers(file, column[i], in->value[i] + first, err);
        if (!status && in->numbers == STUDY_PANDAS)
            read_as_pandas(file, column[i], in->value[i] + first);
    }
    for (uint64_t row = 0; !status && !*has_y && row < *rows; ++row)
        in->value[1][first + row] = NAN;
    return status;
}

static td_status read_recording(input_file *in, const scan_file *from, td_error *err)
{
    csv *file = NULL;
    uint64_t rows = 0;
    bool has_y = false;
    td_status status = csv_open(from->path, 0, &file, err);
    if (!status) status = read_values(in, file, from->path, &rows, &has_y, err);
    csv_close(file);
    if (status) return status;
    in->all_have_y = in->all_have_y && has_y;
    in->recording[in->count] = (study_recording){from->name, from->group, from->subject,
                                                 from->task, from->path,  from->relative};
    in->offset[in->count + 1] = in->offset[in->count] + rows;
    in->count += 1;
    return TD_OK;
}

/* "PATH:LINE: what" in an error becomes the line and the rest. */
static td_status skip_recording(input_file *in, const scan_file *from, const td_error *why,
                                td_error *err)
{
    const char *message = why->message;
    uint64_t line = 0;
    const size_t length = strlen(from->path);
    if (strncmp(message, from->path, length) == 0 && message[length] == ':') {
        char *end = NULL;
        const unsigned long long number = strtoull(message + length + 1, &end, 10);
        const bool numbered = end > message + length + 1 && *end == ':';
        line = numbered ? number : 0;
        message = numbered ? end + 1 : message + length + 1;
        message += strspn(message, " ");
    }
    if (!scan_leave_out(&in->found, &in->texts, from->relative, line, message))
        return no_memory(err);
    return TD_OK;
}

static bool is_file_fault(td_status status)
{
    return status == TD_E_IO || status == TD_E_CORRUPT || status == TD_E_BAD_ARGUMENT;
}

static td_status read_all(input_file *in, bool skip_bad, td_error *err)
{
    td_error first = TD_ERROR_INIT;
    for (size_t i = 0; i < in->found.count; ++i) {
        td_error why = TD_ERROR_INIT;
        const scan_file *from = &in->found.file[i];
        td_status status = read_recording(in, from, &why);
        if (status && !(skip_bad && is_file_fault(status)))
            return td_fail(err, status, "%s", why.message);
        if (status && !first.status) first = why;
        if (status) status = skip_recording(in, from, &why, err);
        if (status) return status;
    }
    if (in->count) return TD_OK;
    return td_fail(err, first.status, "no recording could be read; the first: %.400s",
                   first.message);
}

/* ---- Ids ------------------------------------------------------------------------------------- */

/* The id at each level of effort to be unique. */
static const char *id_at(arena *texts, const study_recording *recording, const char *name,
                         int level)
{
    switch (level) {
    case 0: return name;
    case 1: return arena_print(texts, "%s/%s", recording->subject, name);
    case 2: return arena_print(texts, "%s/%s/%s", recording->group, recording->subject, name);
    default: return recording->relative;
    }
}

typedef struct named {
    const char *id;
    uint64_t index;
} named;

static int compare_named(const void *a, const void *b)
{
    const named *left = a, *right = b;
    const int order = strcmp(left->id, right->id);
    return order ? order : (left->index > right->index) - (left->index < right->index);
}

/* "m6q1: mci/mci_group_6 and mci/mci_group_jojo" */
static td_status remember_duplicate(input_file *in, const named *same, size_t count, td_error *err)
{
    char *line = NULL;
    for (size_t i = 0; i < count; ++i) {
        const study_recording *one = &in->recording[same[i].index];
        line = arena_print(&in->texts, "%s%s%s/%s", i ? line : same[0].id,
                           i == 0           ? ": "
                           : i + 1 == count ? " and "
                                            : ", ",
                           one->group, one->subject);
        if (!line) return no_memory(err);
    }
    in->duplicate[in->out.duplicate_count++] = line;
    return TD_OK;
}

/* One pass: whoever shares its id gets the id of the next level. */
static td_status part_same_ids(input_file *in, named *order, int level, bool *changed,
                               td_error *err)
{
    for (uint64_t i = 0; i < in->count; ++i)
        order[i] = (named){in->recording[i].id, i};
    qsort(order, in->count, sizeof *order, compare_named);
    *changed = false;
    for (uint64_t first = 0, last; first < in->count; first = last) {
        for (last = first + 1; last < in->count; ++last)
            if (strcmp(order[first].id, order[last].id) != 0) break;
        if (last - first == 1) continue;
        *changed = true;
        td_status status = TD_OK;
        if (level == 1) status = remember_duplicate(in, order + first, last - first, err);
        for (uint64_t i = first; i < last && !status; ++i) {
            study_recording *one = &in->recording[order[i].index];
            const char *slash = strrchr(one->id, '/');
            one->id = id_at(&in->texts, one, slash ? slash + 1 : one->id, level);
            if (!one->id) status = no_memory(err);
        }
        if (status) return status;
    }
    return TD_OK;
}

static td_status make_ids_unique(input_file *in, td_error *err)
{
    named *order = calloc(in->count, sizeof *order);
    in->duplicate = calloc(in->count, sizeof *in->duplicate);
    td_status status = order && in->duplicate ? TD_OK : no_memory(err);
    bool changed = true;
    for (int level = 1; level <= 3 && changed && !status; ++level)
        status = part_same_ids(in, order, level, &changed, err);
    free(order);
    return status;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static td_status input_finish(input_file *in, td_error *err)
{
    in->item_name = calloc(in->count, sizeof *in->item_name);
    if (!in->item_name) return no_memory(err);
    for (uint64_t i = 0; i < in->count; ++i)
        in->item_name[i] = in->recording[i].id;
    in->column[0] = in->value[0];
    in->column[1] = in->value[1];
    in->column_name[0] = "x";
    in->column_name[1] = "y";
    in->out.series = (td_series){
        .struct_size = sizeof(td_series),
        .column_count = in->all_have_y ? 2 : 1,
        .item_count = in->count,
        .offset = in->offset,
        .column = in->column,
        .column_name = in->column_name,
        .item_name = in->item_name,
    };
    in->out.recording = in->recording;
    in->out.skipped = in->found.left_out;
    in->out.skipped_count = in->found.left_out_count;
    in->out.duplicate = in->duplicate;
    return TD_OK;
}

study_numbers study_numbers_of(const char *profile)
{
    return profile && strcmp(profile, "gaze") == 0 ? STUDY_PANDAS : STUDY_NEAREST;
}

const char *study_mode_with_y(const td_args *args, char text[STUDY_MODE_BYTES])
{
    const td_axis *modes = td_args_axis(args, "mode");
    for (uint64_t i = 0; modes && i < modes->count; ++i) {
        if (strncmp(modes->text[i], "x:", 2) == 0) continue;
        (void)snprintf(text, STUDY_MODE_BYTES, "mode %s", modes->text[i]);
        return text;
    }
    return NULL;
}

typedef td_status (*scan_fn)(const char *path, arena *texts, scan *out, td_error *err);

static td_status input_open(const char *path, scan_fn scan_files, const char *columns,
                            bool skip_bad, study_numbers numbers, const char *reads_y,
                            study_input **out, td_error *err)
{
    input_file *in = calloc(1, sizeof *in);
    if (!in) return no_memory(err);
    in->numbers = numbers;
    in->reads_y = reads_y;
    in->all_have_y = true;
    td_status status = parse_columns(in, columns, err);
    if (!status) status = scan_files(path, &in->texts, &in->found, err);
    if (!status) {
        in->recording = calloc(in->found.count, sizeof *in->recording);
        in->offset = calloc(in->found.count + 1, sizeof *in->offset);
        if (!in->recording || !in->offset) status = no_memory(err);
    }
    if (!status) status = read_all(in, skip_bad, err);
    if (!status) status = make_ids_unique(in, err);
    if (!status) status = input_finish(in, err);
    if (status) {
        study_input_close(&in->out);
        return status;
    }
    *out = &in->out;
    return TD_OK;
}

td_status study_input_open(const char *path, const char *columns, bool skip_bad, study_input **out,
                           td_error *err)
{
    return study_input_open_as(path, columns, skip_bad, STUDY_NEAREST, NULL, out, err);
}

td_status study_input_open_as(const char *path, const char *columns, bool skip_bad,
                              study_numbers numbers, const char *reads_y, study_input **out,
                              td_error *err)
{
    return input_open(path, scan_open, columns, skip_bad, numbers, reads_y, out, err);
}

td_status study_input_open_any(const char *path, const char *columns, bool skip_bad,
                               study_numbers numbers, const char *reads_y, study_input **out,
                               td_error *err)
{
    return input_open(path, scan_open_any, columns, skip_bad, numbers, reads_y, out, err);
}

void study_input_close(study_input *input)
{
    if (!input) return;
    input_file *in = (input_file *)input;
    scan_close(&in->found);
    arena_free(&in->texts);
    free(in->recording);
    free(in->offset);
    free(in->value[0]);
    free(in->value[1]);
    free(in->item_name);
    free(in->duplicate);
    free(in);
}
