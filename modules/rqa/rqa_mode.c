/* rqa_mode.c - modes by name, delay vectors, and the plain distance between two of them. */
#include "rqa.h"

#include <math.h>
#include <string.h>

static const char *const signal_names[] = {"x", "y", "amplitude", "xy"};
static const char *const norm_names[] = {"l1", "l2", "max"};

td_status rqa_mode_parse(const char *text, rqa_mode *mode, td_error *err)
{
    const char *colon = text ? strchr(text, ':') : NULL;
    for (int s = 0; colon && s < 4; ++s) {
        const size_t length = strlen(signal_names[s]);
        if ((size_t)(colon - text) != length || memcmp(text, signal_names[s], length)) continue;
        for (int n = 0; n < 3; ++n) {
            if (strcmp(colon + 1, norm_names[n])) continue;
            mode->signal = (rqa_signal)s;
            mode->norm = (rqa_norm)n;
            return TD_OK;
        }
    }
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "mode is \"%s\", allowed SIGNAL:NORM with x, y, "
                   "amplitude or xy, and l1, l2 or max",
                   text ? text : "(none)");
}

uint64_t rqa_vector_count(uint64_t count, uint64_t m, uint64_t tau)
{
    if (m < 1 || tau < 1) return 0;
    /* Divided, not multiplied: (m - 1) * tau could overflow. */
    if (m > 1 && tau > count / (m - 1)) return 0;
    return count - (m - 1) * tau;
}

static double amplitude_of(const rqa_track *track, uint64_t at)
{
    return sqrt(track->x[at] * track->x[at] + track->y[at] * track->y[at]);
}

/* The larger one, NaN where either is. */
static double max_or_nan(double a, double b)
{
    return isnan(a) || a > b ? a : b;
}

static double distance_add(double sum, double difference, rqa_norm norm)
{
    if (norm == RQA_L2) return sum + difference * difference;
    return norm == RQA_L1 ? sum + fabs(difference) : max_or_nan(sum, fabs(difference));
}

double rqa_distance(const rqa_track *track, rqa_mode mode, uint64_t m, uint64_t tau, uint64_t i,
                    uint64_t j)
{
    double sum = 0;
    for (uint64_t lag = 0; lag < m; ++lag) {
        const uint64_t a = i + lag * tau, b = j + lag * tau;
        if (mode.signal == RQA_AMPLITUDE)
            sum = distance_add(sum, amplitude_of(track, a) - amplitude_of(track, b), mode.norm);
        if (mode.signal == RQA_X || mode.signal == RQA_XY)
            sum = distance_add(sum, track->x[a] - track->x[b], mode.norm);
        if (mode.signal == RQA_Y || mode.signal == RQA_XY)
            sum = distance_add(sum, track->y[a] - track->y[b], mode.norm);
    }
    return mode.norm == RQA_L2 ? sqrt(sum) : sum;
}
