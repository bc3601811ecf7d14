/* machine_avx2.c - signals and machine compiled for AVX2. */
#define MACHINE(name) machine_##name##_avx2
#include "machine_isa.h"

#if defined(__AVX2__)
#include "machine_body.h"
#include "signal_body.h"

static const machine_isa isa = {"avx2", MACHINE(truths), MACHINE(crossings), MACHINE(numbers),
                                MACHINE(run)};
const machine_isa *const machine_isa_avx2 = &isa;
#else
const machine_isa *const machine_isa_avx2 = NULL;
#endif
