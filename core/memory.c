/* memory.c - see memory.h. A header in front of each piece holds what is needed to free it. */
#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

typedef struct memory_head {
    void *(*resize)(void *context, void *memory, size_t old_bytes, size_t new_bytes);
    void *context;
    void *base;   /* what resize gave */
    size_t bytes; /* what it was asked for */
} memory_head;

#define MEMORY_EXTRA (sizeof(memory_head) + MEMORY_ALIGN - 1)

/* calloc, so that fresh pages of a large table are not cleared a second time. */
static void *memory_libc_resize(void *context, void *memory, size_t old_bytes, size_t new_bytes)
{
    (void)context;
    (void)old_bytes;
    if (new_bytes == 0) {
        free(memory);
        return NULL;
    }
    return memory ? realloc(memory, new_bytes) : calloc(1, new_bytes);
}

td_allocator memory_allocator(const td_allocator *wanted)
{
    const td_allocator libc = {memory_libc_resize, NULL};
    return wanted && wanted->resize ? *wanted : libc;
}

void *memory_take(const td_allocator *allocator, size_t bytes)
{
    const td_allocator hook = memory_allocator(allocator);
    if (bytes > PTRDIFF_MAX - MEMORY_EXTRA) return NULL;
    const size_t total = bytes + MEMORY_EXTRA;
    char *base = hook.resize(hook.context, NULL, 0, total);
    if (!base) return NULL;
    const uintptr_t first = (uintptr_t)base + sizeof(memory_head);
    const uintptr_t aligned = (first + MEMORY_ALIGN - 1) & ~(uintptr_t)(MEMORY_ALIGN - 1);
    char *memory = base + (aligned - (uintptr_t)base);
    if (hook.resize != memory_libc_resize) memset(memory, 0, bytes);
    const memory_head head = {hook.resize, hook.context, base, total};
    memcpy(memory - sizeof(head), &head, sizeof(head));
    return memory;
}

void *memory_array(const td_allocator *allocator, uint64_t count, size_t size)
{
    uint64_t bytes = 0;
    if (__builtin_mul_overflow(count, (uint64_t)size, &bytes) || bytes > PTRDIFF_MAX) return NULL;
    return memory_take(allocator, (size_t)bytes);
}

void memory_give(void *memory)
{
    memory_head head;
    if (!memory) return;
    memcpy(&head, (char *)memory - sizeof(head), sizeof(head));
    head.resize(head.context, head.base, head.bytes, 0);
}

char *memory_text(const td_allocator *allocator, const char *text)
{
    const size_t bytes = strlen(text) + 1;
    char *copy = memory_take(allocator, bytes);
    if (copy) memcpy(copy, text, bytes);
    return copy;
}

char **memory_texts(const td_allocator *allocator, const char *const *text, uint64_t count)
{
    uint64_t bytes = 0;
    if (__builtin_mul_overflow(count, (uint64_t)sizeof(char *), &bytes)) return NULL;
    for (uint64_t i = 0; i < count; ++i)
        bytes += strlen(text[i]) + 1;
    char **copy = memory_array(allocator, bytes, 1);
    if (!copy) return NULL;
    char *next = (char *)(copy + count);
    for (uint64_t i = 0; i < count; ++i) {
        const size_t length = strlen(text[i]) + 1;
        memcpy(next, text[i], length);
        copy[i] = next;
        next += length;
    }
    return copy;
}
