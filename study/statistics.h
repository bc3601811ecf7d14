/* statistics.h - comparing the groups at every point of the grid: step (4) of a study. */
#ifndef TANDEM_STUDY_STATISTICS_H
#define TANDEM_STUDY_STATISTICS_H
#include "io/store_sqlite.h"
#include "study/labels.h"
#include "study/study.h"

typedef struct statistics_call {
    td_engine    *engine;
    const labels *who;
    store_file   *store;          /* runs are kept as "statistics-MEASURE"; NULL: nowhere */
    bool          by_recording;
    td_cancel    *cancel;
    struct td_trace *trace;       /* NULL: none is made */
    void        (*progress)(void *context, const td_progress *progress);   /* NULL: none */
    void         *progress_context;
} statistics_call;

/* Adds the variables M_anova_f .. M_group_sd (study.h) of every measure M in the table. report
 * gets the sum over the runs. */
TD_MUST_USE td_status statistics_add(const statistics_call *call, td_table *table,
                                     td_report *report, td_error *err);

/* ---- What is told by the whole (study_stability.c) ------------------------------------------- */

/* M_anova_q and M_kruskal_q: Benjamini-Hochberg over all tests of the study. */
TD_MUST_USE td_status statistics_add_q(td_table *table, td_error *err);
/* M_stability: of the points next to a point (one step along m, tau, eps or lmin), the share at
 * which M_anova_q < STABILITY_Q and the two groups whose means are farthest apart at the point
 * differ in the same direction. NaN where there is no neighbour or no mean. */
#define STABILITY_Q 0.05
TD_MUST_USE td_status statistics_add_stability(td_table *table, td_error *err);

#endif
