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
    double *count; /* of the row in hand */
    double *line, *point, *log;
    double *top; /* the longest line, the main diagonal included */
} counter;

static bool narrow_is_empty(const int32_t *row, uint32_t count)
{
    int32_t any = 0;
    for (uint32_t k = 0; k < count; ++k)
        any |= row[k];
    return any == 0;
}

/* Reads one row of differences into counts, clears it, and gives the largest count. */
static double row_take_narrow(int32_t *row, uint32_t level_count, double weight, double *count)
{
    int32_t running = 0, most = 0;
    for (uint32_t k = 0; k < level_count; ++k) {
        running += row[k];
        most = running > most ? running : most;
        count[k] = weight * running;
    }
    memset(row, 0, ((size_t)level_count + 1) * sizeof *row);
    return weight * most;
}

static double row_take_wide(int64_t *row, uint32_t level_count, double weight, double *count)
{
    int64_t running = 0, most = 0;
    for (uint32_t k = 0; k < level_count; ++k) {
        running += row[k];
        most = running > most ? running : most;
        count[k] = weight * (double)running;
    }
    memset(row, 0, ((size_t)level_count + 1) * sizeof *row);
    return weight * (double)most;
}

static double row_take(rqa_histogram *h, int64_t length, double *count)
{
    const uint32_t width = h->level_count + 1;
    if (length > h->longest) return 0;
    if (h->wide) {
        int64_t *row = h->wide + (size_t)length * width;
        return row_take_wide(row, h->level_count, h->weight, count);
    }
    int32_t *row = h->narrow + (size_t)length * width;
    if (narrow_is_empty(row, width)) return 0;
    return row_take_narrow(row, h->level_count, h->weight, count);
}

static void longest_note(const double *count, double length, uint32_t level_count, int32_t *longest)
{
    for (uint32_t k = 0; k < level_count; ++k)
        if (longest[k] == 0 && count[k] > 0) longest[k] = (int32_t)length;
}

static void counter_add(counter *c, double length, double most, const rqa_logs *logs,
                        uint32_t level_count)
{
    const double *count = c->count;
    for (uint32_t k = 0; k < level_count; ++k) {
        c->line[k] += count[k];
        c->point[k] += length * count[k];
        c->top[k] = c->top[k] == 0 && count[k] > 0 ? length : c->top[k];
    }
    if (most < RQA_LOG_TABLE) {
        for (uint32_t k = 0; k < level_count; ++k)
            c->log[k] += logs->product[(int)count[k]];
        return;
    }
    for (uint32_t k = 0; k < level_count; ++k)
        c->log[k] +=
            count[k] < RQA_LOG_TABLE ? logs->product[(int)count[k]] : count[k] * log(count[k]);
}

/* The state after all lines of at least this length. Where all have one length the entropy is
 * exactly 0, not what the subtraction leaves. */
static void counter_snap(const counter *c, uint32_t index, uint32_t level_count, rqa_sums *sums)
{
    const size_t at = (size_t)index * level_count;
    memcpy(sums->line + at, c->line, level_count * sizeof(double));
    memcpy(sums->point + at, c->point, level_count * sizeof(double));
    if (!sums->entropies) return;
    for (uint32_t k = 0; k < level_count; ++k) {
        const double n = c->line[k];
        double entropy = NAN;
        if (n > 0) entropy = c->point[k] == n * c->top[k] ? 0 : log(n) - c->log[k] / n;
        sums->entropy[at + k] = entropy;
    }
}

void rqa_count(rqa_histogram *h, const rqa_logs *logs, rqa_sums *sums)
{
    const uint32_t levels = h->level_count;
    double *work = sums->work;
    counter c = {work, work + levels, work + 2 * (size_t)levels, work + 3 * (size_t)levels,
                 work + 4 * (size_t)levels};
    memset(work, 0, 5 * (size_t)levels * sizeof(double));
    memset(sums->longest, 0, levels * sizeof(int32_t));
    int64_t length = h->longest;
    if (h->main && h->main_longest > length) length = h->main_longest;
    uint32_t min = sums->min_count;
    for (; min > 0 && sums->min[min - 1] > length; --min)
        counter_snap(&c, min - 1, levels, sums);
    for (; length >= 1; --length) {
        double most = row_take(h, length, c.count);
        const double on_main = h->main && length <= h->main_longest ? h->main[length] : 0;
        if (most > 0) longest_note(c.count, (double)length, levels, sums->longest);
        if (on_main > 0) {
            if (most == 0) memset(c.count, 0, levels * sizeof(double));
            for (uint32_t k = h->main_level; k < levels; ++k)
                c.count[k] += on_main;
        }
        if (most + on_main > 0) counter_add(&c, (double)length, most + on_main, logs, levels);
        for (; min > 0 && sums->min[min - 1] == length; --min)
            counter_snap(&c, min - 1, levels, sums);
    }
    memcpy(sums->point_all, c.point, levels * sizeof(double));
}
