/* audit_scan.c - judges the bars of one symbol. */
#include "modules/market/audit_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOVE_SLACK                                                                \
    1e-12 /* in relation to the limit: what the quotient's rounding may take away \
           */
#define BIT(kind) ((uint16_t)(1u << (kind)))

td_status audit_scan_create(const td_panel *panel, const audit_options *options,
                            const audit_days *days, audit_scan *scan, td_error *err)
{
    const uint64_t room = panel->bar_count + 1;
    memset(scan, 0, sizeof *scan);
    scan->panel = panel;
    scan->options = options;
    scan->days = days;
    scan->bar_count = panel->bar_count;
    scan->own = calloc(room, sizeof *scan->own);
    scan->found = calloc(room, sizeof *scan->found);
    scan->before = calloc(room, sizeof *scan->before);
    scan->ratio = calloc(room, sizeof *scan->ratio);
    if (scan->own && scan->found && scan->before && scan->ratio) return TD_OK;
    audit_scan_free(scan);
    return td_fail(err, TD_E_NO_MEMORY, "no memory to look at symbols of %llu bars",
                   (unsigned long long)panel->bar_count);
}

void audit_scan_free(audit_scan *scan)
{
    free(scan->ratio);
    free(scan->before);
    free(scan->found);
    free(scan->own);
    memset(scan, 0, sizeof *scan);
}

bool audit_scan_is_own(const audit_scan *scan, uint64_t bar)
{
    for (unsigned p = 0; p < TD_PRICES; ++p)
        if (scan->price[p] && !isnan(scan->price[p][bar])) return true;
    return false;
}

static double price_at(const audit_scan *scan, td_price price, uint64_t bar)
{
    return scan->price[price] ? scan->price[price][bar] : NAN;
}

static bool is_halt(const audit_scan *scan, uint64_t t)
{
    const double close = price_at(scan, TD_CLOSE, t);
    return price_at(scan, TD_OPEN, t) == 0.0 && price_at(scan, TD_HIGH, t) == 0.0 &&
           price_at(scan, TD_LOW, t) == 0.0 && close > 0.0 && !isinf(close);
}

/* The first price that is not positive and finite, or the negative volume; NaN: none. */
static double not_positive(const audit_scan *scan, uint64_t t)
{
    for (unsigned p = 0; p < TD_PRICES; ++p) {
        const double value = price_at(scan, (td_price)p, t);
        if (p == TD_VOLUME && (value < 0.0 || isinf(value))) return value;
        if (p != TD_VOLUME && (value <= 0.0 || isinf(value))) return value;
    }
    return NAN;
}

/* The close or open that lies outside, and the bound that it passes; NaN: none. */
static double outside_range(const audit_scan *scan, uint64_t t, double *bound)
{
    const double high = price_at(scan, TD_HIGH, t), low = price_at(scan, TD_LOW, t);
    const double tried[2] = {price_at(scan, TD_CLOSE, t), price_at(scan, TD_OPEN, t)};
    if (high < low) return NAN;
    for (unsigned i = 0; i < 2; ++i) {
        if (tried[i] > high) *bound = high;
        if (tried[i] < low) *bound = low;
        if (tried[i] > high || tried[i] < low) return tried[i];
    }
    return NAN;
}

static unsigned missing_count(const audit_scan *scan, uint64_t t)
{
    unsigned count = 0;
    for (unsigned p = 0; p < TD_PRICES; ++p)
        count += scan->price[p] && isnan(scan->price[p][t]);
    return count;
}

static uint16_t judge_shape(const audit_scan *scan, uint64_t t)
{
    double bound = NAN;
    uint16_t found = 0;
    if (is_halt(scan, t)) return BIT(AUDIT_HALTS);
    if (price_at(scan, TD_VOLUME, t) == 0.0) found |= BIT(AUDIT_ZERO_VOLUME);
    if (missing_count(scan, t)) found |= BIT(AUDIT_MISSING);
    if (!isnan(not_positive(scan, t))) return found | BIT(AUDIT_NOT_POSITIVE);
    if (price_at(scan, TD_HIGH, t) < price_at(scan, TD_LOW, t)) found |= BIT(AUDIT_HIGH_BELOW_LOW);
    if (!isnan(outside_range(scan, t, &bound))) found |= BIT(AUDIT_OUTSIDE_RANGE);
    return found;
}

static bool is_move(const audit_scan *scan, uint64_t t)
{
    const double close = price_at(scan, TD_CLOSE, t), before = scan->before[t];
    if (!(close > 0.0) || isinf(close) || isnan(before)) return false;
    return fabs(close / before - 1.0) >= scan->options->move_limit * (1.0 - MOVE_SLACK);
}

static void judge_span(audit_scan *scan)
{
    const uint8_t *trading = scan->days->trading;
    const uint64_t days = scan->days->trading_count;
    uint64_t inside = 0;
    if (scan->own_count) {
        const uint64_t first = scan->own[0], last = scan->own[scan->own_count - 1];
        for (uint64_t t = first; t <= last; ++t)
            inside += trading[t];
    }
    scan->short_rows = days - inside;
    scan->span_share = days ? (double)inside / (double)days : 0.0;
    scan->is_short = scan->short_rows > 0 && scan->span_share < scan->options->history_share;
}

static void find_bars(audit_scan *scan)
{
    double before = NAN;
    scan->own_count = 0;
    for (uint64_t t = 0; t < scan->bar_count; ++t) {
        scan->found[t] = 0;
        scan->before[t] = before;
        if (!audit_scan_is_own(scan, t)) continue;
        const double close = price_at(scan, TD_CLOSE, t);
        scan->own[scan->own_count++] = t;
        if (close > 0.0 && !isinf(close)) before = close;
    }
}

static void find_gaps(audit_scan *scan)
{
    for (uint64_t i = 1; i < scan->own_count; ++i)
        for (uint64_t t = scan->own[i - 1] + 1; t < scan->own[i]; ++t)
            if (scan->days->trading[t]) scan->found[t] |= BIT(AUDIT_GAPS);
}

void audit_scan_symbol(audit_scan *scan, uint64_t symbol)
{
    const td_panel *panel = scan->panel;
    for (unsigned p = 0; p < TD_PRICES; ++p)
        scan->price[p] = panel->price[p] ? panel->price[p] + symbol * panel->bar_count : NULL;
    find_bars(scan);
    find_gaps(scan);
    for (uint64_t i = 0; i < scan->own_count; ++i) {
        const uint64_t t = scan->own[i];
        scan->found[t] |= judge_shape(scan, t);
        if (!scan->days->trading[t]) scan->found[t] |= BIT(AUDIT_OFF_CALENDAR);
        if (is_move(scan, t)) scan->found[t] |= BIT(AUDIT_MOVES);
        scan->ratio[t] = audit_split_ratio(scan, i);
        if (scan->ratio[t] > 0.0) scan->found[t] |= BIT(AUDIT_SPLITS);
    }
    judge_span(scan);
}

void audit_scan_finding(const audit_scan *scan, uint64_t symbol, uint64_t bar, audit_kind kind,
                        audit_finding *finding)
{
    const double close = price_at(scan, TD_CLOSE, bar), before = scan->before[bar];
    audit_finding made = {kind, symbol, bar, close, NAN};
    switch (kind) {
    case AUDIT_HALTS:
    case AUDIT_OFF_CALENDAR:
    case AUDIT_ZERO_VOLUME: break;
    case AUDIT_GAPS: made.value = before; break;
    case AUDIT_HIGH_BELOW_LOW:
        made.value = price_at(scan, TD_HIGH, bar);
        made.reference = price_at(scan, TD_LOW, bar);
        break;
    case AUDIT_OUTSIDE_RANGE: made.value = outside_range(scan, bar, &made.reference); break;
    case AUDIT_NOT_POSITIVE: made.value = not_positive(scan, bar); break;
    case AUDIT_MISSING: made.value = missing_count(scan, bar); break;
    case AUDIT_MOVES:
        made.value = close / before - 1.0;
        made.reference = before;
        break;
    case AUDIT_SPLITS:
        made.value = scan->ratio[bar];
        made.reference = close / before;
        break;
    case AUDIT_SHORT: made.value = scan->span_share; break;
    }
    *finding = made;
}
