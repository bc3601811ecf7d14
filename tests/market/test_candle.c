/* test_candle.c - candlestick patterns: an example of each and its mirror image, plain references
 * of some, and that neither scale nor time matters. */
#include "golden/golden.h"
#include "one_symbol.h"

/* ---- Examples -------------------------------------------------------------------------------- */

static void check_example(const golden_example *example)
{
    static one_symbol it;
    char name[32];
    for (size_t i = 0; i < sizeof name; ++i) {
        const char c = example->name[i];
        name[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        if (!c) break;
    }
    it.count = example->count;
    for (int i = 0; i < 4; ++i)
        memcpy(it.price[i], example->price[i], example->count * sizeof(double));
    one_run(&it, name, NULL, NULL, NULL);
    const double said = it.out[0][it.count - 1];
    if (said != example->value) CHECK_FAIL("%s says %g, expected %d", name, said, example->value);
}

TEST(every_pattern_knows_its_example)
{
    char seen[8192] = "";
    uint32_t count = 0;
    FILE *const file = golden_open("designed.txt");
    for (golden_example example; golden_example_read(file, &example);) {
        check_example(&example);
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), " %s ", example.name);
        if (!example.mirrored) continue;
        golden_example_mirror(&example);
        check_example(&example);
    }
    fclose(file);
    for (uint32_t i = 0; indicator_at(i); ++i) {
        char word[64];
        const char *const talib = indicator_at(i)->talib;
        if (!talib || strncmp(talib, "CDL", 3) != 0) continue;
        snprintf(word, sizeof word, " %s ", talib);
        if (!strstr(seen, word)) CHECK_FAIL("%s has no example", talib);
        count += 1;
    }
    CHECK_INT(61, count);
}

/* ---- Plain references: one bar at a time ------------------------------------------------------
 */

#define O(t) it->price[TD_OPEN][t]
#define H(t) it->price[TD_HIGH][t]
#define L(t) it->price[TD_LOW][t]
#define C(t) it->price[TD_CLOSE][t]

static double body(const one_symbol *it, uint64_t t)
{
    return fabs(C(t) - O(t));
}

static double body_mean(const one_symbol *it, uint64_t t)
{
    double sum = 0;
    for (uint64_t k = t - 10; k < t; ++k)
        sum += body(it, k);
    return sum / 10;
}

static double range_mean(const one_symbol *it, uint64_t t, uint64_t n)
{
    double sum = 0;
    for (uint64_t k = t - n; k < t; ++k)
        sum += H(k) - L(k);
    return sum / (double)n;
}

static double doji(const one_symbol *it, uint64_t t, const double *param)
{
    (void)param;
    return t >= 10 && body(it, t) <= 0.1 * range_mean(it, t, 10) ? 100 : 0;
}

static double engulfing(const one_symbol *it, uint64_t t, const double *param)
{
    (void)param;
    if (t < 2) return 0;
    const bool white = C(t) >= O(t), white1 = C(t - 1) >= O(t - 1);
    if (white == white1) return 0;
    const double top = white ? C(t) : O(t), bottom = white ? O(t) : C(t);
    const double top1 = white1 ? C(t - 1) : O(t - 1), bottom1 = white1 ? O(t - 1) : C(t - 1);
    if (top < top1 || bottom > bottom1 || (top == top1 && bottom == bottom1)) return 0;
    return (white ? 1 : -1) * (top > top1 && bottom < bottom1 ? 100 : 80);
}

static double hammer(const one_symbol *it, uint64_t t, const double *param)
{
    (void)param;
    if (t < 11) return 0;
    const double bottom = fmin(O(t), C(t)), top = fmax(O(t), C(t));
    if (!(body(it, t) < body_mean(it, t))) return 0;
    if (!(bottom - L(t) > body(it, t))) return 0;
    if (!(H(t) - top < 0.1 * range_mean(it, t, 10))) return 0;
    return bottom <= L(t - 1) + 0.2 * range_mean(it, t - 1, 5) ? 100 : 0;
}

static double morning_star(const one_symbol *it, uint64_t t, const double *param)
{
    if (t < 12) return 0;
    if (!(C(t - 2) < O(t - 2) && body(it, t - 2) > body_mean(it, t - 2))) return 0;
    if (!(body(it, t - 1) <= body_mean(it, t - 1))) return 0;
    if (!(fmax(O(t - 1), C(t - 1)) < C(t - 2))) return 0;
    if (!(C(t) >= O(t) && body(it, t) > body_mean(it, t))) return 0;
    return C(t) > C(t - 2) + param[0] * body(it, t - 2) ? 100 : 0;
}

static double three_outside(const one_symbol *it, uint64_t t, const double *param)
{
    (void)param;
    if (t < 3) return 0;
    const double second = engulfing(it, t - 1, NULL);
    if (second > 0 && C(t - 1) > O(t - 2) && O(t - 1) < C(t - 2) && C(t) > C(t - 1)) return 100;
    if (second < 0 && C(t - 1) < O(t - 2) && O(t - 1) > C(t - 2) && C(t) < C(t - 1)) return -100;
    return 0;
}

/* With a memory, from the first bar on, as a trader would keep it. */
static void hikkake(const one_symbol *it, double *out)
{
    double waiting = 0, high = 0, low = 0;
    uint64_t since = 0;
    for (uint64_t t = 0; t < it->count; ++t) {
        out[t] = 0;
        if (t < 2) continue;
        const bool held = H(t - 1) < H(t - 2) && L(t - 1) > L(t - 2);
        const bool down = H(t) < H(t - 1) && L(t) < L(t - 1);
        const bool up = H(t) > H(t - 1) && L(t) > L(t - 1);
        if (held && (down || up)) {
            waiting = down ? 1 : -1;
            high = H(t - 1);
            low = L(t - 1);
            since = t;
            out[t] = 100 * waiting;
        } else if (waiting != 0 && t <= since + 3 && (waiting > 0 ? C(t) > high : C(t) < low)) {
            out[t] = 200 * waiting;
            waiting = 0;
        }
        if (t < 5) out[t] = 0;
    }
}

static uint64_t total_hits;

static void check_reference(one_symbol *it, const char *name, const double *param,
                            one_reference expected)
{
    uint64_t hits = 0;
    one_run(it, name, param, NULL, NULL);
    one_compare(it, 0, expected, param);
    for (uint64_t t = 0; t < it->count; ++t)
        hits += it->out[0][t] != 0;
    total_hits += hits;
}

TEST(patterns_equal_plain_references)
{
    static one_symbol it;
    static double expected[ONE_BARS];
    const double deep[] = {0.1};
    for (int round = 0; round < 20; ++round) {
        one_make(&it, round < 3 ? (uint64_t)(9 + 3 * round) : ONE_BARS);
        check_reference(&it, "cdldoji", NULL, doji);
        check_reference(&it, "cdlengulfing", NULL, engulfing);
        check_reference(&it, "cdlhammer", NULL, hammer);
        check_reference(&it, "cdl3outside", NULL, three_outside);
        check_reference(&it, "cdlmorningstar", deep, morning_star);
        hikkake(&it, expected);
        one_run(&it, "cdlhikkake", NULL, NULL, NULL);
        for (uint64_t t = 0; t < it.count; ++t)
            if (it.out[0][t] != expected[t])
                CHECK_FAIL("cdlhikkake at bar %" PRIu64 ": %g, expected %g", t, it.out[0][t],
                           expected[t]);
    }
    CHECK(total_hits > 1000); /* else the made-up bars would test nothing */
}

/* ---- Properties ------------------------------------------------------------------------------ */

/* Prices in another currency by a power of two, whose products are exact; and a later start. */
TEST(neither_scale_nor_time_matters)
{
    static one_symbol it, scaled, later;
    const uint64_t shift = 40;
    one_make(&it, ONE_BARS);
    scaled.count = it.count;
    later.count = it.count - shift;
    for (int i = 0; i < 5; ++i)
        for (uint64_t t = 0; t < it.count; ++t) {
            scaled.price[i][t] = it.price[i][t] * 0.125;
            if (t >= shift) later.price[i][t - shift] = it.price[i][t];
        }
    for (uint32_t i = 0; indicator_at(i); ++i) {
        const indicator *const found = indicator_at(i);
        if (!found->talib || strncmp(found->talib, "CDL", 3) != 0) continue;
        const char *const name = strchr(found->op->name, '.') + 1;
        one_run(&it, name, NULL, NULL, NULL);
        one_run(&scaled, name, NULL, NULL, NULL);
        one_run(&later, name, NULL, NULL, NULL);
        for (uint64_t t = 0; t < it.count; ++t) {
            if (it.out[0][t] != scaled.out[0][t]) CHECK_FAIL("%s differs when scaled", name);
            /* A hikkake that is confirmed looks three bars further back than the lookback. */
            if (t >= shift + 17 && it.out[0][t] != later.out[0][t - shift])
                CHECK_FAIL("%s differs when begun later", name);
        }
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(every_pattern_knows_its_example),
                                     RUN(patterns_equal_plain_references),
                                     RUN(neither_scale_nor_time_matters),
                                     {0}});
}
