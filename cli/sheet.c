/* sheet.c - see sheet.h. */
#include "cli/sheet.h"

#include <stddef.h>

/* 0: not known here. */
static const struct {
    uint32_t major, minor, lanes32, lanes64, lanes_int;
} lanes[] = {
    {7, 0, 64, 32, 64},   /* Volta: V100 */
    {7, 5, 64, 2, 64},    /* Turing */
    {8, 0, 64, 32, 64},   /* Ampere: A100 */
    {8, 6, 128, 2, 64},   /* Ampere: A40, RTX 30 */
    {8, 7, 128, 2, 64},   /* Ampere: Orin */
    {8, 9, 128, 2, 64},   /* Ada: L4, L40, RTX 40 */
    {9, 0, 128, 64, 64},  /* Hopper: H100, H200 */
    {10, 0, 128, 64, 64}, /* Blackwell: B200 */
    {12, 0, 128, 2, 0},   /* Blackwell: RTX 50 */
};

sheet_limits sheet_of(const td_device_info *info)
{
    sheet_limits limits = {0};
    const double clock = 1e6 * info->clock_mhz * info->units;
    limits.memory_bytes = 2.0 * 1e6 * info->memory_clock_mhz * info->memory_bus_bits / 8.0;
    for (size_t i = 0; i < sizeof lanes / sizeof *lanes; ++i) {
        if (lanes[i].major != info->compute_major || lanes[i].minor != info->compute_minor)
            continue;
        limits.lanes32 = lanes[i].lanes32;
        limits.lanes64 = lanes[i].lanes64;
        limits.lanes_int = lanes[i].lanes_int;
    }
    limits.float32 = limits.lanes32 * clock;
    limits.float64 = limits.lanes64 * clock;
    limits.int32 = 2.0 * limits.lanes_int * clock;
    return limits;
}
