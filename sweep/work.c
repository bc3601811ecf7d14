/* work.c - scratch memory that is reused from unit to unit, and parts of a unit on idle workers. */
#include "sweep/work.h"

#include <pthread.h>

#include "core/memory.h"

#define WORK_CHUNK_MIN ((size_t)64 * 1024)

/* Scratch is handed out from chunks in the order of the calls. When a unit needed more than one,
 * the next unit finds a single chunk of their total size: after a few units it only adds. */
struct work_chunk {
    work_chunk *next;
    size_t size, used; /* without this header */
    char pad[MEMORY_ALIGN - sizeof(void *) - 2 * sizeof(size_t)];
    char memory[];
};
_Static_assert(sizeof(work_chunk) == MEMORY_ALIGN, "what follows a chunk's header is aligned");

td_status work_crew_init(work_crew *crew, pool *threads, const td_allocator *allocator,
                         const sweep_stop *stop, size_t keep_max, td_error *err)
{
    *crew = (work_crew){.pool = threads, .allocator = allocator, .stop = stop};
    crew->threads = pool_threads(threads);
    crew->keep_max = keep_max;
    const uint64_t places = (uint64_t)crew->threads * WORK_LEVELS;
    crew->work = memory_array(allocator, places, sizeof *crew->work);
    if (!crew->work)
        return td_fail(err, TD_E_NO_MEMORY, "places for %u workers need %zu bytes each",
                       crew->threads, WORK_LEVELS * sizeof *crew->work);
    for (uint64_t i = 0; i < places; ++i) {
        crew->work[i].crew = crew;
        crew->work[i].worker = (uint32_t)(i / WORK_LEVELS);
        crew->work[i].level = (uint32_t)(i % WORK_LEVELS);
    }
    return TD_OK;
}

td_work *work_at(work_crew *crew, uint32_t worker, uint32_t level)
{
    return &crew->work[(size_t)worker * WORK_LEVELS + level];
}

static void work_free_chunks(td_work *work)
{
    while (work->chunk) {
        work_chunk *const next = work->chunk->next;
        memory_give(work->chunk);
        work->chunk = next;
    }
    work->taken = 0;
}

void work_crew_free(work_crew *crew)
{
    if (!crew->work) return;
    for (size_t i = 0; i < (size_t)crew->threads * WORK_LEVELS; ++i)
        work_free_chunks(&crew->work[i]);
    memory_give(crew->work);
    crew->work = NULL;
}

void work_reset(td_work *work)
{
    if (!work->chunk) return;
    if (!work->chunk->next && work->taken <= work->crew->keep_max) {
        work->chunk->used = 0;
        return;
    }
    work->wanted = work->taken <= work->crew->keep_max ? work->taken : 0;
    work_free_chunks(work);
}

static work_chunk *work_grow(td_work *work, size_t bytes)
{
    size_t size = bytes < WORK_CHUNK_MIN ? WORK_CHUNK_MIN : bytes;
    work_chunk *chunk = NULL;
    if (!work->chunk && size < work->wanted) size = work->wanted;
    if (size > SIZE_MAX - sizeof *chunk) return NULL;
    chunk = memory_take(work->crew->allocator, sizeof *chunk + size);
    if (!chunk) return NULL;
    chunk->size = size;
    chunk->next = work->chunk;
    work->chunk = chunk;
    work->taken += size;
    return chunk;
}

void *td_work_memory(td_work *work, size_t bytes)
{
    work_chunk *chunk = work->chunk;
    if (bytes > SIZE_MAX - MEMORY_ALIGN) return NULL;
    bytes = (bytes + MEMORY_ALIGN - 1) / MEMORY_ALIGN * MEMORY_ALIGN;
    if (bytes == 0) bytes = MEMORY_ALIGN;
    if (!chunk || chunk->size - chunk->used < bytes) chunk = work_grow(work, bytes);
    if (!chunk) return NULL;
    void *const memory = chunk->memory + chunk->used;
    chunk->used += bytes;
    return memory;
}

uint32_t td_work_threads(const td_work *work)
{
    return work->crew->threads;
}
bool td_work_cancelled(const td_work *work)
{
    return stop_requested(work->crew->stop);
}

/* ---- Parts ----------------------------------------------------------------------------------- */

typedef struct work_parts {
    work_crew *crew;
    uint32_t level;
    td_part_fn part;
    void *context;
    _Atomic uint64_t failed; /* the lowest number that failed; UINT64_MAX: none */
    pthread_mutex_t lock;    /* over status and error, which are of that one */
    td_status status;
    td_error error;
} work_parts;

static void parts_failed(work_parts *parts, uint64_t index, td_status status, const td_error *err)
{
    pthread_mutex_lock(&parts->lock);
    if (index < atomic_load(&parts->failed)) {
        atomic_store(&parts->failed, index);
        parts->status = status;
        parts->error = *err;
    }
    pthread_mutex_unlock(&parts->lock);
}

/* Parts above one that failed are left out: they cannot change which is the lowest. */
static void parts_call(void *context, uint64_t index, uint32_t worker)
{
    work_parts *const parts = context;
    td_work *const work = work_at(parts->crew, worker, parts->level);
    td_error err = TD_ERROR_INIT;
    td_status status = TD_OK;
    if (index > atomic_load(&parts->failed)) return;
    if (td_work_cancelled(work)) status = td_fail(&err, TD_E_CANCELLED, "cancelled");
    else status = parts->part(parts->context, index, work, &err);
    work_reset(work);
    if (status) parts_failed(parts, index, status, &err);
}

td_status td_work_parts(td_work *work, uint64_t count, td_part_fn part, void *context,
                        td_error *err)
{
    work_parts parts = {.crew = work->crew,
                        .level = work->level + 1,
                        .part = part,
                        .context = context,
                        .error = TD_ERROR_INIT};
    if (parts.level >= WORK_LEVELS)
        return td_fail(err, TD_E_INTERNAL, "parts of units nest %u deep, allowed are %d",
                       parts.level, WORK_LEVELS - 1);
    atomic_init(&parts.failed, UINT64_MAX);
    pthread_mutex_init(&parts.lock, NULL);
    pool_for(work->crew->pool, count, parts_call, &parts);
    pthread_mutex_destroy(&parts.lock);
    if (!parts.status) return TD_OK;
    td_fail(err, parts.status, "%s", parts.error.message);
    if (err && err->struct_size >= sizeof *err) err->native_code = parts.error.native_code;
    return parts.status;
}
