/* work_device.h - the flags that say where work runs: --device, --fallback, --device-memory,
 * --explain, and --trace that shows it. */
#ifndef TANDEM_CLI_WORK_DEVICE_H
#define TANDEM_CLI_WORK_DEVICE_H
#include "cli/work.h"

#define DEVICE_NAMES_MAX      16
#define DEVICE_BACKENDS_BYTES 96u

/* The backends that a list of devices needs, for td_engine_config: "cuda,cpu" for
 * "cuda:0,cuda:1", so that no other driver is started; "cpu" for "cpu", so that none is at all;
 * NULL, which is all, for NULL and "auto". text has room for the answer. */
const char *device_backends(const char *devices, char text[DEVICE_BACKENDS_BYTES]);
/* TD_E_NO_DEVICE for a name that is not here, with the reason that its backend gives. "auto" and
 * NULL are fine; what else is wrong with a list is the engine's to say. Loads backends only for
 * names beside "cpu". */
TD_MUST_USE td_status device_check(const td_engine *engine, const char *devices, td_error *err);
/* --device-memory in bytes; 0: not given. */
TD_MUST_USE td_status device_memory(const cli_call *cli, uint64_t *bytes, td_error *err);

#endif
