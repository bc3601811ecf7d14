/* test_double.c - td_double.h against this processor's double, bit for bit. The processor is the
 * oracle: it keeps IEEE 754, and the build asks for it (no fast-math, no contraction, SSE2). */
#include "kernels/td_double.h"

#include <float.h>
#include <stdbool.h>

#include "tests/check.h"

#define ROUNDS 4000000 /* of each test; times the pairs of a round */

static double value_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static bool same(uint64_t soft, double hard)
{
    if (isnan(hard)) return soft == TD_SOFT_NAN;
    return soft == bits_of(hard);
}

#define SAME(soft, hard, a, b)                                                         \
    do {                                                                               \
        const uint64_t got = (soft);                                                   \
        const double wanted = (hard);                                                  \
        if (!same(got, wanted))                                                        \
            CHECK_FAIL("%s of %016" PRIx64 " and %016" PRIx64 ": expected %016" PRIx64 \
                       ", got %016" PRIx64,                                            \
                       #soft, (uint64_t)(a), (uint64_t)(b), bits_of(wanted), got);     \
    } while (0)

static void compare_pair(uint64_t a, uint64_t b)
{
    const double x = value_of(a), y = value_of(b);
    const bool numbers = !isnan(x) && !isnan(y);
    SAME(td_soft_add(a, b), x + y, a, b);
    SAME(td_soft_sub(a, b), x - y, a, b);
    SAME(td_soft_mul(a, b), x * y, a, b);
    CHECK_INT(x < y, td_soft_less(a, b));
    CHECK_INT(x <= y, td_soft_less_equal(a, b));
    CHECK_INT(x == y, td_soft_equal(a, b));
    CHECK_INT(isnan(x), td_soft_is_nan(a));
    CHECK(td_soft_abs(a) == bits_of(fabs(x)));
    CHECK(td_soft_neg(a) == bits_of(-x));
    if (!numbers) return;
    CHECK_INT(fabs(x) <= fabs(y), td_soft_less_equal_abs(a, b));
    CHECK(td_soft_max_abs(a, b) == bits_of(fabs(x) > fabs(y) ? fabs(x) : fabs(y)));
}

/* Values on the edges of the format, and a step to either side of each. */
static size_t special_values(uint64_t *values, size_t most)
{
    static const double edges[] = {0.0,
                                   DBL_TRUE_MIN,
                                   DBL_MIN,
                                   DBL_EPSILON,
                                   0.5,
                                   1.0,
                                   1.5,
                                   2.0,
                                   3.0,
                                   0x1p52,
                                   0x1p53,
                                   0x1p54,
                                   0x1p-537,
                                   0x1p-538,
                                   0x1p511,
                                   0x1p512,
                                   0x1p1023,
                                   DBL_MAX,
                                   INFINITY,
                                   NAN,
                                   0.1,
                                   1e-310,
                                   0x1.fffffffffffffp-512,
                                   0x1.0000000000001p-511,
                                   0x1.00000001p26,
                                   0x1.ffffffff8p-1};
    size_t count = 0;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; ++i)
        for (int step = -2; step <= 2; ++step) {
            const uint64_t bits = (bits_of(edges[i]) + (uint64_t)(int64_t)step) & ~TD_SOFT_SIGN;
            if (count + 2 > most) return count;
            values[count++] = bits;
            values[count++] = bits | TD_SOFT_SIGN;
        }
    return count;
}

TEST(edges_with_edges)
{
    uint64_t values[512];
    const size_t count = special_values(values, 512);
    CHECK(count > 200 && count < 512);
    for (size_t i = 0; i < count; ++i)
        for (size_t k = 0; k < count; ++k)
            compare_pair(values[i], values[k]);
}

TEST(edges_with_any_bits)
{
    uint64_t values[512];
    const size_t count = special_values(values, 512);
    for (int round = 0; round < ROUNDS; ++round) {
        const uint64_t edge = values[check_random() % count], any = check_random();
        compare_pair(round & 1 ? edge : any, round & 1 ? any : edge);
    }
}

TEST(any_bits)
{
    for (int round = 0; round < ROUNDS; ++round)
        compare_pair(check_random(), check_random());
}

/* Exponents near each other, where sums cancel and carries run. */
TEST(near_exponents)
{
    for (int round = 0; round < ROUNDS; ++round) {
        const uint64_t a = check_random(), b = check_random(), far = check_random() % 131;
        const uint64_t field = ((a >> 52) & 0x7ff) + far - 65;
        compare_pair(a, (b & ~TD_SOFT_INFINITY) | ((field & 0x7ff) << 52));
    }
}

/* Few bits set at either end: halves, ties and long carries, which random bits seldom meet. */
TEST(ties_and_carries)
{
    for (int round = 0; round < ROUNDS; ++round) {
        const uint64_t r = check_random(), s = check_random();
        const uint64_t ones_a = ~(uint64_t)0 >> (r & 63), ones_b = ~(uint64_t)0 << (s & 63);
        const uint64_t one_a = (uint64_t)1 << ((r >> 6) & 63),
                       one_b = (uint64_t)1 << ((s >> 6) & 63);
        const uint64_t fraction_a = (ones_a ^ one_a) & TD_SOFT_FRACTION;
        const uint64_t fraction_b = (ones_b ^ one_b) & TD_SOFT_FRACTION;
        const uint64_t field_a = 1023 - 60 + ((r >> 12) % 121),
                       field_b = 1023 - 60 + ((s >> 12) % 121);
        compare_pair((r & TD_SOFT_SIGN) | field_a << 52 | fraction_a,
                     (s & TD_SOFT_SIGN) | field_b << 52 | fraction_b);
    }
}

/* Sums and products that are subnormal, or on the edge of it, or of infinity. */
TEST(ends_of_the_range)
{
    for (int round = 0; round < ROUNDS; ++round) {
        const uint64_t r = check_random(), s = check_random(), where = check_random();
        const uint64_t low = where % 60;
        const uint64_t target = where & 64 ? 1023 + 2046 + 2 - low % 8 : 1023 + 2 - low;
        const uint64_t field_a = 1023 - 480 + ((where >> 8) % 960);
        const uint64_t field_b = target > field_a ? (target - field_a) & 0x7ff : 1;
        compare_pair((r & ~TD_SOFT_INFINITY) | field_a << 52,
                     (s & ~TD_SOFT_INFINITY) | field_b << 52);
        compare_pair((r & ~TD_SOFT_INFINITY) | (where >> 20) % 56 << 52,
                     (s & ~TD_SOFT_INFINITY) | (where >> 40) % 56 << 52);
    }
}

/* All 2^32 in steps, so that every exponent comes by with many fractions. */
TEST(from_float)
{
    for (uint64_t bits = check_random() % 641; bits <= UINT32_MAX; bits += 641) {
        const uint32_t narrow = (uint32_t)bits;
        float value;
        memcpy(&value, &narrow, sizeof value);
        SAME(td_soft_from_f32(narrow), (double)value, bits, 0);
    }
    for (uint32_t bits = 0; bits < 4096; ++bits) {
        float value;
        memcpy(&value, &bits, sizeof value);
        SAME(td_soft_from_f32(bits), (double)value, bits, 0);
        CHECK(td_soft_from_f32(bits | 0x80000000u) == bits_of(-(double)value));
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(edges_with_edges),
                                     RUN(edges_with_any_bits),
                                     RUN(any_bits),
                                     RUN(near_exponents),
                                     RUN(ties_and_carries),
                                     RUN(ends_of_the_range),
                                     RUN(from_float),
                                     {0}});
}
