/* test_pool.c - the memory pool of the plug-ins against a model of memory and a driver that
 * counts, fails when told, and hands out marks that pass when the test says so. */
#include <pthread.h>
#include <stdatomic.h>

#include "backends/common/pool.h"
#include "tests/check.h"

#define MIB       ((uint64_t)1 << 20)
#define SLABS_MAX 4096
#define BASE      ((uint64_t)1 << 40)
#define STREAM(n) ((td_stream *)(uintptr_t)(n))

typedef struct toy_mark {
    _Atomic bool passed;
    bool asked;
} toy_mark;

/* A device of addresses: slabs are cut from a line that never goes back, so that two slabs that
 * are ever alive together cannot overlap unseen. */
typedef struct toy {
    pthread_mutex_t lock;
    uint64_t bytes, taken, next;
    uint64_t takes, fail_at, slabs, marks;
    bool idle;         /* streams have nothing to wait for */
    bool await_passes; /* waiting for a mark makes it pass */
    uint64_t awaited;
    td_status fail_status;
    struct {
        uint64_t address, bytes;
    } slab[SLABS_MAX];
} toy;

static td_status toy_take(void *context, uint64_t bytes, void **handle, uint64_t *address,
                          td_error *err)
{
    toy *const t = context;
    td_status status = TD_OK;
    pthread_mutex_lock(&t->lock);
    t->takes += 1;
    if (t->fail_at > 0 && t->takes == t->fail_at) status = t->fail_status;
    else if (bytes > t->bytes - t->taken || t->slabs == SLABS_MAX) status = TD_E_NO_DEVICE_MEMORY;
    if (status) {
        if (err) {
            err->status = status;
            err->native_code = 2;
            snprintf(err->message, sizeof err->message, "the toy says no");
        }
    } else {
        *handle = t;
        *address = t->next;
        t->slab[t->slabs].address = t->next;
        t->slab[t->slabs++].bytes = bytes;
        t->next += bytes + POOL_GRAIN;
        t->taken += bytes;
    }
    pthread_mutex_unlock(&t->lock);
    return status;
}

static void toy_give(void *context, void *handle, uint64_t address, uint64_t bytes)
{
    toy *const t = context;
    bool found = false;
    pthread_mutex_lock(&t->lock);
    for (uint64_t i = 0; i < t->slabs && !found; ++i) {
        found = t->slab[i].address == address && t->slab[i].bytes == bytes && handle == t;
        if (found) t->slab[i] = t->slab[--t->slabs];
    }
    t->taken -= found ? bytes : 0;
    pthread_mutex_unlock(&t->lock);
    if (!found) abort(); /* a slab that was never taken: nothing to go on with */
}

static uint64_t toy_unused(void *context)
{
    toy *const t = context;
    pthread_mutex_lock(&t->lock);
    const uint64_t unused = t->bytes - t->taken;
    pthread_mutex_unlock(&t->lock);
    return unused;
}

static pool_mark *toy_mark_make(void *context, td_stream *after)
{
    toy *const t = context;
    (void)after;
    pthread_mutex_lock(&t->lock);
    toy_mark *const mark = t->idle ? NULL : calloc(1, sizeof *mark);
    t->marks += mark != NULL;
    pthread_mutex_unlock(&t->lock);
    return mark;
}

static bool toy_passed(void *context, pool_mark *mark)
{
    (void)context;
    return atomic_load(&((toy_mark *)mark)->passed);
}

static void toy_await(void *context, pool_mark *mark)
{
    toy *const t = context;
    pthread_mutex_lock(&t->lock);
    t->awaited += 1;
    pthread_mutex_unlock(&t->lock);
    if (t->await_passes) atomic_store(&((toy_mark *)mark)->passed, true);
}

static void toy_forget(void *context, pool_mark *mark)
{
    toy *const t = context;
    pthread_mutex_lock(&t->lock);
    t->marks -= 1;
    pthread_mutex_unlock(&t->lock);
    free(mark);
}

static toy *toy_make(uint64_t bytes)
{
    toy *const t = calloc(1, sizeof *t);
    pthread_mutex_init(&t->lock, NULL);
    t->bytes = bytes;
    t->next = BASE;
    t->idle = true;
    t->await_passes = true;
    t->fail_status = TD_E_NO_DEVICE_MEMORY;
    return t;
}

static mempool *pool_of(toy *t, uint64_t limit, uint64_t slab_bytes, uint64_t slab_max)
{
    const pool_driver driver = {t,          toy_take,  toy_give,  toy_unused, toy_mark_make,
                                toy_passed, toy_await, toy_forget};
    const pool_config config = {limit, slab_bytes, 64 * 1024, slab_max};
    mempool *pool = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, mempool_create(&driver, &config, &pool, &err), &err);
    return pool;
}

/* Everything was given back. */
static void toy_end(toy *t, mempool *pool)
{
    mempool_destroy(pool);
    const uint64_t slabs = t->slabs, marks = t->marks, taken = t->taken;
    pthread_mutex_destroy(&t->lock);
    free(t);
    CHECK_INT(0, slabs);
    CHECK_INT(0, marks);
    CHECK_INT(0, taken);
}

static td_pool_stats stats_of(mempool *pool)
{
    td_pool_stats stats = {.struct_size = sizeof stats};
    mempool_stats(pool, &stats);
    return stats;
}

static uint64_t take(mempool *pool, uint64_t bytes)
{
    td_error err = TD_ERROR_INIT;
    uint64_t address = 0;
    CHECK_STATUS(TD_OK, mempool_alloc(pool, bytes, &address, &err), &err);
    CHECK_INT(0, address % POOL_GRAIN);
    return address;
}

/* ---- One thread ------------------------------------------------------------------------------ */

TEST(pool_refuses_an_empty_config)
{
    const pool_driver driver = {0};
    const pool_config none = {0}, uneven = {1, 1, 100, 0};
    mempool *pool = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, mempool_create(&driver, &none, &pool, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, mempool_create(&driver, &uneven, &pool, &err), &err);
    CHECK(!pool);
    mempool_destroy(NULL);
}

TEST(pool_reuses_the_best_fit)
{
    toy *const t = toy_make(64 * MIB);
    mempool *const pool = pool_of(t, 64 * MIB, MIB, 0);
    const uint64_t a = take(pool, 3000), b = take(pool, 100), c = take(pool, 1000);
    const uint64_t d = take(pool, 100), e = take(pool, 0);
    CHECK(mempool_free(pool, a, NULL));
    CHECK(mempool_free(pool, c, NULL));
    CHECK_INT((long long)c, (long long)take(pool, 900)); /* 1024 fits better than 3072 */
    CHECK_INT((long long)a, (long long)take(pool, 2900));
    CHECK_INT(1, (long long)t->takes);
    CHECK(mempool_free(pool, b, NULL) && mempool_free(pool, d, NULL));
    CHECK(!mempool_free(pool, d, NULL)); /* twice */
    CHECK(!mempool_free(pool, e + 1, NULL) && !mempool_free(pool, 77, NULL));
    pool_place place = {0};
    CHECK(mempool_find(pool, e + 5, &place) && place.handle == t);
    CHECK_INT((long long)(e + 5 - a), (long long)place.offset);
    CHECK_INT((long long)MIB, (long long)place.slab_bytes);
    CHECK(!mempool_find(pool, BASE - 1, &place) && !mempool_find(pool, BASE + MIB, &place));
    toy_end(t, pool);
}

TEST(pool_figures)
{
    toy *const t = toy_make(64 * MIB);
    mempool *const pool = pool_of(t, 32 * MIB, 4 * MIB, 0);
    uint64_t part[4];
    for (int i = 0; i < 4; ++i)
        part[i] = take(pool, MIB);
    td_pool_stats now = stats_of(pool);
    CHECK_INT((long long)(4 * MIB), (long long)now.used);
    CHECK_INT((long long)(4 * MIB), (long long)now.held);
    CHECK_INT((long long)(60 * MIB), (long long)now.device_free);
    CHECK_NEAR(0.0, now.fragmentation, 0.0);
    CHECK_INT(4, (long long)now.allocs);
    CHECK_INT(3, (long long)now.reuses);
    CHECK(mempool_free(pool, part[0], NULL) && mempool_free(pool, part[2], NULL));
    now = stats_of(pool);
    CHECK_INT((long long)MIB, (long long)now.largest_free);
    CHECK_NEAR(0.5, now.fragmentation, 1e-12); /* 1 MiB of 2 free MiB in one piece */
    CHECK(mempool_free(pool, part[1], NULL));
    now = stats_of(pool);
    CHECK_INT((long long)(3 * MIB), (long long)now.largest_free); /* three grew together */
    CHECK_NEAR(0.0, now.fragmentation, 0.0);
    CHECK_INT((long long)(4 * MIB), (long long)now.used_peak);
    mempool_trim(pool);
    CHECK_INT((long long)(4 * MIB), (long long)stats_of(pool).held); /* a part is in use */
    CHECK(mempool_free(pool, part[3], NULL));
    mempool_trim(pool);
    now = stats_of(pool);
    CHECK_INT(0, (long long)now.held);
    CHECK_INT((long long)(4 * MIB), (long long)now.held_peak);
    CHECK_INT(1, (long long)now.trims);
    td_pool_stats small = {.struct_size = offsetof(td_pool_stats, held)};
    small.held = 12345;
    mempool_stats(pool, &small);
    CHECK_INT(12345, (long long)small.held); /* past what the caller knows nothing is written */
    toy_end(t, pool);
}

TEST(pool_keeps_the_limit)
{
    toy *const t = toy_make(64 * MIB);
    mempool *const pool = pool_of(t, 8 * MIB, 4 * MIB, 6 * MIB);
    td_error err = TD_ERROR_INIT;
    uint64_t address = 99;
    const uint64_t a = take(pool, 5 * MIB);
    const uint64_t b = take(pool, 2 * MIB); /* 4 MiB would pass the limit: its own size does not */
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, mempool_alloc(pool, 2 * MIB, &address, &err), &err);
    CHECK_INT(99, (long long)address);
    CHECK_HAS("2.0 MiB asked, 7.0 MiB used, 7.0 MiB held", err.message);
    CHECK_HAS("limit 8.0 MiB, 57.0 MiB free on the device", err.message);
    CHECK_INT(1, (long long)stats_of(pool).failures);
    CHECK(mempool_free(pool, a, NULL));
    const uint64_t c = take(pool, 6 * MIB); /* the slab of a does not fit: it is given back */
    CHECK_INT((long long)(8 * MIB), (long long)stats_of(pool).held);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, mempool_alloc(pool, UINT64_MAX, &address, &err), &err);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, mempool_alloc(pool, 7 * MIB, &address, &err), &err);
    CHECK(mempool_free(pool, b, NULL) && mempool_free(pool, c, NULL));
    mempool_limit(pool, 3 * MIB);
    CHECK(stats_of(pool).held <= 3 * MIB);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, mempool_alloc(pool, 4 * MIB, &address, &err), &err);
    mempool_limit(pool, 0);
    CHECK_INT((long long)(8 * MIB), (long long)stats_of(pool).limit);
    mempool_limit(pool, 20 * MIB);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, mempool_alloc(pool, 7 * MIB, &address, &err), &err);
    CHECK_HAS("no more than 6.0 MiB in one piece", err.message);
    toy_end(t, pool);
}

/* ---- Streams --------------------------------------------------------------------------------- */

TEST(pool_does_not_hand_out_what_is_in_use)
{
    toy *const t = toy_make(64 * MIB);
    mempool *const pool = pool_of(t, 8 * MIB, 4 * MIB, 0);
    const uint64_t a = take(pool, 4 * MIB);
    t->idle = false;
    CHECK(mempool_free(pool, a, STREAM(1)));
    CHECK(!mempool_free(pool, a, STREAM(1))); /* it is freed already */
    CHECK_INT((long long)(4 * MIB), (long long)stats_of(pool).used);
    const uint64_t b = take(pool, 4 * MIB); /* there is room for another slab */
    CHECK(b != a);
    CHECK_INT(0, (long long)t->awaited);
    const uint64_t c = take(pool, 4 * MIB); /* there is none: the mark is waited for */
    CHECK_INT((long long)a, (long long)c);
    CHECK_INT(1, (long long)t->awaited);
    t->idle = true;
    CHECK(mempool_free(pool, b, STREAM(1))); /* nothing to wait for */
    CHECK_INT((long long)b, (long long)take(pool, 4 * MIB));
    CHECK_INT(1, (long long)t->awaited);
    t->idle = false;
    CHECK(mempool_free(pool, c, STREAM(2)));
    toy_end(t, pool); /* with a mark that never passed */
}

TEST(pool_waits_for_several_marks)
{
    toy *const t = toy_make(64 * MIB);
    mempool *const pool = pool_of(t, 8 * MIB, 8 * MIB, 0);
    uint64_t part[8];
    for (int i = 0; i < 8; ++i)
        part[i] = take(pool, MIB);
    t->idle = false;
    for (int i = 0; i < 8; ++i)
        CHECK(mempool_free(pool, part[i], STREAM(1 + i % 3)));
    CHECK_INT((long long)part[0], (long long)take(pool, 8 * MIB)); /* all eight, as one */
    CHECK_INT(8, (long long)t->awaited);
    toy_end(t, pool);
}

/* ---- Failures -------------------------------------------------------------------------------- */

TEST(pool_survives_every_failing_slab)
{
    for (uint64_t at = 1; at <= 12; ++at) {
        toy *const t = toy_make(64 * MIB);
        mempool *const pool = pool_of(t, 64 * MIB, 4 * MIB, 0);
        t->fail_at = at;
        for (int i = 0; i < 10; ++i) {
            uint64_t address = 0;
            td_error err = TD_ERROR_INIT;
            const td_status status = mempool_alloc(pool, (uint64_t)(i + 1) * MIB, &address, &err);
            CHECK_STATUS(TD_OK, status, &err); /* one refusal: the next try takes less */
        }
        toy_end(t, pool);
    }
    for (uint64_t at = 1; at <= 4; ++at) {
        toy *const t = toy_make(64 * MIB);
        mempool *const pool = pool_of(t, 64 * MIB, 4 * MIB, 0);
        td_error err = TD_ERROR_INIT;
        uint64_t address = 0;
        td_status status = TD_OK;
        t->fail_at = at;
        t->fail_status = TD_E_DEVICE_LOST;
        for (int i = 0; i < 4 && !status; ++i)
            status = mempool_alloc(pool, 5 * MIB, &address, &err);
        CHECK_STATUS(TD_E_DEVICE_LOST, status, &err); /* no second try */
        CHECK_INT((long long)at, (long long)t->takes);
        CHECK_INT(2, (long long)err.native_code);
        CHECK_HAS("the toy says no", err.message);
        toy_end(t, pool);
    }
}

TEST(pool_trims_when_the_driver_has_no_more)
{
    toy *const t = toy_make(10 * MIB);
    mempool *const pool = pool_of(t, 64 * MIB, 4 * MIB, 0);
    const uint64_t a = take(pool, 4 * MIB), b = take(pool, 4 * MIB);
    CHECK(mempool_free(pool, a, NULL) && mempool_free(pool, b, NULL));
    const uint64_t c = take(pool, 9 * MIB);
    CHECK_INT((long long)(9 * MIB), (long long)stats_of(pool).held);
    td_error err = TD_ERROR_INIT;
    uint64_t address = 0;
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, mempool_alloc(pool, 9 * MIB, &address, &err), &err);
    CHECK_HAS("the toy says no", err.message);
    CHECK(mempool_free(pool, c, NULL));
    toy_end(t, pool);
}

/* ---- At random, against a model -------------------------------------------------------------- */

#define PIECES 512

typedef struct piece {
    uint64_t address, bytes;
} piece;

static void pieces_apart(const piece *pieces, const piece *added)
{
    for (int i = 0; i < PIECES; ++i) {
        const piece *const other = &pieces[i];
        if (!other->bytes || other == added) continue;
        if (added->address < other->address + other->bytes &&
            other->address < added->address + added->bytes)
            CHECK_FAIL("[%" PRIx64 ", %" PRIu64 ") lies in [%" PRIx64 ", %" PRIu64 ")",
                       added->address, added->bytes, other->address, other->bytes);
    }
}

static uint64_t random_size(void)
{
    const uint64_t size = (uint64_t)1 << check_random() % 21;
    return size + check_random() % size;
}

TEST(pool_at_random)
{
    toy *const t = toy_make(512 * MIB);
    mempool *const pool = pool_of(t, 40 * MIB, 4 * MIB, 0);
    static piece pieces[PIECES];
    uint64_t used = 0, refused = 0;
    memset(pieces, 0, sizeof pieces);
    for (int step = 0; step < 100000; ++step) {
        piece *const p = &pieces[check_random() % PIECES];
        t->idle = check_random() % 4 > 0;
        if (p->bytes) {
            CHECK(mempool_free(pool, p->address, check_random() % 2 ? STREAM(1) : NULL));
            used -= (p->bytes + POOL_GRAIN - 1) / POOL_GRAIN * POOL_GRAIN;
            p->bytes = 0;
        } else {
            const uint64_t bytes = random_size();
            td_error err = TD_ERROR_INIT;
            if (mempool_alloc(pool, bytes, &p->address, &err)) {
                CHECK_INT(TD_E_NO_DEVICE_MEMORY, err.status);
                refused += 1;
                continue;
            }
            p->bytes = bytes;
            used += (bytes + POOL_GRAIN - 1) / POOL_GRAIN * POOL_GRAIN;
            CHECK_INT(0, p->address % POOL_GRAIN);
            pieces_apart(pieces, p);
        }
        if (step % 997 == 0) {
            const td_pool_stats now = stats_of(pool);
            CHECK(now.used >= used && now.held >= now.used && now.held <= now.limit);
            CHECK(now.fragmentation >= 0.0 && now.fragmentation <= 1.0);
        }
        if (step % 5003 == 0) mempool_trim(pool);
    }
    printf("  refused %" PRIu64 ", waited %" PRIu64 " times\n", refused, t->awaited);
    for (int i = 0; i < PIECES; ++i)
        if (pieces[i].bytes) CHECK(mempool_free(pool, pieces[i].address, NULL));
    t->idle = true;
    while (stats_of(pool).used > 0) {
        uint64_t address = 0; /* what still waits for marks comes when all is asked for */
        CHECK_INT(TD_OK, mempool_alloc(pool, 40 * MIB, &address, NULL));
        CHECK(mempool_free(pool, address, NULL));
    }
    mempool_trim(pool);
    CHECK_INT(0, (long long)stats_of(pool).held);
    toy_end(t, pool);
}

/* ---- Threads --------------------------------------------------------------------------------- */

typedef struct worker {
    mempool *pool;
    unsigned char *owner; /* one for each grain of the line: who has it */
    unsigned char name;
    uint64_t seed;
    uint64_t wrong;
} worker;

static void worker_claim(worker *w, uint64_t address, uint64_t bytes, unsigned char from,
                         unsigned char to)
{
    for (uint64_t at = address - BASE; at < address - BASE + bytes; at += POOL_GRAIN) {
        w->wrong += w->owner[at / POOL_GRAIN] != from;
        w->owner[at / POOL_GRAIN] = to;
    }
}

static void *worker_run(void *argument)
{
    worker *const w = argument;
    piece mine[16] = {{0, 0}};
    for (int step = 0; step < 4000; ++step) {
        w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
        piece *const p = &mine[w->seed >> 60];
        if (p->bytes) {
            worker_claim(w, p->address, p->bytes, w->name, 0);
            w->wrong += !mempool_free(w->pool, p->address, w->seed >> 40 & 1 ? STREAM(1) : NULL);
            p->bytes = 0;
        } else if (!mempool_alloc(w->pool, (w->seed >> 30) % 300000 + 1, &p->address, NULL)) {
            p->bytes = (w->seed >> 30) % 300000 + 1;
            worker_claim(w, p->address, p->bytes, 0, w->name);
        }
    }
    for (int i = 0; i < 16; ++i) {
        if (!mine[i].bytes) continue;
        worker_claim(w, mine[i].address, mine[i].bytes, w->name, 0);
        w->wrong += !mempool_free(w->pool, mine[i].address, NULL);
    }
    return NULL;
}

/* Two owners of one grain would also be a race that TSan sees. */
TEST(pool_with_threads)
{
    enum { WORKERS = 4 };
    toy *const t = toy_make(256 * MIB);
    mempool *const pool = pool_of(t, 8 * MIB, 2 * MIB, 0);
    unsigned char *const owner = calloc(1, (size_t)1 << 24);
    pthread_t thread[WORKERS];
    worker w[WORKERS];
    t->idle = false;
    for (int i = 0; i < WORKERS; ++i) {
        w[i] = (worker){pool, owner, (unsigned char)(i + 1), check_random(), 0};
        CHECK_INT(0, pthread_create(&thread[i], NULL, worker_run, &w[i]));
    }
    for (int i = 0; i < WORKERS; ++i)
        pthread_join(thread[i], NULL);
    const uint64_t used_line = t->next - BASE;
    for (int i = 0; i < WORKERS; ++i)
        CHECK_INT(0, (long long)w[i].wrong);
    CHECK(used_line < (uint64_t)POOL_GRAIN << 24);
    CHECK(stats_of(pool).held <= 8 * MIB);
    free(owner);
    toy_end(t, pool);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(pool_refuses_an_empty_config),
                                     RUN(pool_reuses_the_best_fit),
                                     RUN(pool_figures),
                                     RUN(pool_keeps_the_limit),
                                     RUN(pool_does_not_hand_out_what_is_in_use),
                                     RUN(pool_waits_for_several_marks),
                                     RUN(pool_survives_every_failing_slab),
                                     RUN(pool_trims_when_the_driver_has_no_more),
                                     RUN(pool_at_random),
                                     RUN(pool_with_threads),
                                     {0}});
}
