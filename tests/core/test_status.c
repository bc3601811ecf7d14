/* Statuses, td_fail and td_bytes. */
#include <locale.h>

#include "tandem/module.h"
#include "tests/check.h"

TEST(names_and_version)
{
    CHECK_TEXT("OK", td_status_name(TD_OK));
    CHECK_TEXT("NO_DEVICE_MEMORY", td_status_name(TD_E_NO_DEVICE_MEMORY));
    CHECK_TEXT("INTERNAL", td_status_name(TD_E_INTERNAL));
    CHECK_TEXT("UNKNOWN", td_status_name((td_status)99));
    CHECK_TEXT("UNKNOWN", td_status_name((td_status)-1));
    CHECK_INT(TD_VERSION, td_version());
}

TEST(fail_fills_the_error)
{
    td_error err = TD_ERROR_INIT;
    err.native_code = 7;
    CHECK_INT(TD_E_IO, td_fail(&err, TD_E_IO, "%s: line %d", "file", 3));
    CHECK_INT(TD_E_IO, err.status);
    CHECK_INT(0, err.native_code);
    CHECK_TEXT("file: line 3", err.message);
    CHECK_INT(TD_E_IO, td_fail(NULL, TD_E_IO, "nobody reads %d", 1));
}

TEST(fail_may_wrap_its_own_message)
{
    td_error err = TD_ERROR_INIT;
    (void)td_fail(&err, TD_E_IO, "inner");
    (void)td_fail(&err, TD_E_CORRUPT, "outer: %s", err.message);
    CHECK_TEXT("outer: inner", err.message);
}

TEST(fail_writes_only_what_the_caller_knows)
{
    const size_t start = offsetof(td_error, message);
    for (uint32_t known = 0; known <= sizeof(td_error); ++known) {
        td_error err;
        memset(&err, 0x5a, sizeof(err));
        err.struct_size = known;
        (void)td_fail(&err, TD_E_IO, "a message of some length");
        const unsigned char *bytes = (const unsigned char *)&err;
        for (size_t i = known > sizeof(uint32_t) ? known : sizeof(uint32_t); i < sizeof(err); ++i)
            CHECK_INT(0x5a, bytes[i]);
        if (known >= 8) CHECK_INT(TD_E_IO, err.status);
        if (known > start) CHECK_INT(0, memchr(err.message, 0, known - start) == NULL);
    }
    /* A struct of a later library is longer: the rest is not ours. */
    union {
        td_error err;
        char bytes[sizeof(td_error) + 16];
    } later;
    memset(&later, 0x5a, sizeof(later));
    later.err.struct_size = sizeof(later);
    (void)td_fail(&later.err, TD_E_IO, "x");
    for (size_t i = sizeof(td_error); i < sizeof(later); ++i)
        CHECK_INT(0x5a, later.bytes[i]);
}

/* Every length of two-, three- and four-byte characters across the end. */
TEST(fail_cuts_between_characters)
{
    static const char *const letters[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t k = 0; k < 3; ++k)
        for (size_t shift = 0; shift < 5; ++shift) {
            char text[700];
            td_error err = TD_ERROR_INIT;
            size_t length = shift;
            memset(text, 'a', shift);
            while (length < 600) {
                memcpy(text + length, letters[k], strlen(letters[k]));
                length += strlen(letters[k]);
            }
            text[length] = 0;
            (void)td_fail(&err, TD_E_IO, "%s", text);
            const size_t kept = strlen(err.message);
            CHECK(kept < sizeof(err.message) && kept > sizeof(err.message) - 6);
            CHECK_INT(0, (kept - shift) % strlen(letters[k]));
            CHECK_INT(0, memcmp(text, err.message, kept));
        }
}

TEST(bytes_are_checked)
{
    td_error err = TD_ERROR_INIT;
    size_t bytes = 77;
    CHECK_STATUS(TD_OK, td_bytes(10, 8, &bytes, &err), &err);
    CHECK_INT(80, bytes);
    CHECK_STATUS(TD_OK, td_bytes(0, UINT64_MAX, &bytes, &err), &err);
    CHECK_INT(0, bytes);
    bytes = 77;
    CHECK_STATUS(TD_E_NO_MEMORY, td_bytes(UINT64_MAX / 8 + 1, 8, &bytes, &err), &err);
    CHECK_STATUS(TD_E_NO_MEMORY, td_bytes(UINT64_MAX, UINT64_MAX, &bytes, &err), &err);
    CHECK_STATUS(TD_E_NO_MEMORY, td_bytes((uint64_t)PTRDIFF_MAX + 1, 1, &bytes, &err), &err);
    CHECK_INT(77, bytes);
    CHECK_HAS("elements of", err.message);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(names_and_version),
                                     RUN(fail_fills_the_error),
                                     RUN(fail_may_wrap_its_own_message),
                                     RUN(fail_writes_only_what_the_caller_knows),
                                     RUN(fail_cuts_between_characters),
                                     RUN(bytes_are_checked),
                                     {0}});
}
