/* philox.c - see philox.h. */
#include "core/philox.h"

#include <math.h>

#define PHILOX_ROUNDS 10

void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int i = 0; i < PHILOX_ROUNDS; ++i) {
        const uint64_t p0 = (uint64_t)0xd2511f53u * c0, p1 = (uint64_t)0xcd9e8d57u * c2;
        const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c0 = n0;
        c1 = (uint32_t)p1;
        c2 = n2;
        c3 = (uint32_t)p0;
        k0 += 0x9e3779b9u; /* the golden ratio */
        k1 += 0xbb67ae85u; /* the square root of 3, less 1 */
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

philox philox_make(uint64_t seed, uint64_t stream)
{
    const philox random = {seed, stream, 0, {0, 0}, false};
    return random;
}

void philox_seek(philox *random, uint64_t word)
{
    random->word = word;
    random->fresh = false;
}

uint64_t philox_bits(philox *random)
{
    if (!random->fresh) {
        const uint64_t block = random->word / 2;
        const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32),
                                     (uint32_t)random->stream, (uint32_t)(random->stream >> 32)};
        const uint32_t key[2] = {(uint32_t)random->seed, (uint32_t)(random->seed >> 32)};
        uint32_t out[4];
        philox4x32(counter, key, out);
        random->block[0] = out[0] | (uint64_t)out[1] << 32;
        random->block[1] = out[2] | (uint64_t)out[3] << 32;
    }
    const uint64_t bits = random->block[random->word % 2];
    random->fresh = random->word % 2 == 0;
    random->word += 1;
    return bits;
}

double philox_uniform(philox *random)
{
    return (double)(philox_bits(random) >> 11) * 0x1p-53;
}

/* The upper and lower half of a * b in 64-bit arithmetic: C has no integer of 128 bits. */
static uint64_t multiply_wide(uint64_t a, uint64_t b, uint64_t *low)
{
    const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    const uint64_t middle = a1 * b0 + ((a0 * b0) >> 32);
    const uint64_t upper = a0 * b1 + (uint32_t)middle;
    *low = a * b;
    return a1 * b1 + (middle >> 32) + (upper >> 32);
}

uint64_t philox_below(philox *random, uint64_t count)
{
    uint64_t low = 0;
    uint64_t high = multiply_wide(philox_bits(random), count, &low);
    if (low >= count) return high;
    const uint64_t rest = (0 - count) % count; /* 2^64 modulo count */
    while (low < rest)
        high = multiply_wide(philox_bits(random), count, &low);
    return high;
}

double philox_normal(philox *random)
{
    const double u = 1.0 - philox_uniform(random);
    const double v = philox_uniform(random);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}
