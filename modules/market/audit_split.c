/* audit_split.c - splits and merges of shares that a close does not account for.
 *
 * Two for one halves the price and doubles the shares traded; so a bar is taken for a split when
 *
 *   1. an adjusted close is there, the factor adjusted / close jumps to a simple ratio (within 1 %:
 *      a dividend moves it by less), and the adjusted close moves less than the close; or
 *   2. close and open stand, against the previous close, next to one simple ratio (5 %, and 3 % of
 *      2:3 and 3:2: the day has a move of its own, and a limit of 30 % is near), and the money
 * traded goes on: the median number of shares of up to 5 traded bars from here on, against that of
 * 5 before, is next to the inverse of the ratio (a factor 2) and nearer to it than to 1; or
 *   3. the same, with 2 % on the price, where one side has no bar with volume (a panel without
 *      volume, or a halt from the start) or the volume of this bar is 0.
 *
 * Simple ratios: 1:2 to 1:10, 1:15, 1:20, 1:25, 1:30, 1:40, 1:50, 1:100, 2:3, 2:5 and what they are
 * the other way round. A heuristic: what it finds is to be looked at before it is adjusted. */
#include "modules/market/audit_scan.h"

#include <math.h>

#define SLACK_TRADED   0.05
#define SLACK_SMALL    0.03 /* of ratios below 1:2 */
#define SLACK_UNTRADED 0.02
#define WINDOW         5    /* traded bars on each side */
#define REACH          250  /* own bars looked at for them */
#define RATIO_NEAR     0.72 /* the ratio nearest to 1 is 2:3; what is between is no split */

static const double ratios[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 100, 1.5, 2.5};
#define RATIOS (sizeof ratios / sizeof *ratios)

double audit_split_simple(double value, double slack)
{
    const double up = value > 1.0 ? value : 1.0 / value;
    double best = 0.0, off = slack;
    if (!(value > 0.0)) return 0.0;
    for (unsigned i = 0; i < RATIOS; ++i) {
        const double away = fabs(up / ratios[i] - 1.0);
        if (away > off || (ratios[i] < 2.0 && away > SLACK_SMALL)) continue;
        best = ratios[i];
        off = away;
    }
    if (best == 0.0) return 0.0;
    return value > 1.0 ? best : 1.0 / best;
}

static double median(double *value, unsigned count)
{
    for (unsigned i = 1; i < count; ++i)
        for (unsigned k = i; k > 0 && value[k] < value[k - 1]; --k) {
            const double held = value[k];
            value[k] = value[k - 1];
            value[k - 1] = held;
        }
    return count % 2 ? value[count / 2] : 0.5 * (value[count / 2 - 1] + value[count / 2]);
}

/* Of up to WINDOW own bars with volume, from own bar at on, or backwards from the one before; 0:
 * there is none. */
static double volume_median(const audit_scan *scan, uint64_t at, bool forward)
{
    double value[WINDOW];
    unsigned count = 0;
    for (uint64_t i = 0; i < REACH && count < WINDOW; ++i) {
        if (forward ? at + i >= scan->own_count : i >= at) break;
        const uint64_t bar = scan->own[forward ? at + i : at - 1 - i];
        const double volume = scan->price[TD_VOLUME][bar];
        if (volume > 0.0 && !isinf(volume)) value[count++] = volume;
    }
    return count ? median(value, count) : 0.0;
}

/* The adjusted close knows of a split that the close shows. */
static double ratio_adjusted(const audit_scan *scan, uint64_t bar, uint64_t last, double moved)
{
    const double *close = scan->price[TD_CLOSE], *adjusted = scan->price[TD_ADJUSTED];
    if (!adjusted || !(adjusted[bar] > 0.0) || !(adjusted[last] > 0.0)) return 0.0;
    const double factor = adjusted[bar] / close[bar] / (adjusted[last] / close[last]);
    const double simple = audit_split_simple(factor, AUDIT_SPLIT_SLACK_ADJUSTED);
    if (simple == 0.0 || !(fabs(log(moved * factor)) < fabs(log(moved)))) return 0.0;
    return 1.0 / simple;
}

static double ratio_traded(const audit_scan *scan, uint64_t at, double moved, double opened)
{
    const double *volume = scan->price[TD_VOLUME];
    double before = 0.0, after = 0.0;
    const double simple = audit_split_simple(moved, SLACK_TRADED);
    if (simple == 0.0 || audit_split_simple(opened, SLACK_TRADED) != simple) return 0.0;
    if (volume) {
        before = volume_median(scan, at, false);
        after = volume_median(scan, at, true);
    }
    if (before == 0.0 || after == 0.0 || volume[scan->own[at]] == 0.0) {
        const bool near = audit_split_simple(moved, SLACK_UNTRADED) == simple &&
                          audit_split_simple(opened, SLACK_UNTRADED) == simple;
        return near ? simple : 0.0;
    }
    const double money = fabs(log(after / before * simple));
    return money <= log(2.0) && money < fabs(log(after / before)) ? simple : 0.0;
}

double audit_split_ratio(const audit_scan *scan, uint64_t at)
{
    const double *close = scan->price[TD_CLOSE], *open = scan->price[TD_OPEN];
    const uint64_t bar = scan->own[at], last = at ? scan->own[at - 1] : 0;
    if (at == 0 || !(close[bar] > 0.0) || !(close[last] > 0.0)) return 0.0;
    const double moved = close[bar] / close[last];
    if (isinf(close[bar]) || isinf(close[last])) return 0.0;
    if (moved > RATIO_NEAR && moved < 1.0 / RATIO_NEAR) return 0.0;
    const double told = ratio_adjusted(scan, bar, last, moved);
    if (told > 0.0) return told;
    /* A halted bar has no open of its own. */
    const bool opens = open && open[bar] > 0.0;
    return ratio_traded(scan, at, moved, opens ? open[bar] / close[last] : moved);
}
