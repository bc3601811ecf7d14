/* test_lines.c - limits, levels and line histograms, and that all instruction sets agree. */
#include "../check.h"
#include "modules/rqa/rqa_lines.h"

/* ---- Limits ---------------------------------------------------------------------------------- */

static double random_positive(void)
{
    const int kind = (int)(check_random() % 4);
    const double unit = check_random_unit();
    if (kind == 0) return unit;
    if (kind == 1) return floor(unit * 1000) * 0.001;
    return ldexp(unit, (int)(check_random() % 600) - 300);
}

static double distance_of(double sum, rqa_norm norm)
{
    return norm == RQA_L2 ? sqrt(sum) : sum;
}

static void limit_check(double eps, rqa_norm norm, bool strict)
{
    const double limit = rqa_limit(eps, norm, strict);
    if (limit < 0) {
        CHECK(!(strict ? 0.0 < eps : 0.0 <= eps));
        return;
    }
    const double at = distance_of(limit, norm);
    CHECK(strict ? at < eps : at <= eps);
    const double above = distance_of(nextafter(limit, INFINITY), norm);
    CHECK(isinf(above) || !(strict ? above < eps : above <= eps));
}

TEST(limit_is_the_largest_sum_that_recurs)
{
    for (int i = 0; i < 200000; ++i) {
        const double eps = random_positive();
        limit_check(eps, (rqa_norm)(i % 3), i & 8);
    }
    static const double odd[] = {0,
                                 0x1p-1074,
                                 1e-320,
                                 1e-200,
                                 1e-160,
                                 1,
                                 1e150,
                                 1e154,
                                 1.35e154,
                                 1e300,
                                 0x1.fffffffffffffp1023};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; ++i)
        for (int n = 0; n < 3; ++n) {
            limit_check(odd[i], (rqa_norm)n, false);
            limit_check(odd[i], (rqa_norm)n, true);
        }
    CHECK(rqa_limit(NAN, RQA_L1, false) < 0);
    CHECK(rqa_limit(NAN, RQA_L2, false) < 0);
    CHECK(rqa_limit(0, RQA_L2, true) < 0);
    CHECK(rqa_limit(0, RQA_MAX, true) < 0);
    CHECK_NEAR(0, rqa_limit(0, RQA_L2, false), 0);
}

/* ---- Levels ---------------------------------------------------------------------------------- */

static int double_order(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Thresholds of any kind, also many that are equal or crowd together. */
static void limits_make(rqa_levels *levels, uint32_t count, int kind)
{
    for (uint32_t k = 0; k < count; ++k) {
        double limit = check_random_unit();
        if (kind == 1) limit = ldexp(limit, (int)(check_random() % 1800) - 900);
        if (kind == 2) limit = 1 + floor(limit * 4) * 0x1p-52;
        if (kind == 3) limit = k * 0.001;
        if (kind == 4) limit = limit < 0.3 ? -1 : 0;
        levels->limit[k] = limit;
    }
    qsort(levels->limit, count, sizeof(double), double_order);
    rqa_levels_build(levels);
}

static void level_check(const rqa_levels *levels, double sum)
{
    uint32_t level = 0;
    while (level < levels->count && sum > levels->limit[level])
        level += 1;
    CHECK_INT(level, rqa_level(levels, sum));
}

TEST(level_is_the_first_limit_that_admits)
{
    for (int round = 0; round < 300; ++round) {
        const uint32_t count = 1 + (uint32_t)(check_random() % 200);
        rqa_levels levels;
        void *memory = malloc(rqa_levels_bytes(count));
        rqa_levels_place(&levels, count, memory);
        limits_make(&levels, count, round % 5);
        for (int i = 0; i < 500; ++i)
            level_check(&levels, random_positive());
        for (uint32_t k = 0; k < count; ++k) {
            const double limit = levels.limit[k];
            if (limit < 0) continue;
            level_check(&levels, limit);
            level_check(&levels, nextafter(limit, INFINITY));
            if (limit > 0) level_check(&levels, nextafter(limit, 0));
        }
        level_check(&levels, 0);
        level_check(&levels, 1e308);
        free(memory);
    }
}

/* ---- Histograms ------------------------------------------------------------------------------ */

#define COUNT_MAX 2600 /* more than two tiles */
#define LEVELS    7

typedef struct scene {
    double x[COUNT_MAX + RQA_PAD], y[COUNT_MAX + RQA_PAD];
    uint64_t count, tau, window;
    rqa_norm norm;
    bool two, vertical, loose;
    uint32_t m_count, level_count;
    double limit[LEVELS];
} scene;

static void scene_make(scene *s, int round)
{
    const int kind = (int)(check_random() % 3);
    s->count = round % 8 == 0 ? 1000 + check_random() % (round % 16 ? 1600 : 200)
                              : 2 + check_random() % 300;
    s->tau = 1 + check_random() % 9;
    s->window = check_random() % 5;
    s->norm = (rqa_norm)(check_random() % 3);
    s->two = check_random() & 1;
    s->vertical = check_random() & 1;
    s->loose = check_random() % 4 == 0;
    s->m_count = 1 + (uint32_t)(check_random() % 4);
    s->level_count = check_random() & 1 ? 1 : 1 + (uint32_t)(check_random() % LEVELS);
    for (uint64_t i = 0; i < s->count; ++i) {
        s->x[i] = kind == 0 ? check_random_unit() : sin((double)i * 0.05) + 1e-3 * kind;
        s->y[i] = kind == 1 ? floor(check_random_unit() * 4) / 4 : cos((double)i * 0.05);
        if (check_random() % 200 == 0) s->x[i] = s->y[i] = NAN;
    }
    for (int i = 0; i < RQA_PAD; ++i)
        s->x[s->count + i] = s->y[s->count + i] = NAN;
    for (uint32_t k = 0; k < s->level_count; ++k)
        s->limit[k] = (k + 1) * (0.02 + 0.1 * check_random_unit());
    qsort(s->limit, s->level_count, sizeof(double), double_order);
}

typedef struct outcome {
    int32_t *lines; /* [m_count][count + 1][level_count + 1] */
    int64_t longest[4];
    size_t size;
} outcome;

static outcome scene_run(const scene *s, const rqa_isa *isa, uint64_t chunk)
{
    const size_t width = s->level_count + 1, rows = s->count + 1;
    outcome out = {
        calloc(s->m_count * rows * width, sizeof(int32_t)), {0}, s->m_count * rows * width};
    rqa_levels levels;
    void *memory = malloc(rqa_levels_bytes(s->level_count));
    rqa_chain chain[4];
    rqa_run stack[4][LEVELS + 2];
    rqa_tile *tile = malloc(sizeof *tile);
    memset(tile, 0xa5, sizeof *tile);
    rqa_levels_place(&levels, s->level_count, memory);
    memcpy(levels.limit, s->limit, s->level_count * sizeof(double));
    rqa_levels_build(&levels);
    for (uint32_t m = 0; m < s->m_count; ++m) {
        const double top = s->limit[s->level_count - 1];
        chain[m] = (rqa_chain){s->loose ? top * (8 - m) : top,
                               &levels,
                               out.lines + m * rows * width,
                               0,
                               stack[m],
                               0,
                               0};
        stack[m][0] = (rqa_run){(int32_t)s->level_count, 0};
    }
    rqa_lines lines = {s->x,      s->two ? s->y : NULL, s->count, s->tau, s->norm,
                       s->window, s->m_count,           chain,    tile};
    const uint64_t first = s->vertical ? 0 : 1;
    for (uint64_t line = first; line < s->count; line += chunk) {
        const uint64_t some = chunk < s->count - line ? chunk : s->count - line;
        if (s->vertical) isa->rows(&lines, line, some);
        else isa->diagonals(&lines, line, some);
    }
    for (uint32_t m = 0; m < s->m_count; ++m)
        out.longest[m] = chain[m].longest;
    free(tile);
    free(memory);
    return out;
}

/* S and whether (i, j) recurs at each level, for the plain count. */
static uint32_t plain_level(const scene *s, uint64_t i, uint64_t j, uint32_t m)
{
    const rqa_mode mode = {s->two ? RQA_XY : RQA_X, s->norm};
    const rqa_track track = {s->x, s->y, s->count};
    double sum = 0;
    if (s->norm == RQA_L2) {
        for (uint64_t lag = 0; lag < m; ++lag) {
            const double dx = s->x[i + lag * s->tau] - s->x[j + lag * s->tau];
            const double dy = s->y[i + lag * s->tau] - s->y[j + lag * s->tau];
            sum += dx * dx;
            if (s->two) sum += dy * dy;
        }
    } else {
        sum = rqa_distance(&track, mode, m, s->tau, i, j);
    }
    uint32_t level = 0;
    while (level < s->level_count && !(sum <= s->limit[level]))
        level += 1;
    return level;
}

/* Runs of one line at every level, the plain way. */
static void plain_line(const scene *s, int32_t *lines, uint32_t m, uint64_t line, uint64_t n)
{
    static uint32_t level[COUNT_MAX];
    const size_t width = s->level_count;
    const uint64_t length = s->vertical ? n : n - line;
    for (uint64_t p = 0; p < length; ++p) {
        const uint64_t other = s->vertical ? line : p + line;
        const uint64_t apart = p > other ? p - other : other - p;
        const bool out = s->vertical && apart < s->window;
        level[p] = out ? s->level_count : plain_level(s, p, other, m);
    }
    for (uint32_t k = 0; k < width; ++k) {
        uint64_t run = 0;
        for (uint64_t p = 0; p <= length; ++p) {
            if (p < length && level[p] <= k) run += 1;
            else if (run > 0) lines[run * width + k] += 1, run = 0;
        }
    }
}

static void compare_plain(const scene *s, const outcome *got)
{
    const size_t width = s->level_count, rows = s->count + 1;
    for (uint32_t m = 1; m <= s->m_count; ++m) {
        const uint64_t n = rqa_vector_count(s->count, m, s->tau);
        int32_t *plain = calloc(rows * width, sizeof *plain);
        for (uint64_t line = s->vertical ? 0 : 1; line < n; ++line)
            plain_line(s, plain, m, line, n);
        for (size_t row = 1; row < rows; ++row) {
            const int32_t *difference = got->lines + ((m - 1) * rows + row) * (width + 1);
            int32_t running = 0;
            for (size_t level = 0; level < width; ++level) {
                running += difference[level];
                CHECK_INT(plain[row * width + level], running);
            }
            if (running) CHECK((int64_t)row <= got->longest[m - 1]);
        }
        free(plain);
    }
}

TEST(instruction_sets_agree_with_each_other_and_the_plain_count)
{
    static const char *const names[] = {"plain", "avx2", "avx512"};
    static scene s;
    for (int round = 0; round < 160; ++round) {
        outcome first = {NULL, {0}, 0};
        scene_make(&s, round);
        for (int i = 0; i < 3; ++i) {
            const rqa_isa *isa = NULL;
            if (rqa_isa_choose(names[i], &isa, NULL)) continue;
            CHECK_TEXT(names[i], isa->name);
            outcome here = scene_run(&s, isa, i == 1 ? 3 : 1000);
            if (!first.lines) {
                first = here;
                if (s.count < 130 || round % 16 == 0) compare_plain(&s, &first);
                continue;
            }
            CHECK(memcmp(first.lines, here.lines, here.size * sizeof(int32_t)) == 0);
            for (uint32_t m = 0; m < s.m_count; ++m)
                CHECK_INT(first.longest[m], here.longest[m]);
            free(here.lines);
        }
        free(first.lines);
    }
}

TEST(isa_by_name)
{
    const rqa_isa *isa = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, rqa_isa_choose("auto", &isa, &err), &err);
    CHECK_STATUS(TD_OK, rqa_isa_choose("plain", &isa, &err), &err);
    CHECK_INT(TD_E_BAD_ARGUMENT, rqa_isa_choose("sse9", &isa, &err));
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){RUN(limit_is_the_largest_sum_that_recurs),
                       RUN(level_is_the_first_limit_that_admits),
                       RUN(instruction_sets_agree_with_each_other_and_the_plain_count),
                       RUN(isa_by_name),
                       {0}});
}
