/* td_double.h - IEEE 754 binary64 in integer arithmetic, for devices without it, and for devices
 * where it is dear and seldom needed. A value is its 64 bits; no floating-point type is used.
 *
 * Written from IEEE 754-2019: clause 3.4 (the format), 4.3.1 (round to nearest, ties to even),
 * 5.4.1 (sum, difference, product: the exact result, rounded once), 5.11 (comparison), 6.1 to 6.3
 * (infinities, NaNs, the sign of a zero). Subnormal numbers are numbers like others. Flags are not
 * kept. Every NaN that comes out is the one quiet NaN TD_SOFT_NAN; which payload comes out is
 * left open by the standard (6.2.3), and hardware differs in it.
 *
 *   td_u64 td_soft_add(a, b)   td_soft_sub(a, b)   td_soft_mul(a, b)
 *   td_u64 td_soft_abs(a)      td_soft_neg(a)      also of NaN: its sign bit alone changes
 *   int    td_soft_less(a, b)  td_soft_less_equal(a, b)  td_soft_equal(a, b)     0 with a NaN
 *   int    td_soft_is_nan(a)
 *   int    td_soft_less_equal_abs(a, b)    |a| <= |b|, when neither is NaN: one comparison
 *   td_u64 td_soft_from_f32(bits)          float to double: exact
 *   td_u64 td_soft_max_abs(a, b)           the larger one of |a| and |b|, when neither is NaN */
#ifndef TANDEM_TD_DOUBLE_H
#define TANDEM_TD_DOUBLE_H
#include "td_kernel.h"

#define TD_SOFT_SIGN     TD_U64_C(0x8000000000000000)
#define TD_SOFT_INFINITY TD_U64_C(0x7ff0000000000000)
#define TD_SOFT_NAN      TD_U64_C(0x7ff8000000000000)
#define TD_SOFT_FRACTION TD_U64_C(0x000fffffffffffff)
#define TD_SOFT_LEADING  TD_U64_C(0x0010000000000000)    /* the bit that is not stored */

TD_FN td_u64 td_soft_abs(td_u64 a) { return a & ~TD_SOFT_SIGN; }
TD_FN td_u64 td_soft_neg(td_u64 a) { return a ^ TD_SOFT_SIGN; }
TD_FN int td_soft_is_nan(td_u64 a) { return td_soft_abs(a) > TD_SOFT_INFINITY; }

/* ---- Comparison ------------------------------------------------------------------------------ */

/* Of what is not negative, the order of the values is the order of the bits. */
TD_FN int td_soft_less_equal_abs(td_u64 a, td_u64 b) { return td_soft_abs(a) <= td_soft_abs(b); }

TD_FN td_u64 td_soft_max_abs(td_u64 a, td_u64 b)
{
    return td_soft_abs(a) > td_soft_abs(b) ? td_soft_abs(a) : td_soft_abs(b);
}

/* An integer whose order is that of the values: -0 and +0 give the same. */
TD_FN td_i64 td_soft_rank(td_u64 a)
{
    const td_i64 size = (td_i64)td_soft_abs(a);
    return (a & TD_SOFT_SIGN) ? -size : size;
}

TD_FN int td_soft_less(td_u64 a, td_u64 b)
{
    return !td_soft_is_nan(a) && !td_soft_is_nan(b) && td_soft_rank(a) < td_soft_rank(b);
}

TD_FN int td_soft_less_equal(td_u64 a, td_u64 b)
{
    return !td_soft_is_nan(a) && !td_soft_is_nan(b) && td_soft_rank(a) <= td_soft_rank(b);
}

TD_FN int td_soft_equal(td_u64 a, td_u64 b)
{
    return !td_soft_is_nan(a) && !td_soft_is_nan(b) && td_soft_rank(a) == td_soft_rank(b);
}

/* ---- Parts and rounding ---------------------------------------------------------------------- */

/* The biased exponent; that of the smallest normal numbers, 1, for subnormal ones and zeros, whose
 * significand just lacks the leading bit. */
TD_FN int td_soft_exponent(td_u64 a)
{
    const int stored = (int)((a >> 52) & 0x7ff);
    return stored ? stored : 1;
}

TD_FN td_u64 td_soft_significand(td_u64 a)
{
    const td_u64 fraction = a & TD_SOFT_FRACTION;
    return (a & TD_SOFT_INFINITY) ? fraction | TD_SOFT_LEADING : fraction;
}

/* a >> count; what falls out leaves a 1 in the last bit, so that rounding still sees that the
 * value was not exact. count is 0 or more. */
TD_FN td_u64 td_soft_shift(td_u64 a, int count)
{
    if (count == 0) return a;
    if (count > 63) return a != 0;
    return (a >> count) | ((a << (64 - count)) != 0);
}

/* Rounds to nearest, ties to even, and puts together. The value is bits * 2^(exponent - 1085) (so
 * that with its highest bit in place 62 its biased exponent is exponent); bits < 2^63, of which the
 * last may stand for more behind it. bits is not 0. */
TD_FN td_u64 td_soft_pack(td_u64 sign, int exponent, td_u64 bits)
{
    /* Highest bit to place 62: one leading bit, 52 of the fraction, 10 to round by. */
    const int up = td_clz_u64(bits) - 1;
    td_u64 kept, rest;
    bits <<= up;
    exponent -= up;
    if (exponent >= 0x7ff) return sign | TD_SOFT_INFINITY;
    if (exponent < 1) {    /* subnormal: the exponent is that of 1, and the bits go down */
        bits = td_soft_shift(bits, 1 - exponent);
        exponent = 1;
    }
    kept = bits >> 10;
    rest = bits & 0x3ff;
    kept += rest > 0x200 || (rest == 0x200 && (kept & 1));
    /* The leading bit adds 1 to the exponent field by itself, so that a carry out of the fraction,
     * from subnormal to normal or on to infinity, comes out right. */
    return sign | ((((td_u64)(exponent - 1)) << 52) + kept);
}

/* ---- Sum, difference, product ---------------------------------------------------------------- */

/* When one of them is infinite or NaN. */
TD_FN td_u64 td_soft_add_special(td_u64 a, td_u64 b)
{
    if (td_soft_is_nan(a) || td_soft_is_nan(b)) return TD_SOFT_NAN;
    if (td_soft_abs(a) != TD_SOFT_INFINITY) return b;
    if (td_soft_abs(b) != TD_SOFT_INFINITY) return a;
    return a == b ? a : TD_SOFT_NAN;
}

TD_FN td_u64 td_soft_add(td_u64 a, td_u64 b)
{
    td_u64 large = a, small = b, bits, other;
    if (td_soft_abs(a) >= TD_SOFT_INFINITY || td_soft_abs(b) >= TD_SOFT_INFINITY) {
        return td_soft_add_special(a, b);
    }
    if (td_soft_abs(a) < td_soft_abs(b)) {
        large = b;
        small = a;
    }
    /* Nine bits below the fraction, and one above it for the carry. Of a shift by two or more what
     * cancels is one bit at most, so one bit that stands for all that fell out is enough. */
    bits = td_soft_significand(large) << 9;
    other = td_soft_shift(td_soft_significand(small) << 9,
                          td_soft_exponent(large) - td_soft_exponent(small));
    bits = ((large ^ small) & TD_SOFT_SIGN) ? bits - other : bits + other;
    /* A zero: of equal signs that sign, else (x - x) the positive one. */
    if (bits == 0) return large & small & TD_SOFT_SIGN;
    return td_soft_pack(large & TD_SOFT_SIGN, td_soft_exponent(large) + 1, bits);
}

TD_FN td_u64 td_soft_sub(td_u64 a, td_u64 b) { return td_soft_add(a, td_soft_neg(b)); }

/* The upper 64 bits of a * b, and, in *low, the lower ones, from four products of 32 bits. */
TD_FN td_u64 td_soft_wide(td_u64 a, td_u64 b, td_u64 *low)
{
    const td_u64 mask = TD_U64_C(0xffffffff);
    const td_u64 a0 = a & mask, a1 = a >> 32, b0 = b & mask, b1 = b >> 32;
    const td_u64 bottom = a0 * b0;
    const td_u64 middle = a1 * b0 + (bottom >> 32);           /* at most 2^64 - 2^32 */
    const td_u64 other = a0 * b1 + (middle & mask);
    *low = (other << 32) | (bottom & mask);
    return a1 * b1 + (middle >> 32) + (other >> 32);
}

TD_FN td_u64 td_soft_mul(td_u64 a, td_u64 b)
{
    const td_u64 sign = (a ^ b) & TD_SOFT_SIGN;
    const td_u64 size_a = td_soft_abs(a), size_b = td_soft_abs(b);
    td_u64 bits, low, bits_a, bits_b;
    int up_a, up_b;
    if (size_a > TD_SOFT_INFINITY || size_b > TD_SOFT_INFINITY) return TD_SOFT_NAN;
    if (size_a == TD_SOFT_INFINITY || size_b == TD_SOFT_INFINITY) {
        return size_a == 0 || size_b == 0 ? TD_SOFT_NAN : sign | TD_SOFT_INFINITY;
    }
    if (size_a == 0 || size_b == 0) return sign;
    /* Highest bits to places 63 and 62, so that the product's is in place 126 or 125 of 128 bits:
     * the upper half has 62 of it at least, and one bit stands for the lower half. */
    bits_a = td_soft_significand(a);
    bits_b = td_soft_significand(b);
    up_a = td_clz_u64(bits_a);
    up_b = td_clz_u64(bits_b) - 1;
    bits = td_soft_wide(bits_a << up_a, bits_b << up_b, &low);
    bits |= low != 0;
    /* Exponents less what the shifts took: 11 and 10 bring a normal number's bit to 63 and 62. */
    return td_soft_pack(sign, td_soft_exponent(a) - (up_a - 11) + td_soft_exponent(b) -
                        (up_b - 10) - 1023 + 1, bits);
}

/* ---- From float ------------------------------------------------------------------------------ */

/* Every float is a double, so nothing is rounded. bits: td_f32_bits of it. */
TD_FN td_u64 td_soft_from_f32(td_u32 bits)
{
    const td_u64 sign = (td_u64)(bits & 0x80000000u) << 32;
    const td_u32 size = bits & 0x7fffffffu;
    if (size > 0x7f800000u) return TD_SOFT_NAN;
    if (size == 0x7f800000u) return sign | TD_SOFT_INFINITY;
    if (size == 0) return sign;
    if (size < 0x00800000u) {    /* subnormal: size * 2^-149; 1085 - 149 = 936 */
        return td_soft_pack(sign, 936, size);
    }
    return sign | (((td_u64)size << 29) + ((td_u64)(1023 - 127) << 52));
}

#endif
