/* signals.h - Ctrl-C, SIGTERM and the time limit become one cancel request. */
#ifndef TANDEM_CLI_SIGNALS_H
#define TANDEM_CLI_SIGNALS_H
#include "tandem/module.h"

/* A closed pipe and a file over the size limit become errors of the write, not a death. */
void signals_start(void);
/* From now on the first SIGINT or SIGTERM, or the end of the time (0: none), asks cancel to stop;
 * the second SIGINT or SIGTERM ends the process at once. */
void signals_watch(td_cancel *cancel, double seconds);
void signals_unwatch(void);
bool signals_caught(void); /* SIGINT or SIGTERM */
bool signals_timed_out(void);
/* True while a bar stands on the terminal: a sudden end erases it. */
void signals_bar(bool shown);
/* A file that a sudden end removes; NULL: none. path is borrowed. */
void signals_file(const char *path);

#endif
