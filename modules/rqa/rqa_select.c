/* rqa_select.c - exact selection by digits of the bit pattern. */
#include "rqa_select.h"

#include <math.h>
#include <string.h>

#include "rqa_lines.h"

#define FIRST_BITS  16
#define DIGIT_BITS  12 /* the four digits that follow */
#define DIGIT_COUNT (1u << DIGIT_BITS)
#define KEPT_MAX    (1u << 18) /* pairs that are kept instead of computed again */
#define NO_PREFIX   UINT32_MAX

typedef struct target {
    uint64_t prefix, rank;
    uint32_t slot;
} target;

typedef struct selection {
    uint64_t *first;  /* [1 << FIRST_BITS] counts, then slots of the prefixes */
    uint64_t *digit;  /* [rank_count][DIGIT_COUNT] */
    uint64_t *prefix; /* [rank_count], ascending: those that are looked into */
    target *target;   /* [rank_count] */
    double *kept;
    uint64_t kept_count;
    uint32_t prefix_count, target_count, shift;
    double tile[RQA_TILE];
} selection;

size_t rqa_select_bytes(uint32_t rank_count)
{
    return sizeof(selection) + sizeof(uint64_t) * ((size_t)1 << FIRST_BITS) +
           (size_t)rank_count *
               (DIGIT_COUNT * sizeof(uint64_t) + sizeof(uint64_t) + sizeof(target)) +
           KEPT_MAX * sizeof(double);
}

static selection *selection_place(void *memory, uint32_t rank_count)
{
    selection *s = memory;
    s->first = (uint64_t *)(s + 1);
    s->digit = s->first + ((size_t)1 << FIRST_BITS);
    s->prefix = s->digit + (size_t)rank_count * DIGIT_COUNT;
    s->target = (target *)(s->prefix + rank_count);
    s->kept = (double *)(s->target + rank_count);
    return s;
}

static double term(const double *x, uint64_t a, uint64_t b, rqa_norm norm)
{
    const double d = x[a] - x[b];
    return norm == RQA_L2 ? d * d : fabs(d);
}

static double join(double sum, double term_value, rqa_norm norm)
{
    if (norm != RQA_MAX) return sum + term_value;
    return isnan(sum) || sum > term_value ? sum : term_value;
}

/* S of the pairs (first + i, first + i + k). */
static void tile_sums(const rqa_pairs *pairs, uint64_t k, uint64_t first, uint32_t count,
                      double *sum)
{
    const double *x = pairs->samples->x, *y = pairs->samples->y;
    const rqa_norm norm = pairs->norm;
    memset(sum, 0, count * sizeof *sum);
    for (uint64_t lag = 0; lag < pairs->m; ++lag) {
        const uint64_t a = first + lag * pairs->tau, b = a + k;
        for (uint32_t i = 0; i < count; ++i) {
            sum[i] = join(sum[i], term(x, a + i, b + i, norm), norm);
            if (y) sum[i] = join(sum[i], term(y, a + i, b + i, norm), norm);
        }
    }
}

static uint64_t bits_of(double sum)
{
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    return bits;
}

static double of_bits(uint64_t bits)
{
    double sum;
    memcpy(&sum, &bits, sizeof sum);
    return sum;
}

/* Finite ones only: a distance that is not a number, or overflows, never recurs. */
static void count_first(selection *s, const double *sum, uint64_t count)
{
    for (uint64_t i = 0; i < count; ++i)
        if (sum[i] <= 0x1.fffffffffffffp1023) s->first[bits_of(sum[i]) >> (64 - FIRST_BITS)] += 1;
}

static void count_digit(selection *s, const double *sum, uint64_t count)
{
    const uint32_t above = s->shift + DIGIT_BITS;
    for (uint64_t i = 0; i < count; ++i) {
        if (!(sum[i] <= 0x1.fffffffffffffp1023)) continue;
        const uint64_t bits = bits_of(sum[i]), prefix = bits >> above;
        uint64_t slot = s->first[bits >> (64 - FIRST_BITS)];
        for (; slot < s->prefix_count && s->prefix[slot] < prefix; ++slot) {}
        if (slot < s->prefix_count && s->prefix[slot] == prefix)
            s->digit[slot * DIGIT_COUNT + (bits >> s->shift & (DIGIT_COUNT - 1))] += 1;
    }
}

typedef void (*count_fn)(selection *s, const double *sum, uint64_t count);

static bool pass(selection *s, const rqa_pairs *pairs, count_fn count, bool keep,
                 bool (*stop)(const void *), const void *of)
{
    const uint64_t n = rqa_vector_count(pairs->samples->count, pairs->m, pairs->tau);
    if (!keep && s->kept_count) {
        count(s, s->kept, s->kept_count);
        return true;
    }
    uint64_t work = 0;
    for (uint64_t k = 1; k < n; ++k) {
        for (uint64_t first = 0; first < n - k; first += RQA_TILE) {
            const uint64_t rest = n - k - first;
            const uint32_t size = rest < RQA_TILE ? (uint32_t)rest : RQA_TILE;
            double *sum = keep ? s->kept + s->kept_count : s->tile;
            tile_sums(pairs, k, first, size, sum);
            if (keep) s->kept_count += size;
            count(s, sum, size);
            work += size * pairs->m;
        }
        if (work < 1u << 22) continue;
        if (stop && stop(of)) return false;
        work = 0;
    }
    return true;
}

/* The digit of a target within a histogram; its rank becomes the rank among those of that digit.
 * Answers the last digit that occurs when the rank lies past all. */
static uint64_t digit_find(const uint64_t *count, uint32_t digit_count, uint64_t *rank)
{
    uint64_t before = 0, last = 0, last_before = 0;
    for (uint32_t d = 0; d < digit_count; ++d) {
        if (count[d] == 0) continue;
        last = d;
        last_before = before;
        if (before + count[d] >= *rank) break;
        before += count[d];
    }
    *rank = *rank > last_before + count[last] ? count[last] : *rank - last_before;
    return last;
}

/* The prefixes that targets have, once each, and where those of equal first bits begin. */
static void prefixes_note(selection *s)
{
    s->prefix_count = 0;
    for (uint32_t i = 0; i < s->target_count; ++i) {
        target *t = &s->target[i];
        if (s->prefix_count == 0 || s->prefix[s->prefix_count - 1] != t->prefix)
            s->prefix[s->prefix_count++] = t->prefix;
        t->slot = s->prefix_count - 1;
    }
    memset(s->first, 0xff, sizeof(uint64_t) << FIRST_BITS);
    const uint32_t known = 64 - s->shift - DIGIT_BITS;
    for (uint32_t p = s->prefix_count; p-- > 0;)
        s->first[s->prefix[p] >> (known - FIRST_BITS)] = p;
    memset(s->digit, 0, sizeof(uint64_t) * DIGIT_COUNT * s->prefix_count);
}

bool rqa_select(const rqa_pairs *pairs, const uint64_t *rank, uint32_t rank_count, double *sum,
                void *memory, bool (*stop)(const void *), const void *of)
{
    selection *s = selection_place(memory, rank_count);
    const uint64_t n = rqa_vector_count(pairs->samples->count, pairs->m, pairs->tau);
    const bool keep = n < 2 || n * (n - 1) / 2 <= KEPT_MAX;
    s->kept_count = 0;
    s->target_count = rank_count;
    memset(s->first, 0, sizeof(uint64_t) << FIRST_BITS);
    if (!pass(s, pairs, count_first, keep, stop, of)) return false;
    uint64_t any = 0;
    for (uint32_t d = 0; d < 1u << FIRST_BITS; ++d)
        any |= s->first[d];
    for (uint32_t i = 0; i < rank_count; ++i) {
        target *t = &s->target[i];
        t->rank = rank[i] ? rank[i] : 1;
        t->prefix = any ? digit_find(s->first, 1u << FIRST_BITS, &t->rank) : 0;
    }
    for (s->shift = 64 - FIRST_BITS - DIGIT_BITS; any; s->shift -= DIGIT_BITS) {
        prefixes_note(s);
        if (!pass(s, pairs, count_digit, false, stop, of)) return false;
        for (uint32_t i = 0; i < rank_count; ++i) {
            target *t = &s->target[i];
            const uint64_t *count = s->digit + (size_t)t->slot * DIGIT_COUNT;
            t->prefix = t->prefix << DIGIT_BITS | digit_find(count, DIGIT_COUNT, &t->rank);
        }
        if (s->shift == 0) break;
    }
    for (uint32_t i = 0; i < rank_count; ++i)
        sum[i] = rank[i] == 0 ? 0 : any ? of_bits(s->target[i].prefix) : NAN;
    return true;
}
