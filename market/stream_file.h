/* stream_file.h - a file that is written piece by piece and appears as a whole, or not at all. */
#ifndef TANDEM_MARKET_STREAM_FILE_H
#define TANDEM_MARKET_STREAM_FILE_H
#include "tandem/module.h"

typedef struct stream_file stream_file;

TD_MUST_USE td_status stream_open(const char *path, stream_file **out, td_error *err);
/* Room for at least bytes (up to 64 KiB), to be written by the caller; stream_put takes as many
 * as were used. NULL: an earlier write failed; the end tells. */
char *stream_room(stream_file *file, size_t bytes);
void stream_used(stream_file *file, size_t bytes);
void stream_add(stream_file *file, const char *text);
void stream_add_bytes(stream_file *file, const char *data, size_t bytes);
/* A CSV field: in quotes where it has a comma, a quote or a line break. */
void stream_add_field(stream_file *file, const char *text);
/* Syncs and renames; frees file in every case. */
TD_MUST_USE td_status stream_commit(stream_file *file, td_error *err);
void stream_discard(stream_file *file); /* removes the part; NULL is fine */

#endif
