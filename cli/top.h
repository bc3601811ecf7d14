/* top.h - what the files of `tandem top` share.
 *
 *   cmd_top.c      the loop: samples and runs, once, as JSON lines, or live
 *   top_runs.c     reads what the runs of this user publish
 *   top_draw.c     from samples and runs to text: what is shown at which size
 *   top_line.c     the parts of a line: text that is cut, bars, histories
 *   top_screen.c   the terminal: its other screen, keys, signals, size
 *   top_json.c     a sample of everything as JSON */
#ifndef TANDEM_CLI_TOP_H
#define TANDEM_CLI_TOP_H
#include "cli/paper.h"
#include "cli/publish.h"
#include "tandem/monitor.h"

#include <jansson.h>

/* ---- Runs (top_runs.c) ------------------------------------------------------------------ */

/* Reads a status file. False when it is none: another version, a value missing, of the wrong type
 * or out of its range. Texts are clean. */
bool top_runs_parse(const char *data, size_t bytes, publish_run *out);
/* The runs of this user that live, in at most room places, the oldest first; answers how many.
 * Files of processes that are gone are removed. */
uint32_t top_runs_read(publish_run *out, uint32_t room);
/* The same for one folder; appends to the count runs that out holds. */
uint32_t top_runs_read_folder(int folder, publish_run *out, uint32_t count, uint32_t room);

/* ---- What is drawn (top_draw.c) --------------------------------------------------------- */

typedef struct top_device {
    td_monitor_device about;
    const td_sample *history; /* oldest first; the last is now */
    uint32_t count;           /* at least 1 */
} top_device;

typedef struct top_view {
    const top_device *device;
    uint32_t device_count;
    const publish_run *run;
    uint32_t run_count;
    const char *note; /* why there are no GPUs; empty when there are */
    const char *host, *clock;
    double now;      /* seconds of CLOCK_MONOTONIC */
    double interval; /* s */
} top_view;

typedef struct top_style {
    uint32_t columns; /* 1 or more; no line is wider */
    uint32_t rows;    /* at most; 0: any number */
    bool colour, utf8;
    bool live; /* keys work */
} top_style;

/* Adds lines that end with a line break; a pure function of what it is given. */
void top_draw(paper *page, const top_view *view, const top_style *style);

/* ---- JSON (top_json.c) ------------------------------------------------------------------ */

/* {"time", "interval", "note", "devices": [..], "runs": [..]}; NULL without memory. What is not
 * known is null. unix_time: seconds since 1970. */
json_t *top_json(const top_view *view, double unix_time);

/* ---- The terminal (top_screen.c) -------------------------------------------------------- */

typedef struct top_screen top_screen;

typedef enum top_event {
    TOP_TIME = 0,   /* the time is over */
    TOP_QUIT = 1,   /* q, or Ctrl-C */
    TOP_KILLED = 2, /* SIGTERM, SIGHUP, SIGQUIT */
    TOP_RESIZE = 3  /* or continued after a stop: draw again */
} top_event;

/* Watches signals; live: takes over the terminal, too, until top_screen_close. One at a time. */
TD_MUST_USE td_status top_screen_open(bool live, top_screen **out, td_error *err);
/* Gives the terminal back as it was; NULL is fine. */
void top_screen_close(top_screen *screen);
void top_screen_size(uint32_t *columns, uint32_t *rows);
/* Waits for so many seconds, or until something happens. */
top_event top_screen_wait(top_screen *screen, double seconds);
/* Shows lines from the top of the screen. TD_E_IO. */
TD_MUST_USE td_status top_screen_show(top_screen *screen, const paper *lines, td_error *err);
bool top_screen_fits(void); /* standard output is a terminal with a cursor */
bool top_screen_utf8(void); /* by the locale of the environment */
bool top_screen_colour(void);

#endif
