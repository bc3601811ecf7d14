/* rqa_signal.c - cleaned samples, their spread, and whether they vary at all. */
#include "rqa_signal.h"

#include <math.h>

#include "rqa_lines.h"

/* Mean first, then squares around it: the sum of squares alone would lose all digits of a signal
 * far from 0. */
static double variance(const double *x, uint64_t count)
{
    double sum = 0, squares = 0;
    uint64_t finite = 0;
    for (uint64_t i = 0; i < count; ++i) {
        if (isnan(x[i])) continue;
        sum += x[i];
        finite += 1;
    }
    if (finite == 0) return NAN;
    const double mean = sum / (double)finite;
    for (uint64_t i = 0; i < count; ++i) {
        if (isnan(x[i])) continue;
        squares += (x[i] - mean) * (x[i] - mean);
    }
    return squares / (double)finite;
}

static bool is_constant(const double *x, uint64_t count)
{
    double low = INFINITY, high = -INFINITY;
    for (uint64_t i = 0; i < count; ++i) {
        if (x[i] < low) low = x[i];
        if (x[i] > high) high = x[i];
    }
    return low == high;
}

static void one_sample(rqa_samples *samples, const rqa_track *track, rqa_signal signal, uint64_t i)
{
    const double x = rqa_reads_x(signal) ? track->x[i] : 0;
    const double y = rqa_reads_y(signal) ? track->y[i] : 0;
    double first = signal == RQA_Y ? y : x;
    bool finite = isfinite(x) && isfinite(y);
    if (signal == RQA_AMPLITUDE) {
        first = sqrt(x * x + y * y);
        finite = finite && isfinite(first);
    }
    samples->nan_count += !finite;
    samples->x[i] = finite ? first : NAN;
    if (signal == RQA_XY) samples->y[i] = finite ? y : NAN;
}

void rqa_samples_fill(rqa_samples *samples, const rqa_track *track, rqa_signal signal)
{
    const bool two = signal == RQA_XY;
    const uint64_t count = track->count;
    samples->count = count;
    samples->nan_count = 0;
    for (uint64_t i = 0; i < count; ++i)
        one_sample(samples, track, signal, i);
    for (uint64_t i = count; i < count + RQA_PAD; ++i) {
        samples->x[i] = NAN;
        if (two) samples->y[i] = NAN;
    }
    const double spread = variance(samples->x, count);
    samples->deviation = sqrt(two ? spread + variance(samples->y, count) : spread);
    samples->constant = is_constant(samples->x, count) && (!two || is_constant(samples->y, count));
    if (!two) samples->y = NULL;
}
