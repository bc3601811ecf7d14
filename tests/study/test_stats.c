/* The tests of groups against SciPy's answers (golden_stats.csv, see make_golden_stats.py), the
 * stated edges, and a brute-force count for Mann-Whitney. */
#include "study/stats.h"

#include "study/pvalue.h"
#include "study/ranks.h"
#include "tests/check.h"

#include <stdbool.h>

#define VALUES_MAX 1024u
#define LINE_BYTES 65536u

static char line[LINE_BYTES];
static double values[VALUES_MAX], second[VALUES_MAX];
static int32_t groups[VALUES_MAX];

static FILE *golden(void)
{
    char path[1024];
    const char *source = getenv("TANDEM_SOURCE");
    snprintf(path, sizeof path, "%s/tests/study/golden_stats.csv", source ? source : ".");
    FILE *file = fopen(path, "r");
    if (!file) CHECK_FAIL("cannot open %s", path);
    return file;
}

static uint32_t read_numbers(FILE *file, double *out)
{
    uint32_t count = 0;
    CHECK(fgets(line, sizeof line, file));
    for (char *at = line; count < VALUES_MAX; ++at) {
        out[count++] = strtod(at, &at);
        if (*at != ',') break;
    }
    return count;
}

static stats_scratch *scratch_for(uint32_t count)
{
    void *memory = NULL;
    CHECK(posix_memalign(&memory, 64, stats_scratch_bytes(count)) == 0);
    return stats_scratch_make(memory, count);
}

/* 1e-9 absolute and relative; p-values relative alone, however small they are. */
static void check_value(const char *name, const char *what, double expected, double actual,
                        bool is_p)
{
    if (isnan(expected) && isnan(actual)) return;
    const double allowed = is_p ? 1e-8 * fabs(expected) : 1e-9 * fmax(1.0, fabs(expected));
    if (!(fabs(expected - actual) <= allowed) && !(is_p && fabs(expected) < 1e-300))
        CHECK_FAIL("%s %s: SciPy has %.17g, got %.17g", name, what, expected, actual);
}

static void check_answer(const char *name, const char *answer, const stats_result *got)
{
    char what[32];
    int index = 0;
    CHECK(sscanf(answer, "%31[^,],%d", what, &index) == 2);
    const double expected = strtod(strrchr(answer, ',') + 1, NULL);
    const stats_pair *pair = &got->pair[index];
    const struct {
        const char *what;
        double value;
        bool is_p;
    } known[] = {
        {"anova_f", got->anova_f, false},
        {"anova_p", got->anova_p, true},
        {"eta2", got->eta2, false},
        {"kruskal_h", got->kruskal_h, false},
        {"kruskal_p", got->kruskal_p, true},
        {"mean", got->group_mean[index % 16], false},
        {"sd", got->group_sd[index % 16], false},
        {"mannwhitney_p", pair->mannwhitney_p, true},
        {"holm", pair->mannwhitney_holm, true},
        {"auc", pair->auc, false},
        {"cliff", pair->cliff_delta, false},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; ++i) {
        if (strcmp(what, known[i].what) != 0) continue;
        check_value(name, what, expected, known[i].value, known[i].is_p);
        return;
    }
    CHECK_FAIL("unknown answer %s", what);
}

TEST(groups_agree_with_scipy)
{
    FILE *file = golden();
    int cases = 0, answers = 0;
    while (fgets(line, sizeof line, file)) {
        char name[64];
        unsigned group_count = 0, count = 0;
        if (sscanf(line, "case,%63[^,],%u,%u", name, &group_count, &count) != 3) continue;
        CHECK_INT(count, read_numbers(file, values));
        CHECK_INT(count, read_numbers(file, second));
        for (unsigned i = 0; i < count; ++i)
            groups[i] = (int32_t)second[i];
        stats_scratch *scratch = scratch_for(count);
        stats_result got;
        stats_compare(scratch, values, 1, groups, count, group_count, &got);
        for (cases += 1; fgets(line, sizeof line, file) && strcmp(line, "end\n") != 0; ++answers)
            check_answer(name, line, &got);
        free(scratch);
    }
    fclose(file);
    CHECK_INT(55, cases);
    CHECK(answers > 1000);
}

TEST(tails_agree_with_scipy)
{
    FILE *file = golden();
    int seen = 0;
    while (fgets(line, sizeof line, file)) {
        char what[16];
        double x, d1, d2, expected;
        if (sscanf(line, "tail,%15[^,],%la,%lf,%lf,%la", what, &x, &d1, &d2, &expected) != 5)
            continue;
        const double got = strcmp(what, "f") == 0      ? pvalue_f(x, d1, d2)
                           : strcmp(what, "chi2") == 0 ? pvalue_chi_squared(x, d1)
                                                       : pvalue_normal(x);
        check_value(what, line, expected, got, true);
        seen += 1;
    }
    fclose(file);
    CHECK_INT(9 * 9 + 9, seen);
}

TEST(tails_have_no_exceptions)
{
    CHECK(isnan(pvalue_f(NAN, 2, 3)) && isnan(pvalue_f(-1, 2, 3)) && isnan(pvalue_f(1, 0, 3)));
    CHECK(isnan(pvalue_f(1, INFINITY, 3)) && isnan(pvalue_f(1, 2, -1)));
    CHECK(isnan(pvalue_f(1, 2, NAN)));
    CHECK(isnan(pvalue_chi_squared(NAN, 2)) && isnan(pvalue_chi_squared(-1, 2)));
    CHECK(isnan(pvalue_chi_squared(1, 0)) && isnan(pvalue_normal(NAN)));
    CHECK_NEAR(0.0, pvalue_f(INFINITY, 2, 3), 0);
    CHECK_NEAR(0.0, pvalue_chi_squared(INFINITY, 2), 0);
    CHECK_NEAR(1.0, pvalue_normal(-INFINITY), 0);
    CHECK_NEAR(0.0, pvalue_normal(INFINITY), 0);
    CHECK(pvalue_f(1e308, 1e-3, 1e6) >= 0);
}

TEST(benjamini_hochberg_agrees)
{
    FILE *file = golden();
    stats_ordered order[VALUES_MAX];
    int seen = 0;
    while (fgets(line, sizeof line, file)) {
        unsigned count = 0;
        if (sscanf(line, "bh,%u", &count) != 1) continue;
        CHECK_INT(count, read_numbers(file, values));
        CHECK_INT(count, read_numbers(file, second));
        stats_benjamini_hochberg(values, count, order, values);
        for (unsigned i = 0; i < count; ++i)
            CHECK_NEAR(second[i], values[i], 1e-15);
        seen += 1;
    }
    fclose(file);
    CHECK_INT(4, seen);
    double some[4] = {0.01, NAN, 0.02, NAN}, q[4];
    stats_benjamini_hochberg(some, 4, order, q);
    CHECK_NEAR(0.02, q[0], 1e-15);
    CHECK_NEAR(0.02, q[2], 1e-15);
    CHECK(isnan(q[1]) && isnan(q[3]));
}

static void compare(uint32_t count, uint32_t group_count, stats_result *out)
{
    stats_scratch *scratch = scratch_for(count);
    stats_compare(scratch, values, 1, groups, count, group_count, out);
    free(scratch);
}

TEST(edges_are_as_documented)
{
    stats_result got;
    const double three[] = {1, 1, 1, 1, 1, 1, 2, NAN, 3};
    const int32_t of[] = {0, 0, 0, 1, 1, 1, 2, 2, 2};
    memcpy(values, three, sizeof three);
    memcpy(groups, of, sizeof of);
    compare(6, 2, &got); /* all equal */
    CHECK(isnan(got.anova_f) && isnan(got.anova_p) && isnan(got.eta2));
    CHECK(isnan(got.kruskal_h) && isnan(got.kruskal_p));
    CHECK_NEAR(1.0, got.pair[0].mannwhitney_p, 0);
    CHECK_NEAR(0.0, got.pair[0].cliff_delta, 0);
    CHECK_NEAR(0.5, got.pair[0].auc, 0);
    CHECK_NEAR(0.0, got.group_sd[1], 0);
    compare(7, 3, &got); /* a group of one */
    CHECK(isnan(got.anova_p) && isnan(got.kruskal_p) && isnan(got.group_sd[2]));
    CHECK_NEAR(2.0, got.group_mean[2], 0);
    CHECK(isnan(got.pair[1].mannwhitney_p) && isnan(got.pair[2].mannwhitney_holm));
    CHECK_NEAR(1.0, got.pair[0].mannwhitney_holm, 0); /* one pair is left to correct for */
    compare(9, 3, &got);                              /* two groups constant, one not */
    CHECK(got.anova_p > 0 && got.anova_p < 1);
    compare(0, 3, &got);
    CHECK(isnan(got.group_mean[0]) && isnan(got.anova_f) && isnan(got.pair[2].auc));
    compare(3, 1, &got);
    CHECK(isnan(got.anova_f) && isnan(got.kruskal_h));
    for (int i = 0; i < 6; ++i)
        values[i] = i < 3 ? 0.1 : 0.3; /* sums of these are not exact */
    compare(6, 2, &got);
    CHECK(isnan(got.anova_f) && isnan(got.eta2));
    CHECK_NEAR(0.0, got.pair[0].auc, 0);
    for (int i = 0; i < 6; ++i)
        values[i] = NAN;
    compare(6, 2, &got);
    CHECK(isnan(got.pair[0].mannwhitney_p) && isnan(got.group_mean[0]));
}

/* Every way to choose which values are of the first sample, counted. */
TEST(exact_tail_is_the_count_of_arrangements)
{
    ranks_wide room[8 * 16 + 1];
    ranks_exact exact = {0, 0, room};
    for (uint32_t a = 2; a <= 5; ++a) {
        for (uint32_t b = 2; b <= 7; ++b) {
            uint64_t with[64] = {0}, all = 0;
            for (uint32_t chosen = 0; chosen < 1u << (a + b); ++chosen) {
                if (__builtin_popcount(chosen) != (int)a) continue;
                uint32_t u = 0, others = 0;
                for (uint32_t i = 0; i < a + b; ++i) {
                    if (chosen >> i & 1) u += others;
                    else others += 1;
                }
                with[u] += 1;
                all += 1;
            }
            uint64_t above = 0;
            for (uint32_t u = a * b + 1; u-- > 0;) {
                above += with[u];
                CHECK_NEAR((double)above / (double)all, ranks_exact_tail(&exact, a, b, u), 1e-15);
            }
        }
    }
}

TEST(ranks_count_what_comparing_all_counts)
{
    ranked sorted[300], spare[300];
    ranks got;
    for (int round = 0; round < 200; ++round) {
        const uint32_t count = (uint32_t)(check_random() % 300), k = 1 + check_random() % 6;
        uint64_t wins2[6][6] = {{0}};
        const uint64_t levels = 1 + check_random() % 400;
        for (uint32_t i = 0; i < count; ++i)
            sorted[i] = (ranked){(double)(check_random() % levels), (int32_t)(check_random() % k)};
        for (uint32_t i = 0; i < count; ++i)
            for (uint32_t j = 0; j < count; ++j)
                wins2[sorted[i].group][sorted[j].group] +=
                    2 * (sorted[i].value > sorted[j].value) +
                    (sorted[i].value == sorted[j].value && i != j);
        ranks_sort(sorted, spare, count);
        for (uint32_t i = 1; i < count; ++i)
            CHECK(sorted[i - 1].value <= sorted[i].value);
        ranks_count(sorted, count, k, &got);
        for (uint32_t a = 0; a < k; ++a)
            for (uint32_t b = 0; b < k; ++b)
                if (a != b) CHECK_INT(wins2[a][b], got.wins2[a][b]);
    }
}

/* What the groups are called does not matter, nor the order of the values. */
TEST(swapping_two_groups_mirrors_the_pair)
{
    stats_result there, back;
    for (uint32_t i = 0; i < 40; ++i) {
        values[i] = check_random_unit() + (i % 2) * 0.2;
        groups[i] = (int32_t)(i % 2);
    }
    compare(40, 2, &there);
    for (uint32_t i = 0; i < 40; ++i)
        groups[i] = 1 - groups[i];
    compare(40, 2, &back);
    CHECK_NEAR(there.pair[0].mannwhitney_p, back.pair[0].mannwhitney_p, 0);
    CHECK_NEAR(there.pair[0].cliff_delta, -back.pair[0].cliff_delta, 1e-15);
    CHECK_NEAR(there.pair[0].auc, 1 - back.pair[0].auc, 1e-15);
    CHECK_NEAR(there.kruskal_h, back.kruskal_h, 1e-12);
    CHECK_NEAR(there.anova_f, back.anova_f, 1e-12 * there.anova_f);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(groups_agree_with_scipy),
                                     RUN(tails_agree_with_scipy),
                                     RUN(tails_have_no_exceptions),
                                     RUN(benjamini_hochberg_agrees),
                                     RUN(edges_are_as_documented),
                                     RUN(exact_tail_is_the_count_of_arrangements),
                                     RUN(ranks_count_what_comparing_all_counts),
                                     RUN(swapping_two_groups_mirrors_the_pair),
                                     {0}});
}
