/* places.h - checks of the places that results will go to, before hours are spent on them. */
#ifndef TANDEM_CLI_PLACES_H
#define TANDEM_CLI_PLACES_H
#include "tandem/module.h"

/* The file can be made or replaced: its folder is there and may be written, it is no folder.
 * flag names the flag in errors. NULL path is fine. */
TD_MUST_USE td_status place_check_file(const char *flag, const char *path, td_error *err);
/* The folder is there, or can be made in the one above it; it is made. NULL path is fine. */
TD_MUST_USE td_status place_make_folder(const char *flag, const char *path, td_error *err);
bool place_is_folder(const char *path);
bool place_is_file(const char *path); /* no folder, device or pipe */
bool place_exists(const char *path);
/* Both paths lead to one file, whatever they are called, or would when it is made. NULL: false. */
bool place_same(const char *a, const char *b);
/* The path is a file that is there, lies in the folder or below it, and is called as recordings
 * are (.csv, .csv.gz, .csv.xz): a result in its place would be the end of it. NULL: false. */
bool place_is_recording(const char *path, const char *folder);

#endif
