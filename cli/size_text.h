/* size_text.h - sizes of memory as people write them: 512MiB, 4GiB, 1.5TiB. */
#ifndef TANDEM_CLI_SIZE_TEXT_H
#define TANDEM_CLI_SIZE_TEXT_H
#include "tandem/module.h"

#define SIZE_BYTES_MAX (UINT64_C(1) << 60)

/* A decimal number, without a sign or an exponent, with B, KiB, MiB, GiB or TiB behind it, in
 * upper or lower case, with or without a blank between them; "0" needs no unit. Rounded down to
 * whole bytes. TD_E_BAD_ARGUMENT, naming name, for any other text; TD_E_OUT_OF_RANGE above
 * SIZE_BYTES_MAX. */
TD_MUST_USE td_status size_parse(const char *name, const char *text, uint64_t *bytes,
                                 td_error *err);

#endif
