/* test_sheet.c - the data sheet's arithmetic against NVIDIA's data sheets. */
#include "cli/sheet.h"

#include "../check.h"

typedef struct card {
    const char *name;
    td_device_info info;
    double memory, float32, float64; /* GB/s, TFLOPS with a fused one as two; 0: not told */
} card;

#define CARD(title, major, minor, sms, mhz, memory_mhz, bits, ...) \
    {                                                              \
        title,                                                     \
            {.struct_size = sizeof(td_device_info),                \
             .compute_major = (major),                             \
             .compute_minor = (minor),                             \
             .units = (sms),                                       \
             .clock_mhz = (mhz),                                   \
             .memory_clock_mhz = (memory_mhz),                     \
             .memory_bus_bits = (bits)},                           \
            __VA_ARGS__                                            \
    }

/* Boost clocks and memory clocks as the driver tells them; the figures are the sheets' own. */
static const card cards[] = {
    CARD("H100 SXM", 9, 0, 132, 1980, 2619, 5120, 3350, 67, 34),
    CARD("A100 SXM 80 GB", 8, 0, 108, 1410, 1593, 5120, 2039, 19.5, 9.7),
    CARD("A100 40 GB", 8, 0, 108, 1410, 1215, 5120, 1555, 19.5, 9.7),
    CARD("GeForce RTX 4090", 8, 9, 128, 2520, 10501, 384, 1008, 82.6, 1.29),
    CARD("V100 SXM2", 7, 0, 80, 1530, 877, 4096, 900, 15.7, 7.8),
    CARD("T4", 7, 5, 40, 1590, 5001, 256, 320, 8.1, 0),
    CARD("L4", 8, 9, 58, 2040, 6251, 192, 300, 30.3, 0),
};

TEST(sheets_are_met)
{
    for (size_t i = 0; i < sizeof cards / sizeof *cards; ++i) {
        const sheet_limits limits = sheet_of(&cards[i].info);
        printf("  %s: %.0f GB/s, %.2f and %.2f TFLOPS\n", cards[i].name, limits.memory_bytes / 1e9,
               2e-12 * limits.float32, 2e-12 * limits.float64);
        CHECK_NEAR(1.0, limits.memory_bytes / 1e9 / cards[i].memory, 0.01);
        CHECK_NEAR(1.0, 2e-12 * limits.float32 / cards[i].float32, 0.01);
        if (cards[i].float64 > 0.0)
            CHECK_NEAR(1.0, 2e-12 * limits.float64 / cards[i].float64, 0.025);
        CHECK_NEAR(2.0 * 64 * cards[i].info.units * 1e6 * cards[i].info.clock_mhz, limits.int32,
                   1.0);
    }
}

TEST(what_is_not_told_is_zero)
{
    td_device_info info = cards[0].info;
    info.memory_bus_bits = 0;
    CHECK(sheet_of(&info).memory_bytes <= 0.0);
    info.compute_major = 99;
    CHECK(sheet_of(&info).float32 <= 0.0);
    CHECK_INT(0, sheet_of(&info).lanes32);
    info = cards[0].info;
    info.clock_mhz = 0;
    CHECK(sheet_of(&info).float64 <= 0.0);
    /* Another chip of the generation is another chip. */
    info = cards[0].info;
    info.compute_minor = 3;
    CHECK(sheet_of(&info).float32 <= 0.0);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(sheets_are_met), RUN(what_is_not_told_is_zero), {0}});
}
