/* text.h - a growing text for pages and figures.
 *
 * The first failure sticks: later additions do nothing, and text_take reports it. So a page is
 * written without a check at each line and cannot be given out in part. All numbers are written
 * with a point, whatever the locale of the program. */
#ifndef TANDEM_REPORT_TEXT_H
#define TANDEM_REPORT_TEXT_H
#include "tandem/module.h"

#define TEXT_BYTES_MAX ((size_t)1 << 28)   /* a page larger than this is a mistake */
#define TEXT_FORMAT_MAX 1024               /* one text_format gives at most this many bytes */
#define SHOW_MAX 48                      /* bytes that any show_* needs, with its end */

typedef struct text {
    char     *data;          /* ends with 0 once something was added; NULL before */
    size_t    bytes, room;   /* bytes: without the 0 */
    td_status status;
} text;
#define TEXT_INIT {NULL, 0, 0, TD_OK}

void text_add(text *out, const char *string);
void text_add_bytes(text *out, const char *bytes, size_t count);
/* For what the program writes itself; what comes from outside goes through text_escape. Give
 * it no %f, %e or %g: their decimal point is the locale's. */
void text_format(text *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text from outside, for element content and attribute values of HTML and XML: markup is
 * escaped; what is not UTF-8, or may not stand in XML, becomes U+FFFD. NULL adds nothing. */
void text_escape(text *out, const char *string);
/* As text_escape, but at most characters_max of them, the last an ellipsis where it was cut. */
void text_escape_cut(text *out, const char *string, size_t characters_max);
/* A JSON string with its quotes, fit to stand inside <script>: < > & are escaped too. */
void text_json(text *out, const char *string);
/* Characters of a UTF-8 text; a broken byte counts as one. */
size_t text_characters(const char *string);
/* Coordinates: at most two decimals, without trailing zeros. */
void text_coordinate(text *out, double value);

/* Gives the text to the caller, free(*string); bytes may be NULL. Fails with what went wrong
 * first, and frees then. */
TD_MUST_USE td_status text_take(text *out, char **string, size_t *bytes, td_error *err);
void text_free(text *out);

/* ---- Numbers as a reader wants them; each returns out ---------------------------------------- */

const char *show_shortest(char out[SHOW_MAX], double value);  /* reads back as the same double */
/* For coordinates: ASCII only; NaN is 0. The others are for readers, with a real minus sign. */
const char *show_plain(char out[SHOW_MAX], double value, int decimals);
const char *show_fixed(char out[SHOW_MAX], double value, int decimals);
/* 0.0123, and 1.2 x 10^-7 with superscripts. */
const char *show_significant(char out[SHOW_MAX], double value, int digits);
const char *show_p(char out[SHOW_MAX], double p);             /* two digits: 0.034, 4.1 x 10^-6 */
const char *show_count(char out[SHOW_MAX], uint64_t count);   /* 10,200 */

#endif
