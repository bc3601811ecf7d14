/* progress.h - one line that tells how far a run is: a bar on a terminal, a plain line every five
 * seconds elsewhere, nothing when quiet. All on standard error. Calls may come from any thread. */
#ifndef TANDEM_CLI_PROGRESS_H
#define TANDEM_CLI_PROGRESS_H
#include "tandem/module.h"

typedef struct progress progress;

typedef enum progress_style {
    PROGRESS_NONE = 0,
    PROGRESS_LINES = 1,
    PROGRESS_BAR = 2
} progress_style;

/* The style that fits: NONE when quiet, BAR on a terminal that is not dumb, else LINES. */
progress_style progress_choose(bool quiet);
/* NULL when there is no memory for it; every function takes NULL. */
progress *progress_start(progress_style style);
/* The whole cost of a step stands for count things: "10,200 combinations" give a rate in
 * combinations instead of units. thing is borrowed. */
void progress_measure(progress *progress, const char *step, double count, const char *thing);
void progress_update(progress *progress, const char *step, const td_progress *now);
/* From now on updates are published too, see publish.h; input may be NULL. */
void progress_publish(progress *progress, const char *command, const char *input);
/* Why nothing is published; NULL: it is, or nothing was to be. */
const char *progress_problem(const progress *progress);
/* A line above the bar: "warning: ...". */
void progress_line(progress *progress, const char *line);
/* Lines above the bar; text ends with a line break. */
void progress_text(progress *progress, const char *text);
/* Where it stands: the step's name (borrowed) and how much of it is done, 0 to 1. */
void progress_state(progress *progress, const char **step, double *done);
/* Erases the bar; success: writes the last plain line. Frees it. */
void progress_end(progress *progress, bool success);

#endif
