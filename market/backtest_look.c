/* backtest_look.c - see backtest_look.h. */
#include "market/backtest_look.h"

#include "market/dates.h"
#include "market/digits.h"
#include "market/stream_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct walker {
    const look_setup *setup;
    look *out;
    digits *numbers;
    stream_file *trades, *equity;
    uint64_t held_count;
    bool intraday;
} walker;

/* ---- Files ---------------------------------------------------------------------------------- */

static void put_number(walker *w, stream_file *file, double value, const char *end)
{
    char *room = stream_room(file, DIGITS_TEXT_MAX);
    stream_used(file, digits_write(w->numbers, value, room));
    stream_add(file, end);
}

static void put_date(const walker *w, stream_file *file, uint64_t bar)
{
    char when[DATES_TEXT_MAX];
    stream_add(file, date_text(w->setup->panel->time[bar], w->intraday, when));
    stream_add(file, ",");
}

static void put_trades(walker *w, const backtest_trace *trace)
{
    stream_file *file = w->trades;
    for (uint64_t i = 0; file && i < trace->trade_count; ++i) {
        const backtest_trade *one = &trace->trade[i];
        stream_add_field(file, w->setup->panel->symbol[one->symbol]);
        stream_add(file, one->is_short ? ",short," : ",long,");
        put_date(w, file, one->entry_bar);
        put_date(w, file, one->exit_bar);
        put_number(w, file, (double)(one->exit_bar - one->entry_bar), ",");
        put_number(w, file, one->shares, ",");
        put_number(w, file, one->entry_price, ",");
        put_number(w, file, one->exit_price, ",");
        put_number(w, file, one->costs, ",");
        put_number(w, file, one->profit, ",");
        put_number(w, file, one->gain, ",");
        stream_add(file, trade_reason_name(one->reason));
        stream_add(file, "\n");
    }
}

static void put_equity(walker *w, const backtest_trace *trace, uint64_t symbol)
{
    stream_file *file = w->equity;
    for (uint64_t t = 0; file && t < trace->bar_count; ++t) {
        if (!w->setup->portfolio) {
            stream_add_field(file, w->setup->panel->symbol[symbol]);
            stream_add(file, ",");
        }
        put_date(w, file, t);
        put_number(w, file, trace->equity[t], ",");
        put_number(w, file, trace->exposure[t], "\n");
    }
}

static td_status open_files(walker *w, td_error *err)
{
    const look_setup *setup = w->setup;
    td_status status = TD_OK;
    if (setup->trades) status = stream_open(setup->trades, &w->trades, err);
    if (!status && setup->equity) status = stream_open(setup->equity, &w->equity, err);
    if (!status && w->trades)
        stream_add(w->trades, "symbol,side,entry,exit,bars,shares,entry_price,exit_price,costs,"
                              "profit,gain,reason\n");
    if (!status && w->equity)
        stream_add(w->equity,
                   setup->portfolio ? "date,equity,exposure\n" : "symbol,date,equity,exposure\n");
    return status;
}

static td_status close_files(walker *w, td_status status, td_error *err)
{
    if (status) {
        stream_discard(w->trades);
        stream_discard(w->equity);
        return status;
    }
    if (w->trades) status = stream_commit(w->trades, err);
    if (status) stream_discard(w->equity);
    else if (w->equity) status = stream_commit(w->equity, err);
    return status;
}

/* ---- Accounts ------------------------------------------------------------------------------- */

static const double *closes(const look_setup *setup, uint64_t symbol)
{
    const td_panel *panel = setup->panel;
    const double *price = panel->price[TD_CLOSE];
    if (setup->adjusted && panel->price[TD_ADJUSTED]) price = panel->price[TD_ADJUSTED];
    return price + symbol * panel->bar_count;
}

/* Adds to the mean what holding the symbol gives: 1 before its first bar. False: it has none. */
static bool add_hold(walker *w, uint64_t symbol)
{
    const look_setup *setup = w->setup;
    const double *close = closes(setup, symbol);
    const uint64_t bars = setup->panel->bar_count;
    double first = NAN, level = 1.0;
    for (uint64_t t = 0; t < bars && isnan(first); ++t)
        if (close[t] > 0) first = close[t];
    if (isnan(first)) return false;
    for (uint64_t t = 0; t < bars; ++t) {
        if (close[t] > 0) level = close[t] / first;
        w->out->hold[t] += level;
    }
    w->held_count += 1;
    return true;
}

static td_status walk_symbol(walker *w, uint64_t symbol, td_error *err)
{
    const look_setup *setup = w->setup;
    const bool is_chosen = symbol == setup->symbol, writes = !setup->only || is_chosen;
    backtest_trace *trace = NULL;
    if (!add_hold(w, symbol)) return TD_OK;
    const td_status status = backtest_trace_create(setup->args, setup->index, symbol, &trace, err);
    if (status) return status;
    for (uint64_t t = 0; t < trace->bar_count; ++t)
        w->out->equity[t] += trace->equity[t] / setup->cash;
    w->out->traced += 1;
    w->out->trades += trace->trade_count;
    if (writes) put_trades(w, trace);
    if (writes) put_equity(w, trace, symbol);
    if (is_chosen) {
        for (uint64_t t = 0; t < trace->bar_count; ++t)
            w->out->chosen[t] = trace->equity[t] / setup->cash;
        w->out->trace = trace;
    } else {
        backtest_trace_destroy(trace);
    }
    return TD_OK;
}

static td_status walk_symbols(walker *w, td_error *err)
{
    const look_setup *setup = w->setup;
    const uint64_t symbols = setup->panel->symbol_count;
    td_status status = TD_OK;
    for (uint64_t s = 0; s < symbols && !status; ++s) {
        status = walk_symbol(w, s, err);
        market_step_tell(setup->steps, (double)(s + 1) / (double)symbols);
        if (!status && market_stopped(setup->steps->hooks))
            status = td_fail(err, TD_E_CANCELLED, "stopped while one point was looked at");
    }
    for (uint64_t t = 0; t < setup->panel->bar_count; ++t) {
        w->out->equity[t] /= w->out->traced ? (double)w->out->traced : NAN;
        w->out->hold[t] /= w->held_count ? (double)w->held_count : NAN;
    }
    return status;
}

static td_status walk_portfolio(walker *w, td_error *err)
{
    const look_setup *setup = w->setup;
    for (uint64_t s = 0; s < setup->panel->symbol_count; ++s)
        (void)add_hold(w, s);
    td_status status =
        backtest_trace_create(setup->args, setup->index, UINT64_MAX, &w->out->trace, err);
    if (status) return status;
    for (uint64_t t = 0; t < setup->panel->bar_count; ++t) {
        w->out->equity[t] = w->out->trace->equity[t] / setup->cash;
        w->out->hold[t] /= w->held_count ? (double)w->held_count : NAN;
    }
    w->out->traced = 1;
    w->out->trades = w->out->trace->trade_count;
    put_trades(w, w->out->trace);
    put_equity(w, w->out->trace, 0);
    return TD_OK;
}

/* ---- Months --------------------------------------------------------------------------------- */

static void put_month(walker *w, stream_file *file, date d, double gain)
{
    put_number(w, file, d.year, ",");
    put_number(w, file, d.month, ",");
    put_number(w, file, gain, "\n");
}

static td_status write_months(walker *w, td_error *err)
{
    const td_panel *panel = w->setup->panel;
    const double *equity = w->out->equity;
    stream_file *file = NULL;
    double before = 1.0, last = 1.0;
    if (!w->setup->monthly) return TD_OK;
    const td_status status = stream_open(w->setup->monthly, &file, err);
    if (status) return status;
    stream_add(file, "year,month,return\n");
    for (uint64_t t = 0; t < panel->bar_count; ++t) {
        const date d = date_of(panel->time[t]);
        if (isfinite(equity[t])) last = equity[t];
        const bool ends = t + 1 == panel->bar_count ||
                          date_of(panel->time[t + 1]).month != d.month ||
                          date_of(panel->time[t + 1]).year != d.year;
        if (!ends) continue;
        put_month(w, file, d, before > 0 ? last / before - 1.0 : NAN);
        before = last;
    }
    return stream_commit(file, err);
}

/* ---- The whole ------------------------------------------------------------------------------ */

static td_status allocate(walker *w, td_error *err)
{
    const td_panel *panel = w->setup->panel;
    const size_t bars = (size_t)panel->bar_count + 1;
    look *out = w->out;
    out->equity = calloc(bars, sizeof(double));
    out->hold = calloc(bars, sizeof(double));
    if (!w->setup->portfolio) out->chosen = calloc(bars, sizeof(double));
    if (out->equity && out->hold && (out->chosen || w->setup->portfolio))
        return digits_create(&w->numbers, err);
    return td_fail(err, TD_E_NO_MEMORY, "no memory for the curves of one point");
}

td_status look_make(const look_setup *setup, look *out, td_error *err)
{
    walker w = {.setup = setup, .out = out};
    *out = (look){0};
    w.intraday = setup->panel->zone && *setup->panel->zone;
    td_status status = allocate(&w, err);
    if (!status) status = open_files(&w, err);
    if (!status) status = setup->portfolio ? walk_portfolio(&w, err) : walk_symbols(&w, err);
    status = close_files(&w, status, err);
    if (!status) status = write_months(&w, err);
    digits_destroy(w.numbers);
    if (status) look_free(out);
    return status;
}

void look_free(look *l)
{
    free(l->equity);
    free(l->hold);
    free(l->chosen);
    backtest_trace_destroy(l->trace);
    *l = (look){0};
}
