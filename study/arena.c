/* arena.c - texts and small arrays that live and die together. */
#include "study/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_CHUNK_BYTES 65536u
#define ARENA_ALIGN       16u

struct arena_chunk {
    arena_chunk *next;
    size_t used, bytes;
    _Alignas(ARENA_ALIGN) char data[];
};

void *arena_room(arena *in, size_t bytes)
{
    if (bytes > SIZE_MAX / 2) return NULL;
    bytes = (bytes + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    arena_chunk *chunk = in->chunk;
    if (!chunk || chunk->bytes - chunk->used < bytes) {
        const size_t room = bytes > ARENA_CHUNK_BYTES ? bytes : ARENA_CHUNK_BYTES;
        chunk = malloc(sizeof *chunk + room);
        if (!chunk) return NULL;
        chunk->next = in->chunk;
        chunk->used = 0;
        chunk->bytes = room;
        in->chunk = chunk;
    }
    void *memory = chunk->data + chunk->used;
    chunk->used += bytes;
    return memory;
}

char *arena_copy(arena *in, const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? arena_room(in, length + 1) : NULL;
    if (!copy) return NULL;
    memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

char *arena_print(arena *in, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    const int length = vsnprintf(NULL, 0, format, list);
    char *text = length >= 0 ? arena_room(in, (size_t)length + 1) : NULL;
    if (text) (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(list);
    return text;
}

void arena_free(arena *in)
{
    while (in->chunk) {
        arena_chunk *next = in->chunk->next;
        free(in->chunk);
        in->chunk = next;
    }
}
