/* doctor_device.h - what `tandem doctor` finds about devices: their backends and drivers, each
 * device, and the kernels that no GPU has run yet. */
#ifndef TANDEM_CLI_DOCTOR_DEVICE_H
#define TANDEM_CLI_DOCTOR_DEVICE_H
#include "tandem/module.h"

typedef enum finding { FINDING_GOOD, FINDING_NOTE, FINDING_BAD } finding;

typedef void (*doctor_add)(void *context, finding state, const char *name, const char *words);

void doctor_devices(const td_engine *engine, doctor_add add, void *context);

#endif
