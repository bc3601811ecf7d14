/* test_pool.c - every index once, nothing at the same time that must not be, no deadlock. */
#include "core/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "../check.h"

#define THREADS_MOST 8

static const uint32_t thread_counts[] = {1, 2, 3, THREADS_MOST};

static pool *made(uint32_t threads)
{
    td_error err = TD_ERROR_INIT;
    pool *crew = NULL;
    CHECK_STATUS(TD_OK, pool_create(NULL, threads, &crew, &err), &err);
    return crew;
}

static void sleep_us(long us)
{
    const struct timespec time = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&time, NULL);
}

/* ---- Every index once, and never two calls of one worker ------------------------------------- */

typedef struct counts {
    pool *crew;
    _Atomic uint32_t call[4096];
    _Atomic int busy[THREADS_MOST];
    _Atomic uint32_t wrong;
    uint32_t threads;
} counts;

static void count_call(void *context, uint64_t index, uint32_t worker)
{
    counts *const c = context;
    if (worker >= c->threads || pool_worker(c->crew) != worker) {
        atomic_fetch_add(&c->wrong, 1);
        return;
    }
    if (atomic_fetch_add(&c->busy[worker], 1) != 0) atomic_fetch_add(&c->wrong, 1);
    atomic_fetch_add(&c->call[index], 1);
    if (index % 64 == 0) sleep_us(20);
    atomic_fetch_sub(&c->busy[worker], 1);
}

TEST(every_index_runs_once)
{
    for (size_t t = 0; t < sizeof thread_counts / sizeof *thread_counts; ++t) {
        static const uint64_t sizes[] = {0, 1, 2, 3, 100, 4096};
        pool *const crew = made(thread_counts[t]);
        CHECK_INT(thread_counts[t], pool_threads(crew));
        CHECK(pool_worker(crew) == POOL_NO_WORKER);
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
            static counts c;
            memset(&c, 0, sizeof c);
            c.crew = crew;
            c.threads = thread_counts[t];
            pool_for(crew, sizes[s], count_call, &c);
            CHECK_INT(0, c.wrong);
            for (uint64_t i = 0; i < 4096; ++i)
                CHECK_INT(i < sizes[s] ? 1 : 0, c.call[i]);
        }
        pool_destroy(crew);
    }
}

TEST(bad_thread_counts_are_refused)
{
    td_error err = TD_ERROR_INIT;
    pool *crew = NULL;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, pool_create(NULL, 0, &crew, &err), &err);
    CHECK_HAS("allowed 1 to 1024", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, pool_create(NULL, POOL_THREADS_MAX + 1, &crew, &err), &err);
    CHECK(crew == NULL);
    pool_destroy(NULL);
    pool_group_destroy(NULL);
}

/* ---- Nesting --------------------------------------------------------------------------------- */

#define NEST_OUTER  7u
#define NEST_MIDDLE 5u
#define NEST_INNER  9u

typedef struct nest {
    pool *crew;
    struct nest *up;
    uint64_t index;
    _Atomic uint64_t sum;
    _Atomic int running, most;
} nest;

static void nest_inner(void *context, uint64_t index, uint32_t worker)
{
    nest *const middle = context;
    nest *const top = middle->up->up;
    const int now = atomic_fetch_add(&top->running, 1) + 1;
    int most = atomic_load(&top->most);
    while (most < now && !atomic_compare_exchange_weak(&top->most, &most, now)) {}
    (void)worker;
    atomic_fetch_add(&top->sum,
                     (middle->up->index * NEST_MIDDLE + middle->index) * NEST_INNER + index + 1);
    atomic_fetch_sub(&top->running, 1);
}

static void nest_middle(void *context, uint64_t index, uint32_t worker)
{
    nest *const up = context;
    nest own = {.crew = up->crew, .up = up, .index = index};
    (void)worker;
    pool_for(up->crew, NEST_INNER, nest_inner, &own);
}

static void nest_outer(void *context, uint64_t index, uint32_t worker)
{
    nest *const up = context;
    nest own = {.crew = up->crew, .up = up, .index = index};
    if (pool_worker(up->crew) != worker) return;
    pool_for(up->crew, NEST_MIDDLE, nest_middle, &own);
}

TEST(nested_loops_do_all_their_work_without_deadlock)
{
    const uint64_t n = NEST_OUTER * NEST_MIDDLE * NEST_INNER;
    for (size_t t = 0; t < sizeof thread_counts / sizeof *thread_counts; ++t) {
        pool *const crew = made(thread_counts[t]);
        for (int round = 0; round < 50; ++round) {
            nest top = {.crew = crew};
            pool_for(crew, NEST_OUTER, nest_outer, &top);
            CHECK_INT(n * (n + 1) / 2, top.sum);
            CHECK(top.most <= (int)thread_counts[t]);
        }
        pool_destroy(crew);
    }
}

/* ---- Idle workers help a nested loop --------------------------------------------------------- */

typedef struct help {
    pool *crew;
    pthread_barrier_t all;
    _Atomic uint32_t seen[THREADS_MOST];
} help;

/* Each call waits for one call on every other worker: it ends only if all of them come. */
static void help_inner(void *context, uint64_t index, uint32_t worker)
{
    help *const h = context;
    (void)index;
    atomic_fetch_add(&h->seen[worker], 1);
    pthread_barrier_wait(&h->all);
}

static void help_outer(void *context, uint64_t index, uint32_t worker)
{
    help *const h = context;
    (void)index;
    (void)worker;
    pool_for(h->crew, THREADS_MOST, help_inner, h);
}

TEST(idle_workers_help_a_nested_loop)
{
    static help h;
    memset(&h, 0, sizeof h);
    h.crew = made(THREADS_MOST);
    pthread_barrier_init(&h.all, NULL, THREADS_MOST);
    pool_for(h.crew, 1, help_outer, &h);
    for (uint32_t i = 0; i < THREADS_MOST; ++i)
        CHECK_INT(1, h.seen[i]);
    pthread_barrier_destroy(&h.all);
    pool_destroy(h.crew);
}

typedef struct order {
    pool *crew;
    _Atomic int nested_waits;    /* a nested loop has calls that nobody has begun */
    _Atomic int begun_meanwhile; /* outer calls that were begun while it had */
    _Atomic int nested_left;
} order;

static void order_inner(void *context, uint64_t index, uint32_t worker)
{
    order *const o = context;
    (void)index;
    (void)worker;
    sleep_us(500);
    if (atomic_fetch_sub(&o->nested_left, 1) == 3) atomic_store(&o->nested_waits, 0);
}

static void order_outer(void *context, uint64_t index, uint32_t worker)
{
    order *const o = context;
    (void)worker;
    if (index == 0) {
        sleep_us(2000);
        atomic_store(&o->nested_left, 64);
        atomic_store(&o->nested_waits, 1);
        pool_for(o->crew, 64, order_inner, o);
        return;
    }
    if (atomic_load(&o->nested_waits)) atomic_fetch_add(&o->begun_meanwhile, 1);
    sleep_us(200);
}

TEST(a_nested_loop_comes_before_new_calls_of_the_outer_one)
{
    order o = {.crew = made(2)};
    pool_for(o.crew, 400, order_outer, &o);
    /* The other worker ends the call it is in, and may slip into one more just then. */
    CHECK(o.begun_meanwhile <= 2);
    pool_destroy(o.crew);
}

/* ---- Groups ---------------------------------------------------------------------------------- */

typedef struct gate {
    _Atomic int open;
    _Atomic uint32_t begun, ended;
} gate;

static void gate_call(void *context, uint64_t index, uint32_t worker)
{
    gate *const g = context;
    (void)index;
    (void)worker;
    atomic_fetch_add(&g->begun, 1);
    while (!atomic_load(&g->open))
        sleep_us(200);
    atomic_fetch_add(&g->ended, 1);
}

TEST(a_group_is_waited_for_with_a_time_limit)
{
    td_error err = TD_ERROR_INIT;
    pool *const crew = made(2);
    pool_group *group = NULL;
    gate g = {0};
    CHECK_STATUS(TD_OK, pool_start(crew, 3, gate_call, &g, &group, &err), &err);
    CHECK(!pool_wait(group, 0));
    CHECK(!pool_wait(group, 20));
    CHECK(g.ended == 0);
    atomic_store(&g.open, 1);
    CHECK(pool_wait(group, POOL_FOREVER));
    CHECK_INT(3, g.ended);
    CHECK(pool_wait(group, 0));
    pool_group_destroy(group);
    CHECK_STATUS(TD_OK, pool_start(crew, 0, gate_call, &g, &group, &err), &err);
    CHECK(pool_wait(group, 0));
    pool_group_destroy(group);
    pool_destroy(crew);
}

TEST(what_is_withdrawn_never_begins)
{
    td_error err = TD_ERROR_INIT;
    pool *const crew = made(2);
    pool_group *first = NULL, *second = NULL;
    gate busy = {0}, never = {0};
    CHECK_STATUS(TD_OK, pool_start(crew, 5, gate_call, &busy, &first, &err), &err);
    while (busy.begun < 2)
        sleep_us(200);
    CHECK_STATUS(TD_OK, pool_start(crew, 1, gate_call, &never, &second, &err), &err);
    CHECK(!pool_wait(second, 5));
    pool_withdraw(second);
    CHECK(pool_wait(second, 0));
    pool_withdraw(first);
    CHECK(!pool_wait(first, 5));
    atomic_store(&busy.open, 1);
    CHECK(pool_wait(first, POOL_FOREVER));
    CHECK_INT(2, busy.ended);
    CHECK_INT(0, never.begun);
    pool_group_destroy(first);
    pool_group_destroy(second);
    pool_destroy(crew);
}

typedef struct inside {
    pool *crew;
    _Atomic uint32_t calls;
    _Atomic uint32_t failed;
} inside;

static void inside_inner(void *context, uint64_t index, uint32_t worker)
{
    inside *const in = context;
    (void)index;
    (void)worker;
    atomic_fetch_add(&in->calls, 1);
}

/* With one thread nobody else could make these calls: the waiting worker must. */
static void inside_outer(void *context, uint64_t index, uint32_t worker)
{
    inside *const in = context;
    pool_group *group = NULL;
    (void)index;
    (void)worker;
    if (pool_start(in->crew, 10, inside_inner, in, &group, NULL)) atomic_fetch_add(&in->failed, 1);
    else if (!pool_wait(group, POOL_FOREVER)) atomic_fetch_add(&in->failed, 1);
    pool_group_destroy(group);
}

TEST(a_worker_may_start_a_group_and_wait_for_it)
{
    inside in = {.crew = made(1)};
    pool_for(in.crew, 3, inside_outer, &in);
    CHECK_INT(0, in.failed);
    CHECK_INT(30, in.calls);
    pool_destroy(in.crew);
}

/* ---- Many callers ---------------------------------------------------------------------------- */

typedef struct caller {
    pool *crew;
    pthread_t thread;
    uint64_t seed;
    bool right;
} caller;

typedef struct sum {
    pool *crew;
    uint64_t value[300];
} sum;

static void sum_inner(void *context, uint64_t index, uint32_t worker)
{
    sum *const s = context;
    (void)worker;
    s->value[index] += index * index;
}

static void sum_outer(void *context, uint64_t index, uint32_t worker)
{
    sum *const s = context;
    sum own = {.crew = s->crew};
    (void)worker;
    if (index % 10 == 0) pool_for(s->crew, 20, sum_inner, &own);
    s->value[index] = index + own.value[19];
}

static void *caller_main(void *context)
{
    caller *const self = context;
    self->right = true;
    for (int round = 0; round < 100; ++round) {
        sum s = {.crew = self->crew};
        pool_for(self->crew, 300, sum_outer, &s);
        for (uint64_t i = 0; i < 300; ++i)
            if (s.value[i] != i + (i % 10 == 0 ? 361 : 0)) self->right = false;
    }
    return NULL;
}

TEST(many_threads_use_one_pool)
{
    pool *const crew = made(3);
    caller callers[4];
    for (int i = 0; i < 4; ++i) {
        callers[i] = (caller){.crew = crew};
        CHECK_INT(0, pthread_create(&callers[i].thread, NULL, caller_main, &callers[i]));
    }
    for (int i = 0; i < 4; ++i) {
        pthread_join(callers[i].thread, NULL);
        CHECK(callers[i].right);
    }
    pool_destroy(crew);
}

static void other_pool_call(void *context, uint64_t index, uint32_t worker)
{
    sum *const s = context;
    (void)index;
    (void)worker;
    pool_for(s->crew, 20, sum_inner, s);
}

TEST(a_worker_of_one_pool_only_waits_for_another)
{
    pool *const one = made(1), *const two = made(2);
    sum s = {.crew = two};
    pool_for(one, 1, other_pool_call, &s);
    CHECK_INT(361, s.value[19]);
    pool_destroy(one);
    pool_destroy(two);
}

/* ---- No busy waiting, no leak ---------------------------------------------------------------- */

static double process_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void long_sleep(void *context, uint64_t index, uint32_t worker)
{
    (void)context;
    (void)index;
    (void)worker;
    sleep_us(200000);
}

TEST(waiting_takes_no_time_of_the_processor)
{
    pool *const crew = made(4);
    const double before = process_seconds();
    pool_for(crew, 1, long_sleep, NULL);
    CHECK(process_seconds() - before < 0.1);
    pool_destroy(crew);
}

typedef struct meter {
    int64_t live, calls, fail_at;
} meter;

static void *meter_resize(void *context, void *memory, size_t old_bytes, size_t new_bytes)
{
    meter *const m = context;
    (void)old_bytes;
    if (new_bytes == 0) {
        m->live -= memory != NULL;
        free(memory);
        return NULL;
    }
    if (++m->calls == m->fail_at) return NULL;
    m->live += memory == NULL;
    return realloc(memory, new_bytes);
}

TEST(want_of_memory_is_an_error_and_nothing_leaks)
{
    for (int64_t n = 1;; ++n) {
        meter m = {0, 0, n};
        const td_allocator allocator = {meter_resize, &m};
        td_error err = TD_ERROR_INIT;
        pool *crew = NULL;
        pool_group *group = NULL;
        inside in = {0};
        td_status status = pool_create(&allocator, 2, &crew, &err);
        if (!status) status = pool_start(crew, 5, inside_inner, &in, &group, &err);
        pool_group_destroy(group);
        pool_destroy(crew);
        CHECK_INT(0, m.live);
        if (!status) {
            CHECK(n > 2);
            break;
        }
        CHECK_STATUS(TD_E_NO_MEMORY, status, &err);
        CHECK(err.message[0] != 0);
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(every_index_runs_once),
                                     RUN(bad_thread_counts_are_refused),
                                     RUN(nested_loops_do_all_their_work_without_deadlock),
                                     RUN(idle_workers_help_a_nested_loop),
                                     RUN(a_nested_loop_comes_before_new_calls_of_the_outer_one),
                                     RUN(a_group_is_waited_for_with_a_time_limit),
                                     RUN(what_is_withdrawn_never_begins),
                                     RUN(a_worker_may_start_a_group_and_wait_for_it),
                                     RUN(many_threads_use_one_pool),
                                     RUN(a_worker_of_one_pool_only_waits_for_another),
                                     RUN(waiting_takes_no_time_of_the_processor),
                                     RUN(want_of_memory_is_an_error_and_nothing_leaks),
                                     {0}});
}
