/* plain.h - how list.h becomes C: for every row a function that takes the arguments of a launch
 * apart and runs one group, once with the items rising and once with them falling. */
#ifndef TANDEM_KERNELS_PLAIN_H
#define TANDEM_KERNELS_PLAIN_H
#include "kernels/kernels.h"

#define PLAIN_JOIN_(a, b) a##b
#define PLAIN_JOIN(a, b)  PLAIN_JOIN_(a, b)

/* How many arguments follow, 1 to 24. */
#define PLAIN_COUNT(...)                                                                           \
    PLAIN_COUNT_(__VA_ARGS__, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, \
                 6, 5, 4, 3, 2, 1, 0)
#define PLAIN_COUNT_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, \
                     a18, a19, a20, a21, a22, a23, a24, count, ...)                              \
    count

/* f(argument, left) of each, with commas between; left counts down to 1. */
#define PLAIN_EACH(f, ...)       PLAIN_JOIN(PLAIN_EACH_, PLAIN_COUNT(__VA_ARGS__))(f, __VA_ARGS__)
#define PLAIN_EACH_1(f, x)       f(x, 1)
#define PLAIN_EACH_2(f, x, ...)  f(x, 2), PLAIN_EACH_1(f, __VA_ARGS__)
#define PLAIN_EACH_3(f, x, ...)  f(x, 3), PLAIN_EACH_2(f, __VA_ARGS__)
#define PLAIN_EACH_4(f, x, ...)  f(x, 4), PLAIN_EACH_3(f, __VA_ARGS__)
#define PLAIN_EACH_5(f, x, ...)  f(x, 5), PLAIN_EACH_4(f, __VA_ARGS__)
#define PLAIN_EACH_6(f, x, ...)  f(x, 6), PLAIN_EACH_5(f, __VA_ARGS__)
#define PLAIN_EACH_7(f, x, ...)  f(x, 7), PLAIN_EACH_6(f, __VA_ARGS__)
#define PLAIN_EACH_8(f, x, ...)  f(x, 8), PLAIN_EACH_7(f, __VA_ARGS__)
#define PLAIN_EACH_9(f, x, ...)  f(x, 9), PLAIN_EACH_8(f, __VA_ARGS__)
#define PLAIN_EACH_10(f, x, ...) f(x, 10), PLAIN_EACH_9(f, __VA_ARGS__)
#define PLAIN_EACH_11(f, x, ...) f(x, 11), PLAIN_EACH_10(f, __VA_ARGS__)
#define PLAIN_EACH_12(f, x, ...) f(x, 12), PLAIN_EACH_11(f, __VA_ARGS__)
#define PLAIN_EACH_13(f, x, ...) f(x, 13), PLAIN_EACH_12(f, __VA_ARGS__)
#define PLAIN_EACH_14(f, x, ...) f(x, 14), PLAIN_EACH_13(f, __VA_ARGS__)
#define PLAIN_EACH_15(f, x, ...) f(x, 15), PLAIN_EACH_14(f, __VA_ARGS__)
#define PLAIN_EACH_16(f, x, ...) f(x, 16), PLAIN_EACH_15(f, __VA_ARGS__)
#define PLAIN_EACH_17(f, x, ...) f(x, 17), PLAIN_EACH_16(f, __VA_ARGS__)
#define PLAIN_EACH_18(f, x, ...) f(x, 18), PLAIN_EACH_17(f, __VA_ARGS__)
#define PLAIN_EACH_19(f, x, ...) f(x, 19), PLAIN_EACH_18(f, __VA_ARGS__)
#define PLAIN_EACH_20(f, x, ...) f(x, 20), PLAIN_EACH_19(f, __VA_ARGS__)
#define PLAIN_EACH_21(f, x, ...) f(x, 21), PLAIN_EACH_20(f, __VA_ARGS__)
#define PLAIN_EACH_22(f, x, ...) f(x, 22), PLAIN_EACH_21(f, __VA_ARGS__)
#define PLAIN_EACH_23(f, x, ...) f(x, 23), PLAIN_EACH_22(f, __VA_ARGS__)
#define PLAIN_EACH_24(f, x, ...) f(x, 24), PLAIN_EACH_23(f, __VA_ARGS__)

/* The letter of an argument, as in kernel_row.args. */
#define PLAIN_KIND(argument, left) PLAIN_KIND_##argument
#define PLAIN_KIND_B(type, name)   'b'
#define PLAIN_KIND_I(name)         'i'
#define PLAIN_KIND_U(name)         'u'
#define PLAIN_KIND_L(name)         'l'
#define PLAIN_KIND_F(name)         'f'
#define PLAIN_KIND_D(name)         'd'

#define PLAIN_NEEDS_ANY false
#define PLAIN_NEEDS_F64 true

#ifndef PLAIN_LIST
#define PLAIN_LIST "kernels/list.h"
#endif
#define TD_ROW(name, needs, ...)                                                 \
    void kernel_rising_##name(const td_launch_arg *args, int group, int groups); \
    void kernel_falling_##name(const td_launch_arg *args, int group, int groups);
#include PLAIN_LIST

#endif
