/* estimate.h - the few numbers that the report computes itself, from the table's values. */
#ifndef TANDEM_REPORT_ESTIMATE_H
#define TANDEM_REPORT_ESTIMATE_H
#include <stdint.h>

/* Sorts in place, NaN out of it; returns how many are left. */
uint64_t estimate_sort(double *value, uint64_t count);
/* Of sorted values; share 0 to 1; linear between order statistics (type 7 of Hyndman and Fan
 * 1996, NumPy's default). NaN for count 0. */
double   estimate_quantile(const double *sorted, uint64_t count, double share);

/* Mean and half of its 95 % confidence interval (Student's t), which is NaN for fewer than 2. */
typedef struct mean_band { uint64_t count; double mean, half; } mean_band;
mean_band estimate_mean(const double *value, uint64_t count);    /* NaN are left out */
/* The 97.5 % point of Student's t: 12.706 for 1 degree of freedom, 1.96 for many. */
double    estimate_t975(double freedom);

/* 95 % interval of an AUC from samples of a and b: the variance of Hanley and McNeil (1982) for
 * the exponential model, with both sample sizes replaced by their mean and solved as a score
 * interval (Newcombe 2006, method 5). It stays within 0..1, and is not of width 0 at either. */
typedef struct interval { double lo, hi; } interval;
interval  estimate_auc_interval(double auc, uint64_t a, uint64_t b);

/* Share of the variance of the values that their groups explain, 0 to 1; values that are NaN and
 * groups below 0 are left out. NaN where nothing varies. */
double    estimate_eta2(const double *value, const int32_t *group, uint64_t count,
                        uint32_t groups);
/* Spearman's correlation of ranks, ties sharing their mean; pairs with a NaN are left out. rank:
 * room for 2 * count numbers. NaN for fewer than 3 pairs, or where one side is constant. */
double    estimate_rank_correlation(const double *a, const double *b, uint64_t count,
                                    double *rank);

/* Numbers from 0 to 1 that lie evenly for any run of indices (the golden ratio's multiples): for
 * marks beside each other. */
double    estimate_spread(uint64_t index);

#endif
