/* rqa_threshold.c - what a threshold means for one track. */
#include "rqa_threshold.h"

#include <math.h>

#include "rqa_lines.h"
#include "rqa_select.h"

uint64_t rqa_rate_rank(double rate, uint64_t n)
{
    const uint64_t pair_count = n * (n - 1) / 2;
    double guess = ceil(rate * (double)pair_count);
    if (!(guess > 0)) guess = 0;
    uint64_t rank = guess >= (double)pair_count ? pair_count : (uint64_t)guess;
    /* The product is rounded; the share itself decides. */
    while (rank > 0 && (double)(rank - 1) / (double)pair_count >= rate)
        rank -= 1;
    while (rank < pair_count && (double)rank / (double)pair_count < rate)
        rank += 1;
    return rank;
}

double rqa_rate_threshold(double sum, rqa_norm norm, bool strict)
{
    const double distance = norm == RQA_L2 ? sqrt(sum) : sum;
    return strict ? nextafter(distance, INFINITY) : distance;
}

/* A copy of the track, cleaned and padded. */
static td_status track_copy(td_engine *engine, const rqa_track *track, rqa_signal signal,
                            rqa_samples *samples, td_error *err)
{
    size_t bytes = 0;
    const uint64_t room = track->count + RQA_PAD;
    td_status status = td_bytes(room * 2, sizeof(double), &bytes, err);
    if (status) return status;
    samples->x = td_alloc(engine, bytes);
    if (!samples->x) return td_fail(err, TD_E_NO_MEMORY, "threshold: no %zu bytes", bytes);
    samples->y = samples->x + room;
    rqa_samples_fill(samples, track, signal);
    return TD_OK;
}

static td_status rate_distance(td_engine *engine, const rqa_pairs *pairs, double rate,
                               double *distance, td_error *err)
{
    const uint64_t n = rqa_vector_count(pairs->samples->count, pairs->m, pairs->tau);
    if (n < 2) {
        *distance = NAN;
        return TD_OK;
    }
    void *memory = td_alloc(engine, rqa_select_bytes(1));
    if (!memory) return td_fail(err, TD_E_NO_MEMORY, "threshold: no memory to select a distance");
    const uint64_t rank = rqa_rate_rank(rate, n);
    double sum = NAN;
    /* Nothing asks it to stop, so it does not. */
    if (rqa_select(pairs, &rank, 1, &sum, memory, NULL, NULL))
        *distance = rqa_rate_threshold(sum, pairs->norm, false);
    td_free(engine, memory);
    return TD_OK;
}

td_status rqa_threshold(td_engine *engine, const rqa_track *track, rqa_mode mode, uint64_t m,
                        uint64_t tau, double eps, rqa_eps_unit unit, double *distance,
                        td_error *err)
{
    rqa_samples samples = {NULL, NULL, 0, 0, 0, false};
    if (!(eps >= 0) || eps > 1e300 || (unit == RQA_RATE && eps > 1))
        return td_fail(err, TD_E_OUT_OF_RANGE, "eps is %g, allowed 0 to %s", eps,
                       unit == RQA_RATE ? "1 for a rate" : "1e300");
    if (m < 1 || m > RQA_M_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "m is %llu, allowed 1 to %d", (unsigned long long)m,
                       RQA_M_MAX);
    if (tau < 1 || track->count > RQA_COUNT_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "tau is %llu and there are %llu samples, allowed "
                       "from 1 and up to %llu",
                       (unsigned long long)tau, (unsigned long long)track->count,
                       (unsigned long long)RQA_COUNT_MAX);
    if (unit == RQA_ABSOLUTE) {
        *distance = eps;
        return TD_OK;
    }
    td_status status = track_copy(engine, track, mode.signal, &samples, err);
    if (status) return status;
    const rqa_pairs pairs = {&samples, mode.norm, m, tau};
    if (unit == RQA_SD) *distance = eps * samples.deviation;
    else status = rate_distance(engine, &pairs, eps, distance, err);
    td_free(engine, samples.x);
    return status;
}
