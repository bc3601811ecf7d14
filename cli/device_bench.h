/* device_bench.h - tandem devices --bench: what a device does in a second, and the share of its
 * data sheet's. */
#ifndef TANDEM_CLI_DEVICE_BENCH_H
#define TANDEM_CLI_DEVICE_BENCH_H
#include "cli/work.h"

/* Measures the device for --seconds, adds lines to page and "rates", "sheet" and "share" to one.
 * A device that fails while it is measured has that on its lines; it is no error of the command.
 * Sets *shares when there are shares of a data sheet, for device_bench_note. TD_E_CANCELLED. */
TD_MUST_USE td_status device_bench(cli_work *work, const td_device *device,
                                   const td_device_info *info, paper *page, json_t *one,
                                   bool *shares, td_error *err);
/* How the shares are computed. */
void device_bench_note(paper *page);

#endif
