/* machine_plain.c - signals and machine without special instructions. */
#define MACHINE(name) machine_##name##_plain
#include "machine_isa.h"

#include "machine_body.h"
#include "signal_body.h"

static const machine_isa isa = {"plain", MACHINE(truths), MACHINE(crossings), MACHINE(numbers),
                                MACHINE(run)};
const machine_isa *const machine_isa_plain = &isa;
