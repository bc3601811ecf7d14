/* memory.h - all host memory of the library, taken through the caller's allocator hook.
 *
 * Each piece remembers the hook it came from, so it can be given back without naming it, and so
 * that a table can take over the data of another one. */
#ifndef TANDEM_CORE_MEMORY_H
#define TANDEM_CORE_MEMORY_H
#include "tandem/tandem.h"

#define MEMORY_ALIGN 64   /* one cache line, and the widest vector register */

/* wanted, or malloc and free when it is NULL or empty: never without a function. */
td_allocator memory_allocator(const td_allocator *wanted);

/* bytes of zeroed memory, MEMORY_ALIGN aligned; NULL when there is none. 0 bytes give a pointer
 * that may be given back. */
void *memory_take(const td_allocator *allocator, size_t bytes);
/* The same for count elements of size bytes; NULL also when the product does not fit. */
void *memory_array(const td_allocator *allocator, uint64_t count, size_t size);
void  memory_give(void *memory);   /* NULL is fine */

/* A copy of text; NULL gives NULL only for want of memory, so text must not be NULL. */
char *memory_text(const td_allocator *allocator, const char *text);
/* A copy of count texts, with the pointers to them, in one piece. */
char **memory_texts(const td_allocator *allocator, const char *const *text, uint64_t count);

#endif
