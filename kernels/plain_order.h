/* plain_order.h - the kernels and their launchers, for one order. PLAIN_ORDER is the beginning of
 * the launchers' names. Included once by each of plain_rising.c and plain_falling.c. Tests have
 * kernels of their own: PLAIN_TEXT is the file that holds the kernels, PLAIN_LIST their rows, and
 * PLAIN_TAIL(group, groups) what follows the arguments. */
#ifndef TANDEM_KERNELS_PLAIN_ORDER_H
#define TANDEM_KERNELS_PLAIN_ORDER_H
#include "kernels/plain.h"

#ifndef PLAIN_TEXT
#define PLAIN_TEXT "kernels/all.td"
#endif
#ifndef PLAIN_LIST
#define PLAIN_LIST "kernels/list.h"
#endif
#ifndef PLAIN_TAIL
#define PLAIN_TAIL(group, groups) , group, groups
#endif

#include PLAIN_TEXT

/* A value may lie anywhere in the caller's memory, so it is copied out. */
#define PLAIN_VALUE(letter, type)                                     \
    static inline type plain_value_##letter(const td_launch_arg *arg) \
    {                                                                 \
        type value;                                                   \
        memcpy(&value, arg->data, sizeof value);                      \
        return value;                                                 \
    }
PLAIN_VALUE(i, td_i32)
PLAIN_VALUE(u, td_u32)
PLAIN_VALUE(l, td_i64)
PLAIN_VALUE(f, float)
PLAIN_VALUE(d, double)

#define PLAIN_PASS(argument, left) PLAIN_PASS_##argument(args + (count - (left)))
#define PLAIN_PASS_B(type, name)   (type *)(uintptr_t)PLAIN_POINTER
#define PLAIN_PASS_I(name)         plain_value_i
#define PLAIN_PASS_U(name)         plain_value_u
#define PLAIN_PASS_L(name)         plain_value_l
#define PLAIN_PASS_F(name)         plain_value_f
#define PLAIN_PASS_D(name)         plain_value_d
#define PLAIN_POINTER(arg)         (arg)->data

#define TD_ROW(name, needs, ...)                                                         \
    void PLAIN_JOIN(PLAIN_ORDER, name)(const td_launch_arg *args, int group, int groups) \
    {                                                                                    \
        enum { count = PLAIN_COUNT(__VA_ARGS__) };                                       \
        name(PLAIN_EACH(PLAIN_PASS, __VA_ARGS__) PLAIN_TAIL(group, groups));             \
    }
#include PLAIN_LIST

#endif
