/* rqa_count.c - sums over line lengths, for all thresholds at once. */
#include "rqa_count.h"

#include <math.h>
#include <string.h>

void rqa_logs_fill(rqa_logs *logs)
{
    logs->product[0] = 0;
    for (int c = 1; c < RQA_LOG_TABLE; ++c)
        logs->product[c] = c * log(c);
}

/* Running sums over lengths, one per level. */
typedef struct counter {
    double *count; /* of the row in hand; from its first level on */
    double *line, *point, *log;
    uint32_t open; /* the levels from here on have had a line; runs nest in the threshold */
} counter;

/* Reads one row of differences into counts from *first on, the lowest level with a line, clears
 * it, and gives the largest count: 0 when the row is empty. */
static double row_take_narrow(int32_t *row, uint32_t level_count, double weight, double *count,
                              uint32_t *first)
{
    int32_t running = 0, most = 0;
    uint32_t k = 0;
    while (k < level_count && row[k] == 0)
        k += 1;
    *first = k;
    if (k == level_count) return 0;
    for (; k < level_count; ++k) {
        running += row[k];
        most = running > most ? running : most;
        count[k] = weight * running;
    }
    memset(row + *first, 0, ((size_t)level_count + 1 - *first) * sizeof *row);
    return weight * most;
}

static double row_take_wide(int64_t *row, uint32_t level_count, double weight, double *count,
                            uint32_t *first)
{
    int64_t running = 0, most = 0;
    uint32_t k = 0;
    while (k < level_count && row[k] == 0)
        k += 1;
    *first = k;
    if (k == level_count) return 0;
    for (; k < level_count; ++k) {
        running += row[k];
        most = running > most ? running : most;
        count[k] = weight * (double)running;
    }
    memset(row + *first, 0, ((size_t)level_count + 1 - *first) * sizeof *row);
    return weight * (double)most;
}

static double row_take(rqa_histogram *h, int64_t length, double *count, uint32_t *first)
{
    const size_t at = (size_t)length * (h->level_count + 1);
    *first = h->level_count;
    if (length > h->longest) return 0;
    return h->wide ? row_take_wide(h->wide + at, h->level_count, h->weight, count, first)
                   : row_take_narrow(h->narrow + at, h->level_count, h->weight, count, first);
}

static void counter_add(counter *c, uint32_t first, double length, double most,
                        const rqa_logs *logs, uint32_t level_count)
{
    const double *count = c->count;
    for (uint32_t k = first; k < level_count; ++k) {
        c->line[k] += count[k];
        c->point[k] += length * count[k];
    }
    if (most < RQA_LOG_TABLE) {
        for (uint32_t k = first; k < level_count; ++k)
            c->log[k] += logs->product[(int)count[k]];
        return;
    }
    for (uint32_t k = first; k < level_count; ++k)
        c->log[k] +=
            count[k] < RQA_LOG_TABLE ? logs->product[(int)count[k]] : count[k] * log(count[k]);
}

/* The state after all lines of at least this length. Where all have one length the entropy is
 * exactly 0, not what the subtraction leaves. */
static void counter_snap(const counter *c, const rqa_histogram *h, uint32_t index, rqa_sums *sums)
{
    const uint32_t level_count = h->level_count;
    const size_t at = (size_t)index * level_count;
    memcpy(sums->line + at, c->line, level_count * sizeof(double));
    memcpy(sums->point + at, c->point, level_count * sizeof(double));
    if (!sums->entropies) return;
    const int64_t main_longest = h->main ? h->main_longest : 0;
    for (uint32_t k = 0; k < level_count; ++k) {
        const double n = c->line[k];
        const int64_t top = sums->longest[k] > main_longest ? sums->longest[k] : main_longest;
        double entropy = NAN;
        if (n > 0) entropy = c->point[k] == n * (double)top ? 0 : log(n) - c->log[k] / n;
        sums->entropy[at + k] = entropy;
    }
}

/* The lines of one length, of the histogram and of the main diagonal. */
static void length_add(counter *c, rqa_histogram *h, int64_t length, const rqa_logs *logs,
                       rqa_sums *sums)
{
    const uint32_t levels = h->level_count;
    const double on_main = h->main && length <= h->main_longest ? h->main[length] : 0;
    uint32_t first = 0;
    const double most = row_take(h, length, c->count, &first);
    for (; c->open > first; --c->open)
        sums->longest[c->open - 1] = (int32_t)length;
    if (on_main > 0) {
        for (; first > h->main_level; --first)
            c->count[first - 1] = 0;
        for (uint32_t k = h->main_level; k < levels; ++k)
            c->count[k] += on_main;
    }
    if (first < levels) counter_add(c, first, (double)length, most + on_main, logs, levels);
}

void rqa_count(rqa_histogram *h, const rqa_logs *logs, rqa_sums *sums)
{
    const uint32_t levels = h->level_count;
    double *work = sums->work;
    counter c = {work, work + levels, work + 2 * (size_t)levels, work + 3 * (size_t)levels, levels};
    memset(work, 0, 4 * (size_t)levels * sizeof(double));
    memset(sums->longest, 0, levels * sizeof(int32_t));
    int64_t length = h->longest;
    if (h->main && h->main_longest > length) length = h->main_longest;
    uint32_t min = sums->min_count;
    for (; min > 0 && sums->min[min - 1] > length; --min)
        counter_snap(&c, h, min - 1, sums);
    for (; length >= 1; --length) {
        length_add(&c, h, length, logs, sums);
        for (; min > 0 && sums->min[min - 1] == length; --min)
            counter_snap(&c, h, min - 1, sums);
    }
    memcpy(sums->point_all, c.point, levels * sizeof(double));
}
