/* publish.h - a run tells `tandem top` how far it is, in a small file of its own.
 *
 * FOLDER/PID.json, see publish_folder.h; written whole, and put into place at once, so a reader
 * finds the old or the new one. It goes when the run ends. A run that cannot publish runs on. */
#ifndef TANDEM_CLI_PUBLISH_H
#define TANDEM_CLI_PUBLISH_H
#include "tandem/tandem.h"

#define PUBLISH_VERSION     1
#define PUBLISH_BYTES_MAX   65536 /* of a file; a longer one is none of ours */
#define PUBLISH_FILES_MAX   256   /* that are looked at */
#define PUBLISH_HISTORY_MAX 240   /* rates, one a second */
#define PUBLISH_COUNT_MAX   (UINT64_C(1) << 53) /* units: JSON's numbers are exact up to there */

/* What a file says. Texts are clean: see top_text.h. */
typedef struct publish_run {
    int64_t pid;
    uint64_t started; /* of the process, in ticks: tells it from a later one with its number */
    char command[64]; /* "rqa study" */
    char input[256];  /* its first argument */
    char step[32];
    char devices[256];      /* "cuda:0,cpu"; empty: not told */
    double begun, updated;  /* seconds of CLOCK_MONOTONIC */
    double share;           /* of the step's work that is done, 0 to 1 */
    double rate;            /* units per second, over the last few; NAN: not known */
    double seconds_left;    /* of the step, when it was updated; NAN: not known */
    uint64_t units_done, units_total, units_resumed, units_running;
    uint32_t history_count;
    double history[PUBLISH_HISTORY_MAX]; /* of the rate, one a second, the newest last */
} publish_run;

typedef struct publish publish;

/* command: "rqa study"; input may be NULL. Nothing is written before the first update. NULL when
 * there is no memory; every function takes NULL. One thread at a time. */
publish *publish_create(const char *command, const char *input);
/* Writes at most every 250 ms, and when another step begins. */
void publish_update(publish *publish, const char *step, const td_progress *now);
/* Why nothing is published; NULL when there is no problem. */
const char *publish_problem(const publish *publish);
/* Removes the file. */
void publish_end(publish *publish);

#endif
