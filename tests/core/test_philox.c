/* Philox4x32-10 against the published vectors, and what is made of it. */
#include "core/philox.h"
#include "tests/check.h"

/* The known answers of the authors' library (Random123, kat_vectors). */
TEST(published_vectors)
{
    static const uint32_t rows[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d,
         0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09,
         0x94fdcceb, 0x5001e420, 0x24126ea1}};
    for (size_t i = 0; i < 3; ++i) {
        uint32_t out[4];
        philox4x32(rows[i], rows[i] + 4, out);
        for (size_t k = 0; k < 4; ++k)
            CHECK_INT(rows[i][6 + k], out[k]);
    }
}

/* The stream is the vectors: seed and stream are key and upper counter, words go up in twos. */
TEST(streams_are_the_counter)
{
    philox zero = philox_make(0, 0);
    CHECK(philox_bits(&zero) == UINT64_C(0xe169c58d6627e8d5));
    CHECK(philox_bits(&zero) == UINT64_C(0x9b00dbd8bc57ac4c));
    const uint32_t counter[4] = {1, 0, 0, 0}, key[2] = {0, 0};
    uint32_t out[4];
    philox4x32(counter, key, out);
    CHECK(philox_bits(&zero) == (out[0] | (uint64_t)out[1] << 32));

    philox pi = philox_make(UINT64_C(0x299f31d0a4093822), UINT64_C(0x0370734413198a2e));
    const uint32_t other[4] = {0x243f6a88, 0x05a308d3, 0x13198a2e, 0x03707344};
    const uint32_t words[2] = {0xa4093822, 0x299f31d0};
    philox4x32(other, words, out);
    philox_seek(&pi, UINT64_C(0x05a308d3243f6a88) * 2 + 1);
    CHECK(philox_bits(&pi) == (out[2] | (uint64_t)out[3] << 32));
}

TEST(any_order_gives_the_same)
{
    const uint64_t seed = check_random(), stream = check_random();
    uint64_t bits[101];
    philox random = philox_make(seed, stream);
    for (size_t i = 0; i < 101; ++i)
        bits[i] = philox_bits(&random);
    for (size_t i = 0; i < 500; ++i) {
        const uint64_t place = check_random() % 101;
        philox_seek(&random, place);
        for (uint64_t k = place; k < 101 && k < place + 4; ++k)
            CHECK(philox_bits(&random) == bits[k]);
    }
    philox next = philox_make(seed, stream + 1);
    CHECK(philox_bits(&next) != bits[0]);
}

#define DRAWS 200000

TEST(uniform_is_uniform)
{
    philox random = philox_make(check_random(), 1);
    double sum = 0, squares = 0;
    for (int i = 0; i < DRAWS; ++i) {
        const double u = philox_uniform(&random);
        CHECK(u >= 0 && u < 1);
        CHECK(u * 0x1p53 == floor(u * 0x1p53));
        sum += u;
        squares += u * u;
    }
    /* Six standard deviations of the mean of u and of u squared. */
    CHECK_NEAR(0.5, sum / DRAWS, 6 * sqrt(1.0 / 12 / DRAWS));
    CHECK_NEAR(1.0 / 3, squares / DRAWS, 6 * sqrt(4.0 / 45 / DRAWS));
}

TEST(below_is_below_and_even)
{
    static const uint64_t counts[] = {1, 2, 3, 7, 10, 1000};
    philox random = philox_make(check_random(), 2);
    for (size_t k = 0; k < 6; ++k) {
        uint32_t hit[1000] = {0};
        double chi = 0;
        for (int i = 0; i < DRAWS; ++i) {
            const uint64_t n = philox_below(&random, counts[k]);
            CHECK(n < counts[k]);
            hit[n] += 1;
        }
        const double expected = (double)DRAWS / (double)counts[k];
        for (uint64_t i = 0; i < counts[k]; ++i)
            chi += (hit[i] - expected) * (hit[i] - expected) / expected;
        const double freedom = (double)counts[k] - 1;
        CHECK(chi <= freedom + 7 * sqrt(2 * freedom) + 12);
    }
}

/* With a count of 3 * 2^62, taking the remainder would give the first third twice as often. */
TEST(below_has_no_bias_for_large_counts)
{
    const uint64_t count = UINT64_C(3) << 62;
    philox random = philox_make(check_random(), 3);
    uint32_t hit[3] = {0};
    for (int i = 0; i < DRAWS; ++i)
        hit[philox_below(&random, count) >> 62] += 1;
    for (size_t i = 0; i < 3; ++i)
        CHECK_NEAR(DRAWS / 3.0, hit[i], 6 * sqrt(DRAWS * 2.0 / 9));
}

TEST(normal_has_the_moments)
{
    philox random = philox_make(check_random(), 4);
    double sum = 0, squares = 0, fourth = 0;
    for (int i = 0; i < DRAWS; ++i) {
        const double z = philox_normal(&random);
        CHECK(isfinite(z));
        sum += z;
        squares += z * z;
        fourth += z * z * z * z;
    }
    CHECK_NEAR(0.0, sum / DRAWS, 6 * sqrt(1.0 / DRAWS));
    CHECK_NEAR(1.0, squares / DRAWS, 6 * sqrt(2.0 / DRAWS));
    CHECK_NEAR(3.0, fourth / DRAWS, 6 * sqrt(96.0 / DRAWS));
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(published_vectors),
                                     RUN(streams_are_the_counter),
                                     RUN(any_order_gives_the_same),
                                     RUN(uniform_is_uniform),
                                     RUN(below_is_below_and_even),
                                     RUN(below_has_no_bias_for_large_counts),
                                     RUN(normal_has_the_moments),
                                     {0}});
}
