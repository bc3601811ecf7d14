/* machine_avx512.c - signals and machine compiled for AVX-512. */
#define MACHINE(name) machine_##name##_avx512
#include "machine_isa.h"

#if defined(__AVX512F__)
#include "machine_body.h"
#include "signal_body.h"

static const machine_isa isa = {"avx512", MACHINE(truths), MACHINE(crossings), MACHINE(numbers),
                                MACHINE(run)};
const machine_isa *const machine_isa_avx512 = &isa;
#else
const machine_isa *const machine_isa_avx512 = NULL;
#endif
