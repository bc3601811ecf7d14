/* rqa_lines_body.h - the line kernels, written once over vectors of eight doubles. Included by
 * rqa_lines_plain.c, _avx2.c and _avx512.c after they have defined, for their instructions:
 *
 *     v8                                  eight doubles
 *     v8_load(p) v8_all(d) v8_store(p, v) unaligned
 *     v8_sub v8_mul v8_add v8_abs
 *     v8_max(a, b)                        the larger one; neither is NaN
 *     v8_known(v)                         infinity where v is NaN, else v
 *     v8_mask(v, bound)                   bit i: v[i] <= bound
 *     v8_pack(p, mask, base, sum, place)  moves the lanes of mask to the front of sum, and base
 *                                         + lane to place; may write 8 elements of both
 *
 * Every v8 operation is exact per lane, so the three builds agree bit by bit. */
#ifndef TANDEM_RQA_LINES_BODY_H
#define TANDEM_RQA_LINES_BODY_H
#include "rqa_lines.h"

#include <math.h>
#include <string.h>

#define ALWAYS static inline __attribute__((always_inline))

/* Where the two samples of a term come from. On a diagonal both move with the position; on a row
 * the second stays. The pointers are at the tile's first position, for lag 0. */
typedef struct source {
    const double *ax, *ay, *bx, *by;
} source;

typedef struct shape {
    rqa_norm norm;
    bool two, row;
} shape;

ALWAYS v8 term_of(shape s, const double *a, const double *b, size_t at)
{
    const v8 d = v8_sub(v8_load(a + at), s.row ? v8_all(*b) : v8_load(b + at));
    if (s.norm == RQA_L2) return v8_mul(d, d);
    /* A sum that is NaN stays NaN, but a maximum with NaN would forget it. */
    return s.norm == RQA_L1 ? v8_abs(d) : v8_known(v8_abs(d));
}

ALWAYS v8 term_join(shape s, v8 sum, v8 term)
{
    return s.norm == RQA_MAX ? v8_max(sum, term) : v8_add(sum, term);
}

/* A block of 8 positions with something left in it: the first one, and a bit for each that is. */
ALWAYS uint32_t block_make(uint32_t first, uint32_t mask)
{
    return first << 8 | mask;
}

ALWAYS uint32_t block_first(uint32_t block)
{
    return block >> 8;
}

ALWAYS uint32_t block_mask(uint32_t block)
{
    return block & 255;
}

/* Takes the positions from count on out of the last block, now and for every later m. */
static uint32_t tile_trim(rqa_tile *tile, uint32_t count, uint32_t left)
{
    if (left == 0 || block_first(tile->block[left - 1]) != count / 8 * 8) return left;
    for (uint32_t at = count; at % 8; ++at)
        tile->sum[at] = INFINITY;
    tile->block[left - 1] &= ~255u | ((1u << count % 8) - 1);
    return block_mask(tile->block[left - 1]) ? left : left - 1;
}

/* m = 1: every position of the tile. Gives the number of blocks that have something left. */
ALWAYS uint32_t tile_first(shape s, rqa_tile *tile, source from, uint32_t count, double bound)
{
    uint32_t left = 0;
    for (uint32_t at = 0; at < count; at += 8) {
        v8 sum = term_of(s, from.ax, from.bx, at);
        if (s.two) sum = term_join(s, sum, term_of(s, from.ay, from.by, at));
        v8_store(tile->sum + at, sum);
        const uint32_t mask = v8_mask(sum, bound);
        tile->block[left] = block_make(at, mask);
        left += mask != 0;
    }
    return count % 8 ? tile_trim(tile, count, left) : left;
}

/* The next m: one more lag for the blocks that are left. */
ALWAYS uint32_t tile_step(shape s, rqa_tile *tile, source from, uint32_t count, double bound)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < count; ++i) {
        const uint32_t at = block_first(tile->block[i]);
        v8 sum = term_join(s, v8_load(tile->sum + at), term_of(s, from.ax, from.bx, at));
        if (s.two) sum = term_join(s, sum, term_of(s, from.ay, from.by, at));
        v8_store(tile->sum + at, sum);
        const uint32_t mask = v8_mask(sum, bound);
        tile->block[left] = block_make(at, mask);
        left += mask != 0;
    }
    return left;
}

typedef struct walk {
    uint32_t (*first)(rqa_tile *tile, source from, uint32_t count, double bound);
    uint32_t (*next)(rqa_tile *tile, source from, uint32_t count, double bound);
} walk;

#define STEPS(name, norm, two, row)                                                         \
    static uint32_t first_##name(rqa_tile *tile, source from, uint32_t count, double bound) \
    {                                                                                       \
        return tile_first((shape){norm, two, row}, tile, from, count, bound);               \
    }                                                                                       \
    static uint32_t next_##name(rqa_tile *tile, source from, uint32_t count, double bound)  \
    {                                                                                       \
        return tile_step((shape){norm, two, row}, tile, from, count, bound);                \
    }
STEPS(l1_diagonal, RQA_L1, false, false)
STEPS(l2_diagonal, RQA_L2, false, false)
STEPS(max_diagonal, RQA_MAX, false, false)
STEPS(l1_two_diagonal, RQA_L1, true, false)
STEPS(l2_two_diagonal, RQA_L2, true, false)
STEPS(max_two_diagonal, RQA_MAX, true, false)
STEPS(l1_row, RQA_L1, false, true)
STEPS(l2_row, RQA_L2, false, true)
STEPS(max_row, RQA_MAX, false, true)
STEPS(l1_two_row, RQA_L1, true, true)
STEPS(l2_two_row, RQA_L2, true, true)
STEPS(max_two_row, RQA_MAX, true, true)

/* clang-format off */
#define BOTH(name) {first_##name, next_##name}
/* clang-format on */

/* [row][two][norm] */
static const walk walk_of[2][2][3] = {
    {{BOTH(l1_diagonal), BOTH(l2_diagonal), BOTH(max_diagonal)},
     {BOTH(l1_two_diagonal), BOTH(l2_two_diagonal), BOTH(max_two_diagonal)}},
    {{BOTH(l1_row), BOTH(l2_row), BOTH(max_row)},
     {BOTH(l1_two_row), BOTH(l2_two_row), BOTH(max_two_row)}},
};

/* ---- Runs of many thresholds: the monotone stack --------------------------------------------- */

/* The stack holds the open runs: levels fall from bottom to top, starts rise. Entry e means that
 * the thresholds from e.level up to the level below it in the stack have a run since e.start.
 * stack[0] is a sentinel with a level that no threshold has. */
static void runs_close(rqa_chain *chain)
{
    const int32_t width = (int32_t)chain->levels->count + 1;
    if (chain->top == 0) return;
    const int64_t longest = chain->next - chain->stack[1].start;
    if (longest > chain->longest) chain->longest = longest;
    for (const rqa_run *run = chain->stack + chain->top; run > chain->stack; --run) {
        int32_t *row = chain->lines + (ptrdiff_t)(chain->next - run->start) * width;
        row[run->level] += 1;
        row[run[-1].level] -= 1;
    }
    chain->top = 0;
}

static void runs_add(rqa_chain *chain, const rqa_tile *tile, uint32_t count)
{
    const ptrdiff_t width = (ptrdiff_t)chain->levels->count + 1;
    int32_t *const lines = chain->lines;
    rqa_run *top = chain->stack + chain->top;
    int32_t next = chain->next;
    for (uint32_t i = 0; i < count; ++i) {
        const int32_t at = tile->place[i], level = tile->level[i];
        if (at != next) {
            chain->top = (int32_t)(top - chain->stack);
            chain->next = next;
            runs_close(chain);
            top = chain->stack;
        }
        next = at + 1;
        int32_t start = at;
        while (top->level < level) {
            const int32_t below = top[-1].level;
            int32_t *row = lines + (at - top->start) * width;
            row[top->level] += 1;
            row[below < level ? below : level] -= 1;
            start = top->start;
            top -= 1;
        }
        top[1] = (rqa_run){level, start};
        top += top->level != level;
    }
    chain->top = (int32_t)(top - chain->stack);
    chain->next = next;
}

/* Packs what is left of the tile and gives each position its level. Levels of count, which do not
 * recur at this m, only come where the bound is looser than the last limit. */
static void runs_of_levels(rqa_chain *chain, rqa_tile *tile, uint32_t left, int32_t first)
{
    const rqa_levels *levels = chain->levels;
    uint32_t count = 0;
    for (uint32_t i = 0; i < left; ++i) {
        const uint32_t at = block_first(tile->block[i]), mask = block_mask(tile->block[i]);
        v8_pack(tile->sum + at, mask, first + (int32_t)at, tile->packed + count,
                tile->place + count);
        count += (uint32_t)__builtin_popcount(mask);
    }
    if (chain->bound > levels->limit[levels->count - 1]) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < count; ++i) {
            const uint32_t level = rqa_level(levels, tile->packed[i]);
            tile->place[kept] = tile->place[i];
            tile->level[kept] = (uint16_t)level;
            kept += level < levels->count;
        }
        count = kept;
    } else if (levels->bucket_max > 1) {
        for (uint32_t i = 0; i < count; ++i)
            tile->level[i] = (uint16_t)rqa_level(levels, tile->packed[i]);
    } else {
        for (uint32_t i = 0; i < count; ++i) {
            const double sum = tile->packed[i];
            double place = sum * levels->scale;
            place = place < levels->bucket_last ? place : levels->bucket_last;
            const uint32_t level = levels->guess[(int32_t)place];
            tile->level[i] = (uint16_t)(level + (sum > levels->limit[level]));
        }
    }
    runs_add(chain, tile, count);
}

/* ---- Runs of one threshold: bits ------------------------------------------------------------- */

/* Edges of the bit string, where a run starts or ends, alternate. chain->top is 1 while a run is
 * open, and chain->next is then where it started. */
static void runs_of_bits(rqa_chain *chain, rqa_tile *tile, uint32_t left, uint32_t count,
                         int32_t first)
{
    const uint32_t word_count = (count + 63) / 64;
    memset(tile->bits, 0, word_count * sizeof tile->bits[0]);
    for (uint32_t i = 0; i < left; ++i) {
        const uint32_t at = block_first(tile->block[i]);
        tile->bits[at / 64] |= (uint64_t)block_mask(tile->block[i]) << at % 64;
    }
    uint64_t carry = (uint64_t)chain->top;
    uint32_t edge_count = 0;
    int32_t *const edge = tile->place;
    if (carry) edge[edge_count++] = chain->next;
    for (uint32_t w = 0; w < word_count; ++w) {
        const uint64_t word = tile->bits[w];
        uint64_t edges = word ^ (word << 1 | carry);
        carry = word >> 63;
        for (; edges; edges &= edges - 1)
            edge[edge_count++] = first + (int32_t)(w * 64) + __builtin_ctzll(edges);
    }
    int64_t longest = chain->longest;
    for (uint32_t i = 0; i + 1 < edge_count; i += 2) {
        const int32_t length = edge[i + 1] - edge[i];
        chain->lines[(ptrdiff_t)length * 2] += 1;
        longest = length > longest ? length : longest;
    }
    chain->longest = longest;
    chain->top = (int32_t)(edge_count & 1);
    if (chain->top) chain->next = edge[edge_count - 1];
}

static void bits_close(rqa_chain *chain, int32_t end)
{
    if (chain->top == 0) return;
    const int32_t length = end - chain->next;
    chain->lines[(ptrdiff_t)length * 2] += 1;
    if (length > chain->longest) chain->longest = length;
    chain->top = 0;
}

/* ---- Lines ----------------------------------------------------------------------------------- */

/* One threshold, and the bound is exactly it: then the masks are the recurrence plot. */
ALWAYS bool chain_is_bits(const rqa_chain *chain)
{
    return chain->levels->count == 1 && chain->bound == chain->levels->limit[0];
}

ALWAYS void chain_add(rqa_chain *chain, rqa_tile *tile, uint32_t left, uint32_t count,
                      int32_t first)
{
    if (!chain->levels) return;
    if (chain_is_bits(chain)) runs_of_bits(chain, tile, left, count, first);
    else if (left > 0) runs_of_levels(chain, tile, left, first);
}

/* A stretch of one line: positions first..stop-1. Position p takes part at lag j while p + j tau
 * < end, and a line as a whole up to lag_max. from is at position 0, lag 0. */
typedef struct stretch {
    source from;
    uint64_t first, stop, end, lag_max;
} stretch;

/* Runs of bits that the tile before left open, and that nothing continues. */
static void chain_cut(rqa_lines *lines, uint32_t m, int32_t first)
{
    for (; m < lines->chain_count; ++m) {
        rqa_chain *chain = &lines->chain[m];
        if (chain->levels && chain_is_bits(chain)) bits_close(chain, first);
    }
}

/* One tile of a stretch through the chain; gives the number of m that it reached. */
ALWAYS uint32_t stretch_tile(rqa_lines *lines, const walk *walker, bool row, const stretch *s,
                             uint64_t first)
{
    rqa_tile *tile = lines->tile;
    const uint64_t rest = s->stop - first;
    const uint32_t count = rest < RQA_TILE ? (uint32_t)rest : RQA_TILE;
    const bool two = lines->y != NULL;
    source from = s->from;
    from.ax += first;
    if (!row) from.bx += first;
    if (two) from.ay += first;
    if (two && !row) from.by += first;
    uint32_t left = walker->first(tile, from, count, lines->chain[0].bound);
    chain_add(&lines->chain[0], tile, left, count, (int32_t)first);
    uint32_t m = 1;
    for (; m < lines->chain_count && m <= s->lag_max; ++m) {
        const uint64_t lag = m * lines->tau;
        while (left > 0 && first + block_first(tile->block[left - 1]) + lag >= s->end)
            left -= 1;
        if (left == 0) break;
        from.ax += lines->tau;
        from.bx += lines->tau;
        if (two) from.ay += lines->tau;
        if (two) from.by += lines->tau;
        left = walker->next(tile, from, left, lines->chain[m].bound);
        chain_add(&lines->chain[m], tile, left, count, (int32_t)first);
    }
    if (first > s->first && m < lines->chain_count) chain_cut(lines, m, (int32_t)first);
    return m;
}

ALWAYS void stretch_walk(rqa_lines *lines, const walk *walker, bool row, const stretch *s)
{
    uint32_t reached = 0;
    for (uint64_t first = s->first; first < s->stop; first += RQA_TILE) {
        const uint32_t m = stretch_tile(lines, walker, row, s, first);
        reached = m > reached ? m : reached;
    }
    for (uint32_t m = 0; m < reached; ++m) {
        rqa_chain *chain = &lines->chain[m];
        if (!chain->levels) continue;
        if (chain_is_bits(chain)) bits_close(chain, (int32_t)s->stop);
        else runs_close(chain);
    }
}

static void lines_diagonals(rqa_lines *lines, uint64_t first, uint64_t count)
{
    const bool two = lines->y != NULL;
    const walk *walker = &walk_of[0][two][lines->norm];
    for (uint64_t k = first; k < first + count; ++k) {
        const stretch s = {{lines->x, lines->y, lines->x + k, two ? lines->y + k : NULL},
                           0,
                           lines->count - k,
                           lines->count - k,
                           UINT64_MAX};
        stretch_walk(lines, walker, false, &s);
    }
}

static void lines_rows(rqa_lines *lines, uint64_t first, uint64_t count)
{
    const bool two = lines->y != NULL;
    const walk *walker = &walk_of[1][two][lines->norm];
    const uint64_t window = lines->window;
    for (uint64_t i = first; i < first + count; ++i) {
        stretch s = {{lines->x, lines->y, lines->x + i, two ? lines->y + i : NULL},
                     0,
                     lines->count,
                     lines->count,
                     (lines->count - 1 - i) / lines->tau};
        if (window > 0) {
            s.stop = i + 1 > window ? i + 1 - window : 0;
            stretch_walk(lines, walker, true, &s);
            s.first = i + window;
            s.stop = lines->count;
        }
        stretch_walk(lines, walker, true, &s);
    }
}
#endif
