/* fail.c - see fail.h. */
#include "backends/common/fail.h"

#include <stdarg.h>
#include <stdio.h>

static void fill(td_error *err, td_status status, int64_t native, const char *format, va_list list)
{
    if (!err) return;
    err->status = status;
    err->native_code = native;
    vsnprintf(err->message, sizeof err->message, format, list);
}

td_status backend_fail(td_error *err, td_status status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fill(err, status, 0, format, list);
    va_end(list);
    return status;
}

td_status backend_fail_native(td_error *err, td_status status, int64_t native, const char *format,
                              ...)
{
    va_list list;
    va_start(list, format);
    fill(err, status, native, format, list);
    va_end(list);
    return status;
}
