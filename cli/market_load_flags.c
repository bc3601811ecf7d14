/* market_load_flags.c - the flags of market load. */
#include "cli/market_load_flags.h"
#include "cli/flag_table.h"

/* clang-format off */
static const char *const duplicate_choices[] = {"error", "first", "last", "mean", NULL};
static const char *const layout_choices[] = {"auto", "long", "single", "wide", NULL};
static const char *const order_choices[] = {"refuse", "dmy", "mdy", NULL};
static const char *const field_choices[] = {"auto", "open", "high", "low", "close", "volume",
                                            "adjusted", NULL};

static const td_param market_load_params[] = {
    TEXT_PARAM("map", 1, "ROLE=NAME,..", 0, NULL,
        "Columns by their names, as in close=Last,date=Datum; roles are date, time (of day), "
        "symbol, open, high, low, close, volume, adjusted. Others are known by their names."),
    CHOICE_PARAM("layout", 2, 0, "auto", layout_choices,
        "What a file holds: long, rows of many symbols; single, the one that it is called after; "
        "wide, one price with a column for each symbol. auto tells by the header."),
    CHOICE_PARAM("field", 3, 0, "auto", field_choices,
        "The price that wide files hold; auto takes the last word of the file's name "
        "(krx_volume.csv), else the close."),
    CHOICE_PARAM("dates", 4, 0, "refuse", order_choices,
        "The order of dates such as 01/02/2024, which have the year last and no points: the day "
        "first or the month."),
    TEXT_PARAM("zone", 5, "ZONE", 0, NULL,
        "Zone of times without an offset, as in Asia/Seoul, and in which intraday times are shown. "
        "With it midnights are times, not dates."),
    CHOICE_PARAM("duplicates", 6, 0, "error", duplicate_choices,
        "What is done with rows of a symbol and time that came before: refused, left out, taken in "
        "the place of the earlier one, or averaged with it."),
    BOOL_PARAM("skip_bad", 7,
        "Leave out rows that cannot be read, and list them; else the first one is an error."),
    TEXT_PARAM("table", 8, "NAME", 0, NULL,
        "Table of a postgresql:// server, as NAME or SCHEMA.NAME; that of the URL unless told."),
    TEXT_PARAM("query", 9, "SELECT", 0, NULL,
        "Query of a postgresql:// server, in the place of a table."),
};
OWN_OP(market_load, "tandem.market_load", "Prices", "How files of prices are read.");
/* clang-format on */
