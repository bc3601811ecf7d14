/* load_text.h - for tests: a CSV text as rows and a panel, and the values asked for. */
#ifndef TANDEM_TESTS_LOAD_TEXT_H
#define TANDEM_TESTS_LOAD_TEXT_H
#include "tests/check.h"
#include "io/prices_csv.h"

#include <string.h>

typedef struct loaded {
    price_rows *rows;
    prices *prices;
    price_csv_findings csv;
    price_findings found;
    td_error err;
    td_status status;
} loaded;

/* Loads bytes as a file called name, twice: the fast way and the careful one, which must agree in
 * everything. Close it. */
static inline void load_bytes(loaded *out, const char *name, const void *data, size_t bytes,
                              const price_csv_options *given, price_duplicates policy)
{
    static loaded other;
    price_csv_options options = {.field = -1};
    if (given) options = *given;
    memset(out, 0, sizeof *out);
    memset(&other, 0, sizeof other);
    loaded *both[2] = {out, &other};
    for (int i = 0; i < 2; ++i) {
        loaded *one = both[i];
        one->err = (td_error)TD_ERROR_INIT;
        options.careful = i == 1;
        one->status = price_rows_create(&one->rows, &one->err);
        if (!one->status)
            one->status = price_csv_load_memory(one->rows, name, data, bytes, &options, &one->csv,
                                                &one->err);
        if (!one->status)
            one->status = prices_from_rows(one->rows, policy, &one->prices, &one->found, &one->err);
    }
    CHECK_STATUS(out->status, other.status, &other.err);
    CHECK_TEXT(out->err.message, other.err.message);
    CHECK(out->csv.rows == other.csv.rows && out->csv.bad == other.csv.bad);
    if (out->prices && other.prices) {
        const td_panel *a = prices_panel(out->prices), *b = prices_panel(other.prices);
        const size_t cells = (size_t)(a->symbol_count * a->bar_count);
        CHECK(a->symbol_count == b->symbol_count && a->bar_count == b->bar_count);
        CHECK(memcmp(a->time, b->time, (size_t)a->bar_count * sizeof *a->time) == 0);
        for (int k = 0; k < TD_PRICES; ++k) {
            CHECK((a->price[k] == NULL) == (b->price[k] == NULL));
            for (size_t i = 0; a->price[k] && i < cells; ++i)
                CHECK(memcmp(&a->price[k][i], &b->price[k][i], sizeof(double)) == 0 ||
                      (isnan(a->price[k][i]) && isnan(b->price[k][i])));
        }
    }
    prices_close(other.prices);
    price_rows_destroy(other.rows);
}

static inline void load_text(loaded *out, const char *name, const char *text,
                             const price_csv_options *options)
{
    load_bytes(out, name, text, strlen(text), options, PRICE_DUPLICATES_ERROR);
}

static inline void loaded_close(loaded *one)
{
    prices_close(one->prices);
    price_rows_destroy(one->rows);
    memset(one, 0, sizeof *one);
}

/* The price of a symbol at a bar; NaN when there is no such symbol. */
static inline double loaded_price(const loaded *one, const char *symbol, int64_t time, int price)
{
    const td_panel *panel = prices_panel(one->prices);
    for (uint64_t s = 0; s < panel->symbol_count; ++s)
        for (uint64_t t = 0; t < panel->bar_count; ++t)
            if (strcmp(panel->symbol[s], symbol) == 0 && panel->time[t] == time)
                return panel->price[price] ? panel->price[price][s * panel->bar_count + t] : NAN;
    return NAN;
}

#endif
