/* reference.h - recurrence measures as plain as the formulas: the whole matrix, obvious loops, no
 * sharing. Slow and right; what the operation is compared with. */
#ifndef TANDEM_TEST_REFERENCE_H
#define TANDEM_TEST_REFERENCE_H
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct ref_call {
    const double *x, *y;
    int count;
    char signal;            /* 'x', 'y', 'a' amplitude, 'b' both */
    int norm;               /* 1, 2, or 0 for max */
    int m, tau, lmin, vmin; /* vmin 0: as lmin */
    double eps;             /* in units of distance */
    bool strict;
    int window_rate, window_diagonal, window_vertical;
    bool whole_rate, binary;
} ref_call;

typedef struct ref_measures {
    int n;
    double rr, det, l, ent, div, lam, tt, vent;
    int lmax, vmax;
    long long diagonal_points, vertical_points;
} ref_measures;

static inline double ref_sample(const ref_call *call, int at, int which)
{
    if (call->signal == 'x' || (call->signal == 'b' && which == 0)) return call->x[at];
    if (call->signal == 'y' || call->signal == 'b') return call->y[at];
    return sqrt(call->x[at] * call->x[at] + call->y[at] * call->y[at]);
}

static inline double ref_distance(const ref_call *call, int i, int j)
{
    const int parts = call->signal == 'b' ? 2 : 1;
    double sum = 0;
    for (int lag = 0; lag < call->m; ++lag) {
        for (int part = 0; part < parts; ++part) {
            const double d = fabs(ref_sample(call, i + lag * call->tau, part) -
                                  ref_sample(call, j + lag * call->tau, part));
            if (isnan(d)) return NAN;
            if (call->norm == 1) sum += d;
            else if (call->norm == 2) sum += d * d;
            else if (d > sum) sum = d;
        }
    }
    return call->norm == 2 ? sqrt(sum) : sum;
}

/* lines[l]: how many lines of length l; adds the runs of length bits. */
static inline void ref_runs(const unsigned char *bits, int length, long long *lines)
{
    int run = 0;
    for (int i = 0; i <= length; ++i) {
        if (i < length && bits[i]) {
            run += 1;
        } else if (run > 0) {
            lines[run] += 1;
            run = 0;
        }
    }
}

static inline void ref_lines(const long long *lines, int n, int min, bool binary, double *share,
                             double *mean, double *entropy, long long *points)
{
    double all = 0, kept = 0, count = 0, sum = 0;
    for (int l = 1; l <= n; ++l)
        all += (double)l * (double)lines[l];
    for (int l = min; l <= n; ++l)
        kept += (double)l * (double)lines[l];
    for (int l = min; l <= n; ++l)
        count += (double)lines[l];
    for (int l = min; l <= n; ++l) {
        if (lines[l] == 0) continue;
        const double p = (double)lines[l] / count;
        sum -= p * (binary ? log2(p) : log(p));
    }
    *share = kept / all;
    *mean = kept / count;
    *entropy = count > 0 ? sum : NAN;
    *points = (long long)all;
}

static inline int ref_longest(const long long *lines, int n)
{
    int l = n;
    while (l > 0 && lines[l] == 0)
        l -= 1;
    return l;
}

static inline void ref_diagonals(const ref_call *call, const unsigned char *matrix,
                                 ref_measures *out, long long *lines, unsigned char *line)
{
    const int n = out->n;
    memset(lines, 0, ((size_t)n + 1) * sizeof *lines);
    for (int k = -(n - 1); k <= n - 1; ++k) {
        if (abs(k) < call->window_diagonal) continue;
        const int length = n - abs(k);
        for (int i = 0; i < length; ++i)
            line[i] = matrix[(size_t)(i + (k < 0 ? -k : 0)) * n + (i + (k > 0 ? k : 0))];
        ref_runs(line, length, lines);
    }
    ref_lines(lines, n, call->lmin, call->binary, &out->det, &out->l, &out->ent,
              &out->diagonal_points);
    memset(lines, 0, ((size_t)n + 1) * sizeof *lines);
    for (int k = call->window_diagonal > 1 ? call->window_diagonal : 1; k < n; ++k) {
        for (int i = 0; i < n - k; ++i)
            line[i] = matrix[(size_t)i * n + (i + k)];
        ref_runs(line, n - k, lines);
    }
    out->lmax = ref_longest(lines, n);
    out->div = out->lmax ? 1.0 / out->lmax : NAN;
}

static inline void ref_verticals(const ref_call *call, const unsigned char *matrix,
                                 ref_measures *out, long long *lines, unsigned char *line)
{
    const int n = out->n;
    memset(lines, 0, ((size_t)n + 1) * sizeof *lines);
    for (int j = 0; j < n; ++j) {
        for (int i = 0; i < n; ++i)
            line[i] = abs(i - j) >= call->window_vertical && matrix[(size_t)i * n + j];
        ref_runs(line, n, lines);
    }
    ref_lines(lines, n, call->vmin ? call->vmin : call->lmin, call->binary, &out->lam, &out->tt,
              &out->vent, &out->vertical_points);
    out->vmax = ref_longest(lines, n);
}

/* n < 2: all NaN, and the integers INT32_MIN. */
static inline ref_measures ref_run(const ref_call *call)
{
    ref_measures out = {0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, INT32_MIN, INT32_MIN, 0, 0};
    const int n = call->count - (call->m - 1) * call->tau;
    out.n = n > 0 ? n : 0;
    if (n < 2) return out;
    unsigned char *matrix = calloc((size_t)n * n, 1), *line = calloc((size_t)n, 1);
    long long *lines = calloc((size_t)n + 1, sizeof *lines);
    double points = 0, places = 0;
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            const double d = ref_distance(call, i, j);
            matrix[(size_t)i * n + j] = call->strict ? d < call->eps : d <= call->eps;
            if (abs(i - j) < call->window_rate) continue;
            places += 1;
            points += matrix[(size_t)i * n + j];
        }
    }
    out.rr = points / (call->whole_rate ? (double)n * n : places);
    ref_diagonals(call, matrix, &out, lines, line);
    ref_verticals(call, matrix, &out, lines, line);
    free(matrix);
    free(line);
    free(lines);
    return out;
}

#endif
