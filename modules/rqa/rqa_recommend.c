/* rqa_recommend.c - which delay and which dimension to embed a signal with.
 *
 * Mutual information (A. M. Fraser, H. L. Swinney, Phys. Rev. A 33 (1986) 1134): of the pairs
 * (x[i], x[i + lag]) in bits, over b * b cells. Fraser and Swinney cut the plane so that cells
 * hold about as many points each; here the cuts are the same on both axes, at the quantiles of
 * the whole signal, b = ceil(sqrt(n / 5)) of them but 4 to 64, which leaves about five pairs a
 * cell for independent values. Equal samples always share a bin. A finite sample of independent
 * values has information too, (b - 1)^2 / (2 n ln 2) bits on average: the first minimum is the
 * first lag after which information rises, or at which it is not told apart from that.
 *
 * Autocorrelation: the biased estimator, sums over all pairs divided by the number of samples.
 *
 * False nearest neighbours (M. B. Kennel, R. Brown, H. D. I. Abarbanel, Phys. Rev. A 45 (1992)
 * 3403): the nearest neighbour in m dimensions (Euclid; the first of several) is false if the
 * next coordinate moves it away by more than 15 times its distance, or to a distance of more than
 * twice the standard deviation of the signal. All points are tried up to 20,000; of a longer
 * signal evenly spaced ones, so that no more than 20,000^2 distances are taken for each m, and
 * their neighbours are looked for among all points. */
#include "modules/rqa/rqa.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS_MIN        4
#define BINS_MAX        64
#define SAMPLES_MIN     10   /* fewer finite samples, pairs or vectors tell nothing */
#define RATIO_MAX       15.0 /* Rtol of Kennel et al. */
#define SPREAD_MAX      2.0  /* Atol of Kennel et al. */
#define FALSE_SHARE_MAX 0.01
#define DISTANCES_MAX   400000000u
#define LANES           8
#define COUNT_MAX       ((uint64_t)1 << 31)

/* The signal with everything that is not finite as NaN, and what the curves share. */
typedef struct prepared {
    double *x, *scratch; /* count of each */
    uint8_t *bin;
    uint64_t count, finite;
    double mean, variance; /* over the finite samples, divided by their number */
} prepared;

static int compare_doubles(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static td_status prepare(prepared *p, const double *signal, uint64_t count, td_error *err)
{
    double sum = 0, lo = INFINITY, hi = -INFINITY;
    p->count = count;
    for (uint64_t i = 0; i < count; ++i) {
        p->x[i] = isfinite(signal[i]) ? signal[i] : NAN;
        if (isnan(p->x[i])) continue;
        p->finite += 1;
        sum += p->x[i];
        lo = fmin(lo, p->x[i]);
        hi = fmax(hi, p->x[i]);
    }
    if (p->finite < SAMPLES_MIN)
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "rqa.recommend: %llu finite samples, needed %d or more",
                       (unsigned long long)p->finite, SAMPLES_MIN);
    if (!(hi > lo))
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "rqa.recommend: the signal is constant (%g): no delay can be told", lo);
    p->mean = sum / (double)p->finite;
    double square = 0;
    for (uint64_t i = 0; i < count; ++i)
        if (!isnan(p->x[i])) square += (p->x[i] - p->mean) * (p->x[i] - p->mean);
    p->variance = square / (double)p->finite;
    return TD_OK;
}

/* ---- Mutual information ------------------------------------------------------------------ */

static uint32_t bin_count(uint64_t finite)
{
    const double bins = ceil(sqrt((double)finite / 5));
    return bins < BINS_MIN ? BINS_MIN : bins > BINS_MAX ? BINS_MAX : (uint32_t)bins;
}

/* p->bin[i]: which of bins parts, as full as each other, holds x[i]; bins where there is none. */
static void assign_bins(const prepared *p, uint32_t bins)
{
    double *sorted = p->scratch;
    uint64_t used = 0;
    for (uint64_t i = 0; i < p->count; ++i)
        if (!isnan(p->x[i])) sorted[used++] = p->x[i];
    qsort(sorted, used, sizeof *sorted, compare_doubles);
    for (uint64_t i = 0; i < p->count; ++i) {
        p->bin[i] = (uint8_t)bins;
        if (isnan(p->x[i])) continue;
        uint64_t below = 0, end = used; /* samples less than x[i] */
        while (below < end) {
            const uint64_t middle = below + (end - below) / 2;
            if (sorted[middle] < p->x[i]) below = middle + 1;
            else end = middle;
        }
        p->bin[i] = (uint8_t)(below * bins / used);
    }
}

/* In bits; NaN for fewer than SAMPLES_MIN pairs. *pairs: how many there were. */
static double information(const prepared *p, uint32_t bins, uint64_t lag, uint64_t *pairs)
{
    const uint8_t *bin = p->bin;
    uint32_t joint[BINS_MAX + 1][BINS_MAX + 1], first[BINS_MAX] = {0}, second[BINS_MAX] = {0};
    memset(joint, 0, sizeof joint);
    *pairs = 0;
    for (uint64_t i = 0; i + lag < p->count; ++i)
        joint[bin[i]][bin[i + lag]] += 1;
    for (uint32_t a = 0; a < bins; ++a) {
        for (uint32_t b = 0; b < bins; ++b) {
            first[a] += joint[a][b];
            second[b] += joint[a][b];
        }
        *pairs += first[a];
    }
    if (*pairs < SAMPLES_MIN) return NAN;
    const double total = (double)*pairs;
    double sum = 0;
    for (uint32_t a = 0; a < bins; ++a) {
        for (uint32_t b = 0; b < bins; ++b) {
            if (joint[a][b] == 0) continue;
            const double both = joint[a][b];
            sum += both / total * log2(both * total / ((double)first[a] * second[b]));
        }
    }
    return sum > 0 ? sum : 0; /* rounding may leave -1e-17 */
}

/* The level under which information is that of independent values: the mean, with Williams's
 * correction for cells of few points (Biometrika 63 (1976) 33), and four standard deviations of
 * chi squared with (bins - 1)^2 degrees of freedom, as bits. */
static double independent_level(uint32_t bins, uint64_t pairs)
{
    const double freedom = (double)(bins - 1) * (bins - 1);
    const double few = 1 + (double)(bins + 1) * (bins + 1) / (6 * (double)pairs);
    return (freedom * few + 4 * sqrt(2 * freedom)) / (2 * (double)pairs * log(2));
}

static void mutual_information(const prepared *p, rqa_embedding *e)
{
    const uint32_t bins = bin_count(p->finite);
    uint64_t pairs = 0;
    bool vanished = false;
    assign_bins(p, bins);
    e->tau_mi = 0;
    for (uint32_t lag = 0; lag <= e->lag_count; ++lag) {
        const double bits = information(p, bins, lag, &pairs);
        e->mutual_information[lag] = bits;
        if (lag == 0 || e->tau_mi || vanished) continue;
        if (isnan(bits)) vanished = true; /* no minimum is told beyond a gap */
        else if (lag > 1 && bits > e->mutual_information[lag - 1]) e->tau_mi = lag - 1;
        else if (bits <= independent_level(bins, pairs)) e->tau_mi = lag;
    }
}

/* ---- Autocorrelation --------------------------------------------------------------------- */

static void autocorrelation(const prepared *p, rqa_embedding *e)
{
    e->tau_acf = 0;
    for (uint32_t lag = 0; lag <= e->lag_count; ++lag) {
        double sum = 0;
        uint64_t pairs = 0;
        for (uint64_t i = 0; i + lag < p->count; ++i) {
            const double product = (p->x[i] - p->mean) * (p->x[i + lag] - p->mean);
            if (isnan(product)) continue;
            sum += product;
            pairs += 1;
        }
        const double value = pairs < SAMPLES_MIN ? NAN : sum / (double)p->finite / p->variance;
        e->autocorrelation[lag] = value;
        if (lag > 0 && e->tau_acf == 0 && value <= 0) e->tau_acf = lag;
    }
}

/* ---- False nearest neighbours ------------------------------------------------------------ */

/* Adds coordinate to the squared distances and finds the nearest j whose next coordinate is
 * there; a NaN anywhere takes j out, and stays. count where there is none. */
static uint64_t nearest(double *square, const double *coordinate, const double *next,
                        double reference, uint64_t count)
{
    double lane[LANES], best = INFINITY;
    for (int k = 0; k < LANES; ++k)
        lane[k] = INFINITY;
    uint64_t j = 0;
    for (; j + LANES <= count; j += LANES) {
        for (int k = 0; k < LANES; ++k) {
            const double step = coordinate[j + k] - reference;
            square[j + k] += step * step;
            /* 0 * next is 0, or NaN where the next coordinate is missing. */
            const double candidate = square[j + k] + 0.0 * next[j + k];
            lane[k] = candidate < lane[k] ? candidate : lane[k];
        }
    }
    for (; j < count; ++j) {
        const double step = coordinate[j] - reference;
        square[j] += step * step;
        const double candidate = square[j] + 0.0 * next[j];
        lane[0] = candidate < lane[0] ? candidate : lane[0];
    }
    for (int k = 0; k < LANES; ++k)
        best = lane[k] < best ? lane[k] : best;
    if (isinf(best)) return count;
    for (j = 0; j < count; ++j)
        if (square[j] == best && !isnan(next[j])) return j;
    return count;
}

static bool is_false(double square, double next_step, double variance)
{
    const double step = fabs(next_step);
    return step > RATIO_MAX * sqrt(square) ||
           sqrt(square + step * step) > SPREAD_MAX * sqrt(variance);
}

/* One reference point through all dimensions: counts tried and false ones for each m. */
static void one_reference(const prepared *p, const rqa_embedding *e, uint64_t i, uint64_t *tried,
                          uint64_t *wrong)
{
    double *square = p->scratch;
    const uint64_t tau = e->tau;
    memset(square, 0, p->count * sizeof *square);
    square[i] = NAN; /* no point is its own neighbour */
    for (uint32_t m = 1; m <= e->dim_count; ++m) {
        const uint64_t shift = (m - 1) * tau;
        if (i + shift + tau >= p->count) return;
        const double here = p->x[i + shift], next = p->x[i + shift + tau];
        if (isnan(here) || isnan(next)) return; /* NaN here, or in m + 1: in all that follow */
        const uint64_t count = p->count - shift - tau;
        const uint64_t j = nearest(square, p->x + shift, p->x + shift + tau, here, count);
        if (j == count) continue;
        tried[m - 1] += 1;
        wrong[m - 1] += is_false(square[j], p->x[j + shift + tau] - next, p->variance);
    }
}

static void false_neighbours(const prepared *p, rqa_embedding *e)
{
    uint64_t tried[RQA_DIMS_MAX] = {0}, wrong[RQA_DIMS_MAX] = {0};
    uint64_t references = DISTANCES_MAX / p->count;
    if (references < 1) references = 1;
    if (references > p->count) references = p->count;
    for (uint64_t r = 0; r < references; ++r)
        one_reference(p, e, r * p->count / references, tried, wrong);
    e->m = 0;
    double least = INFINITY;
    uint32_t least_m = 1;
    for (uint32_t m = 1; m <= e->dim_count; ++m) {
        const double share =
            tried[m - 1] < SAMPLES_MIN ? NAN : (double)wrong[m - 1] / (double)tried[m - 1];
        e->false_neighbours[m - 1] = share;
        if (share <= FALSE_SHARE_MAX && e->m == 0) e->m = m;
        if (share < least) {
            least = share;
            least_m = m;
        }
    }
    if (e->m == 0) e->m = least_m;
}

static td_status check(const double *signal, uint64_t count, const rqa_embedding *e, td_error *err)
{
    if (!signal || !e)
        return td_fail(err, TD_E_BAD_ARGUMENT, "rqa.recommend: signal or embedding is NULL");
    if (e->lag_count < 1 || e->lag_count > RQA_LAGS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "rqa.recommend: highest lag is %u, allowed 1 to %d",
                       e->lag_count, RQA_LAGS_MAX);
    if (e->dim_count < 1 || e->dim_count > RQA_DIMS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "rqa.recommend: highest m is %u, allowed 1 to %d",
                       e->dim_count, RQA_DIMS_MAX);
    if (!e->mutual_information || !e->autocorrelation || !e->false_neighbours)
        return td_fail(err, TD_E_BAD_ARGUMENT, "rqa.recommend: an array for a curve is NULL");
    if (count < SAMPLES_MIN || count > COUNT_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "rqa.recommend: %llu samples, allowed %d to %llu",
                       (unsigned long long)count, SAMPLES_MIN, (unsigned long long)COUNT_MAX);
    return TD_OK;
}

td_status rqa_recommend(td_engine *engine, const double *signal, uint64_t count,
                        rqa_embedding *embedding, td_error *err)
{
    prepared p = {0};
    td_status status = check(signal, count, embedding, err);
    if (status) goto out;
    p.x = td_alloc(engine, count * sizeof *p.x);
    p.scratch = td_alloc(engine, count * sizeof *p.scratch);
    p.bin = td_alloc(engine, count);
    if (!p.x || !p.scratch || !p.bin) {
        status = td_fail(err, TD_E_NO_MEMORY, "rqa.recommend: no memory for %llu samples",
                         (unsigned long long)count);
        goto out;
    }
    if ((status = prepare(&p, signal, count, err))) goto out;
    mutual_information(&p, embedding);
    autocorrelation(&p, embedding);
    embedding->tau = embedding->tau_mi    ? embedding->tau_mi
                     : embedding->tau_acf ? embedding->tau_acf
                                          : 1;
    false_neighbours(&p, embedding);
out:
    td_free(engine, p.bin);
    td_free(engine, p.scratch);
    td_free(engine, p.x);
    return status;
}
