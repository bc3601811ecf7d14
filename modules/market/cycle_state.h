/* cycle_state.h - what the steps of the cycle family keep from bar to bar. */
#ifndef TANDEM_MODULES_MARKET_CYCLE_STATE_H
#define TANDEM_MODULES_MARKET_CYCLE_STATE_H
#include "hilbert.h"

/* Sine and cosine of i / n turns, for the periods n that came up so far. */
typedef struct cycle_waves {
    uint64_t known;                        /* bit n: row n is filled */
    uint64_t unused[7];
    double   sine[HILBERT_PERIOD_MAX + 1][HILBERT_PERIOD_MAX];
    double   cosine[HILBERT_PERIOD_MAX + 1][HILBERT_PERIOD_MAX];
} cycle_waves;

typedef struct cycle_phase {
    hilbert     h;
    vec         price[64];                 /* smoothed; that of bar t at t % 64 */
    vec         phase, before;             /* degrees; of the bar before */
    vec         sine, lead;                /* of the bar before, for the trend mode */
    vec         trend[3];                  /* means over a cycle, of the last three bars */
    vec         days;                      /* since the lines crossed */
    cycle_waves waves;
} cycle_phase;

typedef struct cycle_trendline {
    hilbert h;
    vec     trend[3];
} cycle_trendline;

#endif
