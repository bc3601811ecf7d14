/* test_size_text.c - sizes of memory from text. */
#include "cli/size_text.h"

#include "../check.h"

TEST(sizes_are_read)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"0", 0},
                {"0B", 0},
                {"1B", 1},
                {"1023 B", 1023},
                {"1KiB", 1024},
                {"512MiB", UINT64_C(512) << 20},
                {"512 mib", UINT64_C(512) << 20},
                {"4GiB", UINT64_C(4) << 30},
                {"1.5GIB", UINT64_C(3) << 29},
                {"0.5B", 0},
                {"2TiB", UINT64_C(2) << 40},
                {"1048576TiB", SIZE_BYTES_MAX}};
    for (size_t i = 0; i < sizeof good / sizeof *good; ++i) {
        uint64_t bytes = 77;
        td_error err = TD_ERROR_INIT;
        CHECK_STATUS(TD_OK, size_parse("device_memory", good[i].text, &bytes, &err), &err);
        CHECK_INT(good[i].bytes, bytes);
    }
}

TEST(other_texts_are_refused)
{
    static const char *const bad[] = {"",     "4",      "GiB",   "-4GiB", "+4GiB",    "4GB",
                                      "4G",   "4Gi",    "4GiBs", "4.GiB", ".5GiB",    "1e3B",
                                      "0x4B", "4  GiB", " 4GiB", "4GiB ", "1.2.3GiB", "nanGiB"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        uint64_t bytes = 77;
        td_error err = TD_ERROR_INIT;
        CHECK_STATUS(TD_E_BAD_ARGUMENT, size_parse("device_memory", bad[i], &bytes, &err), &err);
        CHECK(strstr(err.message, "device_memory is \""));
        CHECK_INT(77, bytes);
    }
}

TEST(too_much_is_refused)
{
    uint64_t bytes = 77;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, size_parse("x", "1048577TiB", &bytes, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, size_parse("x", "99999999999999999999TiB", &bytes, &err), &err);
    /* So many digits are no size. */
    CHECK_STATUS(TD_E_BAD_ARGUMENT, size_parse("x", "999999999999999999999999B", &bytes, &err),
                 &err);
    CHECK_INT(77, bytes);
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){
            RUN(sizes_are_read), RUN(other_texts_are_refused), RUN(too_much_is_refused), {0}});
}
