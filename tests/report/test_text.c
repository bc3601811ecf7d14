/* test_text.c - the growing text, numbers, names, colours, ticks and estimates. */
#include "tests/check.h"

#include "report/colour.h"
#include "report/estimate.h"
#include "report/names.h"
#include "report/svg.h"
#include "report/text.h"

#include <locale.h>

static char *taken(text *out)
{
    static char line[4096];
    char *string = NULL;
    td_error err = TD_ERROR_INIT;
    if (text_take(out, &string, NULL, &err)) CHECK_FAIL("%s", err.message);
    snprintf(line, sizeof line, "%s", string);
    free(string);
    return line;
}

TEST(text_grows_and_gives_everything)
{
    text out = TEXT_INIT;
    char *string = NULL;
    size_t bytes = 0;
    td_error err = TD_ERROR_INIT;
    for (int i = 0; i < 5000; ++i)
        text_format(&out, "%d,", i);
    CHECK_STATUS(TD_OK, text_take(&out, &string, &bytes, &err), &err);
    CHECK_INT(10 * 2 + 90 * 3 + 900 * 4 + 4000 * 5, bytes);
    CHECK_INT(strlen(string), bytes);
    CHECK_HAS(",4998,4999,", string);
    free(string);
}

TEST(text_keeps_the_first_failure)
{
    text out = TEXT_INIT;
    char *string = NULL, line[TEXT_FORMAT_MAX + 1];
    td_error err = TD_ERROR_INIT;
    memset(line, 'a', sizeof line);
    line[TEXT_FORMAT_MAX] = 0;
    text_add(&out, "before");
    text_format(&out, "%s", line);
    text_add(&out, "after");
    CHECK_STATUS(TD_E_INTERNAL, text_take(&out, &string, NULL, &err), &err);
    CHECK(string == NULL && out.data == NULL);
    text_add_bytes(&out, "x", 1);
    text_add_bytes(&out, "x", TEXT_BYTES_MAX); /* not read: refused by its size */
    CHECK_STATUS(TD_E_OUT_OF_RANGE, text_take(&out, &string, NULL, &err), &err);
    CHECK_HAS("larger than", err.message);
}

TEST(text_escapes_markup_and_broken_utf8)
{
    text out = TEXT_INIT;
    text_escape(&out, "<script>\"a\" & 'b'</script>");
    CHECK_TEXT("&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;", taken(&out));
    text_escape(&out, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    CHECK_TEXT("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", taken(&out));
    /* Stray byte, cut sequence, overlong slash, surrogate, past the end, control, U+FFFF. */
    const char *const broken[] = {"\xff", "\xc3", "\xe2\x82", "\x80", "\x01", "\x7f\xc0"};
    for (size_t i = 0; i < 6; ++i) {
        text_escape(&out, broken[i]);
        CHECK_HAS("\xEF\xBF\xBD", taken(&out));
    }
    const char *const bad[] = {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xef\xbf\xbf"};
    for (size_t i = 0; i < 4; ++i) {
        text_escape(&out, bad[i]);
        CHECK(strstr(taken(&out), bad[i]) == NULL);
    }
    text_escape(&out, NULL);
    CHECK_TEXT("", taken(&out));
}

TEST(text_cuts_between_characters)
{
    text out = TEXT_INIT;
    CHECK_INT(3, text_characters("\xc3\xa4<\xff"));
    text_escape_cut(&out, "\xc3\xa4\xc3\xb6\xc3\xbc", 3);
    CHECK_TEXT("\xc3\xa4\xc3\xb6\xc3\xbc", taken(&out));
    text_escape_cut(&out, "\xc3\xa4<\xc3\xbc!", 3);
    CHECK_TEXT("\xc3\xa4&lt;\xe2\x80\xa6", taken(&out));
}

TEST(text_json_cannot_end_a_script)
{
    text out = TEXT_INIT;
    text_json(&out, "</script>\"\\\n\xff&");
    CHECK_TEXT("\"\\u003c/script\\u003e\\u0022\\u005c\\u000a\xEF\xBF\xBD\\u0026\"", taken(&out));
}

TEST(coordinates_are_short)
{
    text out = TEXT_INIT;
    const double values[] = {0, 1, 1.5, 100, 0.004, -0.001, -2.25, 3.14159};
    for (size_t i = 0; i < 8; ++i) {
        text_coordinate(&out, values[i]);
        text_add(&out, " ");
    }
    CHECK_TEXT("0 1 1.5 100 0 0 -2.25 3.14 ", taken(&out));
}

TEST(numbers_are_shown_as_readers_want)
{
    char out[SHOW_MAX];
    CHECK_TEXT("10", show_shortest(out, 10));
    CHECK_TEXT("0.05", show_shortest(out, 0.05));
    CHECK_TEXT("0.1", show_shortest(out, 0.1));
    CHECK_TEXT("0.30000000000000004", show_shortest(out, 0.1 + 0.2));
    CHECK_TEXT("1e-09", show_shortest(out, 1e-9));
    CHECK_TEXT("123456", show_shortest(out, 123456));
    CHECK_TEXT("10,200", show_count(out, 10200));
    CHECK_TEXT("999", show_count(out, 999));
    CHECK_TEXT("18,446,744,073,709,551,615", show_count(out, UINT64_MAX));
    CHECK_TEXT("\xE2\x88\x92"
               "0.24",
               show_fixed(out, -0.239, 2));
    CHECK_TEXT("0.00", show_fixed(out, -0.001, 2));
    CHECK_TEXT("\xE2\x80\x93", show_fixed(out, NAN, 2));
    CHECK_TEXT("0.034", show_p(out, 0.0341));
    CHECK_TEXT("0.72", show_p(out, 0.7179));
    CHECK_TEXT("4.1\xC2\xA0\xC3\x97\xC2\xA0"
               "10\xE2\x81\xBB\xE2\x81\xB6",
               show_p(out, 4.1e-6));
    CHECK_TEXT("12.3", show_significant(out, 12.345, 3));
    CHECK_TEXT("1234", show_significant(out, 1234.4, 2));
}

TEST(numbers_have_a_point_in_every_locale)
{
    static const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    char out[SHOW_MAX];
    bool found = false;
    for (size_t i = 0; i < 4 && !found; ++i)
        found = setlocale(LC_NUMERIC, comma[i]) != NULL;
    if (!found) SKIP("no locale with a decimal comma is installed");
    show_shortest(out, 0.051);
    setlocale(LC_NUMERIC, "C");
    CHECK_TEXT("0.051", out);
}

TEST(names_are_numbered_in_natural_order)
{
    const char *const names[] = {"q10", "q2", "q1", "q2", "q01", "a", ""};
    const char *different[7];
    int32_t number[7];
    uint64_t count = 0;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, names_number(names, NULL, 7, number, different, &count, &err), &err);
    CHECK_INT(6, count);
    const char *const order[] = {"", "a", "q01", "q1", "q2", "q10"};
    for (int i = 0; i < 6; ++i)
        CHECK_TEXT(order[i], different[i]);
    CHECK_INT(5, number[0]);
    CHECK_INT(4, number[1]);
    CHECK_INT(4, number[3]);
    const int32_t class_of[] = {0, 0, 0, 1, 0, 0, 0};
    CHECK_STATUS(TD_OK, names_number(names, class_of, 7, number, different, &count, &err), &err);
    CHECK_INT(7, count);
}

TEST(colour_scales_are_even)
{
    for (int dark = 0; dark < 2; ++dark) {
        const double first = colour_lightness(colour_sequential(0, dark));
        const double last = colour_lightness(colour_sequential(1, dark));
        CHECK((first > last) == !dark && fabs(first - last) > 0.6);
        for (int i = 0; i <= 100; ++i) {
            const double at = i / 100.0;
            const double light = colour_lightness(colour_sequential(at, dark));
            CHECK_NEAR(first + (last - first) * at, light, 0.012);
            /* Equal sizes of either sign are equally light, so neither looks larger. */
            CHECK_NEAR(colour_lightness(colour_diverging(at, dark)),
                       colour_lightness(colour_diverging(-at, dark)), 0.012);
        }
        for (uint32_t a = 0; a < COLOUR_GROUPS; ++a)
            for (uint32_t b = 0; b < a; ++b)
                CHECK(colour_group(a, dark) != colour_group(b, dark));
    }
    CHECK_INT(0, colour_step(NAN, 0, 1, 32));
    CHECK_INT(31, colour_step(1, 0, 1, 32));
    CHECK_INT(16, colour_step(0.5, 0, 1, 32));
    CHECK_INT(0, colour_step(5, 1, 1, 32));
}

TEST(ticks_are_round_and_inside)
{
    for (int i = 0; i < 2000; ++i) {
        const double lo =
            (check_random_unit() - 0.5) * pow(10, floor(12 * check_random_unit()) - 4);
        const double hi = lo + pow(10, 8 * check_random_unit() - 4);
        ticks t;
        ticks_make(&t, lo, hi, 5);
        CHECK(t.count >= 2 && t.count <= 9);
        for (uint32_t k = 0; k < t.count; ++k) {
            CHECK(t.at[k] >= lo - 1e-6 * (hi - lo) && t.at[k] <= hi + 1e-6 * (hi - lo));
            const double step = t.at[1] - t.at[0];
            const double lead = step / pow(10, floor(log10(step) + 1e-9));
            CHECK(fabs(lead - 1) < 1e-3 || fabs(lead - 2) < 1e-3 || fabs(lead - 5) < 1e-3 ||
                  fabs(lead - 10) < 1e-3);
        }
    }
    ticks none;
    ticks_make(&none, 1, 1, 5);
    CHECK_INT(0, none.count);
    ticks_make(&none, 0, INFINITY, 5);
    CHECK_INT(0, none.count);
}

TEST(student_t_is_that_of_the_tables)
{
    CHECK_NEAR(12.7062047362, estimate_t975(1), 1e-8);
    CHECK_NEAR(4.3026527297, estimate_t975(2), 1e-8);
    CHECK_NEAR(2.0930240544, estimate_t975(19), 1e-8);
    CHECK_NEAR(2.0002978220, estimate_t975(60), 1e-8);
    CHECK_NEAR(1.9599639845, estimate_t975(1e9), 1e-6);
    CHECK(isnan(estimate_t975(0)));
    const double values[] = {1, NAN, 2, 4};
    const mean_band band = estimate_mean(values, 4);
    CHECK_INT(3, band.count);
    CHECK_NEAR(7.0 / 3, band.mean, 1e-15);
    CHECK_NEAR(4.3026527297 * sqrt(7.0 / 3 / 3), band.half, 1e-8);
    CHECK(isnan(estimate_mean(values, 1).half));
}

TEST(quantiles_interpolate)
{
    double values[] = {4, NAN, 1, 3, 2};
    CHECK_INT(4, estimate_sort(values, 5));
    CHECK_NEAR(1, estimate_quantile(values, 4, 0), 0);
    CHECK_NEAR(1.75, estimate_quantile(values, 4, 0.25), 1e-15);
    CHECK_NEAR(2.5, estimate_quantile(values, 4, 0.5), 1e-15);
    CHECK_NEAR(4, estimate_quantile(values, 4, 1), 0);
    CHECK(isnan(estimate_quantile(values, 0, 0.5)));
}

/* Hanley and McNeil's variance in the form of their paper, with n the mean of both sizes. */
static double paper_variance(double auc, double a, double b)
{
    const double n = (a + b) / 2, q1 = auc / (2 - auc), q2 = 2 * auc * auc / (1 + auc);
    return (auc * (1 - auc) + (n - 1) * (q1 - auc * auc) + (n - 1) * (q2 - auc * auc)) / (a * b);
}

TEST(auc_interval_solves_the_score_equation)
{
    for (int i = 0; i < 500; ++i) {
        const double auc = check_random_unit();
        const uint64_t a = 2 + check_random() % 40, b = 2 + check_random() % 40;
        const interval range = estimate_auc_interval(auc, a, b);
        CHECK(range.lo >= 0 && range.lo <= auc && range.hi >= auc && range.hi <= 1);
        const double z = 1.959963984540054;
        CHECK_NEAR(auc - range.lo, z * sqrt(paper_variance(range.lo, (double)a, (double)b)), 1e-9);
        CHECK_NEAR(range.hi - auc, z * sqrt(paper_variance(range.hi, (double)a, (double)b)), 1e-9);
    }
    const interval end = estimate_auc_interval(1, 20, 20);
    CHECK(end.lo > 0.8 && end.lo < 0.95);
    CHECK_NEAR(1, end.hi, 1e-12);
    CHECK(isnan(estimate_auc_interval(0.7, 0, 5).lo) && isnan(estimate_auc_interval(NAN, 5, 5).hi));
}

TEST(group_shares_and_rank_correlations)
{
    const double value[] = {1, 2, 3, 7, 8, 9, NAN, 100};
    const int32_t group[] = {0, 0, 0, 1, 1, 1, 1, -1};
    /* Means 2 and 8 about 5: between 54, within 4. */
    CHECK_NEAR(54.0 / 58, estimate_eta2(value, group, 8, 2), 1e-15);
    const double same[] = {3, 3, 3};
    CHECK(isnan(estimate_eta2(same, group, 3, 2)));
    double rank[16];
    const double up[] = {1, 10, 11, 500, 501, NAN}, down[] = {9, 8, 7, 3, 1, 0};
    CHECK_NEAR(-1, estimate_rank_correlation(up, down, 6, rank), 1e-15);
    CHECK_NEAR(1, estimate_rank_correlation(up, up, 6, rank), 1e-15);
    /* Ties: ranks 1, 2.5, 2.5, 4 with 1, 3, 2, 4; scipy.stats.spearmanr gives 0.9486832980505138.
     */
    const double tied[] = {1, 5, 5, 9}, free_of_ties[] = {2, 7, 4, 8};
    CHECK_NEAR(0.9486832980505138, estimate_rank_correlation(tied, free_of_ties, 4, rank), 1e-15);
    CHECK(isnan(estimate_rank_correlation(up, down, 2, rank)));
    CHECK(isnan(estimate_rank_correlation(same, up, 3, rank)));
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(text_grows_and_gives_everything),
                                     RUN(text_keeps_the_first_failure),
                                     RUN(text_escapes_markup_and_broken_utf8),
                                     RUN(text_cuts_between_characters),
                                     RUN(text_json_cannot_end_a_script),
                                     RUN(coordinates_are_short),
                                     RUN(numbers_are_shown_as_readers_want),
                                     RUN(numbers_have_a_point_in_every_locale),
                                     RUN(names_are_numbered_in_natural_order),
                                     RUN(colour_scales_are_even),
                                     RUN(ticks_are_round_and_inside),
                                     RUN(student_t_is_that_of_the_tables),
                                     RUN(quantiles_interpolate),
                                     RUN(auc_interval_solves_the_score_equation),
                                     RUN(group_shares_and_rank_correlations),
                                     {0}});
}
