/* fail.h - how a plug-in fills an error: it links nothing of Tandem, so it has its own. */
#ifndef TANDEM_BACKENDS_FAIL_H
#define TANDEM_BACKENDS_FAIL_H
#include "tandem/tandem.h"

/* Writes status, native_code 0 and the message to err, which may be NULL; answers status. */
td_status backend_fail(td_error *err, td_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* As backend_fail, with the code that the driver gave. */
td_status backend_fail_native(td_error *err, td_status status, int64_t native, const char *format,
                              ...) __attribute__((format(printf, 4, 5)));

#endif
