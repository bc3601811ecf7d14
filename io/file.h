/* file.h - whole files, written so that a reader sees the old one or the new one, never a part.
 *
 * The new file is written as PATH.part beside the old one, synced, renamed, and the folder is
 * synced; when that fails the part is removed and the old file is as it was. A path that is a
 * symbolic link keeps being one. */
#ifndef TANDEM_IO_FILE_H
#define TANDEM_IO_FILE_H
#include "tandem/module.h"

/* A device or pipe (/dev/stdout) is written to as it is. */
TD_MUST_USE td_status file_write(const char *path, const void *data, size_t bytes, td_error *err);
/* Reads at most bytes_max; ends *out with an extra 0 byte; free(*out). TD_E_IO: it cannot be
 * read, is a folder, or is longer. */
TD_MUST_USE td_status file_read(const char *path, uint64_t bytes_max, void **out, size_t *bytes,
                                td_error *err);

/* For libraries that write files themselves: gives the path to write to, and the one to rename
 * it to. TD_E_IO when path is no regular file. Both are the caller's to free. */
TD_MUST_USE td_status file_part_begin(const char *path, char **part, char **target, td_error *err);
/* Syncs part, renames it to target, syncs the folder. On failure part is removed. */
TD_MUST_USE td_status file_part_commit(const char *part, const char *target, td_error *err);
/* "PATH: cannot VERB: No space left on device", with code (an errno) as the native code.
 * ENOMEM is TD_E_NO_MEMORY, all others TD_E_IO. */
td_status file_fail(td_error *err, const char *path, const char *verb, int code);

#endif
