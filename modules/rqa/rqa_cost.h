/* rqa_cost.h - what the work of "rqa.measures" costs, for cutting it into units: a number that does
 * not look at the data. Only ratios and the order of size matter. */
#ifndef TANDEM_RQA_COST_H
#define TANDEM_RQA_COST_H
#include "rqa_op.h"

/* Seconds on one core: a position at the first m, at each further m, and a value of an output. */
#define RQA_COST_FIRST 0.3e-9
#define RQA_COST_NEXT  0.4e-9
#define RQA_COST_VALUE 25e-9
/* Seconds of one core for the unit. */
double rqa_cost(const rqa_state *state, const td_unit *unit);
#endif
