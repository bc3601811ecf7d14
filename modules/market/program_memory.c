/* program_memory.c - see program_memory.h. */
#include "program_memory.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)1 << 16) /* pieces of half that and more get a chunk of their own */
#define PIECE_ALIGN 16

struct arena_chunk {
    arena_chunk *next;
    size_t bytes, used; /* this header counts */
};

static void *resize_default(void *context, void *memory, size_t old_bytes, size_t new_bytes)
{
    (void)context;
    (void)old_bytes;
    if (new_bytes == 0) {
        free(memory);
        return NULL;
    }
    return realloc(memory, new_bytes);
}

void arena_begin(arena *memory, const td_allocator *allocator)
{
    memory->chunk = NULL;
    memory->allocator.context = allocator ? allocator->context : NULL;
    memory->allocator.resize = allocator && allocator->resize ? allocator->resize : resize_default;
}

void arena_end(arena *memory)
{
    while (memory->chunk) {
        arena_chunk *const next = memory->chunk->next;
        memory->allocator.resize(memory->allocator.context, memory->chunk, memory->chunk->bytes, 0);
        memory->chunk = next;
    }
}

/* A large piece goes behind the first chunk, whose rest is still used. */
static arena_chunk *chunk_add(arena *memory, size_t piece)
{
    const size_t head = (sizeof(arena_chunk) + PIECE_ALIGN - 1) / PIECE_ALIGN * PIECE_ALIGN;
    const bool large = piece >= CHUNK_BYTES / 2;
    const size_t bytes = large ? head + piece : CHUNK_BYTES;
    arena_chunk *const chunk = memory->allocator.resize(memory->allocator.context, NULL, 0, bytes);
    if (!chunk) return NULL;
    chunk->bytes = bytes;
    chunk->used = head;
    if (large && memory->chunk) {
        chunk->next = memory->chunk->next;
        memory->chunk->next = chunk;
    } else {
        chunk->next = memory->chunk;
        memory->chunk = chunk;
    }
    return chunk;
}

void *arena_take(arena *memory, size_t bytes)
{
    arena_chunk *chunk = memory->chunk;
    if (bytes > PTRDIFF_MAX / 2) return NULL;
    bytes = (bytes + PIECE_ALIGN - 1) / PIECE_ALIGN * PIECE_ALIGN;
    if (!chunk || chunk->bytes - chunk->used < bytes) chunk = chunk_add(memory, bytes);
    if (!chunk) return NULL;
    void *const piece = (char *)chunk + chunk->used;
    chunk->used += bytes;
    return memset(piece, 0, bytes);
}

void *arena_array(arena *memory, uint64_t count, size_t size)
{
    size_t bytes = 0;
    return td_bytes(count, size, &bytes, NULL) ? NULL : arena_take(memory, bytes);
}

char *arena_text(arena *memory, const char *text, size_t length)
{
    char *const copy = arena_take(memory, length + 1);
    if (copy) memcpy(copy, text, length);
    return copy;
}

td_status memory_fail(td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "no memory for the strategies");
}

td_status memory_grow(const td_allocator *allocator, void *array, uint64_t *room, uint64_t needed,
                      size_t size, td_error *err)
{
    void **const place = array;
    uint64_t wanted = *room ? *room : 16;
    size_t bytes = 0;
    if (needed <= *room) return TD_OK;
    while (wanted < needed)
        wanted *= 2;
    if (td_bytes(wanted, size, &bytes, err)) return memory_fail(err);
    void *const grown = allocator->resize(allocator->context, *place, (size_t)*room * size, bytes);
    if (!grown) return memory_fail(err);
    *place = grown;
    *room = wanted;
    return TD_OK;
}

void memory_free(const td_allocator *allocator, void *array, uint64_t room, size_t size)
{
    if (array) allocator->resize(allocator->context, array, (size_t)room * size, 0);
}
