/* ranks.c - what all rank tests of one set of values share: one sort, one walk over its ties. */
#include "study/ranks.h"

#include <string.h>

#define RUN_LENGTH 8u /* runs this long are sorted by insertion before they are merged */

static void sort_run(ranked *value, uint32_t count)
{
    for (uint32_t i = 1; i < count; ++i) {
        const ranked moved = value[i];
        uint32_t at = i;
        while (at > 0 && moved.value < value[at - 1].value) {
            value[at] = value[at - 1];
            at -= 1;
        }
        value[at] = moved;
    }
}

/* Merges [0, middle) and [middle, count) of from into to. */
static void merge_runs(const ranked *from, uint32_t middle, uint32_t count, ranked *to)
{
    uint32_t left = 0, right = middle, at = 0;
    while (left < middle && right < count) {
        const bool takes_right = from[right].value < from[left].value;
        to[at++] = from[takes_right ? right : left];
        right += takes_right;
        left += !takes_right;
    }
    memcpy(to + at, from + left, (middle - left) * sizeof *to);
    memcpy(to + at + (middle - left), from + right, (count - right) * sizeof *to);
}

void ranks_sort(ranked *value, ranked *spare, uint32_t count)
{
    for (uint32_t first = 0; first < count; first += RUN_LENGTH)
        sort_run(value + first, count - first < RUN_LENGTH ? count - first : RUN_LENGTH);
    ranked *from = value, *to = spare;
    for (uint32_t length = RUN_LENGTH; length < count; length *= 2) {
        for (uint32_t first = 0; first < count; first += 2 * length) {
            const uint32_t rest = count - first;
            const uint32_t both = rest < 2 * length ? rest : 2 * length;
            merge_runs(from + first, rest < length ? rest : length, both, to + first);
        }
        ranked *swap = from;
        from = to;
        to = swap;
    }
    if (from != value) memcpy(value, from, count * sizeof *value);
}

static uint64_t tie_term(uint64_t count)
{
    return count * count * count - count;
}

/* One tie: in_tie values of each group are equal, below of each group are smaller. */
static void count_tie(const uint32_t *in_tie, const uint32_t *below, uint32_t group_count,
                      ranks *out)
{
    uint64_t all = 0;
    uint32_t pair = 0;
    for (uint32_t a = 0; a < group_count; ++a) {
        all += in_tie[a];
        for (uint32_t b = 0; b < group_count; ++b)
            out->wins2[a][b] += (uint64_t)in_tie[a] * (2 * (uint64_t)below[b] + in_tie[b]);
        for (uint32_t b = a + 1; b < group_count; ++b, ++pair)
            out->pair_ties[pair] += tie_term((uint64_t)in_tie[a] + in_tie[b]);
    }
    out->ties += tie_term(all);
}

void ranks_count(const ranked *sorted, uint32_t count, uint32_t group_count, ranks *out)
{
    memset(out, 0, sizeof *out);
    uint32_t *below = out->count; /* at the end all are below */
    for (uint32_t first = 0, last; first < count; first = last) {
        last = first + 1;
        while (last < count && sorted[last].value == sorted[first].value)
            last += 1;
        const int32_t group = sorted[first].group;
        if (last - first == 1) {
            for (uint32_t b = 0; b < group_count; ++b)
                out->wins2[group][b] += 2 * (uint64_t)below[b];
            below[group] += 1;
            continue;
        }
        uint32_t in_tie[STATS_GROUPS_MAX] = {0};
        for (uint32_t i = first; i < last; ++i)
            in_tie[sorted[i].group] += 1;
        count_tie(in_tie, below, group_count, out);
        for (uint32_t b = 0; b < group_count; ++b)
            below[b] += in_tie[b];
    }
}

/* The counts are the coefficients of the Gaussian binomial, the product over i = 1 .. small of
 * (1 - q^(large + i)) / (1 - q^i) (Mann, Whitney 1947; Andrews, The Theory of Partitions, 1976).
 * Modulo 2^128 every step is exact, and the counts themselves are smaller than that. */
static void fill_exact(ranks_exact *exact, uint32_t small, uint32_t large)
{
    const uint64_t count = (uint64_t)small * large + 1;
    ranks_wide *c = exact->cumulative;
    memset(c, 0, count * sizeof *c);
    c[0] = 1;
    for (uint32_t i = 1; i <= small; ++i) {
        const uint64_t up = (uint64_t)large + i;
        for (uint64_t u = count; u-- > up;)
            c[u] -= c[u - up];
        for (uint64_t u = i; u < count; ++u)
            c[u] += c[u - i];
    }
    for (uint64_t u = 1; u < count; ++u)
        c[u] += c[u - 1];
    exact->small = small;
    exact->large = large;
}

double ranks_exact_tail(ranks_exact *exact, uint32_t a, uint32_t b, uint64_t u)
{
    const uint32_t small = a < b ? a : b, large = a < b ? b : a;
    if (exact->small != small || exact->large != large) fill_exact(exact, small, large);
    const uint64_t most = (uint64_t)small * large;
    /* The distribution is symmetric: as many arrangements have U >= u as have U <= most - u. */
    return (double)exact->cumulative[most - u] / (double)exact->cumulative[most];
}
