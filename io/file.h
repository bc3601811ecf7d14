/* file.h - whole files, written so that a reader sees the old one or the new one, never a part. */
#ifndef TANDEM_IO_FILE_H
#define TANDEM_IO_FILE_H
#include "tandem/module.h"

TD_MUST_USE td_status file_write(const char *path, const void *data, size_t bytes, td_error *err);
/* Reads at most bytes_max; ends *out with an extra 0 byte; free(*out). */
TD_MUST_USE td_status file_read(const char *path, uint64_t bytes_max, void **out, size_t *bytes,
                                td_error *err);

#endif
