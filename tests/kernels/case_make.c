/* case_make.c - the makers of cases, one of each kernel, and the references they expect. */
#include "cases.h"
#include "tests/check.h"

#define GROUP     128 /* the items of a group, as kernels know them */
#define COUNT_MAX 3000

static void *memory(size_t bytes)
{
    void *const data = malloc(bytes ? bytes : 1);
    if (!data) exit(1);
    return data;
}

static void *buffer(kernel_case *one, int arg, size_t bytes)
{
    one->bytes[arg] = bytes;
    one->before[arg] = memory(bytes);
    return one->before[arg];
}

static void *random_buffer(kernel_case *one, int arg, size_t bytes)
{
    unsigned char *const data = buffer(one, arg, bytes);
    for (size_t i = 0; i < bytes; ++i)
        data[i] = (unsigned char)check_random();
    return data;
}

static void *poisoned_buffer(kernel_case *one, int arg, size_t bytes)
{
    return memset(buffer(one, arg, bytes), 0xA5, bytes);
}

/* What is expected, at first what is there before. */
static void *expect(kernel_case *one, int arg)
{
    one->expected[arg] = memory(one->bytes[arg]);
    return memcpy(one->expected[arg], one->before[arg], one->bytes[arg]);
}

#define VALUE(letter, type)                                           \
    static type value_##letter(kernel_case *one, int arg, type value) \
    {                                                                 \
        memcpy(&one->value[arg], &value, sizeof value);               \
        return value;                                                 \
    }
VALUE(i, int32_t)
VALUE(u, uint32_t)
VALUE(l, int64_t)
VALUE(f, float)
VALUE(d, double)

static int64_t any_count(const kernel_case *one)
{
    return one->variant < 2 ? one->variant : (int64_t)(check_random() % COUNT_MAX);
}

/* Numbers of both signs and many sizes, all finite and none subnormal. */
static float any_float(void)
{
    return (float)((check_random_unit() - 0.5) * exp2((double)(check_random() % 40) - 20.0));
}

/* ---- basic.td -------------------------------------------------------------------------------- */

static void make_fill(kernel_case *one)
{
    const int64_t count = value_l(one, 2, any_count(one));
    const uint32_t value = value_u(one, 1, (uint32_t)check_random());
    poisoned_buffer(one, 0, (size_t)count * 4);
    uint32_t *const target = expect(one, 0);
    for (int64_t i = 0; i < count; ++i)
        target[i] = value;
}

static void make_probe(kernel_case *one)
{
    const uint32_t count = value_u(one, 1, (uint32_t)any_count(one));
    random_buffer(one, 0, (size_t)count * 4);
    uint32_t *const x = expect(one, 0);
    for (uint32_t i = 0; i < count; ++i)
        x[i] = x[i] * 2654435761u + i;
}

static void make_widen(kernel_case *one)
{
    const int64_t count = value_l(one, 2, any_count(one));
    const int32_t *const part = random_buffer(one, 0, (size_t)count * 4);
    int64_t *const before = random_buffer(one, 1, (size_t)count * 8);
    for (int64_t i = 0; i < count; ++i)
        before[i] >>= 8; /* room to add */
    memset(expect(one, 0), 0, (size_t)count * 4);
    int64_t *const total = expect(one, 1);
    for (int64_t i = 0; i < count; ++i)
        total[i] += part[i];
}

/* ---- bench.td -------------------------------------------------------------------------------- */

static void make_bench_copy(kernel_case *one)
{
    const int64_t count = value_l(one, 2, any_count(one));
    const void *const in = random_buffer(one, 0, (size_t)count * 16);
    poisoned_buffer(one, 1, (size_t)count * 16);
    memcpy(expect(one, 1), in, (size_t)count * 16);
}

/* One chain after another here, all chains step by step there: each does 8 steps a round. */
#define BENCH_REFERENCE(type, kind, any_factor, any_term)                                  \
    static void make_bench_##kind(kernel_case *one)                                        \
    {                                                                                      \
        const type factor = value_##kind(one, 1, any_factor);                              \
        const type term = value_##kind(one, 2, any_term);                                  \
        const int32_t rounds = value_i(one, 3, one->variant ? one->variant * 5 : 0);       \
        const size_t items = (size_t)one->groups * GROUP;                                  \
        poisoned_buffer(one, 0, items * sizeof(type));                                     \
        type *const out = expect(one, 0);                                                  \
        for (size_t item = 0; item < items; ++item) {                                      \
            type x[8];                                                                     \
            for (int chain = 0; chain < 8; ++chain) {                                      \
                x[chain] = (type)item + (type)chain;                                       \
                for (int step = 0; step < rounds * 8; ++step)                              \
                    x[chain] = x[chain] * factor + term;                                   \
            }                                                                              \
            out[item] = ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7])); \
        }                                                                                  \
    }
BENCH_REFERENCE(float, f, (float)(0.25 + check_random_unit() / 2), (float)check_random_unit())
BENCH_REFERENCE(double, d, 0.25 + check_random_unit() / 2, check_random_unit())
BENCH_REFERENCE(uint32_t, u, (uint32_t)check_random() | 1, (uint32_t)check_random())

/* ---- own.td: group primitives ------------------------------------------------------------------
 */

/* The tree that td_group.h promises. */
#define SUM_REFERENCE(type, name)                              \
    static type tree_##name(const type *in)                    \
    {                                                          \
        type x[GROUP];                                         \
        memcpy(x, in, sizeof x);                               \
        for (int reach = GROUP / 2; reach > 0; reach /= 2)     \
            for (int i = 0; i < reach; ++i)                    \
                x[i] = x[i] + x[i + reach];                    \
        return x[0];                                           \
    }                                                          \
    static void make_sum_##name(kernel_case *one)              \
    {                                                          \
        const size_t items = (size_t)one->groups * GROUP;      \
        type *const in = buffer(one, 0, items * sizeof(type)); \
        for (size_t i = 0; i < items; ++i)                     \
            in[i] = any_##name();                              \
        poisoned_buffer(one, 1, items * sizeof(type));         \
        type *const out = expect(one, 1);                      \
        for (size_t i = 0; i < items; ++i)                     \
            out[i] = tree_##name(in + i / GROUP * GROUP);      \
    }
#define MAX_REFERENCE(type, name)                              \
    static void make_max_##name(kernel_case *one)              \
    {                                                          \
        const size_t items = (size_t)one->groups * GROUP;      \
        type *const in = buffer(one, 0, items * sizeof(type)); \
        for (size_t i = 0; i < items; ++i)                     \
            in[i] = any_##name();                              \
        poisoned_buffer(one, 1, items * sizeof(type));         \
        type *const out = expect(one, 1);                      \
        for (size_t i = 0; i < items; ++i) {                   \
            const type *const group = in + i / GROUP * GROUP;  \
            out[i] = group[0];                                 \
            for (int k = 1; k < GROUP; ++k)                    \
                if (group[k] > out[i]) out[i] = group[k];      \
        }                                                      \
    }
/* own: 1 counts the item itself too. */
#define SCAN_REFERENCE(type, name, kind, own)                           \
    static void make_##kind##_##name(kernel_case *one)                  \
    {                                                                   \
        const size_t items = (size_t)one->groups * GROUP;               \
        type *const in = buffer(one, 0, items * sizeof(type)), sum = 0; \
        for (size_t i = 0; i < items; ++i)                              \
            in[i] = any_##name();                                       \
        poisoned_buffer(one, 1, items * sizeof(type));                  \
        type *const out = expect(one, 1);                               \
        for (size_t i = 0; i < items; ++i) {                            \
            if (i % GROUP == 0) sum = 0;                                \
            out[i] = (own) ? sum + in[i] : sum;                         \
            sum += in[i];                                               \
        }                                                               \
    }

static int32_t any_i32(void)
{
    return (int32_t)(check_random() % 20000001) - 10000000; /* 128 of them fit */
}

static uint64_t any_u64(void)
{
    return check_random();
}

static float any_f32(void)
{
    return any_float();
}

static double any_f64(void)
{
    return (check_random_unit() - 0.5) * exp2((double)(check_random() % 40) - 20.0);
}

SUM_REFERENCE(int32_t, i32)
SUM_REFERENCE(uint64_t, u64)
SUM_REFERENCE(float, f32)
SUM_REFERENCE(double, f64)
MAX_REFERENCE(int32_t, i32)
MAX_REFERENCE(float, f32)
MAX_REFERENCE(double, f64)
SCAN_REFERENCE(int32_t, i32, scan, 1)
SCAN_REFERENCE(uint64_t, u64, scan, 1)
SCAN_REFERENCE(int32_t, i32, before, 0)
SCAN_REFERENCE(uint64_t, u64, before, 0)

static void make_rounds(kernel_case *one)
{
    const int32_t rounds = value_i(one, 2, one->variant);
    const size_t items = (size_t)one->groups * GROUP;
    int32_t *const in = buffer(one, 0, items * (size_t)rounds * 4);
    for (size_t i = 0; i < items * (size_t)rounds; ++i)
        in[i] = any_i32();
    poisoned_buffer(one, 1, (size_t)one->groups * 4);
    int32_t *const out = expect(one, 1);
    for (int group = 0; group < one->groups; ++group) {
        out[group] = 0;
        for (int32_t round = 0; round < rounds; ++round) {
            const int32_t *const first = in + (size_t)round * items + (size_t)group * GROUP;
            int32_t most = first[0];
            for (int i = 1; i < GROUP; ++i)
                most = first[i] > most ? first[i] : most;
            out[group] += most;
        }
    }
}

/* ---- own.td: atomics, bits, races --------------------------------------------------------------
 */

static void make_atomics(kernel_case *one)
{
    const int64_t count = value_l(one, 4, any_count(one));
    int32_t *const in = buffer(one, 0, (size_t)count * 4);
    for (int64_t i = 0; i < count; ++i)
        in[i] = (int32_t)(check_random() & 0x7fff);
    memset(buffer(one, 1, 12), 0, 12);
    memset(buffer(one, 2, 12), 0, 12);
    memset(buffer(one, 3, (size_t)count * 4), 0, (size_t)count * 4);
    int32_t *const out = expect(one, 1), *const seen = expect(one, 3);
    uint32_t *const bits = expect(one, 2);
    for (int64_t i = 0; i < count; ++i) {
        out[0] += in[i];
        out[1] = in[i] > out[1] ? in[i] : out[1];
        out[2] += 1;
        bits[0] |= (uint32_t)in[i];
        bits[1] = (uint32_t)in[i] > bits[1] ? (uint32_t)in[i] : bits[1];
        bits[2] += 1;
        seen[i] = 1;
    }
}

static int32_t leading_zeros(uint64_t x, int width)
{
    int32_t zeros = 0;
    while (zeros < width && !(x >> (width - 1 - zeros) & 1))
        zeros += 1;
    return zeros;
}

static void make_bits(kernel_case *one)
{
    const int64_t count = value_l(one, 2, any_count(one));
    uint32_t *const in = buffer(one, 0, (size_t)count * 4);
    for (int64_t i = 0; i < count; ++i)
        in[i] = (uint32_t)check_random() >> (i % 33 == 32 ? 31 : i % 33) << (i % 7);
    poisoned_buffer(one, 1, (size_t)count * 16);
    int32_t *const out = expect(one, 1);
    for (int64_t i = 0; i < count; ++i) {
        int32_t set = 0, lowest = 32;
        for (int bit = 31; bit >= 0; --bit) {
            if (!(in[i] >> bit & 1)) continue;
            set += 1;
            lowest = bit;
        }
        out[4 * i] = set;
        out[4 * i + 1] = leading_zeros(in[i], 32);
        out[4 * i + 2] = lowest;
        out[4 * i + 3] = leading_zeros((uint64_t)in[i] << 17, 64);
    }
}

static void make_soft(kernel_case *one)
{
    const int64_t count = value_l(one, 3, any_count(one));
    double *const a = buffer(one, 0, (size_t)count * 8), *const b =
                                                             buffer(one, 1, (size_t)count * 8);
    poisoned_buffer(one, 2, (size_t)count * 16);
    double *const out = expect(one, 2);
    for (int64_t i = 0; i < count; ++i) {
        a[i] = any_f64();
        b[i] = any_f64();
        out[2 * i] = a[i] + b[i];
        out[2 * i + 1] = a[i] * b[i];
    }
}

/* Wrong kernels: only their orders are compared. */
static void make_race(kernel_case *one)
{
    const size_t items = (size_t)one->groups * GROUP;
    random_buffer(one, 0, items * 4);
    int32_t *const in = one->before[0];
    for (size_t i = 0; i < items; ++i)
        in[i] &= 0xffffff;
    poisoned_buffer(one, 1, items * 4);
}

/* ---- The table ------------------------------------------------------------------------------- */

static const struct maker {
    const char *name;
    void (*make)(kernel_case *one);
} makers[] = {
    {"td_fill", make_fill},
    {"td_probe", make_probe},
    {"td_widen", make_widen},
    {"td_bench_copy", make_bench_copy},
    {"td_bench_f32", make_bench_f},
    {"td_bench_i32", make_bench_u},
    {"td_bench_f64", make_bench_d},
    {"own_sum_i32", make_sum_i32},
    {"own_sum_u64", make_sum_u64},
    {"own_sum_f32", make_sum_f32},
    {"own_sum_f64", make_sum_f64},
    {"own_max_i32", make_max_i32},
    {"own_max_f32", make_max_f32},
    {"own_max_f64", make_max_f64},
    {"own_scan_i32", make_scan_i32},
    {"own_scan_u64", make_scan_u64},
    {"own_before_i32", make_before_i32},
    {"own_before_u64", make_before_u64},
    {"own_rounds", make_rounds},
    {"own_atomics", make_atomics},
    {"own_bits", make_bits},
    {"own_soft", make_soft},
    {"own_race_neighbour", make_race},
    {"own_race_unset", make_race},
    {"own_race_groups", make_race},
};

bool case_make(kernel_case *one, const kernel_row *row, int variant, uint64_t seed)
{
    memset(one, 0, sizeof *one);
    one->row = row;
    one->variant = variant;
    check_seed_value = seed + (uint64_t)variant;
    one->groups = variant < 2 ? variant + 1 : (int)(check_random() % 9) + 1;
    for (size_t i = 0; i < sizeof makers / sizeof *makers; ++i) {
        if (strcmp(makers[i].name, row->name) != 0) continue;
        makers[i].make(one);
        return true;
    }
    return false;
}
