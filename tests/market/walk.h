/* walk.h - prices that are made up, the same bits wherever they are made: integers are hashed and
 * multiplied without libm. tools/golden_vectorbt and bench/peers/market_backtest.py make them
 * too. */
#ifndef TANDEM_TESTS_WALK_H
#define TANDEM_TESTS_WALK_H
#include <stdint.h>

/* The finaliser of splitmix64, as a number from 0 to 1. */
static inline double walk_unit(uint64_t symbol, uint64_t bar)
{
    uint64_t z = ((symbol << 32) + bar + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z = z ^ (z >> 31);
    return (double)(z >> 11) * 0x1p-53;
}

/* close[symbol][bar]: from 100 in steps of 2 % up or down, rising by 0.01 % in the mean. */
static inline void walk_fill(uint64_t symbols, uint64_t bars, double *close)
{
    for (uint64_t s = 0; s < symbols; ++s) {
        double price = 100;
        for (uint64_t t = 0; t < bars; ++t) {
            price = price * (1 + 0.04 * (walk_unit(s, t) - 0.4975));
            close[s * bars + t] = price;
        }
    }
}

#endif
