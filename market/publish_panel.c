/* publish_panel.c - a panel as rows: a symbol after the other, each in the order of time. */
#include "market/publish_parts.h"

#include <math.h>

/* As CSV files have them. */
static const char *const column_names[TD_PRICES] = {"open",  "high",   "low",
                                                    "close", "volume", "adj_close"};

static bool is_own(const td_panel *panel, uint64_t at)
{
    for (unsigned p = 0; p < TD_PRICES; ++p)
        if (panel->price[p] && !isnan(panel->price[p][at])) return true;
    return false;
}

static td_status add_columns(publishing *to, const td_panel *panel, td_error *err)
{
    const bool intraday = panel->zone && panel->zone[0];
    td_status status =
        publish_column(to, intraday ? "time" : "date", intraday ? PG_TIMESTAMPTZ : PG_DATE, err);
    if (!status) status = publish_column(to, "symbol", PG_TEXT, err);
    for (unsigned p = 0; p < TD_PRICES && !status; ++p)
        if (panel->price[p]) status = publish_column(to, column_names[p], PG_FLOAT8, err);
    return status;
}

static td_status add_row(publishing *to, const td_panel *panel, uint64_t symbol, uint64_t bar,
                         td_error *err)
{
    uint32_t column = 2;
    publish_row(to);
    td_status status = publish_time(to, 0, panel->time[bar], err);
    if (!status) status = publish_text(to, 1, panel->symbol[symbol], err);
    for (unsigned p = 0; p < TD_PRICES && !status; ++p)
        if (panel->price[p])
            status =
                publish_number(to, column++, panel->price[p][symbol * panel->bar_count + bar], err);
    return status ? status : publish_send(to, err);
}

td_status publish_panel(publishing *to, const td_panel *panel, td_error *err)
{
    td_status status = add_columns(to, panel, err);
    to->rows_total = panel->symbol_count * panel->bar_count;
    if (!status) status = publish_begin(to, err);
    for (uint64_t s = 0; s < panel->symbol_count && !status; ++s)
        for (uint64_t t = 0; t < panel->bar_count && !status; ++t)
            if (is_own(panel, s * panel->bar_count + t)) status = add_row(to, panel, s, t, err);
    return status;
}
