/* postgres_helper.c - what test_postgres.sh asks of the library: panels made, fetched, compared.
 *
 *     make FILE daily|intraday SYMBOLS BARS    random prices, a third of them missing
 *     results FILE                             a table of results with every kind of column
 *     fetch URL FILE [table=T] [query=Q] [map=M] [zone=Z] [stop=ROWS]
 *     same A B [values]                        every bit of every price, times, symbols; values:
 *                                              0 may have lost its sign
 *     show FILE                                rows as text
 *
 * Exit code: that of the status; the message is on standard error. */
#include "io/netcdf_table.h"
#include "market/postgres.h"
#include "market/publish.h"

#include "tandem/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 20240601;

static uint64_t random_next(void)
{
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Any finite double at all, or none. */
static double random_price(void)
{
    const uint64_t bits = random_next();
    double value = 0;
    if (bits % 3 == 0) return NAN;
    memcpy(&value, &bits, sizeof value);
    return isfinite(value) ? value : -0.0;
}

static td_status make_panel(char **word, td_error *err)
{
    td_panel panel = TD_PANEL_INIT;
    const uint64_t symbols = strtoull(word[2], NULL, 10), bars = strtoull(word[3], NULL, 10);
    const bool intraday = strcmp(word[1], "intraday") == 0;
    char(*name)[32] = calloc(symbols, sizeof *name);
    const char **symbol = calloc(symbols, sizeof *symbol);
    int64_t *time = calloc(bars, sizeof *time);
    for (uint64_t s = 0; s < symbols; ++s) {
        snprintf(name[s], sizeof name[s], "%06" PRIu64 "%s", s,
                 s % 5 == 0 ? "\xea\xb0\x80\"'" : "");
        symbol[s] = name[s];
    }
    for (uint64_t t = 0; t < bars; ++t)
        time[t] = intraday ? 1717200000 + (int64_t)t * 61 : (int64_t)(-20000 + (int64_t)t) * 86400;
    for (int p = 0; p < TD_PRICES; ++p) {
        double *price = calloc(symbols * bars, sizeof *price);
        for (uint64_t i = 0; i < symbols * bars; ++i)
            price[i] = random_price();
        /* A panel's symbols and bars have a price each, somewhere. */
        for (uint64_t t = 0; p == TD_CLOSE && t < bars; ++t)
            price[t % symbols * bars + t] = (double)t + 1;
        for (uint64_t s = 0; p == TD_CLOSE && s < symbols; ++s)
            price[s * bars + s % bars] = (double)s + 1;
        panel.price[p] = price;
    }
    panel.symbol_count = symbols;
    panel.bar_count = bars;
    panel.symbol = symbol;
    panel.time = time;
    panel.zone = intraday ? "Asia/Seoul" : NULL;
    const td_status status = prices_write(word[0], &panel, NULL, 0, err);
    for (int p = 0; p < TD_PRICES; ++p)
        free((void *)panel.price[p]);
    free(time);
    free(symbol);
    free(name);
    return status;
}

static td_status add_results(td_table *table, td_error *err)
{
    static const double fast[] = {5, 10}, loss[] = {0.05, 0.1};
    static const char *const symbols[] = {"000020", "A, \"B\""};
    static const char *const markets[] = {"KOSPI", "KOSDAQ"};
    const td_dim dims[] = {{"fast", "Fast window", "bars", 2, fast, true, NULL},
                           {"stop_loss", "Stop", NULL, 2, loss, false, NULL},
                           {"symbol", "Symbol", NULL, 2, NULL, false, symbols}};
    td_status status = TD_OK;
    for (int i = 0; i < 3 && !status; ++i)
        status = td_table_add_dim(table, &dims[i], err);
    if (!status) status = td_table_add_text(table, "market", "Market", "symbol", markets, err);
    if (!status)
        status =
            td_table_add_var(table, "sharpe", "Sharpe", NULL, TD_F64, "fast,stop_loss,symbol", err);
    if (!status)
        status =
            td_table_add_var(table, "trades", "Trades", NULL, TD_I32, "fast,stop_loss,symbol", err);
    if (!status) status = td_table_add_var(table, "days", "Days", NULL, TD_I64, "symbol", err);
    if (status) return status;
    td_var sharpe, trades;
    if (!td_table_find_var(table, "sharpe", &sharpe) ||
        !td_table_find_var(table, "trades", &trades))
        return td_fail(err, TD_E_INTERNAL, "a variable is not there");
    for (int i = 0; i < 7; ++i) { /* the last row stays empty */
        ((double *)(uintptr_t)sharpe.data)[i] = i == 3 ? NAN : 0.1 * i;
        ((int32_t *)(uintptr_t)trades.data)[i] = i * 11;
    }
    return TD_OK;
}

static td_status make_results(char **word, td_error *err)
{
    td_table *table = NULL;
    td_status status = td_table_create(NULL, &table, err);
    if (!status) status = add_results(table, err);
    if (!status) status = netcdf_write(word[0], table, err);
    td_table_destroy(table);
    return status;
}

static uint64_t stop_rows = UINT64_MAX;

static bool on_step(void *context, uint64_t rows, uint64_t bytes)
{
    (void)context;
    (void)bytes;
    return rows < stop_rows;
}

static td_status fetch(char **word, td_error *err)
{
    market_postgres_request request = {.url = word[0], .step = on_step};
    market_postgres_found found;
    price_rows *rows = NULL;
    prices *held = NULL;
    price_zone *zone = NULL;
    td_status status = TD_OK;
    for (char **option = word + 2; *option && !status; ++option) {
        if (strncmp(*option, "table=", 6) == 0) request.table = *option + 6;
        if (strncmp(*option, "query=", 6) == 0) request.query = *option + 6;
        if (strncmp(*option, "map=", 4) == 0) request.map = *option + 4;
        if (strncmp(*option, "stop=", 5) == 0) stop_rows = strtoull(*option + 5, NULL, 10);
        if (strncmp(*option, "zone=", 5) == 0) status = price_zone_open(*option + 5, &zone, err);
    }
    request.zone = zone;
    if (!status) status = price_rows_create(&rows, err);
    if (!status) status = market_load_postgres(&request, rows, &found, err);
    if (!status) printf("%" PRIu64 " rows from %s\n", found.rows, found.where);
    if (!status) status = prices_from_rows(rows, PRICE_DUPLICATES_ERROR, &held, NULL, err);
    if (!status) status = prices_write(word[1], prices_panel(held), NULL, 0, err);
    prices_close(held);
    price_rows_destroy(rows);
    price_zone_close(zone);
    return status;
}

static bool same_price(double a, double b, bool values)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b)) || (values && a == b);
}

static bool same_bits(const td_panel *a, const td_panel *b, bool values)
{
    if (a->symbol_count != b->symbol_count || a->bar_count != b->bar_count) return false;
    if (strcmp(a->zone ? a->zone : "", b->zone ? b->zone : "") != 0) return false;
    for (uint64_t s = 0; s < a->symbol_count; ++s)
        if (strcmp(a->symbol[s], b->symbol[s]) != 0) return false;
    if (memcmp(a->time, b->time, a->bar_count * sizeof *a->time) != 0) return false;
    for (int p = 0; p < TD_PRICES; ++p) {
        if (!a->price[p] != !b->price[p]) return false;
        for (uint64_t i = 0; a->price[p] && i < a->symbol_count * a->bar_count; ++i)
            if (!same_price(a->price[p][i], b->price[p][i], values)) return false;
    }
    return true;
}

static td_status same(char **word, td_error *err)
{
    prices *a = NULL, *b = NULL;
    td_status status = prices_open(word[0], &a, err);
    if (!status) status = prices_open(word[1], &b, err);
    if (!status && !same_bits(prices_panel(a), prices_panel(b), word[2] != NULL))
        status = td_fail(err, TD_E_CORRUPT, "%s and %s differ", word[0], word[1]);
    prices_close(a);
    prices_close(b);
    return status;
}

static td_status show(char **word, td_error *err)
{
    prices *held = NULL;
    const td_status status = prices_open(word[0], &held, err);
    if (status) return status;
    const td_panel *panel = prices_panel(held);
    for (uint64_t s = 0; s < panel->symbol_count; ++s)
        for (uint64_t t = 0; t < panel->bar_count; ++t) {
            printf("%s %" PRId64 "%s", panel->symbol[s], panel->time[t],
                   panel->zone && *panel->zone ? panel->zone : "");
            for (int p = 0; p < TD_PRICES; ++p)
                if (panel->price[p]) printf(" %.17g", panel->price[p][s * panel->bar_count + t]);
            printf("\n");
        }
    prices_close(held);
    return TD_OK;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int words;
        td_status (*run)(char **word, td_error *err);
    } verbs[] = {{"make", 4, make_panel},
                 {"results", 1, make_results},
                 {"fetch", 2, fetch},
                 {"same", 2, same},
                 {"show", 1, show}};
    td_error err = TD_ERROR_INIT;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; ++i) {
        if (argc < 2 || strcmp(argv[1], verbs[i].name) != 0 || argc - 2 < verbs[i].words) continue;
        if (!verbs[i].run(argv + 2, &err)) return 0;
        fprintf(stderr, "%s: %s\n", td_status_name(err.status), err.message);
        return (int)err.status;
    }
    fprintf(stderr, "usage: see postgres_helper.c\n");
    return 64;
}
