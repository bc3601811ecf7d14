/* audit_mend.c - what the policies make of a panel. */
#include "modules/market/audit_scan.h"

#include <math.h>
#include <string.h>

typedef struct mending {
    const audit_scan *scan;
    double *price[TD_PRICES];      /* of the symbol */
    uint16_t with[AUDIT_POLICIES]; /* bits of the faults that have the policy */
    uint16_t changed[AUDIT_KINDS]; /* 1: it changed a row of this symbol */
    double close, adjusted;        /* of the last bar so far that has a close; NaN: none */
    audit_mended *mended;
} mending;

static void count_changed(mending *mend, uint16_t kinds, uint64_t rows)
{
    for (unsigned kind = 0; kind < AUDIT_KINDS; ++kind) {
        if (!(kinds >> kind & 1)) continue;
        mend->mended->changed[kind].rows += rows;
        mend->changed[kind] = 1;
    }
}

static bool set_price(mending *mend, unsigned price, uint64_t t, double value)
{
    if (!mend->price[price]) return false;
    const double held = mend->price[price][t];
    if (held == value || (isnan(held) && isnan(value))) return false;
    mend->price[price][t] = value;
    return true;
}

static bool drop_bar(mending *mend, uint64_t t)
{
    bool changed = false;
    for (unsigned p = 0; p < TD_PRICES; ++p)
        changed |= set_price(mend, p, t, NAN);
    return changed;
}

/* Prices before the bar of each split become what they would be in the shares after it. The
 * adjusted close moves too where it jumps as the close does. */
static void adjust_splits(mending *mend)
{
    const audit_scan *scan = mend->scan;
    const double *adjusted = scan->price[TD_ADJUSTED];
    double factor = 1.0, factor_adjusted = 1.0;
    for (uint64_t i = scan->own_count; i-- > 0;) {
        const uint64_t t = scan->own[i];
        for (unsigned p = 0; p < TD_PRICES && (factor != 1.0 || factor_adjusted != 1.0); ++p) {
            const double times = p == TD_VOLUME     ? 1.0 / factor
                                 : p == TD_ADJUSTED ? factor_adjusted
                                                    : factor;
            if (mend->price[p]) mend->price[p][t] *= times;
        }
        if (!(scan->found[t] >> AUDIT_SPLITS & 1)) continue;
        factor *= scan->ratio[t];
        const double jump = adjusted ? adjusted[t] / adjusted[scan->own[i - 1]] : NAN;
        if (fabs(log(jump / scan->ratio[t])) < fabs(log(jump))) factor_adjusted *= scan->ratio[t];
        count_changed(mend, 1u << AUDIT_SPLITS, i);
    }
}

/* Bars after t are filled from its close, as it is by now. */
static void note_close(mending *mend, uint64_t t)
{
    const double close = mend->price[TD_CLOSE][t];
    if (!(close > 0.0) || isinf(close)) return;
    mend->close = close;
    mend->adjusted = mend->price[TD_ADJUSTED] ? mend->price[TD_ADJUSTED][t] : NAN;
}

static bool fill_flat(mending *mend, uint64_t t, bool gap)
{
    bool changed = false;
    if (isnan(mend->close)) return drop_bar(mend, t);
    for (unsigned p = TD_OPEN; p <= TD_CLOSE; ++p)
        changed |= set_price(mend, p, t, mend->close);
    changed |= set_price(mend, TD_ADJUSTED, t, mend->adjusted);
    const double volume = mend->price[TD_VOLUME] ? mend->price[TD_VOLUME][t] : 0.0;
    if (gap || !(volume >= 0.0) || isinf(volume)) changed |= set_price(mend, TD_VOLUME, t, 0.0);
    return changed;
}

static bool fill_halt(mending *mend, uint64_t t)
{
    const double close = mend->price[TD_CLOSE][t];
    bool changed = false;
    for (unsigned p = TD_OPEN; p < TD_CLOSE; ++p)
        changed |= set_price(mend, p, t, close);
    return changed;
}

static bool is_missing(const mending *mend, unsigned price, uint64_t t)
{
    return mend->price[price] && isnan(mend->price[price][t]);
}

static bool fill_missing(mending *mend, uint64_t t)
{
    bool changed = false;
    const bool known = !isnan(mend->close);
    if (is_missing(mend, TD_CLOSE, t) && !known) return drop_bar(mend, t);
    if (is_missing(mend, TD_CLOSE, t)) changed |= set_price(mend, TD_CLOSE, t, mend->close);
    const double now = mend->price[TD_CLOSE][t];
    if (is_missing(mend, TD_OPEN, t)) changed |= set_price(mend, TD_OPEN, t, now);
    const double open = mend->price[TD_OPEN] ? mend->price[TD_OPEN][t] : now;
    if (is_missing(mend, TD_HIGH, t)) changed |= set_price(mend, TD_HIGH, t, fmax(open, now));
    if (is_missing(mend, TD_LOW, t)) changed |= set_price(mend, TD_LOW, t, fmin(open, now));
    if (is_missing(mend, TD_VOLUME, t)) changed |= set_price(mend, TD_VOLUME, t, 0.0);
    if (is_missing(mend, TD_ADJUSTED, t))
        changed |=
            set_price(mend, TD_ADJUSTED, t, known ? mend->adjusted * (now / mend->close) : now);
    return changed;
}

static bool fill_swapped(mending *mend, uint64_t t)
{
    const double high = mend->price[TD_HIGH][t], low = mend->price[TD_LOW][t];
    if (!(high < low)) return false;
    mend->price[TD_HIGH][t] = low;
    mend->price[TD_LOW][t] = high;
    return true;
}

static bool fill_widened(mending *mend, uint64_t t)
{
    const double close = mend->price[TD_CLOSE][t];
    const double open = mend->price[TD_OPEN] ? mend->price[TD_OPEN][t] : close;
    bool changed = false;
    if (mend->price[TD_HIGH])
        changed |= set_price(mend, TD_HIGH, t, fmax(mend->price[TD_HIGH][t], fmax(open, close)));
    if (mend->price[TD_LOW])
        changed |= set_price(mend, TD_LOW, t, fmin(mend->price[TD_LOW][t], fmin(open, close)));
    return changed;
}

static void fill_bar(mending *mend, uint64_t t, uint16_t kinds)
{
    const uint16_t flat = (1u << AUDIT_GAPS) | (1u << AUDIT_ZERO_VOLUME) |
                          (1u << AUDIT_NOT_POSITIVE) | (1u << AUDIT_MOVES);
    if (kinds & flat) {
        if (fill_flat(mend, t, kinds >> AUDIT_GAPS & 1)) count_changed(mend, kinds & flat, 1);
        return;
    }
    if ((kinds >> AUDIT_HALTS & 1) && fill_halt(mend, t)) count_changed(mend, 1u << AUDIT_HALTS, 1);
    if ((kinds >> AUDIT_MISSING & 1) && fill_missing(mend, t))
        count_changed(mend, 1u << AUDIT_MISSING, 1);
    if ((kinds >> AUDIT_HIGH_BELOW_LOW & 1) && fill_swapped(mend, t))
        count_changed(mend, 1u << AUDIT_HIGH_BELOW_LOW, 1);
    if ((kinds >> AUDIT_OUTSIDE_RANGE & 1) && fill_widened(mend, t))
        count_changed(mend, 1u << AUDIT_OUTSIDE_RANGE, 1);
}

static uint16_t symbol_kinds(const audit_scan *scan)
{
    uint16_t any = scan->is_short ? 1u << AUDIT_SHORT : 0;
    for (uint64_t t = 0; t < scan->bar_count; ++t)
        any |= scan->found[t];
    return any;
}

/* What is wrong at a bar, less the move that goes with an adjusted split. */
static uint16_t kinds_at(const mending *mend, uint64_t t)
{
    const uint16_t kinds = mend->scan->found[t];
    return kinds & mend->with[AUDIT_ADJUST] ? kinds & (uint16_t) ~(1u << AUDIT_MOVES) : kinds;
}

/* True when the symbol is left out. */
static bool mend_symbol(mending *mend)
{
    const audit_scan *scan = mend->scan;
    const uint16_t any = symbol_kinds(scan);
    if (any & mend->with[AUDIT_EXCLUDE]) {
        count_changed(mend, any & mend->with[AUDIT_EXCLUDE], scan->own_count);
        for (uint64_t t = 0; t < scan->bar_count; ++t)
            drop_bar(mend, t);
        return true;
    }
    for (uint64_t t = 0; t < scan->bar_count; ++t) {
        const uint16_t kinds = kinds_at(mend, t) & mend->with[AUDIT_DROP];
        if (kinds && drop_bar(mend, t)) count_changed(mend, kinds, 1);
    }
    if (any & mend->with[AUDIT_ADJUST]) adjust_splits(mend);
    for (uint64_t t = 0; t < scan->bar_count; ++t) {
        const uint16_t kinds = kinds_at(mend, t);
        if ((kinds & mend->with[AUDIT_FILL]) && !(kinds & mend->with[AUDIT_DROP]))
            fill_bar(mend, t, kinds & mend->with[AUDIT_FILL]);
        note_close(mend, t);
    }
    return false;
}

static void start_symbol(mending *mend, const td_panel *panel, uint64_t symbol,
                         double *const price[TD_PRICES])
{
    const uint64_t bars = panel->bar_count;
    memset(mend->changed, 0, sizeof mend->changed);
    mend->close = mend->adjusted = NAN;
    for (unsigned p = 0; p < TD_PRICES; ++p) {
        mend->price[p] = panel->price[p] ? price[p] + symbol * bars : NULL;
        if (mend->price[p])
            memcpy(mend->price[p], panel->price[p] + symbol * bars, bars * sizeof(double));
    }
}

static void end_symbol(mending *mend, const td_panel *panel, bool excluded)
{
    for (unsigned kind = 0; kind < AUDIT_KINDS; ++kind)
        mend->mended->changed[kind].symbols += mend->changed[kind];
    mend->mended->rows_before += mend->scan->own_count;
    mend->mended->symbols_after += !excluded;
    for (uint64_t t = 0; t < panel->bar_count && !excluded; ++t)
        for (unsigned p = 0; p < TD_PRICES; ++p)
            if (mend->price[p] && !isnan(mend->price[p][t])) {
                mend->mended->rows_after += 1;
                break;
            }
}

static td_status mend_all(mending *mend, audit_scan *scan, const audit_hooks *hooks,
                          double *const price[TD_PRICES], uint8_t *excluded, td_error *err)
{
    const td_panel *panel = scan->panel;
    for (uint64_t s = 0; s < panel->symbol_count; ++s) {
        audit_scan_symbol(scan, s);
        start_symbol(mend, panel, s, price);
        excluded[s] = mend_symbol(mend);
        end_symbol(mend, panel, excluded[s]);
        if (hooks && hooks->step && !hooks->step(hooks->context, s + 1))
            return td_fail(err, TD_E_CANCELLED, "the audit was stopped");
    }
    return TD_OK;
}

td_status audit_mend(const td_panel *panel, const audit_options *options, const audit_hooks *hooks,
                     double *const price[TD_PRICES], uint8_t *excluded, audit_mended *mended,
                     td_error *err)
{
    audit_days days = {NULL, 0, 0, 0};
    audit_scan scan;
    audit_mended made;
    memset(&scan, 0, sizeof scan);
    memset(&made, 0, sizeof made);
    mending mend = {.scan = &scan, .mended = &made};
    td_status status = audit_check_panel(panel, options, err);
    if (status) return status;
    for (unsigned kind = 0; kind < AUDIT_KINDS; ++kind)
        mend.with[options->policy[kind]] |= (uint16_t)(1u << kind);
    status = audit_days_make(panel, options, &days, err);
    if (!status) status = audit_scan_create(panel, options, &days, &scan, err);
    if (!status) status = mend_all(&mend, &scan, hooks, price, excluded, err);
    if (!status) *mended = made;
    audit_scan_free(&scan);
    audit_days_free(&days);
    return status;
}
