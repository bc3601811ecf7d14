/* program_memory.h - memory of the compiler: pieces that go together at its end, and arrays that
 * grow. All of it comes from one allocator, so that tests can let any piece fail. */
#ifndef TANDEM_MODULES_MARKET_PROGRAM_MEMORY_H
#define TANDEM_MODULES_MARKET_PROGRAM_MEMORY_H
#include "tandem/module.h"

typedef struct arena_chunk arena_chunk;

typedef struct arena {
    td_allocator allocator;
    arena_chunk *chunk;
} arena;

/* allocator may be NULL: malloc and free. */
void  arena_begin(arena *memory, const td_allocator *allocator);
void  arena_end(arena *memory);
/* Zeroed, aligned for any type; NULL when there is none. */
void *arena_take(arena *memory, size_t bytes);
/* The same for count elements; NULL also when the product does not fit. */
void *arena_array(arena *memory, uint64_t count, size_t size);
/* A copy of length bytes with a 0 behind them. */
char *arena_text(arena *memory, const char *text, size_t length);

/* Room for needed elements of size bytes in *array, which holds *room of them: doubles it. What is
 * new is not cleared. TD_E_NO_MEMORY. */
TD_MUST_USE td_status memory_grow(const td_allocator *allocator, void *array, uint64_t *room,
                                  uint64_t needed, size_t size, td_error *err);
void memory_free(const td_allocator *allocator, void *array, uint64_t room, size_t size);
td_status memory_fail(td_error *err);     /* "no memory for the strategies" */

#endif
