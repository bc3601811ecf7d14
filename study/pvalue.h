/* pvalue.h - upper tails of the distributions that the tests need: P(X > x), from Boost.Math.
 *
 * Relative error below 1e-11 also far out in the tail (1e-300). NaN when an argument is NaN or
 * outside the stated range; no exception leaves these functions and errno is not touched. */
#ifndef TANDEM_STUDY_PVALUE_H
#define TANDEM_STUDY_PVALUE_H
#ifdef __cplusplus
extern "C" {
#endif

/* F distribution: x >= 0 (may be infinite), degrees of freedom > 0. */
double pvalue_f(double x, double between, double within);
/* Chi-squared distribution: x >= 0, degrees of freedom > 0. */
double pvalue_chi_squared(double x, double freedom);
/* Standard normal distribution. */
double pvalue_normal(double x);

#ifdef __cplusplus
}
#endif
#endif
