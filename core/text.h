/* text.h - words for messages: quotes of what a user wrote, and what he may have meant. */
#ifndef TANDEM_CORE_TEXT_H
#define TANDEM_CORE_TEXT_H
#include "tandem/tandem.h"

#define TEXT_QUOTE_MAX 64    /* bytes of a quote with its marks and the final 0 */
#define TEXT_NEAR_MAX  64    /* longer words are never taken for misspelt */

/* "..." around at most 48 bytes of text, cut between characters, control characters as '?'. */
void text_quote(const char *text, size_t length, char quote[TEXT_QUOTE_MAX]);
/* Edits (insert, delete, replace, swap neighbours) between two words, UINT32_MAX if too long. */
uint32_t text_distance(const char *a, const char *b);
/* True when candidate is near enough to word to be offered; *best is the least distance so far,
 * UINT32_MAX at first, and is lowered. */
bool text_nearer(const char *word, const char *candidate, uint32_t *best);

#endif
