/* study_features.c - eye metrics of each recording, from the tables of event detection. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/csv.h"
#include "study/features.h"
#include "study/measure_list.h"
#include "tandem/module.h"

#define NOTE_BYTES 400u

enum {
    FIXATION_DURATION,
    FIXATION_COUNT,
    SACCADE_AMPLITUDE,
    SACCADE_VELOCITY,
    SACCADE_COUNT,
    REGRESSION_COUNT,
    ROI_TIME
};
#define FIRST_ROI REGRESSION_COUNT /* the features before it come from the events */

/* In the order of eye_metric_list. */
static const struct {
    const char *doc, *unit;
} feature[EYE_METRIC_COUNT] = {
    {"Total duration of the fixations", "ms"},
    {"Number of fixations", NULL},
    {"Mean amplitude of the saccades", "deg"},
    {"Largest velocity in any saccade", "deg/s"},
    {"Number of saccades", NULL},
    {"Returns to regions of interest, over all regions", NULL},
    {"Time on regions of interest, over all regions", "s"},
};

/* An id as it may stand in a file. */
typedef struct key {
    const char *text;
    int64_t recording;
} key;
#define SEVERAL (-1) /* the name of more than one recording */
#define NOBODY  (-2)

struct features {
    uint64_t recordings;
    double *value[EYE_METRIC_COUNT];
    bool from_events, from_roi;
    key *keys;
    size_t key_count;
    char note[8][NOTE_BYTES]; /* warnings */
    uint32_t note_count;
};

/* Rows of one file that could not be given to a recording. */
typedef struct strays {
    uint64_t several, nobody;
    char several_id[64], nobody_id[64]; /* the first of each */
} strays;

static td_status no_memory(td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "the host has no memory for the eye metrics");
}

/* ---- Whose row is it ----------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const key *)a)->text, ((const key *)b)->text);
}

/* Every id, and the bare name of those that are written SUBJECT/NAME. */
static td_status make_keys(features *eyes, const study_input *input, td_error *err)
{
    eyes->keys = calloc(2 * eyes->recordings, sizeof *eyes->keys);
    if (!eyes->keys) return no_memory(err);
    for (uint64_t i = 0; i < eyes->recordings; ++i) {
        const char *id = input->recording[i].id, *slash = strrchr(id, '/');
        eyes->keys[eyes->key_count++] = (key){id, (int64_t)i};
        if (slash) eyes->keys[eyes->key_count++] = (key){slash + 1, SEVERAL};
    }
    qsort(eyes->keys, eyes->key_count, sizeof *eyes->keys, compare_keys);
    return TD_OK;
}

static int64_t find_recording(const features *eyes, csv_text id)
{
    size_t first = 0, last = eyes->key_count;
    while (first < last) {
        const size_t middle = first + (last - first) / 2;
        const char *text = eyes->keys[middle].text;
        int order = strncmp(text, id.data, id.bytes);
        if (order == 0 && text[id.bytes]) order = 1;
        if (order == 0) return eyes->keys[middle].recording;
        if (order < 0) first = middle + 1;
        else last = middle;
    }
    return NOBODY;
}

static void count_stray(strays *lost, int64_t whose, csv_text id)
{
    const bool several = whose == SEVERAL;
    uint64_t *count = several ? &lost->several : &lost->nobody;
    char *first = several ? lost->several_id : lost->nobody_id;
    if (*count == 0)
        (void)snprintf(first, sizeof lost->several_id, "%.*s", id.bytes < 60 ? (int)id.bytes : 60,
                       id.data);
    *count += 1;
}

/* Notes go into the results, which must not depend on where the files lay. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void note_strays(features *eyes, const char *path, const strays *lost)
{
    if (lost->several)
        (void)snprintf(eyes->note[eyes->note_count++], NOTE_BYTES,
                       "%.200s: %" PRIu64 " rows carry"
                       " a name that several recordings share (the first: %s); no recording gets"
                       " them",
                       base_name(path), lost->several, lost->several_id);
    if (lost->nobody)
        (void)snprintf(eyes->note[eyes->note_count++], NOTE_BYTES,
                       "%.200s: %" PRIu64 " rows"
                       " belong to no recording of this study (the first: %s)",
                       base_name(path), lost->nobody, lost->nobody_id);
}

/* ---- The two files ------------------------------------------------------------------------- */

static td_status find_columns(const csv *file, const char *path, const char *const *names,
                              uint32_t count, uint32_t *column, td_error *err)
{
    for (uint32_t i = 0; i < count; ++i)
        if (!csv_find(file, names[i], &column[i]))
            return td_fail(err, TD_E_BAD_ARGUMENT, "%.300s:1: has no column \"%s\"", path,
                           names[i]);
    return TD_OK;
}

/* What a recording has at first: counts and sums of nothing are 0. */
static void begin_recording(features *eyes, uint64_t whose, int first, int last)
{
    for (int i = first; i < last; ++i)
        if (isnan(eyes->value[i][whose])) eyes->value[i][whose] = 0.0;
}

static void add(double *sum, double value)
{
    *sum += isnan(value) ? 0.0 : value;
}

static td_status add_saccade(features *eyes, const csv *file, uint64_t row,
                             const uint32_t column[5], uint64_t whose, uint32_t *amplitudes,
                             td_error *err)
{
    double amplitude = NAN, velocity = NAN;
    td_status status = csv_number(file, row, column[3], &amplitude, err);
    if (!status) status = csv_number(file, row, column[4], &velocity, err);
    if (status) return status;
    double *largest = &eyes->value[SACCADE_VELOCITY][whose];
    eyes->value[SACCADE_COUNT][whose] += 1.0;
    if (!isnan(velocity) && !(velocity <= *largest)) *largest = velocity;
    if (isnan(amplitude)) return TD_OK;
    /* The sum until the end, when it is divided by the number of amplitudes. */
    if (amplitudes[whose] == 0) eyes->value[SACCADE_AMPLITUDE][whose] = 0.0;
    eyes->value[SACCADE_AMPLITUDE][whose] += amplitude;
    amplitudes[whose] += 1;
    return TD_OK;
}

static td_status add_event(features *eyes, const csv *file, uint64_t row, const uint32_t column[5],
                           uint64_t whose, uint32_t *amplitudes, td_error *err)
{
    const csv_text type = csv_field(file, row, column[1]);
    for (int i = FIXATION_DURATION; i < FIRST_ROI; ++i)
        if (i != SACCADE_AMPLITUDE && i != SACCADE_VELOCITY) begin_recording(eyes, whose, i, i + 1);
    if (type.bytes == 7 && strncasecmp(type.data, "saccade", 7) == 0)
        return add_saccade(eyes, file, row, column, whose, amplitudes, err);
    if (type.bytes != 8 || strncasecmp(type.data, "fixation", 8) != 0) return TD_OK;
    double duration = NAN;
    td_status status = csv_number(file, row, column[2], &duration, err);
    if (status) return status;
    add(&eyes->value[FIXATION_DURATION][whose], duration);
    eyes->value[FIXATION_COUNT][whose] += 1.0;
    return TD_OK;
}

static td_status read_events(features *eyes, const csv *file, const char *path, strays *lost,
                             td_error *err)
{
    static const char *const names[] = {"ADQ_ID", "EventType", "Duration_ms", "Amplitude_deg",
                                        "MaxVel"};
    uint32_t column[5];
    td_status status = find_columns(file, path, names, 5, column, err);
    if (status) return status;
    uint32_t *amplitudes = calloc(eyes->recordings, sizeof *amplitudes);
    if (!amplitudes) return no_memory(err);
    for (uint64_t row = 0; row < csv_row_count(file) && !status; ++row) {
        const csv_text id = csv_field(file, row, column[0]);
        const int64_t whose = find_recording(eyes, id);
        if (whose < 0) count_stray(lost, whose, id);
        else status = add_event(eyes, file, row, column, (uint64_t)whose, amplitudes, err);
    }
    for (uint64_t i = 0; i < eyes->recordings; ++i)
        if (amplitudes[i]) eyes->value[SACCADE_AMPLITUDE][i] /= amplitudes[i];
    free(amplitudes);
    return status;
}

static td_status read_roi(features *eyes, const csv *file, const char *path, strays *lost,
                          td_error *err)
{
    static const char *const names[] = {"ADQ_ID", "RegressionCount", "FixTime"};
    uint32_t column[3];
    td_status status = find_columns(file, path, names, 3, column, err);
    for (uint64_t row = 0; !status && row < csv_row_count(file); ++row) {
        double regressions = NAN, seconds = NAN;
        const csv_text id = csv_field(file, row, column[0]);
        const int64_t whose = find_recording(eyes, id);
        status = csv_number(file, row, column[1], &regressions, err);
        if (!status) status = csv_number(file, row, column[2], &seconds, err);
        if (status) return status;
        if (whose < 0) {
            count_stray(lost, whose, id);
            continue;
        }
        begin_recording(eyes, (uint64_t)whose, FIRST_ROI, EYE_METRIC_COUNT);
        add(&eyes->value[REGRESSION_COUNT][whose], regressions);
        add(&eyes->value[ROI_TIME][whose], seconds);
    }
    return status;
}

static td_status read_file(features *eyes, const char *path, bool events, td_error *err)
{
    csv *file = NULL;
    strays lost = {0, 0, {0}, {0}};
    td_status status = csv_open(path, 0, &file, err);
    if (!status)
        status = events ? read_events(eyes, file, path, &lost, err)
                        : read_roi(eyes, file, path, &lost, err);
    csv_close(file);
    if (!status) note_strays(eyes, path, &lost);
    return status;
}

static void note_missing(features *eyes, int of, const char *path)
{
    uint64_t missing = 0;
    for (uint64_t i = 0; i < eyes->recordings; ++i)
        missing += isnan(eyes->value[of][i]);
    if (missing)
        (void)snprintf(eyes->note[eyes->note_count++], NOTE_BYTES,
                       "%.200s: %" PRIu64 " of %" PRIu64
                       " recordings have no row in it; their eye metrics are NaN",
                       base_name(path), missing, eyes->recordings);
}

/* ---- The whole ----------------------------------------------------------------------------- */

td_status features_open(const study_input *input, const char *events, const char *roi,
                        features **out, td_error *err)
{
    features *eyes = calloc(1, sizeof *eyes);
    if (!eyes) return no_memory(err);
    eyes->recordings = input->series.item_count;
    eyes->from_events = events && *events;
    eyes->from_roi = roi && *roi;
    td_status status = make_keys(eyes, input, err);
    for (int i = 0; i < EYE_METRIC_COUNT && !status; ++i) {
        eyes->value[i] = malloc(eyes->recordings * sizeof(double));
        if (!eyes->value[i]) status = no_memory(err);
        for (uint64_t item = 0; item < eyes->recordings && !status; ++item)
            eyes->value[i][item] = NAN;
    }
    if (!status && eyes->from_events) status = read_file(eyes, events, true, err);
    if (!status && eyes->from_roi) status = read_file(eyes, roi, false, err);
    if (status) {
        features_close(eyes);
        return status;
    }
    if (eyes->from_events) note_missing(eyes, FIXATION_COUNT, events);
    if (eyes->from_roi) note_missing(eyes, ROI_TIME, roi);
    *out = eyes;
    return TD_OK;
}

void features_close(features *eyes)
{
    if (!eyes) return;
    for (int i = 0; i < EYE_METRIC_COUNT; ++i)
        free(eyes->value[i]);
    free(eyes->keys);
    free(eyes);
}

td_status features_add(const features *eyes, td_table *table, td_error *err)
{
    for (int i = 0; i < EYE_METRIC_COUNT; ++i) {
        if (!(i < FIRST_ROI ? eyes->from_events : eyes->from_roi)) continue;
        td_status status = td_table_add_var(table, eye_metric_list[i], feature[i].doc,
                                            feature[i].unit, TD_F64, "recording", err);
        if (status) return status;
        memcpy(td_table_data(table, eye_metric_list[i]), eyes->value[i],
               eyes->recordings * sizeof(double));
    }
    for (uint32_t i = 0; i < eyes->note_count; ++i) {
        td_status status = td_table_warn(table, err, "%s", eyes->note[i]);
        if (status) return status;
    }
    return TD_OK;
}
