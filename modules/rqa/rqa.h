/* rqa.h - recurrence quantification analysis, as the surfaces above the engine use it.
 *
 * The measures over a grid are the operation "rqa.measures" (rqa_measures.c); this header is
 * what plots and recommendations need beside it. Notation: Marwan, Romano, Thiel, Kurths,
 * "Recurrence plots for the analysis of complex systems", Physics Reports 438 (2007) 237-329. */
#ifndef TANDEM_RQA_H
#define TANDEM_RQA_H
#include "tandem/module.h"

typedef enum rqa_signal { RQA_X = 0, RQA_Y = 1, RQA_AMPLITUDE = 2, RQA_XY = 3 } rqa_signal;
typedef enum rqa_norm { RQA_L1 = 0, RQA_L2 = 1, RQA_MAX = 2 } rqa_norm;
typedef struct rqa_mode {
    rqa_signal signal;
    rqa_norm norm;
} rqa_mode;
typedef enum rqa_eps_unit { RQA_ABSOLUTE = 0, RQA_SD = 1, RQA_RATE = 2 } rqa_eps_unit;

/* "x:l1", "xy:l2", "amplitude:max". */
TD_MUST_USE td_status rqa_mode_parse(const char *text, rqa_mode *mode, td_error *err);

/* One trajectory: samples of x and y (y may be NULL if the mode does not read it). */
typedef struct rqa_track {
    const double *x, *y;
    uint64_t count;
} rqa_track;

/* Number of delay vectors: count - (m - 1) * tau, or 0. */
uint64_t rqa_vector_count(uint64_t count, uint64_t m, uint64_t tau);

/* Distance between the delay vectors i and j in the mode's norm: terms added in the order of the
 * lag, x before y, in double. NaN when a sample is. The plain formula, for plots and tests. */
double rqa_distance(const rqa_track *track, rqa_mode mode, uint64_t m, uint64_t tau, uint64_t i,
                    uint64_t j);

/* The threshold in units of distance that eps means for this track. TD_E_OUT_OF_RANGE: see the
 * operation's table. */
TD_MUST_USE td_status rqa_threshold(td_engine *engine, const rqa_track *track, rqa_mode mode,
                                    uint64_t m, uint64_t tau, double eps, rqa_eps_unit unit,
                                    double *distance, td_error *err);

/* ---- Recommendations: curves and the chosen embedding ---------------------------------------- */

#define RQA_LAGS_MAX 1000
#define RQA_DIMS_MAX 20

/* Curves have lag_count + 1 or dim_count values; the caller owns the arrays. */
typedef struct rqa_embedding {
    uint32_t lag_count;         /* in: highest lag looked at, 1 to RQA_LAGS_MAX */
    uint32_t dim_count;         /* in: highest m looked at, 1 to RQA_DIMS_MAX */
    double *mutual_information; /* out, in bits, lags 0..lag_count (Fraser, Swinney 1986) */
    double *autocorrelation;    /* out, lags 0..lag_count */
    double *false_neighbours;   /* out, fraction, m 1..dim_count (Kennel, Brown, Abarbanel 1992) */
    uint32_t tau_mi;            /* first minimum of mutual information; 0: there is none */
    uint32_t tau_acf;           /* first zero of the autocorrelation; 0: there is none */
    uint32_t tau, m;            /* recommended */
} rqa_embedding;

/* signal: x, y or amplitude samples; what is not finite is left out in pairs. tau_mi is the first
 * lag after which information rises, or at which it is that of independent values; tau is tau_mi,
 * else tau_acf, else 1; m is the first with at most 1 % of false neighbours at tau, else the one
 * with the fewest. Curves are NaN where fewer than 10 pairs or vectors are left. Fewer than 10
 * finite samples, or a constant signal: TD_E_OUT_OF_RANGE. On failure nothing is written. The
 * definitions are in rqa_recommend.c. */
TD_MUST_USE td_status rqa_recommend(td_engine *engine, const double *signal, uint64_t count,
                                    rqa_embedding *embedding, td_error *err);

#endif
