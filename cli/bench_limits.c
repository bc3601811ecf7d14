/* bench_limits.c - what this machine can do at most: its memory, and its arithmetic. */
#include "cli/bench.h"

#include "core/engine.h"
#include "modules/rqa/rqa_lines.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const bench_path[BENCH_PATHS] = {"plain", "avx2", "avx512"};

#define PEAK_LOOPS        400000
#define PEAK_ACCUMULATORS 8 /* enough to hide the latency of an addition */
#define PEAK_TRIES        5
#define TRIAD_TRIES       5
#define TRIAD_CHUNK       65536 /* doubles */

double bench_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- Arithmetic ------------------------------------------------------------------------- */

/* Adds and compares doubles of LANES in a vector; the compiler lowers the vectors to what the
 * target has. Returns something that depends on all of it. */
#define PEAK_BODY(LANES)                                                            \
    {                                                                               \
        typedef double number __attribute__((vector_size(LANES * sizeof(double)))); \
        typedef int64_t mask __attribute__((vector_size(LANES * sizeof(int64_t)))); \
        number sum[PEAK_ACCUMULATORS], limit;                                       \
        mask below[PEAK_ACCUMULATORS];                                              \
        for (int l = 0; l < LANES; ++l)                                             \
            limit[l] = end;                                                         \
        for (int a = 0; a < PEAK_ACCUMULATORS; ++a)                                 \
            for (int l = 0; l < LANES; ++l) {                                       \
                sum[a][l] = a + l;                                                  \
                below[a][l] = 0;                                                    \
            }                                                                       \
        for (int i = 0; i < PEAK_LOOPS; ++i)                                        \
            for (int a = 0; a < PEAK_ACCUMULATORS; ++a) {                           \
                sum[a] += limit;                                                    \
                below[a] |= sum[a] < limit;                                         \
            }                                                                       \
        double all = 0.0;                                                           \
        for (int a = 0; a < PEAK_ACCUMULATORS; ++a)                                 \
            for (int l = 0; l < LANES; ++l)                                         \
                all += sum[a][l] + (double)below[a][l];                             \
        return all;                                                                 \
    }

static double peak_plain(double end) PEAK_BODY(2)
#if defined(__x86_64__)
    __attribute__((target("avx2"))) static double peak_avx2(double end) PEAK_BODY(4)
        __attribute__((target("avx512f,avx512dq"))) static double peak_avx512(double end)
            PEAK_BODY(8)
#endif

                double bench_peak(const char *path)
{
    const rqa_isa *isa = NULL;
    double (*loop)(double) = peak_plain;
    double lanes = 2.0, best = 0.0;
    volatile double sink = 0.0;
    if (rqa_isa_choose(path, &isa, NULL) != TD_OK) return 0.0;
#if defined(__x86_64__)
    if (strcmp(path, "avx2") == 0) {
        loop = peak_avx2;
        lanes = 4.0;
    } else if (strcmp(path, "avx512") == 0) {
        loop = peak_avx512;
        lanes = 8.0;
    }
#endif
    for (int i = 0; i < PEAK_TRIES; ++i) {
        const double start = bench_seconds();
        sink = sink + loop(1e-9 * (i + 1));
        const double rate = lanes * PEAK_ACCUMULATORS * PEAK_LOOPS / (bench_seconds() - start);
        if (rate > best) best = rate;
    }
    return best;
}

/* ---- Memory ----------------------------------------------------------------------------- */

typedef struct triad {
    double *a, *b, *c;
    size_t count;
} triad;

static void triad_chunk(void *context, uint64_t index, uint32_t worker)
{
    const triad *t = context;
    const size_t first = (size_t)index * TRIAD_CHUNK;
    const size_t end = first + TRIAD_CHUNK < t->count ? first + TRIAD_CHUNK : t->count;
    (void)worker;
    for (size_t i = first; i < end; ++i)
        t->a[i] = t->b[i] + 3.0 * t->c[i];
}

double bench_triad(td_engine *engine, size_t bytes)
{
    triad t = {NULL, NULL, NULL, bytes / sizeof(double)};
    double best = 0.0;
    t.a = malloc(bytes);
    t.b = malloc(bytes);
    t.c = malloc(bytes);
    if (t.a && t.b && t.c) {
        for (size_t i = 0; i < t.count; ++i) {
            t.a[i] = 0.0;
            t.b[i] = 1.0;
            t.c[i] = (double)i;
        }
        for (int i = 0; i < TRIAD_TRIES; ++i) {
            const double start = bench_seconds();
            pool_for(engine_pool(engine), (t.count + TRIAD_CHUNK - 1) / TRIAD_CHUNK, triad_chunk,
                     &t);
            const double rate = 3.0 * (double)bytes / (bench_seconds() - start);
            if (rate > best) best = rate;
        }
    }
    free(t.a);
    free(t.b);
    free(t.c);
    return best;
}
