/* fig.h - the figures. Each writes whole drawings: into a page, or as a file of its own.
 *
 * A drawing that the page shows beside others (three heat maps) is one file with all of them, so
 * figures have parts: panel draws one at the origin, the page or the file puts them in place. */
#ifndef TANDEM_REPORT_FIG_H
#define TANDEM_REPORT_FIG_H
#include "report/svg.h"
#include "report/view.h"

/* ---- Heat maps (fig_heat.c) ------------------------------------------------------------------ */

#define HEAT_SIDE_MAX 64        /* cells along one side; longer axes are thinned evenly */

typedef struct heat {
    uint64_t columns, rows;     /* at most HEAT_SIDE_MAX each */
    uint64_t column[HEAT_SIDE_MAX], row[HEAT_SIDE_MAX];          /* which of the axis are drawn */
    double   column_value[HEAT_SIDE_MAX], row_value[HEAT_SIDE_MAX];
    double   value[HEAT_SIDE_MAX * HEAT_SIDE_MAX];               /* row after row */
    bool     outlined[HEAT_SIDE_MAX * HEAT_SIDE_MAX];            /* inside the dashed line */
    const char *column_title, *row_title;   /* as shown at the axes */
    const char *column_symbol, *row_symbol; /* as said in the tips */
    int64_t  marked_column, marked_row;     /* a frame around that cell; -1: none */
    char     letter;            /* 's' lo..hi, 'd' -hi..hi */
    double   lo, hi;
    double   cell_width, cell_height;
} heat;

/* What a heat map shows of a measure. */
typedef enum heat_kind { HEAT_Q, HEAT_ETA2, HEAT_STABILITY, HEAT_DELTA, HEAT_KINDS } heat_kind;
/* Its title: "-log10 q". */
extern const char *const heat_title[HEAT_KINDS];

/* The slice over m and tau at the place's eps and lmin; where m and tau have one value each, over
 * eps and lmin. Pair in at for HEAT_DELTA. False when there is one value in all. */
bool heat_slice(const view *v, uint32_t measure_index, const place *at, heat_kind kind, heat *h);
/* Over m and tau, each cell the largest over eps and lmin. */
bool heat_largest(const view *v, uint32_t measure_index, uint64_t mode, heat_kind kind, heat *h);
/* The slice over eps and tau at the place's m and lmin. */
bool heat_eps(const view *v, uint32_t measure_index, const place *at, heat_kind kind, heat *h);

/* Pixels of a cell's side: from least, and up to most or more where side_least asks for it, so that
 * count of them fill no more than side_most. */
double heat_cell_side(uint64_t count, double least, double most, double side_least,
                      double side_most);
/* labels: with the room that title, axes and legend take. */
void heat_size(const heat *h, bool labels, double *width, double *height);
/* Cells, axes and marks, its upper left corner at the origin; tips: each cell has a title. */
void heat_cells(svg *s, const heat *h, bool tips);
/* The same as a few paths, for many cells. */
void heat_runs(svg *s, const heat *h);

/* Three maps of a measure and mode at its best combination. part: 0, 1, 2, or -1 for all. */
#define HEAT_PARTS 3
void fig_heat(svg *s, const view *v, const best *b, int part);
/* The effect against the threshold, one small map for each m. */
bool fig_thresholds(svg *s, const view *v, const best *b);
/* Cliff's delta of each pair of groups over m and tau. */
bool fig_pairs(svg *s, const view *v, const best *b, int64_t pair);
/* All measures and modes, each cell the largest eta squared over eps and lmin. */
bool fig_overview(svg *s, const view *v);

/* ---- Groups (fig_groups.c, fig_trend.c) ------------------------------------------------------ */

/* What a box plot or a trend shows: values of a column at a place. */
typedef struct subject_plot {
    column      value;
    place       at;
    const char *title, *subtitle, *unit;
} subject_plot;

/* value: room for view_units of them. */
void fig_boxes(svg *s, const view *v, const subject_plot *p, double *value);
void fig_trend(svg *s, const view *v, const subject_plot *p, double *value);
/* Numbers of samples of the recordings, by group. */
void fig_samples(svg *s, const view *v);

/* ---- Recurrence plots (fig_recurrence.c) ----------------------------------------------------- */

/* side: pixels of the plot itself. subtitle may be NULL. */
void fig_recurrence(svg *s, const double *distance, uint32_t size, double threshold, double side,
                    const char *title, const char *subtitle);

#endif
