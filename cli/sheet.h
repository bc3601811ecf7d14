/* sheet.h - what a device could do at most, worked out as its data sheet does.
 *
 * Memory: 2 x memory clock x bus width / 8 bytes per second; the memory's data rate is twice the
 * clock that the driver tells. Arithmetic: lanes of a multiprocessor, by compute capability, x
 * multiprocessors x clock. A sheet counts a fused multiply-add as two operations, twice that; here
 * a multiply and an add are two instructions on purpose, so that all devices give the same bits,
 * and lanes x multiprocessors x clock is the most there is. Integers are exact either way: a
 * multiply-add is one instruction of two operations.
 *
 * Lanes: results per clock of 32-bit and 64-bit floating-point add and of 32-bit integer
 * multiply-add, from the table of arithmetic throughput in NVIDIA's CUDA C++ Programming Guide. */
#ifndef TANDEM_CLI_SHEET_H
#define TANDEM_CLI_SHEET_H
#include "tandem/tandem.h"

/* Per second, unfused; 0: the device does not tell enough, or its lanes are not known here. */
typedef struct sheet_limits {
    double memory_bytes;                  /* read plus written */
    double float32, float64, int32;       /* operations: a multiply or an add is one */
    uint32_t lanes32, lanes64, lanes_int; /* of a multiprocessor */
} sheet_limits;

sheet_limits sheet_of(const td_device_info *info);

#endif
