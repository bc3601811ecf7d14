/* rqa_guard.c - how far a sum in float32 may be from the sum in float64, and what follows.
 *
 * Let X be the samples (x - centre) 2^-k as real numbers, |X| <= 1, D the difference of two of
 * them, S the real sum over T terms (|D|, D^2, or the largest |D|), u = 2^-24.
 *
 * Difference. Rounding x - centre (float64) and X (float32) moves a sample by at most u/2 (1 +
 * 2^-28), two samples by u; the float32 difference is rounded once more, by u |D|. So each
 * difference is off by at most e = u (1 + |D|), and a little.
 *   l1   the terms are off by sum e = u (T + S), their T - 1 additions by u S each:
 *        |S32 - S| <= u T (1 + S)
 *   max  the largest of values that are off by e is off by u (1 + S)
 *   l2   a square is off by 2 |D| e + e^2 and its rounding, u D^2. With sum |D| <= sqrt(T S), and
 *        |D| <= 2: |S32 - S| <= 2 u (sqrt(T S) + S) + 9 u^2 T + u T S
 * A device may flush subnormal numbers to zero, which moves each step by 2^-126 and is far below
 * the constant terms. guard_width is twice these bounds: the second order of the errors above
 * (|S32 - S| instead of S in the last roundings, the rounding of these formulas) is less than a
 * thousandth of the first, since T u <= 2^-17.
 *
 * The sum in float64 is off by a relative (T + 2) 2^-53 < 2^-40; in l2 squares may fall below the
 * smallest normal number, which adds at most 2^-1075 for each, before scaling: `lost`. A sum that
 * overflows is above every limit, and its real value above all that are not within these margins.
 *
 * above: S64 <= limit means S <= high = limit (1 + 2^-40) + lost, and since S + width(S) grows with
 * S, S32 <= high + width(high). below: S64 > limit means S > low = limit (1 - 2^-40) - lost, so
 * S32 >= S - width(S). For l1 and max that grows with S. For l2 it does where sqrt(S) > u sqrt(T)
 * (2 + a little), which holds from low on when low - width(low) > 0, as then sqrt(low) > 4 u
 * sqrt(T). Hence S32 > low - width(low) there; and where low - width(low) is not positive, below
 * is a number that no sum reaches.
 *
 * Exact sums. Where the samples are whole multiples of 2^-grid (pixels, counts), so are differences
 * and sums, of 2^-2grid in l2. As long as the largest possible sum is at most 2^24 such steps, no
 * step of S32 rounds, and in float64 none either; then both guards are the limit itself. Signals
 * like these have many sums that are equal to a threshold, and would be added up twice often. */
#include "rqa_guard.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define NEVER    (-1.0f) /* no sum is so small */
#define HUGE_SUM 1e30    /* no sum of scaled samples comes near */
#define TINY_SUM 1e-30   /* below this a device may take numbers for zero */

static void spread_of(const double *x, uint64_t count, double *centre, double *half)
{
    double low = INFINITY, high = -INFINITY;
    for (uint64_t i = 0; i < count; ++i) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    *centre = *half = 0;
    if (!(low <= high)) return;
    *centre = low / 2 + high / 2;
    *half = fmax(high - *centre, *centre - low);
}

/* The finest bit of a number other than 0: it is a whole multiple of 2^answer. */
static int finest_bit(double value)
{
    int exponent = 0;
    const double fraction = frexp(value, &exponent);
    const int64_t whole = (int64_t)ldexp(fraction, 53);
    return exponent - 53 + __builtin_ctzll((uint64_t)whole);
}

/* Differences d to the centre that are multiples of 2^-grid do not tell whether x was rounded to
 * become one: centre + d does, which is exact up to 2^53 steps. */
static int grid_of(const double *x, uint64_t count, double centre, int exponent)
{
    int grid = centre == 0 ? 0 : exponent - finest_bit(centre);
    for (uint64_t i = 0; i < count && grid < RQA_NO_GRID; ++i) {
        const double d = x[i] - centre;
        if (isnan(d) || d == 0) continue;
        const int bits = exponent - finest_bit(d);
        grid = bits > grid ? bits : grid;
        if (centre + d != x[i]) return RQA_NO_GRID;
    }
    const double reach = fabs(centre) + ldexp(1, exponent);
    if (grid >= RQA_NO_GRID || reach > ldexp(1, exponent - grid + 53)) return RQA_NO_GRID;
    return grid < 0 ? 0 : grid;
}

rqa_scale rqa_scale_of(const rqa_samples *samples)
{
    rqa_scale scale = {0, 0, 0, 0};
    double half_x = 0, half_y = 0;
    spread_of(samples->x, samples->count, &scale.centre_x, &half_x);
    if (samples->y) spread_of(samples->y, samples->count, &scale.centre_y, &half_y);
    frexp(fmax(half_x, half_y), &scale.exponent);
    scale.grid = grid_of(samples->x, samples->count, scale.centre_x, scale.exponent);
    if (samples->y) {
        const int grid = grid_of(samples->y, samples->count, scale.centre_y, scale.exponent);
        scale.grid = grid > scale.grid ? grid : scale.grid;
    }
    return scale;
}

void rqa_scale_fill(const double *from, uint64_t count, double centre, int exponent, float *to)
{
    for (uint64_t i = 0; i < count; ++i)
        to[i] = (float)ldexp(from[i] - centre, -exponent);
}

static double guard_width(double sum, rqa_norm norm, double terms)
{
    if (norm == RQA_L1) return 0x1p-23 * terms * (1 + sum);
    if (norm == RQA_MAX) return 0x1p-23 * (1 + sum);
    return 0x1p-22 * (sqrt(terms * sum) + sum) + 0x1p-43 * terms + 0x1p-23 * terms * sum;
}

static float float_below(double value)
{
    return nextafterf((float)value, -INFINITY);
}

static float float_above(double value)
{
    return nextafterf((float)value, INFINITY);
}

/* No sum of that many terms rounds, on either side. A difference has at most 2^(grid + 1) steps. */
static bool sums_are_exact(rqa_norm norm, uint32_t terms, const rqa_scale *scale)
{
    const int exponent = scale->exponent, steps = scale->grid + 1;
    if (scale->grid >= RQA_NO_GRID) return false;
    if (norm != RQA_L2) return ldexp(terms, steps) <= 0x1p24 && exponent < 1000;
    return ldexp(terms, 2 * steps) <= 0x1p24 && abs(exponent) < 500;
}

/* The largest float32 that is not above. */
static float float_at_most(double value)
{
    if (value >= FLT_MAX) return FLT_MAX;
    const float near = (float)value;
    return near > value ? nextafterf(near, -INFINITY) : near;
}

void rqa_guards_fill(const double *limit, uint32_t count, rqa_norm norm, uint32_t terms,
                     const rqa_scale *scale, float *guard)
{
    const int power = norm == RQA_L2 ? 2 * scale->exponent : scale->exponent;
    const double lost = norm == RQA_L2 ? ldexp(terms, -1073 - power) : 0;
    const bool exact = sums_are_exact(norm, terms, scale);
    for (uint32_t e = 0; e < count; ++e) {
        guard[2 * e] = guard[2 * e + 1] = NEVER;
        if (limit[e] < 0) continue;
        const double scaled = ldexp(limit[e], -power);
        const double low = scaled * (1 - 0x1p-40) - lost, high = scaled * (1 + 0x1p-40) + lost;
        if (exact) {
            guard[2 * e] = guard[2 * e + 1] = float_at_most(scaled);
            continue;
        }
        guard[2 * e + 1] =
            high < HUGE_SUM ? float_above(high + guard_width(high, norm, terms)) : FLT_MAX;
        if (low > HUGE_SUM) {
            guard[2 * e] = FLT_MAX;
        } else if (low > 0) {
            const double decided = low - guard_width(low, norm, terms);
            guard[2 * e] = decided > TINY_SUM ? float_below(decided) : NEVER;
        }
    }
}
