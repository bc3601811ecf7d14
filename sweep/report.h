/* report.h - what a run tells about itself. */
#ifndef TANDEM_SWEEP_REPORT_H
#define TANDEM_SWEEP_REPORT_H
#include "sweep/sweep.h"

typedef enum report_kind { REPORT_RETRIED = 1, REPORT_SPLIT = 2, REPORT_MOVED = 4 } report_kind;
typedef struct report_rescue { unsigned kinds; } report_rescue;   /* of one planned unit */

/* Counts a rescue, once of its kind for each planned unit; reason is why, and the first one of
 * the run becomes its note. */
void report_rescued(sweep *run, report_rescue *rescue, report_kind kind, const td_unit *part,
                    const sweep_place *place, const td_error *reason);

/* After the last unit. Writes the part of report that the caller knows. seconds_copy and
 * seconds_kernel are sums over the devices, device_bytes_peak is the largest of any one device. A
 * device's busy is the union of its copies and kernels; the CPU's, of its units. */
void report_write(const sweep *run, double seconds_total, td_report *report);
/* For td_plan: as many units at a time as there are threads, those that need most. */
void report_write_plan(const sweep *run, td_report *report);

#endif
