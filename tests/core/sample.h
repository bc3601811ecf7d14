/* sample.h - an operation with a parameter of every kind, and an allocator that counts and can
 * fail, for the tests of core/. */
#ifndef TANDEM_TESTS_CORE_SAMPLE_H
#define TANDEM_TESTS_CORE_SAMPLE_H
#include <pthread.h>
#include <stdatomic.h>

#include "core/engine.h"
#include "tandem/module.h"
#include "tandem/table.h"
#include "tests/check.h"

/* ---- The allocator --------------------------------------------------------------------------- */

typedef struct sample_memory {
    atomic_llong pieces, bytes;   /* out at the moment */
    atomic_llong calls;           /* for memory, so far */
    atomic_llong fail_at;         /* number of the call that fails, from 1; 0: none */
    atomic_llong wrong;           /* pieces given back with another size than they had */
} sample_memory;

/* The size stands in front of each piece, to check old_bytes. */
static void *sample_resize(void *context, void *memory, size_t old_bytes, size_t new_bytes)
{
    sample_memory *count = context;
    size_t        *piece = memory ? (size_t *)memory - 2 : NULL;
    if (piece && piece[0] != old_bytes) atomic_fetch_add(&count->wrong, 1);
    if (new_bytes == 0) {
        if (piece) {
            atomic_fetch_sub(&count->pieces, 1);
            atomic_fetch_sub(&count->bytes, (long long)old_bytes);
        }
        free(piece);
        return NULL;
    }
    const long long call = atomic_fetch_add(&count->calls, 1) + 1;
    if (call == atomic_load(&count->fail_at)) return NULL;
    size_t *fresh = malloc(new_bytes + 2 * sizeof(size_t));
    if (!fresh) return NULL;
    memset(fresh, 0xa5, new_bytes + 2 * sizeof(size_t));   /* what is not cleared shows */
    fresh[0] = new_bytes;
    if (piece) {
        memcpy(fresh + 2, memory, old_bytes < new_bytes ? old_bytes : new_bytes);
        free(piece);
        atomic_fetch_sub(&count->bytes, (long long)old_bytes);
    } else {
        atomic_fetch_add(&count->pieces, 1);
    }
    atomic_fetch_add(&count->bytes, (long long)new_bytes);
    return fresh + 2;
}

static inline td_allocator sample_allocator(sample_memory *memory)
{
    const td_allocator allocator = {sample_resize, memory};
    return allocator;
}

/* ---- The operation "sample.grid" ------------------------------------------------------------- */

static const char *const sample_profiles[] = {"marwan", "julia", "profile", NULL};
static const char *const sample_modes[] = {"x:l1", "y:l1", "xy:l2", "x:max", NULL};

static const td_param sample_params[] = {
    {"m", "Embedding dimension.", NULL, 1, TD_INT, TD_PARAM_SWEEP, {TD_INT, {.i = 1}},
     {TD_INT, {.i = 1}}, {TD_INT, {.i = 64}}, {TD_INT, {.i = 1}}, NULL},
    {"eps", "Threshold \"of\" distance.", "px", 2, TD_FLOAT, TD_PARAM_SWEEP, {TD_FLOAT, {.f = 0.1}},
     {TD_FLOAT, {.f = 0.0}}, {TD_FLOAT, {.f = 1e6}}, {TD_FLOAT, {.f = 0.01}}, NULL},
    {"modes", "Signal and norm.", NULL, 3, TD_CHOICE, TD_PARAM_SWEEP, {TD_TEXT, {.s = "x:l1"}},
     {TD_BOOL, {0}}, {TD_BOOL, {0}}, {TD_BOOL, {0}}, sample_modes},
    {"strict", "Leave equality out.", NULL, 4, TD_BOOL, TD_PARAM_ADVANCED, {TD_BOOL, {.b = false}},
     {TD_BOOL, {0}}, {TD_BOOL, {0}}, {TD_BOOL, {0}}, NULL},
    {"theiler", "Width of the window left out.", "samples", 5, TD_INT, 0, {TD_INT, {.i = 1}},
     {TD_INT, {.i = 0}}, {TD_INT, {.i = INT64_MAX}}, {TD_INT, {.i = 1}}, NULL},
    {"scale", "Factor of all samples.", NULL, 6, TD_FLOAT, 0, {TD_FLOAT, {.f = 1.0}},
     {TD_FLOAT, {.f = -INFINITY}}, {TD_FLOAT, {.f = INFINITY}}, {TD_FLOAT, {.f = 0.5}}, NULL},
    {"profile", "Conventions.", NULL, 7, TD_CHOICE, 0, {TD_TEXT, {.s = "marwan"}},
     {TD_BOOL, {0}}, {TD_BOOL, {0}}, {TD_BOOL, {0}}, sample_profiles},
    {"label", "A name for the run.", NULL, 8, TD_TEXT, 0, {TD_TEXT, {.s = "n/a\t\\"}},
     {TD_BOOL, {0}}, {TD_BOOL, {0}}, {TD_BOOL, {0}}, NULL},
    {"flip", "Both ways.", NULL, 9, TD_BOOL, TD_PARAM_SWEEP, {TD_BOOL, {.b = true}},
     {TD_BOOL, {0}}, {TD_BOOL, {0}}, {TD_BOOL, {0}}, NULL},
};

static const td_port sample_inputs[] = {
    {"recordings", "Gaze, x and y.", "px", TD_F64, TD_PORT_RAGGED, "x,y"},
    {"weights", "One for each lag.", NULL, TD_F32, TD_PORT_OPTIONAL, "lag,column"},
};

static const td_port sample_outputs[] = {
    {"rr", "Recurrence rate.", NULL, TD_F64, 0, "recording,m,eps"},
    {"lmax", "Longest line.", "samples", TD_I64, 0, "recording,m"},
    {"lam", "Laminarity.", NULL, TD_F64, TD_PORT_EXTRA, "recording,modes"},
};

static const td_op sample_op = {
    sizeof(td_op), sizeof(td_param), sizeof(td_port), 1000, "sample.grid", "A sample",
    "Line one.\nLine \"two\": \xc3\xa9.", "recording", sample_params, sample_inputs,
    sample_outputs, 9, 2, 3, 1e-9};

static td_status sample_open(td_engine *engine, const td_args *args, void **state,
                             uint64_t *item_count, td_error *err)
{
    (void)engine;
    (void)err;
    *state = NULL;
    *item_count = td_args_series(args, "recordings")->item_count;
    return TD_OK;
}

static td_status sample_plan(const void *state, uint64_t host_bytes, uint64_t device_bytes,
                             td_units *units, td_error *err)
{
    (void)state;
    (void)host_bytes;
    (void)device_bytes;
    (void)units;
    return td_fail(err, TD_E_UNSUPPORTED, "the sample does not run");
}

static td_status sample_run(const void *state, const td_unit *unit, td_work *work,
                            td_result *result, td_error *err)
{
    (void)state;
    (void)unit;
    (void)work;
    (void)result;
    return td_fail(err, TD_E_UNSUPPORTED, "the sample does not run");
}

static const td_op_impl sample_impl = {.struct_size = sizeof(td_op_impl),
                                       .op = &sample_op,
                                       .open = sample_open,
                                       .plan = sample_plan,
                                       .run_cpu = sample_run};
static const td_op_impl *const sample_ops[] = {&sample_impl, NULL};

/* An engine of one thread that has the sample, without plug-ins. */
static inline td_status sample_engine(const td_allocator *allocator, td_engine **engine,
                                      td_error *err)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    config.threads = 1;
    config.backends = "cpu";
    config.ops = sample_ops;
    if (allocator) config.allocator = *allocator;
    return td_engine_create(&config, engine, err);
}

#endif
