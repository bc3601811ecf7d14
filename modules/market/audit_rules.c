/* audit_rules.c - the faults: their names, what counts, and which policies each may have. */
#include "modules/market/audit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ALLOW_KEEP  ((1u << AUDIT_KEEP) | (1u << AUDIT_EXCLUDE))
#define ALLOW_DROP  (ALLOW_KEEP | (1u << AUDIT_DROP))
#define ALLOW_FILL  (ALLOW_DROP | (1u << AUDIT_FILL))
#define FLAT_BAR    "open, high, low, close and adjusted become those of the last bar's close"
#define POLICY_ROOM 64

/* clang-format off */
const audit_rule audit_rules[AUDIT_KINDS] = {
    [AUDIT_HALTS] = {"halts", "Halts",
        "Open, high and low are 0 and the close is not: no trade, the last close stands.",
        "open, high and low become the bar's own close", "close", ALLOW_FILL},
    [AUDIT_GAPS] = {"gaps", "Gaps",
        "A trading day between the symbol's first and last bar without a bar.",
        FLAT_BAR ", volume 0", "last close",
        ALLOW_KEEP | (1u << AUDIT_FILL)},
    [AUDIT_OFF_CALENDAR] = {"off_calendar", "Off the calendar",
        "A bar on a day that is no trading day.", NULL, "close", ALLOW_DROP},
    [AUDIT_ZERO_VOLUME] = {"zero_volume", "Zero volume",
        "The volume is 0, and the bar is no halt.", FLAT_BAR, "close", ALLOW_FILL},
    [AUDIT_HIGH_BELOW_LOW] = {"high_below_low", "High below low",
        "The high is less than the low.", "they change places", "high", ALLOW_FILL},
    [AUDIT_OUTSIDE_RANGE] = {"outside_range", "Outside low to high",
        "The open or the close lies outside low to high.",
        "high and low are widened to hold open and close", "price", ALLOW_FILL},
    [AUDIT_NOT_POSITIVE] = {"not_positive", "Not positive",
        "A price is 0, negative or infinite, or the volume is negative, and the bar is no halt.",
        FLAT_BAR "; a volume that is negative becomes 0", "price", ALLOW_FILL},
    [AUDIT_MISSING] = {"missing", "Missing values",
        "A bar lacks a price that the panel has.",
        "the close becomes the last one, the open the close, high and low those of what is there, "
        "volume 0, adjusted follows the close", "missing", ALLOW_FILL},
    [AUDIT_MOVES] = {"moves", "Moves",
        "The close moves by the limit or more from the previous own close, halts included.",
        FLAT_BAR, "change", ALLOW_FILL},
    [AUDIT_SPLITS] = {"splits", "Splits",
        "The close looks as if a split had not been taken into account.",
        NULL, "ratio", ALLOW_KEEP | (1u << AUDIT_ADJUST)},
    [AUDIT_SHORT] = {"short", "Short histories",
        "The symbol comes later or goes earlier than the panel.", NULL, "share", ALLOW_KEEP},
};
/* clang-format on */

static const char *const policy_names[AUDIT_POLICIES] = {"keep", "drop", "fill", "exclude",
                                                         "adjust"};

const char *audit_policy_name(audit_policy policy)
{
    return (unsigned)policy < AUDIT_POLICIES ? policy_names[policy] : "?";
}

bool audit_policy_find(const char *name, audit_policy *policy)
{
    for (unsigned i = 0; i < AUDIT_POLICIES; ++i) {
        if (strcmp(policy_names[i], name) != 0) continue;
        *policy = (audit_policy)i;
        return true;
    }
    return false;
}

static td_status check_policy(const audit_options *options, unsigned kind, td_error *err)
{
    const audit_policy policy = options->policy[kind];
    const audit_rule *rule = &audit_rules[kind];
    char allowed[POLICY_ROOM] = "";
    size_t at = 0;
    if ((unsigned)policy < AUDIT_POLICIES && (rule->policies >> policy & 1)) return TD_OK;
    for (unsigned i = 0; i < AUDIT_POLICIES && at < sizeof allowed; ++i)
        if (rule->policies >> i & 1)
            at += (size_t)snprintf(allowed + at, sizeof allowed - at, "%s%s", at ? ", " : "",
                                   policy_names[i]);
    return td_fail(err, TD_E_OUT_OF_RANGE, "%s: the policy is %s, allowed are %s", rule->name,
                   audit_policy_name(policy), allowed);
}

static td_status check_share(const char *name, double value, td_error *err)
{
    if (value >= 0.0 && value <= 1.0) return TD_OK;
    return td_fail(err, TD_E_OUT_OF_RANGE, "%s is %g, allowed 0 to 1", name, value);
}

td_status audit_check(const audit_options *options, td_error *err)
{
    if (!(options->move_limit > 0.0) || isinf(options->move_limit))
        return td_fail(err, TD_E_OUT_OF_RANGE, "move_limit is %g, allowed is more than 0",
                       options->move_limit);
    td_status status = check_share("calendar_share", options->calendar_share, err);
    if (!status) status = check_share("history_share", options->history_share, err);
    for (unsigned kind = 0; kind < AUDIT_KINDS && !status; ++kind)
        status = check_policy(options, kind, err);
    for (uint64_t i = 1; i < options->calendar_count && !status; ++i)
        if (options->calendar[i] <= options->calendar[i - 1])
            status = td_fail(err, TD_E_BAD_ARGUMENT,
                             "the calendar's day %llu does not come after the one before it",
                             (unsigned long long)i + 1);
    return status;
}
