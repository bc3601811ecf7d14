/* top_text.h - text from outside, made safe to show: device titles, paths, status files. */
#ifndef TANDEM_CLI_TOP_TEXT_H
#define TANDEM_CLI_TOP_TEXT_H
#include <stddef.h>
#include <stdint.h>

/* Copies text into out, which ends with a 0: valid UTF-8 only, cut between characters. What is no
 * UTF-8, moves the cursor, or changes the direction of writing becomes '?'. out may be text. */
void top_text_clean(const char *text, char *out, size_t size);
/* Reads the character at text, of bytes bytes at most: its number, and how many bytes it has; 0
 * when it is no UTF-8, or there is none. */
size_t top_text_next(const char *text, size_t bytes, uint32_t *number);
/* Columns that a character takes: 0, 1 or 2. */
uint32_t top_text_columns(uint32_t number);

#endif
