/* machine_isa.h - the builds of the machine; NULL where this build has none for the processor. */
#ifndef TANDEM_MODULES_MARKET_MACHINE_ISA_H
#define TANDEM_MODULES_MARKET_MACHINE_ISA_H
#include "machine.h"

extern const machine_isa *const machine_isa_plain;
extern const machine_isa *const machine_isa_avx2;
extern const machine_isa *const machine_isa_avx512;

#endif
