/* postgres.c - see postgres.h: columns become prices, times become dates or instants. */
#include "market/postgres.h"

#include "io/postgres_url.h"
#include "io/prices_header.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MICROSECONDS INT64_C(1000000)
#define FIELDS_MAX   (2 + TD_PRICES)

typedef struct loading {
    const market_postgres_request *request;
    price_rows *rows;
    postgres *pg;
    postgres_source source;
    uint32_t source_number;
    char where[MARKET_POSTGRES_WHERE];
    uint64_t bytes;
    /* What is read: the time, the symbol, then the prices of fields in their order. */
    pg_type type[FIELDS_MAX];
    char *expression[FIELDS_MAX];
    uint32_t count, ignored;
    uint32_t fields;
    price_row *peek; /* [PRICES_PEEK_ROWS], until it is known what times are */
    uint32_t peek_count;
    bool known, dates;
} loading;

char *market_source_shown(const char *word)
{
    return postgres_url_plain(word);
}

/* ---- Columns ------------------------------------------------------------------------------ */

static bool type_fits(uint32_t role, pg_type type)
{
    if (role == PRICE_ROLE_TIME) return pg_type_is_time(type);
    if (role == PRICE_ROLE_SYMBOL)
        return type == PG_TEXT || type == PG_INT2 || type == PG_INT4 || type == PG_INT8;
    return pg_type_is_number(type);
}

static const char *type_words(uint32_t role)
{
    if (role == PRICE_ROLE_TIME) return "date, timestamp, timestamptz";
    if (role == PRICE_ROLE_SYMBOL) return "text, smallint, integer, bigint";
    return "smallint, integer, bigint, real, double precision, numeric";
}

static td_status add_column(loading *load, const postgres_column *column, uint32_t role,
                            td_error *err)
{
    sql_text name = {0};
    if (!type_fits(role, column->type))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: column %s is of type %s, allowed are %s: cast it in a query",
                       load->where, column->name, column->sql_type, type_words(role));
    sql_add_name(&name, column->name, strlen(column->name));
    const td_status status = sql_check(&name, err);
    if (status) return status;
    load->type[load->count] = column->type;
    load->expression[load->count++] = name.data;
    return TD_OK;
}

static td_status take_columns(loading *load, const postgres_column *columns,
                              const price_header *header, td_error *err)
{
    uint32_t used = 2;
    if (header->clock != UINT32_MAX)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: the date and the time of day are two columns, %s and %s: add them in a "
                       "query",
                       load->where, columns[header->time].name, columns[header->clock].name);
    td_status status = add_column(load, &columns[header->time], PRICE_ROLE_TIME, err);
    if (!status) status = add_column(load, &columns[header->symbol], PRICE_ROLE_SYMBOL, err);
    for (uint32_t p = 0; p < TD_PRICES && !status; ++p)
        for (uint32_t i = 0; i < header->count && !status; ++i) {
            if (header->role[i] != PRICE_ROLE_PRICE + p) continue;
            status = add_column(load, &columns[i], header->role[i], err);
            used += 1;
        }
    load->fields = header->fields;
    load->ignored = header->count - used;
    return status;
}

static td_status find_columns(loading *load, td_error *err)
{
    price_header header = {.count = 0};
    price_line line = {.count = 0};
    uint32_t count = 0;
    td_status status = TD_OK;
    const price_csv_options options = {.map = load->request->map, .layout = PRICE_LAYOUT_LONG};
    postgres_column *columns = calloc(PG_COLUMNS_MAX, sizeof *columns);
    line.field = calloc(PG_COLUMNS_MAX, sizeof *line.field);
    if (!columns || !line.field) {
        status = td_fail(err, TD_E_NO_MEMORY, "no memory for the columns of a table");
        goto out;
    }
    status = postgres_describe(load->pg, &load->source, columns, PG_COLUMNS_MAX, &count, err);
    if (status) goto out;
    for (; line.count < count; ++line.count)
        line.field[line.count] = (price_field){.text = columns[line.count].name,
                                               .bytes = strlen(columns[line.count].name)};
    status = price_header_read(&line, load->where, "", &options, &header, err);
    if (!status) status = take_columns(load, columns, &header, err);
out:
    price_header_close(&header);
    free(line.field);
    free(columns);
    return status;
}

/* ---- Times -------------------------------------------------------------------------------- */

/* Of the clock on the wall, where the zone makes a difference: seconds since 1970. */
static int64_t wall(const loading *load, int64_t time)
{
    if (load->type[0] != PG_TIMESTAMPTZ || !load->request->zone) return time;
    return time + price_zone_offset(load->request->zone, time);
}

static bool is_midnight(int64_t seconds)
{
    return seconds % PRICES_DAY_SECONDS == 0;
}

static td_status row_fail(const loading *load, uint64_t row, const char *why, td_error *err)
{
    return td_fail(err, TD_E_CORRUPT, "%s: row %" PRIu64 ": %s", load->where, row, why);
}

/* The time of a row as the panel counts it, now that it is known what times are. */
static td_status settle_time(const loading *load, price_row *row, td_error *err)
{
    const char *why = NULL;
    const int64_t local = wall(load, row->time);
    if (load->dates && !is_midnight(local))
        return row_fail(load, row->line,
                        "has a time of day, and the rows before it have none: cast it to a date in "
                        "a query, or drop the rows that have none",
                        err);
    if (load->dates) row->time = local;
    if (load->dates || load->type[0] != PG_TIMESTAMP) return TD_OK;
    why = price_zone_utc(load->request->zone, row->time, &row->time);
    return why ? row_fail(load, row->line, why, err) : TD_OK;
}

static td_status add_row(loading *load, price_row *row, td_error *err)
{
    char held[sizeof err->message];
    td_error inner = TD_ERROR_INIT;
    td_status status = settle_time(load, row, err);
    if (status) return status;
    status = price_rows_add(load->rows, row, &inner);
    if (!status) return TD_OK;
    snprintf(held, sizeof held, "%s", inner.message);
    return td_fail(err, status, "%s: row %" PRIu64 ": %s", load->where, row->line, held);
}

/* The first rows have come: dates or instants? Then they go where they belong. */
static td_status settle(loading *load, td_error *err)
{
    const price_zone *zone = load->request->zone;
    td_status status = TD_OK;
    load->dates = true;
    for (uint32_t i = 0; i < load->peek_count && load->dates; ++i)
        load->dates = is_midnight(wall(load, load->peek[i].time));
    if (!load->dates && load->type[0] == PG_TIMESTAMP && !zone)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: the times have a time of day, and no zone: tell it by --zone",
                       load->where);
    if (load->peek_count)
        status = price_rows_zone(load->rows,
                                 load->dates ? NULL
                                 : zone      ? price_zone_name(zone)
                                             : "UTC",
                                 err);
    for (uint32_t i = 0; i < load->peek_count && !status; ++i)
        status = add_row(load, &load->peek[i], err);
    load->peek_count = 0;
    load->known = true;
    return status;
}

/* ---- Rows --------------------------------------------------------------------------------- */

static td_status take_time(const loading *load, const pg_field *field, price_row *row,
                           td_error *err)
{
    int64_t micro = 0;
    td_error inner = TD_ERROR_INIT;
    if (field->bytes < 0) return row_fail(load, row->line, "the time is NULL", err);
    if (pg_time(load->type[0], field, &micro, &inner))
        return row_fail(load, row->line, inner.message, err);
    if (micro % MICROSECONDS != 0)
        return row_fail(load, row->line,
                        "the time has a fraction of a second: date_trunc it in a query", err);
    row->time = micro / MICROSECONDS;
    return TD_OK;
}

static td_status take_symbol(const loading *load, const pg_field *field, price_row *row,
                             td_error *err)
{
    char room[PG_INTEGER_ROOM];
    const char *text = NULL;
    size_t bytes = 0;
    td_error inner = TD_ERROR_INIT;
    if (field->bytes < 0) return row_fail(load, row->line, "the symbol is NULL", err);
    if (pg_text(load->type[1], field, room, &text, &bytes, &inner))
        return row_fail(load, row->line, inner.message, err);
    while (bytes > 0 && text[bytes - 1] == ' ') /* character(n) is padded */
        bytes -= 1;
    if (price_rows_symbol(load->rows, text, bytes, &row->symbol, &inner))
        return row_fail(load, row->line, inner.message, err);
    return TD_OK;
}

static td_status take_row(void *context, const pg_field *fields, uint64_t number, td_error *err)
{
    loading *load = context;
    price_row row = {.source = load->source_number, .line = number, .fields = load->fields};
    uint32_t column = 2;
    td_status status = take_time(load, &fields[0], &row, err);
    for (uint32_t i = 0; i < load->count; ++i)
        load->bytes += fields[i].bytes > 0 ? (uint64_t)fields[i].bytes : 0;
    if (!status) status = take_symbol(load, &fields[1], &row, err);
    for (uint32_t p = 0; p < TD_PRICES && !status; ++p) {
        if (!(load->fields & PRICE_BIT(p))) continue;
        status = pg_number(load->type[column], &fields[column], &row.price[p], err);
        column += 1;
    }
    if (status) return status;
    if (load->known) return add_row(load, &row, err);
    load->peek[load->peek_count++] = row;
    return load->peek_count == PRICES_PEEK_ROWS ? settle(load, err) : TD_OK;
}

static bool on_step(void *context, uint64_t rows, uint64_t bytes)
{
    const loading *load = context;
    return !load->request->step || load->request->step(load->request->context, rows, bytes);
}

/* ---- All ---------------------------------------------------------------------------------- */

/* Flags go before the URL: with a flag, what the URL says of table and query does not count. */
static td_status pick_source(loading *load, const postgres_url *url, td_error *err)
{
    const market_postgres_request *request = load->request;
    const bool told = request->table || request->query;
    load->source.table = told ? request->table : url->table;
    load->source.query = told ? request->query : url->query;
    if (!load->source.table != !load->source.query) return TD_OK;
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "%s: %s: --table NAME or --query SELECT, or ?table=NAME in the URL", url->plain,
                   load->source.table ? "both a table and a query are told, only one can be read"
                                      : "what is to be read is not told");
}

static td_status load_rows(loading *load, td_error *err)
{
    const char *table = load->source.table;
    snprintf(load->where, sizeof load->where, "%s, %s%s", postgres_name(load->pg),
             table ? "table " : "query", table ? table : "");
    td_status status = price_rows_source(load->rows, load->where, &load->source_number, err);
    if (!status) status = find_columns(load, err);
    if (!status)
        status = postgres_read(load->pg, &load->source, (const char *const *)load->expression,
                               load->count, take_row, load, err);
    if (!status && !load->known) status = settle(load, err);
    return status;
}

td_status market_load_postgres(const market_postgres_request *request, price_rows *rows,
                               market_postgres_found *found, td_error *err)
{
    loading load = {.request = request, .rows = rows};
    postgres_url url = {NULL, NULL, NULL, NULL};
    const postgres_hooks hooks = {on_step, &load};
    const uint64_t before = price_rows_count(rows);
    td_status status = postgres_url_split(request->url, &url, err);
    if (status) return status;
    status = pick_source(&load, &url, err);
    if (!status) load.peek = calloc(PRICES_PEEK_ROWS, sizeof *load.peek);
    if (!status && !load.peek) status = td_fail(err, TD_E_NO_MEMORY, "no memory for rows");
    if (!status) status = postgres_open(url.connect, &hooks, &load.pg, err);
    if (!status) status = load_rows(&load, err);
    if (!status) {
        *found = (market_postgres_found){
            .rows = price_rows_count(rows) - before, .bytes = load.bytes, .ignored = load.ignored};
        memcpy(found->where, load.where, sizeof found->where);
    }
    for (uint32_t i = 0; i < load.count; ++i)
        free(load.expression[i]);
    postgres_close(load.pg);
    free(load.peek);
    postgres_url_free(&url);
    return status;
}
