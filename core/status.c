/* status.c - statuses, errors and the one check of sizes. */
#include "tandem/module.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uint32_t td_version(void)
{
    return TD_VERSION;
}

const char *td_status_name(td_status s)
{
    switch (s) {
#define TD_X(name, value, http, grpc, exit, text) \
    case TD_E_##name: return #name;
        TD_STATUS_TABLE(TD_X)
#undef TD_X
    }
    return "UNKNOWN"; /* a number that a newer library gave */
}

/* The length of text cut to at most limit bytes, never inside a UTF-8 character. */
static size_t cut_length(const char *text, size_t length, size_t limit)
{
    if (length <= limit) return length;
    while (limit > 0 && ((unsigned char)text[limit] & 0xc0u) == 0x80u)
        limit -= 1;
    return limit;
}

/* The message is made in memory of our own first: callers wrap an error by passing err->message
 * as an argument, and the caller's struct may be shorter than ours. */
td_status td_fail(td_error *err, td_status status, const char *format, ...)
{
    char text[sizeof(err->message) + 8];
    const size_t known = err ? err->struct_size : 0;
    const size_t start = offsetof(td_error, message);
    va_list list;

    if (!err) return status;
    va_start(list, format);
    const int written = vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    if (written < 0) text[0] = 0;

    if (known >= offsetof(td_error, status) + sizeof(err->status)) err->status = status;
    if (known >= offsetof(td_error, native_code) + sizeof(err->native_code)) err->native_code = 0;
    if (known > start) {
        const size_t room =
            known - start < sizeof(err->message) ? known - start : sizeof(err->message);
        const size_t length = cut_length(text, strlen(text), room - 1);
        memcpy(err->message, text, length);
        err->message[length] = 0;
    }
    return status;
}

td_status td_bytes(uint64_t count, uint64_t size, size_t *bytes, td_error *err)
{
    uint64_t product = 0;
    if (__builtin_mul_overflow(count, size, &product) || product > PTRDIFF_MAX)
        return td_fail(err, TD_E_NO_MEMORY, "%llu elements of %llu bytes do not fit any memory",
                       (unsigned long long)count, (unsigned long long)size);
    *bytes = (size_t)product;
    return TD_OK;
}
