/* run_report.h - what a run did and on what, as td_report tells it: for people, and as JSON. */
#ifndef TANDEM_CLI_RUN_REPORT_H
#define TANDEM_CLI_RUN_REPORT_H
#include "cli/paper.h"

#include <jansson.h>

/* Whether there is something to tell that a reader would not take for granted: a device beside
 * the CPU, or units that were tried again, split or moved. */
bool run_report_matters(const td_report *report);
/* A heading with what ("measures") and a table of the devices. */
void run_report_add(paper *page, const char *what, const td_report *report);
/* The same in one line, for a run of which there is no more to tell: units, seconds, device. */
void run_report_add_line(paper *page, const char *what, const td_report *report);
/* "choice" as lines: the device and the units of a plan, then each device's share of the reason. */
void run_plan_add(paper *page, const td_report *plan);
json_t *run_report_json(const td_report *report);
json_t *run_plan_json(const td_report *plan);

#endif
