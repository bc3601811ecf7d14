/* view.h - the table of a study, as figures and pages read it: axes by number instead of by
 * name, groups and subjects resolved, the best combination of each measure and mode found. */
#ifndef TANDEM_REPORT_VIEW_H
#define TANDEM_REPORT_VIEW_H
#include "report/report.h"
#include "report/text.h"

#define VIEW_LABEL_MAX 128

typedef enum axis {
    AXIS_RECORDING, AXIS_MODE, AXIS_M, AXIS_TAU, AXIS_EPS, AXIS_LMIN, AXIS_GROUP, AXIS_PAIR,
    AXIS_COUNT
} axis;

typedef struct place { uint64_t at[AXIS_COUNT]; } place;

/* A variable of the table. Axes that it lacks have stride 0, so any place reads it. */
typedef struct column {
    const void *data;               /* NULL: the table has no such variable */
    td_dtype    dtype;
    bool        has[AXIS_COUNT];
    uint64_t    stride[AXIS_COUNT];
} column;

double column_at(const column *c, const place *at);   /* NaN where there is nothing */

typedef enum statistic {
    STAT_F, STAT_P, STAT_Q, STAT_H, STAT_KRUSKAL_P, STAT_KRUSKAL_Q, STAT_ETA2, STAT_STABILITY,
    STAT_MANNWHITNEY, STAT_HOLM, STAT_DELTA, STAT_AUC, STAT_COUNT
} statistic;

#define VIEW_MEASURES_MAX 24
typedef struct measure {
    const char *name;               /* "det" */
    const char *label;              /* "DET" */
    const char *title;              /* "determinism" */
    const char *meaning;            /* one sentence, or NULL */
    column      value, stat[STAT_COUNT];
} measure;

/* Where a measure in a mode tells the groups apart best: the smallest p of the analysis of
 * variance, then the largest eta squared. */
typedef struct best {
    uint32_t measure;
    bool     there;                 /* false: no statistics, or none that is defined */
    place    at;                    /* mode, m, tau, eps, lmin */
    double   stat[STAT_COUNT];      /* those that need no pair */
} best;

typedef struct view {
    const report_input *input;
    td_dim    dim[AXIS_COUNT];
    uint64_t  count[AXIS_COUNT];    /* 1 where the table has no such axis */
    uint32_t  measure_count;
    measure   measure[VIEW_MEASURES_MAX];

    uint64_t  recordings, subjects, groups, tasks;
    bool      by_recording;         /* the statistics count recordings, not subjects */
    const char **group_name, **task_name, **subject_name;
    int32_t  *group_of, *task_of, *subject_of;   /* of a recording; -1: has none */
    int32_t  *subject_group;
    uint64_t *subjects_in, *recordings_in;       /* of a group */
    column    samples, nan_samples, constant;

    bool      has_statistics;
    uint64_t  tests, tests_below;   /* analyses of variance that are defined; with q < 0.05 */
    best     *best;                 /* measure after measure, mode after mode in each */
    uint32_t  best_count;
    int64_t   best_of_all;          /* index in best, or -1 */
    uint32_t *tally;                /* for each observation; view_unit_values counts in it */
    void     *memory;
} view;

/* Resolves the table. Fails when it has no recordings or no measures. The view borrows from
 * the table; view_close frees the rest. */
TD_MUST_USE td_status view_open(view *v, const report_input *input, td_error *err);
void view_close(view *v);

TD_MUST_USE td_status view_find_best(view *v, td_error *err);   /* view_open's last step */

column view_column(const view *v, const char *name);
/* The next combination of the axes m, tau, eps and lmin that the column has; false at the end. */
bool   view_next(const view *v, const column *c, place *at);
/* More than one value of m or tau. */
bool   view_has_map(const view *v);
const best *view_best(const view *v, uint32_t measure_index, uint64_t mode);
/* A parameter of the measures: the attribute of its name, else the flag in the attribute command
 * ("--eps-unit sd"), else instead. */
const char *view_setting(const view *v, const char *name, const char *instead,
                         char out[VIEW_LABEL_MAX]);
/* Attribute of the table, or instead. */
const char *view_attribute(const view *v, const char *name, const char *instead);

/* One value for each observation of the statistics (a subject: the mean over its recordings that
 * have a value; or a recording), NaN where it has none. out: view_units of them. */
uint64_t view_units(const view *v);
int32_t  view_unit_group(const view *v, uint64_t unit);
const int32_t *view_unit_groups(const view *v);   /* of all of them; -1: in none */
const char *view_unit_name(const view *v, uint64_t unit);
void     view_unit_values(const view *v, const column *c, const place *at, int64_t task,
                          double *out);

/* ---- Words ----------------------------------------------------------------------------------- */

/* "xy (Euclidean)" for "xy:l2"; the text itself where it is not known. */
const char *view_mode_label(const view *v, uint64_t mode, char out[VIEW_LABEL_MAX]);
/* "m 3, tau 2, eps 0.05, lmin 2" with their symbols; lmin only if the measure has it. */
const char *view_point_label(const view *v, const column *c, const place *at,
                             char out[VIEW_LABEL_MAX]);
/* "det-xy-l2": lower-case letters, digits and hyphens, fit for a file and for an id. */
const char *view_slug(const view *v, uint32_t measure_index, uint64_t mode,
                      char out[VIEW_LABEL_MAX]);
const char *view_clean(const char *string, char out[VIEW_LABEL_MAX]);
/* A text coordinate of an axis, or its number; "" where it has none. */
const char *view_name(const view *v, axis which, uint64_t index, char out[VIEW_LABEL_MAX]);

#endif
