/* measure.h - computes the measures of measures.h for one account. */
#ifndef TANDEM_MODULES_MARKET_MEASURE_H
#define TANDEM_MODULES_MARKET_MEASURE_H
#include "machine.h"

typedef enum measure {
#define MEASURE(name, dtype, flags, unit, doc) MEASURE_##name,
#include "measures.h"
    MEASURE_COUNT
} measure;

/* What one account did. */
typedef struct measure_input {
    const machine_rules   *rules;
    const machine_account *account;
    uint64_t bars;
    double   sum, squares;         /* of simple returns; see machine.h */
    double   worst, equity;
    double   held;                 /* bars with a position; of a portfolio the sum of exposures */
    /* Wanted by what measure_needs_gains says; NULL: not there. [bars] */
    double       *gains;           /* simple returns; changed by measure_all */
    const double *benchmark;       /* its returns */
    double       *spare;           /* room for as many */
} measure_input;

/* Whether any of these is computed from the returns of each bar. */
bool measure_needs_gains(const bool *wants, bool log_returns);
/* Fills out[m] for all wanted m; whole numbers too. */
void measure_all(const measure_input *in, const bool *wants, double *out);

#endif
