/* load_files.h - which files an argument stands for. */
#ifndef TANDEM_MARKET_LOAD_FILES_H
#define TANDEM_MARKET_LOAD_FILES_H
#include "tandem/module.h"

typedef struct load_files {    /* {0} at first */
    char   **path;
    uint64_t count, room;
    uint64_t bytes;            /* of all on the disk */
} load_files;

/* A file is itself; a folder stands for the .csv, .txt and .tsv files in it (and those packed as
 * .gz, .xz, .zst), in the order of their names; folders in it are left alone. TD_E_NOT_FOUND: it
 * has none; TD_E_BAD_ARGUMENT: a path is the output, or given twice. */
TD_MUST_USE td_status load_files_add(load_files *files, const char *path, const char *output,
                                     td_error *err);
void load_files_free(load_files *files);

#endif
