/* scan.h - which recordings a study has: found in folders, listed in a manifest, or one file. */
#ifndef TANDEM_STUDY_SCAN_H
#define TANDEM_STUDY_SCAN_H
#include "study/arena.h"
#include "study/study.h"

#define SCAN_FILES_MAX   1000000u  /* recordings of one study */
#define SCAN_ENTRIES_MAX 1000000u  /* names in one folder */

typedef struct scan_file {
    const char *path;       /* to open it */
    const char *relative;   /* to show it: from the folder, or as the manifest has it */
    const char *name;       /* without folders and endings: "m6q1" */
    const char *group, *subject, *task;   /* never NULL */
} scan_file;

typedef struct scan {
    scan_file     *file;        /* in the order of relative */
    size_t         count, room;
    study_problem *left_out;    /* files and folders that are no part of the layout */
    size_t         left_out_count, left_out_room;
} scan;

/* Finds the recordings of path; texts go into the arena. Symbolic links are followed, but never
 * deeper than GROUP/SUBJECT/FILE, so a loop ends; hidden names are passed over. TD_E_IO: cannot
 * be read; TD_E_BAD_ARGUMENT: there are none (the message shows the layout), or a manifest lacks
 * a column. On failure out is empty. */
TD_MUST_USE td_status scan_open(const char *path, arena *texts, scan *out, td_error *err);
/* The same; a folder may be that of a group or of a subject too. Groups and subjects that lie
 * above it are "". */
TD_MUST_USE td_status scan_open_any(const char *path, arena *texts, scan *out, td_error *err);
void scan_close(scan *found);

/* "n1q3" -> "3", "trial_12" -> "12", "2021" -> "", "n1q3_raw" -> "": the digits at the end, if
 * nothing but a separator stands between them and the last letter. Points into name. */
const char *scan_task(const char *name);
/* Remembers what was left out and why; message is copied. False when there is no memory. */
bool scan_leave_out(scan *found, arena *texts, const char *path, uint64_t line,
                    const char *message);

#endif
