/* fuzz_prices.c - random bytes as a CSV file of prices. The first byte picks the options, the rest
 * is the file. The fast way through it and the careful one must agree in everything: what is read,
 * left out, told and refused. The same bytes are also tried as a time zone. */
#include "io/prices_csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_BYTES_MAX (1u << 20)
#define FUZZ_PANEL_MAX (1u << 24)

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

typedef struct way {
    price_rows *rows;
    prices *prices;
    price_csv_findings csv;
    price_findings found;
    td_error err;
    td_status status;
} way;

static void require(bool truth)
{
    if (!truth) __builtin_trap();
}

static void go(way *one, const unsigned char *data, size_t size, const price_csv_options *options,
               price_duplicates policy)
{
    size_t bytes = 0;
    memset(one, 0, sizeof *one);
    one->err = (td_error)TD_ERROR_INIT;
    require(price_rows_create(&one->rows, &one->err) == TD_OK);
    one->status = price_csv_load_memory(one->rows, "dir/f_open.csv", data, size, options, &one->csv,
                                        &one->err);
    if (one->status || price_rows_panel_bytes(one->rows, &bytes, NULL) || bytes > FUZZ_PANEL_MAX)
        return;
    one->status = prices_from_rows(one->rows, policy, &one->prices, &one->found, &one->err);
}

static bool same_number(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void same_panel(const td_panel *a, const td_panel *b)
{
    require(a->symbol_count == b->symbol_count && a->bar_count == b->bar_count);
    require(!a->zone == !b->zone && (!a->zone || strcmp(a->zone, b->zone) == 0));
    for (uint64_t i = 0; i < a->symbol_count; ++i) {
        require(strcmp(a->symbol[i], b->symbol[i]) == 0);
        require(i == 0 || strcmp(a->symbol[i - 1], a->symbol[i]) < 0);
    }
    for (uint64_t i = 0; i < a->bar_count; ++i)
        require(a->time[i] == b->time[i] && (i == 0 || a->time[i - 1] < a->time[i]));
    for (int k = 0; k < TD_PRICES; ++k) {
        require(!a->price[k] == !b->price[k]);
        for (uint64_t i = 0; a->price[k] && i < a->symbol_count * a->bar_count; ++i)
            require(same_number(a->price[k][i], b->price[k][i]) && !isinf(a->price[k][i]));
    }
}

static void compare(const way *a, const way *b)
{
    require(a->status == b->status && strcmp(a->err.message, b->err.message) == 0);
    require(!a->status == !a->err.message[0]);
    require(memcmp(&a->csv, &b->csv, sizeof a->csv) == 0);
    require(a->found.duplicates == b->found.duplicates);
    require(a->found.differing == b->found.differing && a->found.listed == b->found.listed);
    require(!a->prices == !b->prices);
    require(price_rows_count(a->rows) == price_rows_count(b->rows));
    if (a->prices) same_panel(prices_panel(a->prices), prices_panel(b->prices));
}

static void try_zone(const unsigned char *data, size_t size)
{
    price_zone *zone = NULL;
    td_error err = TD_ERROR_INIT;
    if (price_zone_open_memory("Fuzz/Zone", data, size, &zone, &err)) {
        require(err.status == TD_E_CORRUPT && err.message[0]);
        return;
    }
    for (int64_t at = -62135596800; at < 253402300799; at += 3155760001) {
        int64_t utc = 0;
        const int32_t offset = price_zone_offset(zone, at);
        require(offset >= -8 * 86400 && offset <= 8 * 86400);
        if (!price_zone_utc(zone, at, &utc)) require(utc + price_zone_offset(zone, utc) == at);
    }
    price_zone_close(zone);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static way fast, careful;
    price_zone *utc = NULL;
    if (size == 0) return 0;
    require(price_zone_open("UTC", &utc, NULL) == TD_OK);
    const unsigned pick = data[0];
    price_csv_options options = {.map = pick & 64 ? "close=Last,date=Datum" : NULL,
                                 .layout = (price_layout)(pick & 3),
                                 .order = (price_order)((pick >> 2 & 3) % 3),
                                 .field = pick & 128 ? TD_VOLUME : -1,
                                 .zone = pick & 16 ? utc : NULL,
                                 .skip_bad = pick & 32,
                                 .bytes_max = FUZZ_BYTES_MAX};
    const price_duplicates policy = (price_duplicates)(pick >> 3 & 3);
    go(&fast, data + 1, size - 1, &options, policy);
    options.careful = true;
    go(&careful, data + 1, size - 1, &options, policy);
    compare(&fast, &careful);
    prices_close(fast.prices);
    prices_close(careful.prices);
    price_rows_destroy(fast.rows);
    price_rows_destroy(careful.rows);
    price_zone_close(utc);
    try_zone(data + 1, size - 1);
    return 0;
}
