/* market_audit_flags.c - the flags of market audit and market publish. */
#include "cli/market_audit_flags.h"
#include "cli/flag_table.h"

/* clang-format off */
static const char *const fill_choices[] = {"keep", "drop", "fill", "exclude", NULL};
static const char *const gap_choices[] = {"keep", "fill", "exclude", NULL};
static const char *const drop_choices[] = {"keep", "drop", "exclude", NULL};
static const char *const split_choices[] = {"keep", "adjust", "exclude", NULL};
static const char *const short_choices[] = {"keep", "exclude", NULL};

static const td_param market_audit_params[] = {
    CHOICE_PARAM("halts", 1, 0, "keep", fill_choices,
        "Rows whose open, high and low are 0 and whose close is not; fill: all become the close."),
    CHOICE_PARAM("gaps", 2, 0, "keep", gap_choices,
        "Trading days between a symbol's first and last bar that lack one; fill: a bar at the last "
        "close, without volume."),
    CHOICE_PARAM("off_calendar", 3, 0, "keep", drop_choices,
        "Bars on days that are no trading days."),
    CHOICE_PARAM("zero_volume", 4, 0, "keep", fill_choices,
        "Rows without volume that are no halts; fill: all prices become the last close."),
    CHOICE_PARAM("high_below_low", 5, 0, "keep", fill_choices,
        "Rows whose high is below the low; fill: they change places."),
    CHOICE_PARAM("outside_range", 6, 0, "keep", fill_choices,
        "Rows whose open or close lies outside low to high; fill: low and high are widened."),
    CHOICE_PARAM("not_positive", 7, 0, "keep", fill_choices,
        "Rows with a price of 0 or less, or a negative volume; fill: all prices become the last "
        "close."),
    CHOICE_PARAM("missing", 8, 0, "keep", fill_choices,
        "Rows that lack a price; fill: from the close, and the close from the last one."),
    CHOICE_PARAM("moves", 9, 0, "keep", fill_choices,
        "Rows whose close moves by --move-limit or more; fill: all prices become the last close."),
    CHOICE_PARAM("splits", 10, 0, "keep", split_choices,
        "Rows that look like a split that prices do not account for; adjust: prices before are "
        "multiplied by the ratio, volumes divided by it."),
    CHOICE_PARAM("short", 11, 0, "keep", short_choices,
        "Symbols that come later or go earlier than the file."),
    FLOAT_PARAM("move_limit", 12, NULL, 0, 0.3, 1e-6, 1e6,
        "Change of the close from a symbol's bar to its next that counts as a move: 0.3 is 30 %."),
    TEXT_PARAM("calendar", 13, "file", 0, NULL,
        "File with the exchange's trading days, one in each line; taken from the prices unless "
        "told."),
    FLOAT_PARAM("calendar_share", 14, NULL, TD_PARAM_ADVANCED, 0.5, 0.0, 1.0,
        "Share of the symbols listed at a bar that must have it for it to be a trading day."),
    FLOAT_PARAM("history_share", 15, NULL, TD_PARAM_ADVANCED, 1.0, 0.0, 1.0,
        "Share of the trading days that a history must span not to be short; 1 is all."),
    INT_PARAM("examples", 16, NULL, 0, 3, 0, 10000,
        "Examples that are shown of each fault, one of a symbol."),
    TEXT_PARAM("csv", 17, "file", 0, NULL,
        "Write every finding into this file: fault, symbol, time, value, reference, policy."),
};
OWN_OP(market_audit, "tandem.market_audit", "Faults",
       "What is done with each fault of the prices, and what counts as one.");

static const td_param market_publish_params[] = {
    TEXT_PARAM("table", 1, "NAME", 0, NULL,
        "Table to write, as NAME or SCHEMA.NAME; the case counts. A part with a dot in it stands "
        "in double quotes."),
    BOOL_PARAM("create", 2, "Make the table; it must not be there. So it is unless told."),
    BOOL_PARAM("replace", 3, "Put the rows in the place of those of the table; its definition "
        "stays. It is made when it is not there."),
    BOOL_PARAM("append", 4, "Add the rows to those of the table, which must be there."),
    TEXT_PARAM("vars", 5, "NAME,..", 0, NULL,
        "Variables of a table of results to write, names with commas between them; all that have "
        "the dimensions that most have unless told."),
};
OWN_OP(market_publish, "tandem.market_publish", "Table", "Where the rows go.");
/* clang-format on */
