/* json.h - writes JSON into memory of a fixed size, and counts what it would need. */
#ifndef TANDEM_CORE_JSON_H
#define TANDEM_CORE_JSON_H
#include "tandem/tandem.h"

#define JSON_DEPTH_MAX 64

typedef struct json_writer {
    char    *text;      /* size bytes, or NULL with size 0 to count only */
    size_t   size;
    size_t   length;    /* of the whole text, also of what did not fit */
    uint32_t depth;
    uint64_t filled;    /* bit d: a value was written at depth d, so a comma comes next */
    bool     after_key;
} json_writer;

json_writer json_begin(char *text, size_t size);
size_t json_end(json_writer *writer);   /* puts the final 0, answers the length needed without it */
void json_open(json_writer *writer, char bracket);    /* '{' or '[' */
void json_close(json_writer *writer, char bracket);   /* '}' or ']' */
void json_key(json_writer *writer, const char *key);
/* Bytes that are not UTF-8 become U+FFFD. NULL becomes null. */
void json_text(json_writer *writer, const char *text);
/* Shortest text of the same double; what JSON has no number for (NaN, infinities) becomes null. */
void json_number(json_writer *writer, double value);
void json_int(json_writer *writer, int64_t value);
void json_bool(json_writer *writer, bool value);

#endif
