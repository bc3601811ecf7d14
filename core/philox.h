/* philox.h - random numbers that are counted, not carried along: number n of stream s of a seed
 * is the same on any device, in any order and on any number of threads.
 *
 * Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC'11, doi:10.1145/2063384.2063405. */
#ifndef TANDEM_CORE_PHILOX_H
#define TANDEM_CORE_PHILOX_H
#include <stdbool.h>
#include <stdint.h>

void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* A place in a stream. The key is the seed, the upper half of the counter the stream, the lower
 * half the block; a block holds two words of 64 bits. 2^64 streams of 2^65 words. */
typedef struct philox {
    uint64_t seed, stream, word;    /* word: the next one */
    uint64_t block[2];
    bool     fresh;                 /* block is that of word */
} philox;

philox   philox_make(uint64_t seed, uint64_t stream);
void     philox_seek(philox *random, uint64_t word);   /* the place after so many words */
uint64_t philox_bits(philox *random);      /* takes 1 word */
double   philox_uniform(philox *random);   /* [0, 1), a multiple of 2^-53; takes 1 word */
/* 0 to count - 1, each equally likely; count is 1 or more. Takes 1 word, and another one each
 * time that one falls into the uneven rest (less than once in two). Lemire, "Fast random integer
 * generation in an interval", ACM TOMACS 29 (2019). */
uint64_t philox_below(philox *random, uint64_t count);
/* Mean 0, variance 1; takes 2 words. Box-Muller: sqrt(-2 log(u)) cos(2 pi v), u in (0, 1]. The
 * last bits are those of the machine's log and cos. */
double   philox_normal(philox *random);

#endif
