/* rqa_cost.h - what the work of "rqa.measures" costs: for cutting it into units, and for choosing
 * between the CPU and a device. Only ratios and the order of size matter. */
#ifndef TANDEM_RQA_COST_H
#define TANDEM_RQA_COST_H
#include "rqa_op.h"

/* Seconds on one core: a position at the first m, at each further m, and a value of an output. */
#define RQA_COST_FIRST 0.3e-9
#define RQA_COST_NEXT  0.4e-9
#define RQA_COST_VALUE 25e-9
/* One count of a row of a histogram, when it is turned into sums. */
#define RQA_COST_COUNT 2.5e-9
/* A pair of vectors at one m, when a threshold is selected by its rate. */
#define RQA_COST_SELECT 6e-9

/* On a device, for each term of a pair (a difference, its size or square, and the sum) and for
 * each pair: operations as td_device_rates counts them, a multiply or an add is one. The integers
 * are addresses, loops, and the level of the few that recur. Most pairs are above the last limit
 * after a few terms. */
#define RQA_TERM_FLOATS 3
#define RQA_TERM_INTS   8
#define RQA_PAIR_INTS   24
#define RQA_TERMS_USUAL 4

#define RQA_ROWS_USUAL     256 /* the longest line, in most sets */
#define RQA_LAUNCHES_BATCH 8

/* Seconds of one core for the unit. */
double rqa_cost(const rqa_state *state, const td_unit *unit);
/* Those for selecting thresholds by rate, which stay with the host; 0 in other units of eps. */
double rqa_cost_rate(const rqa_state *state, const td_unit *unit);

#endif
