/* postgres_url.h - URLs of PostgreSQL, as text: what of them is ours, what is libpq's, what is
 * secret. Names and values as SQL takes them. */
#ifndef TANDEM_IO_POSTGRES_URL_H
#define TANDEM_IO_POSTGRES_URL_H
#include "tandem/module.h"

/* "postgresql://" or "postgres://" in front. */
bool postgres_is_url(const char *text);

/* All are the caller's, freed by postgres_url_free. */
typedef struct postgres_url {
    char *connect;    /* for libpq: without table and query */
    char *table;      /* ?table=prices, decoded; NULL: not given */
    char *query;      /* ?query=select.., decoded; NULL: not given */
    char *plain;      /* connect without passwords: to be shown and recorded */
} postgres_url;

/* TD_E_BAD_ARGUMENT: no such URL, table or query given twice, or a bad %XX in them. */
TD_MUST_USE td_status postgres_url_split(const char *text, postgres_url *out, td_error *err);
void postgres_url_free(postgres_url *url);

/* A URL without its passwords (user:password@, password=, sslpassword=), and without anything that
 * could be a part of one when it is ill-formed; other text as it is. NULL: no memory. free() it. */
char *postgres_url_plain(const char *text);
/* Puts *** in the place of secret wherever text holds it; secrets shorter than 3 bytes, and NULL,
 * are left. */
void postgres_scrub(char *text, size_t size, const char *secret);

/* ---- SQL as text -------------------------------------------------------------------------- */

/* Starts as {0}. */
typedef struct sql_text {
    char *data;       /* ends with a 0 */
    size_t bytes, capacity;
    bool failed;
} sql_text;

void sql_add(sql_text *sql, const char *part);
/* A name in double quotes: nothing in it is SQL. */
void sql_add_name(sql_text *sql, const char *name, size_t bytes);
void sql_add_value(sql_text *sql, const char *value);    /* a text in single quotes, E'' */
/* "prices", "market.prices", "\"a.b\".\"c\"": up to three names with dots between them; those in
 * double quotes may hold dots (and "" for "). Names stand for themselves: their case counts.
 * TD_E_BAD_ARGUMENT: no such text. */
TD_MUST_USE td_status sql_add_table(sql_text *sql, const char *table, td_error *err);
TD_MUST_USE td_status sql_check(const sql_text *sql, td_error *err);    /* TD_E_NO_MEMORY */
void sql_free(sql_text *sql);

#endif
