/* arena.h - texts and small arrays that live and die together: the names of a study. */
#ifndef TANDEM_STUDY_ARENA_H
#define TANDEM_STUDY_ARENA_H
#include <stddef.h>

typedef struct arena_chunk arena_chunk;
typedef struct arena { arena_chunk *chunk; } arena;   /* starts as {NULL} */

/* All give NULL when there is no memory. What they give lives until arena_free and is aligned
 * for any type. */
void *arena_room(arena *in, size_t bytes);
char *arena_copy(arena *in, const char *text, size_t length);  /* ends with a 0 */
char *arena_print(arena *in, const char *format, ...) __attribute__((format(printf, 2, 3)));
void  arena_free(arena *in);

#endif
