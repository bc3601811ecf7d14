/* postgres_url.c - see postgres_url.h. */
#include "io/postgres_url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SECRET_BYTES_MIN 3
#define TABLE_PARTS_MAX  3
#define NAME_BYTES_MAX   255

static const char *after_scheme(const char *text)
{
    static const char *const schemes[] = {"postgresql://", "postgres://"};
    for (unsigned i = 0; i < 2; ++i) {
        const size_t bytes = strlen(schemes[i]);
        if (strncasecmp(text, schemes[i], bytes) == 0) return text + bytes;
    }
    return NULL;
}

bool postgres_is_url(const char *text)
{
    return text && after_scheme(text) != NULL;
}

/* ---- Text --------------------------------------------------------------------------------- */

static void add_bytes(sql_text *sql, const char *part, size_t bytes)
{
    if (sql->failed) return;
    if (bytes >= sql->capacity - sql->bytes || !sql->data) {
        const size_t room = (sql->bytes + bytes + 32) * 2;
        char *grown = bytes > SIZE_MAX / 8 ? NULL : realloc(sql->data, room);
        if (!grown) {
            sql->failed = true;
            return;
        }
        sql->data = grown;
        sql->capacity = room;
    }
    memcpy(sql->data + sql->bytes, part, bytes);
    sql->bytes += bytes;
    sql->data[sql->bytes] = 0;
}

void sql_add(sql_text *sql, const char *part)
{
    add_bytes(sql, part, strlen(part));
}

void sql_add_name(sql_text *sql, const char *name, size_t bytes)
{
    sql_add(sql, "\"");
    for (size_t i = 0; i < bytes; ++i) {
        if (name[i] == '"') sql_add(sql, "\"");
        add_bytes(sql, name + i, 1);
    }
    sql_add(sql, "\"");
}

void sql_add_value(sql_text *sql, const char *value)
{
    sql_add(sql, "E'");
    for (; *value; ++value) {
        if (*value == '\'' || *value == '\\') add_bytes(sql, value, 1);
        add_bytes(sql, value, 1);
    }
    sql_add(sql, "'");
}

/* One name of a table, from *at on; moves *at behind it. */
static bool add_part(sql_text *sql, const char **at)
{
    char name[NAME_BYTES_MAX + 1];
    size_t bytes = 0;
    const char *from = *at;
    const bool quoted = *from == '"';
    for (from += quoted; *from; ++from) {
        if (!quoted && (*from == '.' || *from == '"')) break;
        if (quoted && *from == '"') {
            if (from[1] != '"') break;
            from += 1;
        }
        if (bytes == NAME_BYTES_MAX) return false;
        name[bytes++] = *from;
    }
    if (bytes == 0 || (quoted && *from != '"')) return false;
    *at = from + quoted;
    sql_add_name(sql, name, bytes);
    return **at == '.' || **at == 0;
}

td_status sql_add_table(sql_text *sql, const char *table, td_error *err)
{
    const char *at = table;
    for (unsigned part = 0; part < TABLE_PARTS_MAX; ++part) {
        if (!add_part(sql, &at)) break;
        if (*at == 0) return TD_OK;
        sql_add(sql, ".");
        at += 1;
    }
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "\"%.80s\" is no name of a table: NAME or SCHEMA.NAME, a part with a dot in "
                   "double quotes",
                   table);
}

td_status sql_check(const sql_text *sql, td_error *err)
{
    if (!sql->failed && sql->data) return TD_OK;
    return td_fail(err, TD_E_NO_MEMORY, "no memory for the text of a query");
}

void sql_free(sql_text *sql)
{
    free(sql->data);
    memset(sql, 0, sizeof *sql);
}

/* ---- Secrets ------------------------------------------------------------------------------ */

void postgres_scrub(char *text, size_t size, const char *secret)
{
    const size_t bytes = secret ? strlen(secret) : 0;
    char *at = text;
    if (bytes < SECRET_BYTES_MIN) return;
    while ((at = strstr(at, secret))) {
        const size_t behind = strlen(at + bytes) + 1;
        if ((size_t)(at - text) + 3 + behind > size) return; /* not so: 3 bytes take 3 or more */
        memmove(at + 3, at + bytes, behind);
        memcpy(at, "***", 3);
        at += 3;
    }
}

/* The end of "user:password" in what follows the scheme, or NULL. A password that is not encoded
 * may hold any of ":/?=@": what could be a part of one is taken for it. */
static const char *credentials_end(const char *text)
{
    return strrchr(text, '@');
}

static bool is_secret(const char *name, size_t bytes)
{
    static const char *const secrets[] = {"password", "sslpassword"};
    for (unsigned i = 0; i < 2; ++i)
        if (bytes == strlen(secrets[i]) && strncasecmp(name, secrets[i], bytes) == 0) return true;
    return false;
}

/* Parameters from "?" on, less those that are left out. */
static void add_params(sql_text *out, const char *params, bool (*leave)(const char *, size_t))
{
    char mark[2] = "?";
    while (*params) {
        const char *from = params + 1;
        const size_t bytes = strcspn(from, "&"), name = strcspn(from, "=&");
        if (bytes && !leave(from, name)) {
            add_bytes(out, mark, 1);
            add_bytes(out, from, bytes);
            mark[0] = '&';
        }
        params = from + bytes;
    }
}

char *postgres_url_plain(const char *text)
{
    sql_text out = {0};
    const char *rest = after_scheme(text);
    add_bytes(&out, text, rest ? (size_t)(rest - text) : strlen(text));
    if (rest) {
        const char *end = credentials_end(rest);
        if (end) {
            const size_t user = strcspn(rest, ":@");
            add_bytes(&out, rest, user);
            rest = end;
        }
        const size_t path = strcspn(rest, "?");
        add_bytes(&out, rest, path);
        add_params(&out, rest + path, is_secret);
    }
    if (!out.failed) return out.data;
    sql_free(&out);
    return NULL;
}

/* ---- Ours and libpq's --------------------------------------------------------------------- */

static bool is_named(const char *text, size_t bytes, const char *name)
{
    return bytes == strlen(name) && memcmp(text, name, bytes) == 0;
}

static bool is_ours(const char *name, size_t bytes)
{
    return is_named(name, bytes, "table") || is_named(name, bytes, "query");
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static td_status decode(const char *name, const char *text, size_t bytes, char **out, td_error *err)
{
    size_t at = 0;
    if (*out) return td_fail(err, TD_E_BAD_ARGUMENT, "the URL has %s= twice", name);
    char *made = calloc(bytes + 1, 1);
    if (!made) return td_fail(err, TD_E_NO_MEMORY, "no memory for a URL");
    for (size_t i = 0; i < bytes; ++i) {
        int byte = (unsigned char)text[i];
        if (byte == '%') {
            const int high = i + 2 < bytes ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < bytes ? hex_digit(text[i + 2]) : -1;
            byte = high < 0 || low < 0 ? 0 : high * 16 + low;
            i += 2;
        }
        if (byte == 0) {
            free(made);
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "the URL's %s= has a %% that two hexadecimal digits do not follow",
                           name);
        }
        made[at++] = (char)byte;
    }
    *out = made;
    return TD_OK;
}

static td_status take_ours(const char *params, postgres_url *url, td_error *err)
{
    td_status status = TD_OK;
    while (*params && !status) {
        const char *from = params + 1;
        const size_t bytes = strcspn(from, "&"), name = strcspn(from, "=&");
        const char *value = from + name + (name < bytes);
        const size_t value_bytes = bytes - name - (name < bytes);
        if (is_named(from, name, "table"))
            status = decode("table", value, value_bytes, &url->table, err);
        if (is_named(from, name, "query"))
            status = decode("query", value, value_bytes, &url->query, err);
        params = from + bytes;
    }
    return status;
}

td_status postgres_url_split(const char *text, postgres_url *out, td_error *err)
{
    postgres_url url = {NULL, NULL, NULL, NULL};
    sql_text connect = {0};
    const char *rest = after_scheme(text);
    if (!rest)
        return td_fail(err, TD_E_BAD_ARGUMENT, "a URL starts with postgresql:// or postgres://");
    const size_t head = strcspn(rest, "/?");
    if (strchr(rest + head, '@'))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "the URL is not postgresql://USER:PASSWORD@HOST:PORT/DATABASE: in a user, "
                       "a password or a value write @ as %%40, : as %%3A, / as %%2F, ? as %%3F, %% "
                       "as %%25");
    const char *params = rest + strcspn(rest, "?");
    td_status status = take_ours(params, &url, err);
    if (status) goto out;
    add_bytes(&connect, text, (size_t)(params - text));
    add_params(&connect, params, is_ours);
    status = sql_check(&connect, err);
    if (status) goto out;
    url.connect = connect.data;
    memset(&connect, 0, sizeof connect);
    url.plain = postgres_url_plain(url.connect);
    if (!url.plain) status = td_fail(err, TD_E_NO_MEMORY, "no memory for a URL");
out:
    if (status) postgres_url_free(&url);
    else *out = url;
    sql_free(&connect);
    return status;
}

void postgres_url_free(postgres_url *url)
{
    free(url->plain);
    free(url->query);
    free(url->table);
    if (url->connect) explicit_bzero(url->connect, strlen(url->connect));
    free(url->connect);
    memset(url, 0, sizeof *url);
}
