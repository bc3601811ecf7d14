/* rqa_estimate.c - what a unit takes on the CPU and on a device, for the choice between them.
 *
 * The work depends on how many pairs recur at the largest threshold: a distance is given up once it
 * is above, and what recurs must be sorted into runs. So a few hundred pairs of one recording of
 * the unit are looked at. Seconds are of one core of 2023 with AVX-512, measured on random walks of
 * 10,000 samples with rates from 0.004 to 0.65, where this was within a factor of two. */
#include <math.h>

#include "rqa_cost.h"
#include "rqa_device.h"

#define GLANCE_PAIRS 256

/* The CPU, in seconds: a pair at the first m; a pair that was near enough at one m, at the next;
 * of 8 neighbours all go on when one does. A point that recurs, of many thresholds or of one. */
#define SECONDS_FIRST 0.3e-9
#define SECONDS_NEXT  0.4e-9
#define NEIGHBOURS    4
#define SECONDS_RUNS  10e-9
#define SECONDS_BITS  1e-9
/* A pair of vectors at one m, when a threshold is selected by its rate: on the host always. */
#define SECONDS_SELECT 6e-9
/* A count of a histogram's row, when it is summed up. */
#define SECONDS_COUNT 2.5e-9
/* Rows are both sides of the matrix, and their positions do not share loads. */
#define ROWS_PASSES 3

/* A device, in operations as td_device_rates counts them (a multiply or an add is one). For each
 * term of a pair: the difference, its size or square, the sum; its addresses, loads and loop. For
 * each pair, and for each that recurs: its level and its runs. */
#define TERM_FLOATS 3
#define TERM_INTS   9
#define PAIR_INTS   20
#define RECUR_INTS  80
#define BATCH_CALLS 8 /* launches of a batch */

/* Of the pairs of one recording: which share recurs at the largest threshold, by m. */
typedef struct glance {
    double recur[RQA_M_MAX + 1];
} glance;

static double eps_most(const rqa_state *state, const td_unit *unit)
{
    const td_range *eps = &unit->axis[RQA_AXIS_EPS];
    double most = 0;
    for (uint64_t i = 0; i < eps->count; ++i)
        most = fmax(most, state->axis[RQA_AXIS_EPS].number[eps->first + i]);
    return most;
}

static uint32_t m_most(const rqa_state *state, const td_unit *unit)
{
    const td_range *m = &unit->axis[RQA_AXIS_M];
    double most = 1;
    for (uint64_t i = 0; i < m->count; ++i)
        most = fmax(most, state->axis[RQA_AXIS_M].number[m->first + i]);
    return (uint32_t)most;
}

/* How many m, from 1 on, the pair is within limit: the distance only grows with m, so that one walk
 * over the lags tells all of them. */
static uint32_t pair_reach(const rqa_track *track, rqa_mode mode, uint64_t tau, double limit,
                           uint64_t i, uint64_t j, uint32_t m_last)
{
    double sum = 0;
    for (uint32_t m = 1; m <= m_last; ++m, i += tau, j += tau) {
        const double d = rqa_distance(track, mode, 1, tau, i, j);
        sum = mode.norm == RQA_L1 ? sum + d : mode.norm == RQA_L2 ? hypot(sum, d) : fmax(sum, d);
        if (!(d <= limit && sum <= limit)) return m - 1;
    }
    return m_last;
}

/* Pairs in a fixed sequence, so that the same call always estimates the same. */
static void glance_take(const rqa_state *state, const td_unit *unit, glance *g)
{
    const td_range *axis = unit->axis;
    const rqa_mode mode = state->mode[axis[RQA_AXIS_MODE].first];
    const rqa_samples *samples =
        rqa_samples_of(state, unit->items.first + unit->items.count / 2, mode.signal);
    const uint64_t tau = (uint64_t)state->axis[RQA_AXIS_TAU].number[axis[RQA_AXIS_TAU].first];
    const rqa_track track = {samples->x, samples->y, samples->count};
    const rqa_mode plain = {samples->y ? RQA_XY : RQA_X, mode.norm};
    const double eps = eps_most(state, unit);
    const double limit = state->eps_unit == RQA_SD ? eps * samples->deviation : eps;
    const bool rate = state->eps_unit == RQA_RATE;
    uint32_t near[RQA_M_MAX + 2] = {0}, last = m_most(state, unit);
    uint64_t random = 1;
    for (uint32_t m = 0; m <= RQA_M_MAX; ++m)
        g->recur[m] = rate ? eps : 0;
    while (last > 0 && rqa_vector_count(samples->count, last, tau) < 2)
        last -= 1;
    if (rate || last == 0) return;
    const uint64_t n = rqa_vector_count(samples->count, last, tau);
    for (uint32_t p = 0; p < GLANCE_PAIRS; ++p) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const uint64_t i = (random >> 33) % n, j = (random >> 17) % n;
        near[pair_reach(&track, plain, tau, limit, i, j, last)] += 1;
    }
    for (uint32_t m = last; m > 0; --m) {
        near[m] += near[m + 1];
        g->recur[m] = (double)near[m] / GLANCE_PAIRS;
    }
}

/* Of one pair, over all m of the unit: seconds of a core, and on a device terms and recurrences. */
typedef struct pair_work {
    double seconds, terms, recur;
} pair_work;

static pair_work pair_of(const rqa_state *state, const td_unit *unit, const glance *g)
{
    const td_range *m = &unit->axis[RQA_AXIS_M];
    const bool many = unit->axis[RQA_AXIS_EPS].count > 1;
    pair_work work = {SECONDS_FIRST, 0, 0};
    for (uint32_t at = 2; at <= m_most(state, unit); ++at)
        work.seconds += SECONDS_NEXT * fmin(1, NEIGHBOURS * g->recur[at - 1]);
    for (uint64_t i = 0; i < m->count; ++i) {
        const uint32_t value = (uint32_t)state->axis[RQA_AXIS_M].number[m->first + i];
        work.seconds += g->recur[value] * (many ? SECONDS_RUNS : SECONDS_BITS);
        work.recur += g->recur[value];
        work.terms += 1;
        for (uint32_t lag = 1; lag < value; ++lag)
            work.terms += fmin(1, NEIGHBOURS * g->recur[lag]);
    }
    return work;
}

static double lengths_usual(double samples)
{
    return fmin(samples, 64 + sqrt(samples));
}

void rqa_estimate(const void *memory, const td_unit *unit, const td_device_info *device,
                  td_estimate *estimate)
{
    const rqa_state *state = memory;
    const td_range *axis = unit->axis;
    const double cells = (double)axis[RQA_AXIS_MODE].count * (double)axis[RQA_AXIS_TAU].count;
    const double sets = cells * (double)axis[RQA_AXIS_M].count;
    const double width = (double)axis[RQA_AXIS_EPS].count + 1;
    const double values = sets * (double)axis[RQA_AXIS_EPS].count *
                          (double)axis[RQA_AXIS_LMIN].count * RQA_COST_VALUE;
    double pairs = 0, passes = 0, vectors = 0, rows = 0;
    glance g;
    rqa_room room;
    glance_take(state, unit, &g);
    rqa_room_measure(state, unit, unit->device_bytes, &room);
    const pair_work work = pair_of(state, unit, &g);
    for (uint64_t i = 0; i < unit->items.count; ++i) {
        const double n = (double)state->count[unit->items.first + i];
        pairs += n * n * ((state->wants_diagonals ? 0.5 : 0) + (state->wants_rows ? 1 : 0));
        passes +=
            n * n / 2 * ((state->wants_diagonals ? 1 : 0) + (state->wants_rows ? ROWS_PASSES : 0));
        vectors += state->eps_unit == RQA_RATE ? n * n / 2 : 0;
        rows += lengths_usual(n);
    }
    const double floats = pairs * cells * work.terms * TERM_FLOATS;
    const double host = (double)unit->items.count * values + rows * sets * width * SECONDS_COUNT +
                        vectors * sets * SECONDS_SELECT;
    if (rqa_use_float32(state, device)) estimate->float32 += floats;
    else estimate->float64 += floats;
    estimate->int32 += pairs * cells * (work.terms * TERM_INTS + work.recur * RECUR_INTS) +
                       pairs * sets * PAIR_INTS;
    estimate->cpu_seconds += passes * cells * work.seconds + host;
    estimate->host_seconds += host;
    estimate->bytes_to_device += (double)room.samples * (rqa_use_float32(state, device) ? 12 : 8);
    estimate->bytes_to_host += rows * sets * width * sizeof(int32_t);
    const double batches = ceil((double)unit->items.count * sets / fmax((double)room.sets, 1));
    estimate->launches += BATCH_CALLS * batches + pairs * sets / (double)RQA_NARROW_MAX;
}
