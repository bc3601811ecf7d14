/* busy.c - the union of intervals, in bounded memory. */
#include "sweep/busy.h"

#include <string.h>

#include "core/memory.h"

static void busy_fold(busy *b)
{
    const uint32_t half = b->count / 2;
    for (uint32_t i = 0; i < half; ++i)
        b->seconds += b->span[i].end - b->span[i].begin;
    b->floor = b->span[half - 1].end;
    b->count -= half;
    memmove(b->span, b->span + half, b->count * sizeof *b->span);
}

void busy_add(busy *b, const td_allocator *allocator, busy_span span)
{
    if (!b->span) b->span = memory_array(allocator, BUSY_SPANS_MAX, sizeof *b->span);
    if (!b->span) return;
    if (b->floor > 0.0 && span.begin < b->floor) span.begin = b->floor;
    if (!(span.end > span.begin)) return;
    if (b->count == BUSY_SPANS_MAX) busy_fold(b);
    /* New spans are mostly the latest: first and last are those that it touches. */
    uint32_t first = b->count;
    while (first > 0 && b->span[first - 1].end >= span.begin)
        first -= 1;
    uint32_t last = first;
    for (; last < b->count && b->span[last].begin <= span.end; ++last) {
        if (b->span[last].begin < span.begin) span.begin = b->span[last].begin;
        if (b->span[last].end > span.end) span.end = b->span[last].end;
    }
    memmove(&b->span[first + 1], &b->span[last], (b->count - last) * sizeof *b->span);
    b->span[first] = span;
    b->count = b->count + 1 - (last - first);
}

double busy_seconds(const busy *b)
{
    double seconds = b->seconds;
    for (uint32_t i = 0; i < b->count; ++i)
        seconds += b->span[i].end - b->span[i].begin;
    return seconds;
}

void busy_free(busy *b)
{
    memory_give(b->span);
    *b = (busy){0};
}
