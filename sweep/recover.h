/* recover.h - what happens to a unit that fails: the one place that decides it.
 *
 *   NO_DEVICE_MEMORY  fewer units at a time are let on the device (place.h); its pool is trimmed
 *                     and the unit retried once; then it is split; then it moves to another fit
 *                     device (a chosen one first, else a preferred one); last to the CPU
 *   DEVICE_LOST       the device is retired; the unit moves to another one, last to the CPU
 *   UNSUPPORTED, NO_DEVICE on a device: the unit moves
 *   NO_MEMORY         of the host: the unit is split; else it fails, naming bytes and budget
 *   all others        fail at once: a wrong argument is wrong everywhere
 *
 * A unit that moves to the CPU is as large as the device's plan made it, and is not cut smaller for
 * that: the operation's own parts (td_work_parts) spread it over the workers.
 *
 * TD_FALLBACK_CPU allows all of this, TD_FALLBACK_SPLIT no move, TD_FALLBACK_NONE nothing. Each
 * kind of rescue is counted once for a planned unit; the first reason becomes the report's note. */
#ifndef TANDEM_SWEEP_RECOVER_H
#define TANDEM_SWEEP_RECOVER_H
#include "sweep/sweep.h"

#define RECOVER_DEPTH_MAX 24         /* splits, one within the other */

/* Runs a planned unit into data, of result_bytes, first where slot->place is. */
TD_MUST_USE td_status recover_unit(sweep *run, sweep_slot *slot, const td_unit *unit, char *data,
                                   td_error *err);
/* Adds the parts that unit is split into so that none needs more than room bytes of host memory;
 * the unit itself if it does not. TD_E_NO_MEMORY when that cannot be, naming bytes and budget. */
TD_MUST_USE td_status recover_fit(const sweep *run, const td_unit *unit, uint64_t room,
                                  td_units *parts, td_error *err);

#endif
