/* report.h - figures and the report of a study. Draws from the table that study.h describes. */
#ifndef TANDEM_REPORT_H
#define TANDEM_REPORT_H
#include "tandem/table.h"
#include "tandem/tandem.h"

typedef struct report_problem { const char *path, *message; uint64_t line; } report_problem;

/* The parameters eps_unit and strict of rqa.measures are read from attributes of these names, else
 * from the attribute command; without either, thresholds are distances, compared with <=. */
typedef struct report_input {
    const td_table  *table;            /* all of the study; without statistics those parts say so */
    const td_series *series;           /* the recordings, for the example plots; may be NULL */
    const char      *command;          /* as typed */
    const report_problem *skipped;     /* files left out, with line and reason */
    uint64_t         skipped_count;
    const char *const *duplicate;      /* lines to show */
    uint64_t         duplicate_count;
    td_engine       *engine;           /* for thresholds that are no distances; may be NULL: then
                                          such a study has no example plots */
} report_input;

/* The whole report: one HTML text that needs no network; free(*html). */
TD_MUST_USE td_status report_html(const report_input *input, char **html, size_t *bytes,
                                  td_error *err);

/* The same figures one by one, for files: name is "heatmap-det-xy-l2" without an ending. svg is
 * borrowed during the call. */
typedef td_status (*report_figure_fn)(void *context, const char *name, const char *svg,
                                      size_t bytes, td_error *err);
TD_MUST_USE td_status report_figures(const report_input *input, report_figure_fn figure,
                                     void *context, td_error *err);

/* A recurrence plot: SVG with axes. distance: size * size, row i column j; pixels black where
 * distance <= threshold; threshold NaN: unthresholded, distances as colours with a scale. Axis
 * title as given, i and j in samples. free(*svg). size at most REPORT_PLOT_MAX. */
#define REPORT_PLOT_MAX 4096
TD_MUST_USE td_status report_recurrence_svg(const double *distance, uint32_t size, double threshold,
                                            const char *title, char **svg, size_t *bytes,
                                            td_error *err);
/* The same as RGB pixels for a PNG; pixels has 3 * size * size bytes. */
void report_recurrence_pixels(const double *distance, uint32_t size, double threshold,
                              uint8_t *pixels);

/* Figure of rqa.recommend for one recording: mutual information, autocorrelation, false nearest
 * neighbours, with what was chosen. free(*svg). */
struct rqa_embedding;
TD_MUST_USE td_status report_embedding_svg(const struct rqa_embedding *embedding,
                                           const char *title, char **svg, size_t *bytes,
                                           td_error *err);

#endif
