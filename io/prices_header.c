/* prices_header.c - names of columns in English, Korean, Chinese and Japanese, and what they make
 * of a file. Names compare without case, blanks, "_", "-" and ".". */
#include "io/prices_header.h"

#include "io/prices_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KEY_BYTES   64
#define ROLES       (PRICE_ROLE_PRICE + TD_PRICES)
#define NAME_BYTES  32
#define LIST_BYTES  200
#define FEW_COLUMNS 8
#define NO_COLUMN   UINT32_MAX

/* "time" is the time of day when there is a date beside it, else it is the date. */
#define ROLE_TIME_OR_CLOCK 100

typedef struct known_name {
    const char *key;
    uint8_t role;
} known_name;

#define OPEN     (PRICE_ROLE_PRICE + TD_OPEN)
#define HIGH     (PRICE_ROLE_PRICE + TD_HIGH)
#define LOW      (PRICE_ROLE_PRICE + TD_LOW)
#define CLOSE    (PRICE_ROLE_PRICE + TD_CLOSE)
#define VOLUME   (PRICE_ROLE_PRICE + TD_VOLUME)
#define ADJUSTED (PRICE_ROLE_PRICE + TD_ADJUSTED)

/* clang-format off */
static const known_name known[] = {
    {"date", PRICE_ROLE_TIME}, {"datetime", PRICE_ROLE_TIME}, {"timestamp", PRICE_ROLE_TIME},
    {"tradingdate", PRICE_ROLE_TIME}, {"tradedate", PRICE_ROLE_TIME}, {"day", PRICE_ROLE_TIME},
    {"tradingday", PRICE_ROLE_TIME}, {"opentime", PRICE_ROLE_TIME}, {"datum", PRICE_ROLE_TIME},
    {"날짜", PRICE_ROLE_TIME}, {"일자", PRICE_ROLE_TIME}, {"거래일", PRICE_ROLE_TIME},
    {"거래일자", PRICE_ROLE_TIME}, {"기준일", PRICE_ROLE_TIME}, {"기준일자", PRICE_ROLE_TIME},
    {"일시", PRICE_ROLE_TIME},
    {"日期", PRICE_ROLE_TIME}, {"交易日期", PRICE_ROLE_TIME}, {"交易日", PRICE_ROLE_TIME},
    {"日付", PRICE_ROLE_TIME}, {"日時", PRICE_ROLE_TIME},
    {"time", ROLE_TIME_OR_CLOCK}, {"시간", ROLE_TIME_OR_CLOCK}, {"时间", ROLE_TIME_OR_CLOCK},
    {"時間", ROLE_TIME_OR_CLOCK}, {"時刻", ROLE_TIME_OR_CLOCK}, {"체결시간", ROLE_TIME_OR_CLOCK},
    {"symbol", PRICE_ROLE_SYMBOL}, {"ticker", PRICE_ROLE_SYMBOL}, {"code", PRICE_ROLE_SYMBOL},
    {"stockcode", PRICE_ROLE_SYMBOL}, {"tscode", PRICE_ROLE_SYMBOL},
    {"instrument", PRICE_ROLE_SYMBOL}, {"tickersymbol", PRICE_ROLE_SYMBOL},
    {"종목코드", PRICE_ROLE_SYMBOL}, {"단축코드", PRICE_ROLE_SYMBOL}, {"코드", PRICE_ROLE_SYMBOL},
    {"티커", PRICE_ROLE_SYMBOL}, {"심볼", PRICE_ROLE_SYMBOL},
    {"代码", PRICE_ROLE_SYMBOL}, {"股票代码", PRICE_ROLE_SYMBOL}, {"证券代码", PRICE_ROLE_SYMBOL},
    {"代碼", PRICE_ROLE_SYMBOL}, {"代號", PRICE_ROLE_SYMBOL}, {"股票代號", PRICE_ROLE_SYMBOL},
    {"證券代號", PRICE_ROLE_SYMBOL}, {"コード", PRICE_ROLE_SYMBOL},
    {"銘柄コード", PRICE_ROLE_SYMBOL},
    {"open", OPEN}, {"openprice", OPEN}, {"openingprice", OPEN}, {"시가", OPEN}, {"开盘", OPEN},
    {"开盘价", OPEN}, {"開盤", OPEN}, {"開盤價", OPEN}, {"始値", OPEN},
    {"high", HIGH}, {"highprice", HIGH}, {"고가", HIGH}, {"最高", HIGH}, {"最高价", HIGH},
    {"最高價", HIGH}, {"高値", HIGH},
    {"low", LOW}, {"lowprice", LOW}, {"저가", LOW}, {"最低", LOW}, {"最低价", LOW},
    {"最低價", LOW}, {"安値", LOW},
    {"close", CLOSE}, {"closeprice", CLOSE}, {"closingprice", CLOSE}, {"last", CLOSE},
    {"close/last", CLOSE}, {"종가", CLOSE}, {"收盘", CLOSE}, {"收盘价", CLOSE}, {"收盤", CLOSE},
    {"收盤價", CLOSE}, {"終値", CLOSE},
    {"volume", VOLUME}, {"vol", VOLUME}, {"거래량", VOLUME}, {"成交量", VOLUME},
    {"出来高", VOLUME},
    {"adjclose", ADJUSTED}, {"adjustedclose", ADJUSTED}, {"adjusted", ADJUSTED},
    {"closeadj", ADJUSTED}, {"adjustedclosingprice", ADJUSTED}, {"수정종가", ADJUSTED},
    {"수정주가", ADJUSTED}, {"复权收盘价", ADJUSTED}, {"調整後終値", ADJUSTED},
};
/* clang-format on */

static const char *const role_names[ROLES] = {NULL,   "date", "time",  "symbol", NULL,      "open",
                                              "high", "low",  "close", "volume", "adjusted"};

/* ---- Names ----------------------------------------------------------------------------------- */

/* The form in which names compare; empty when it is too long for any that is known. */
static void make_key(const char *name, char key[KEY_BYTES])
{
    size_t used = 0;
    for (; *name; ++name) {
        if (strchr(" \t_-.", *name)) continue;
        if (used + 1 == KEY_BYTES) {
            used = 0;
            break;
        }
        key[used++] = (char)tolower((unsigned char)*name);
    }
    key[used] = 0;
}

static uint8_t role_of(const char *name)
{
    char key[KEY_BYTES];
    make_key(name, key);
    for (size_t i = 0; i < sizeof known / sizeof *known; ++i)
        if (strcmp(known[i].key, key) == 0) return known[i].role;
    return PRICE_ROLE_NONE;
}

uint32_t price_header_known(const price_line *line)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < line->count; ++i) {
        char name[KEY_BYTES];
        if (line->field[i].bytes >= sizeof name) continue;
        memcpy(name, line->field[i].text, line->field[i].bytes);
        name[line->field[i].bytes] = 0;
        bool ascii = true;
        for (size_t k = 0; name[k]; ++k)
            ascii = ascii && (unsigned char)name[k] < 0x80;
        count += !ascii && role_of(name) != PRICE_ROLE_NONE;
    }
    return count;
}

static bool is_index(const char *name)
{
    return !*name || strcasecmp(name, "index") == 0 || strncmp(name, "Unnamed", 7) == 0;
}

/* "open, high, low", as much as there is room for. */
static void list_names(const price_header *header, char list[LIST_BYTES])
{
    size_t used = 0;
    *list = 0;
    for (uint32_t i = 0; i < header->count; ++i) {
        char name[NAME_BYTES];
        prices_quote(header->name[i], strlen(header->name[i]), name, sizeof name);
        if (used + sizeof name + 10 > LIST_BYTES) {
            snprintf(list + used, LIST_BYTES - used, ", ..");
            return;
        }
        used += (size_t)snprintf(list + used, LIST_BYTES - used, "%s\"%s\"", i ? ", " : "", name);
    }
}

static td_status copy_names(const price_line *line, price_header *out, td_error *err)
{
    out->role = calloc((size_t)line->count + 1, sizeof *out->role);
    out->name = calloc((size_t)line->count + 1, sizeof *out->name);
    if (!out->role || !out->name) goto no_memory;
    for (; out->count < line->count; ++out->count) {
        const price_field *field = &line->field[out->count];
        out->name[out->count] = strndup(field->text, field->bytes);
        if (!out->name[out->count]) goto no_memory;
    }
    return TD_OK;
no_memory:
    return td_fail(err, TD_E_NO_MEMORY, "no memory for the columns of a CSV file");
}

void price_header_close(price_header *header)
{
    for (uint32_t i = 0; i < header->count; ++i)
        free(header->name[i]);
    free(header->name);
    free(header->role);
    *header = (price_header){0};
}

/* ---- Columns told by their names --------------------------------------------------------------
 */

static uint32_t find_name(const price_header *header, const char *name, size_t bytes)
{
    for (uint32_t i = 0; i < header->count; ++i)
        if (strlen(header->name[i]) == bytes && memcmp(header->name[i], name, bytes) == 0) return i;
    for (uint32_t i = 0; i < header->count; ++i)
        if (strlen(header->name[i]) == bytes && strncasecmp(header->name[i], name, bytes) == 0)
            return i;
    return NO_COLUMN;
}

static uint32_t find_role(const char *name, size_t bytes)
{
    for (uint32_t role = 1; role < ROLES; ++role)
        if (role_names[role] && strlen(role_names[role]) == bytes &&
            memcmp(role_names[role], name, bytes) == 0)
            return role;
    return 0;
}

/* One "close=Last" of the map, bytes long. */
static td_status map_one(price_header *out, const char *where, const char *text, size_t bytes,
                         uint32_t told[ROLES], td_error *err)
{
    char list[LIST_BYTES];
    const char *equals = memchr(text, '=', bytes);
    const size_t name_bytes = equals ? (size_t)(equals - text) : 0;
    const uint32_t role = equals ? find_role(text, name_bytes) : 0;
    if (role == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "--map: \"%.*s\" is not such as close=Last; allowed in front of = are date, "
                       "time, symbol, open, high, low, close, volume, adjusted",
                       (int)(bytes < 64 ? bytes : 64), text);
    const char *name = equals + 1;
    const uint32_t column = find_name(out, name, bytes - name_bytes - 1);
    list_names(out, list);
    if (column == NO_COLUMN)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: --map names the column \"%.*s\", which is not there; it has %s", where,
                       (int)(bytes - name_bytes - 1 < 64 ? bytes - name_bytes - 1 : 64), name,
                       list);
    if (told[role] != NO_COLUMN || out->role[column] != PRICE_ROLE_NONE)
        return td_fail(err, TD_E_BAD_ARGUMENT, "--map: %s, or the column \"%.64s\", is told twice",
                       role_names[role], out->name[column]);
    told[role] = column;
    out->role[column] = (uint8_t)role;
    return TD_OK;
}

static td_status map_columns(price_header *out, const char *where, const char *map,
                             uint32_t told[ROLES], td_error *err)
{
    td_status status = TD_OK;
    for (uint32_t i = 0; i < ROLES; ++i)
        told[i] = NO_COLUMN;
    while (!status && map && *map) {
        const size_t bytes = strcspn(map, ",");
        status = map_one(out, where, map, bytes, told, err);
        map += bytes;
        map += *map == ',';
    }
    return status;
}

/* ---- Columns known by their names -------------------------------------------------------------
 */

static td_status twice(const price_header *out, const char *where, uint32_t a, uint32_t b,
                       td_error *err)
{
    const char *role = role_names[out->role[a]];
    char one[NAME_BYTES], other[NAME_BYTES];
    prices_quote(out->name[a], strlen(out->name[a]), one, sizeof one);
    prices_quote(out->name[b], strlen(out->name[b]), other, sizeof other);
    return td_fail(err, TD_E_CORRUPT,
                   "%s: columns %u \"%s\" and %u \"%s\" both are the %s: tell which by --map "
                   "%s=NAME",
                   where, a + 1, one, b + 1, other, role, role);
}

/* Gives roles to the columns that were not told. pair: the first two with one role; {0, 0}: none.
 */
static void guess_columns(price_header *out, uint32_t told[ROLES], uint32_t pair[2])
{
    uint32_t clock = NO_COLUMN;
    bool mapped[ROLES];
    for (uint32_t role = 0; role < ROLES; ++role)
        mapped[role] = told[role] != NO_COLUMN;
    for (uint32_t i = 0; i < out->count; ++i) {
        const uint32_t role = role_of(out->name[i]);
        if (out->role[i] != PRICE_ROLE_NONE || role == PRICE_ROLE_NONE) continue;
        if (role == ROLE_TIME_OR_CLOCK) {
            if (clock == NO_COLUMN) clock = i;
        } else if (told[role] == NO_COLUMN) {
            told[role] = i;
            out->role[i] = (uint8_t)role;
        } else if (!mapped[role] && pair[1] == 0) {
            pair[0] = told[role];
            pair[1] = i;
        }
    }
    if (clock != NO_COLUMN) {
        const uint32_t role =
            told[PRICE_ROLE_TIME] == NO_COLUMN ? PRICE_ROLE_TIME : PRICE_ROLE_CLOCK;
        if (told[role] == NO_COLUMN) {
            told[role] = clock;
            out->role[clock] = (uint8_t)role;
        }
    }
    /* What writes an index names it badly, or not at all. */
    if (told[PRICE_ROLE_TIME] == NO_COLUMN && out->role[0] == PRICE_ROLE_NONE &&
        is_index(out->name[0])) {
        told[PRICE_ROLE_TIME] = 0;
        out->role[0] = PRICE_ROLE_TIME;
    }
}

/* ---- Layouts ----------------------------------------------------------------------------------
 */

static price_layout guess_layout(const price_header *out, const uint32_t told[ROLES])
{
    uint32_t ranges = 0, priced = 0;
    for (uint32_t role = OPEN; role < ROLES; ++role)
        priced += told[role] != NO_COLUMN;
    /* CODE is a symbol somewhere, but hardly beside a few others alone. */
    if (told[PRICE_ROLE_SYMBOL] != NO_COLUMN && (priced > 0 || out->count <= FEW_COLUMNS))
        return PRICE_LAYOUT_LONG;
    /* So are OPEN, LOW and HIGH: without the others they make no row of prices. */
    for (uint32_t role = OPEN; role <= LOW; ++role)
        ranges += told[role] != NO_COLUMN;
    if (told[CLOSE] != NO_COLUMN || told[ADJUSTED] != NO_COLUMN || ranges == 3)
        return PRICE_LAYOUT_SINGLE;
    return out->count > 1 ? PRICE_LAYOUT_WIDE : PRICE_LAYOUT_SINGLE;
}

/* The price that a wide file holds, by the last word of its name; else the close. */
static int field_of(const char *stem)
{
    const char *word = stem;
    for (const char *at = stem; *at; ++at)
        if (strchr("_-. ", *at)) word = at + 1;
    for (int pass = 0; pass < 2; ++pass) {
        const uint8_t role = role_of(pass ? word : stem);
        if (role >= PRICE_ROLE_PRICE && role < ROLES) return role - PRICE_ROLE_PRICE;
    }
    return TD_CLOSE;
}

static td_status make_wide(price_header *out, const char *where, const char *stem,
                           const price_csv_options *options, td_error *err)
{
    out->field = options->field >= 0 ? options->field : field_of(stem);
    out->fields = PRICE_BIT(out->field);
    out->time = 0;
    out->clock = out->symbol = NO_COLUMN;
    out->role[0] = PRICE_ROLE_TIME;
    if (out->count < 2)
        return td_fail(err, TD_E_CORRUPT,
                       "%s: has one column; a wide file has the dates and then "
                       "one column a symbol",
                       where);
    for (uint32_t i = 1; i < out->count; ++i) {
        if (!*out->name[i])
            return td_fail(err, TD_E_CORRUPT,
                           "%s: column %u has no name, which would be its symbol", where, i + 1);
        out->role[i] = PRICE_ROLE_CELL;
    }
    return TD_OK;
}

static td_status missing(const price_header *out, const char *where, const char *what,
                         td_error *err)
{
    char list[LIST_BYTES];
    list_names(out, list);
    return td_fail(err, TD_E_CORRUPT,
                   "%s: no column is %s; it has %s. Names are known in English, Korean and "
                   "Chinese, others are told by --map, as in --map date=Day,close=Last",
                   where, what, list);
}

static td_status check_columns(price_header *out, const char *where, const uint32_t told[ROLES],
                               td_error *err)
{
    out->time = told[PRICE_ROLE_TIME];
    out->clock = told[PRICE_ROLE_CLOCK];
    out->symbol = out->layout == PRICE_LAYOUT_LONG ? told[PRICE_ROLE_SYMBOL] : NO_COLUMN;
    if (out->layout == PRICE_LAYOUT_SINGLE && told[PRICE_ROLE_SYMBOL] != NO_COLUMN)
        out->role[told[PRICE_ROLE_SYMBOL]] = PRICE_ROLE_NONE;
    for (uint32_t k = 0; k < TD_PRICES; ++k)
        if (told[PRICE_ROLE_PRICE + k] != NO_COLUMN) out->fields |= PRICE_BIT(k);
    if (out->time == NO_COLUMN) return missing(out, where, "the date", err);
    if (out->layout == PRICE_LAYOUT_LONG && out->symbol == NO_COLUMN)
        return missing(out, where, "the symbol", err);
    if (out->fields == 0) return missing(out, where, "a price", err);
    return TD_OK;
}

td_status price_header_read(const price_line *line, const char *where, const char *stem,
                            const price_csv_options *options, price_header *out, td_error *err)
{
    uint32_t told[ROLES], pair[2] = {0, 0};
    td_status status = copy_names(line, out, err);
    if (status) return status;
    if (options->layout == PRICE_LAYOUT_WIDE) {
        out->layout = PRICE_LAYOUT_WIDE;
        return make_wide(out, where, stem, options, err);
    }
    status = map_columns(out, where, options->map, told, err);
    if (status) return status;
    guess_columns(out, told, pair);
    out->layout = options->layout;
    if (out->layout == PRICE_LAYOUT_AUTO) out->layout = guess_layout(out, told);
    if (out->layout == PRICE_LAYOUT_WIDE) {
        /* A price that --field does not ask for is no wide file's. */
        if (told[PRICE_ROLE_TIME] != 0) return missing(out, where, "the date", err);
        return make_wide(out, where, stem, options, err);
    }
    if (pair[1] > 0) return twice(out, where, pair[0], pair[1], err);
    return check_columns(out, where, told, err);
}
