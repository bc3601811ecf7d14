/* choose_cost.h - what a plan is thought to take, on the CPU and on a device.
 *
 * The CPU: the sum of the units' cpu_seconds, over the threads.
 * A device, whose backend is loaded by then, so that its start-up is paid:
 *
 *     launches * launch_seconds + bytes / bandwidth, each way
 *     + operations / (rate * COST_EFFICIENCY) + host_seconds / threads
 *
 * with the rates that td_device_measure found. Its kernels do nothing but arithmetic in registers;
 * those of an operation also read memory, branch and count with atomics. COST_EFFICIENCY is what is
 * left of the rate then: a round guess until kernels are timed on a GPU. That copies and kernels of
 * different units overlap is left out. Both errors matter only where CPU and device are close. */
#ifndef TANDEM_SWEEP_CHOOSE_COST_H
#define TANDEM_SWEEP_CHOOSE_COST_H
#include "sweep/sweep.h"

#define COST_EFFICIENCY 0.25
#define COST_MEASURE_SECONDS 0.04    /* for a device that was not yet measured */

double cost_on_cpu(const sweep *run, const td_units *units);
/* INFINITY when the device cannot do something that is needed, or it was not measured. Measures
 * the device if that was not done before; a failure of that is in err. */
TD_MUST_USE td_status cost_on_device(const sweep *run, const td_units *units, td_device *device,
                                     double *seconds, td_error *err);

#endif
