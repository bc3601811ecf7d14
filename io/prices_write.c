/* prices_write.c - a panel into a netCDF-4 file that prices_open can map. */
#include "io/netcdf_table.h"
#include "io/prices_parts.h"

#include <stdlib.h>
#include <string.h>

static const char *const price_docs[TD_PRICES] = {
    "first price of the bar",  "highest price of the bar",
    "lowest price of the bar", "last price of the bar",
    "units traded in the bar", "last price of the bar, adjusted for splits and dividends"};

static bool is_daily(const td_panel *panel)
{
    return !panel->zone || !*panel->zone;
}

static td_status add_times(td_table *table, const char *path, const td_panel *panel, td_error *err)
{
    const bool daily = is_daily(panel);
    td_status status = TD_OK;
    size_t bytes = 0;
    status = td_bytes(panel->bar_count + 1, sizeof(double), &bytes, err);
    if (status) return status;
    double *number = malloc(bytes);
    if (!number) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory to write the dates", path);
    for (uint64_t i = 0; !status && i < panel->bar_count; ++i) {
        char text[PRICES_TIME_TEXT];
        const int64_t time = panel->time[i];
        number[i] = (double)(daily ? time / PRICES_DAY_SECONDS : time);
        prices_time_text(time, "UTC", text);
        if (daily && time % PRICES_DAY_SECONDS != 0)
            status = td_fail(err, TD_E_BAD_ARGUMENT,
                             "%s: bar %llu is at %s, which is no date: times of a day need a zone",
                             path, (unsigned long long)i, text);
        else if (i > 0 && time <= panel->time[i - 1])
            status = td_fail(err, TD_E_BAD_ARGUMENT,
                             "%s: bar %llu is at %s, not after the bar before it", path,
                             (unsigned long long)i, text);
    }
    const td_dim dim = {"date",
                        daily ? "date of the bar" : "time of the bar",
                        daily ? "days since 1970-01-01" : "seconds since 1970-01-01T00:00:00Z",
                        panel->bar_count,
                        number,
                        daily,
                        NULL};
    if (!status) status = td_table_add_dim(table, &dim, err);
    free(number);
    return status;
}

static td_status add_prices(td_table *table, const td_panel *panel, td_error *err)
{
    td_status status = TD_OK;
    size_t cells = 0, bytes = 0;
    status = td_bytes(panel->symbol_count, panel->bar_count, &cells, err);
    if (!status) status = td_bytes(cells, sizeof(double), &bytes, err);
    for (uint32_t k = 0; !status && k < TD_PRICES; ++k) {
        if (!panel->price[k]) continue;
        status = td_table_add_var(table, price_names[k], price_docs[k], NULL, TD_F64, "symbol,date",
                                  err);
        if (!status && bytes) memcpy(td_table_data(table, price_names[k]), panel->price[k], bytes);
    }
    return status;
}

static td_status add_attributes(td_table *table, const td_panel *panel,
                                const price_attribute *attributes, uint32_t count, td_error *err)
{
    td_status status = TD_OK;
    if (!is_daily(panel)) status = td_table_set_attribute(table, "zone", panel->zone, err);
    for (uint32_t i = 0; !status && i < count; ++i)
        if (strcmp(attributes[i].name, "zone") != 0)
            status = td_table_set_attribute(table, attributes[i].name, attributes[i].text, err);
    return status;
}

td_status prices_write(const char *path, const td_panel *panel, const price_attribute *attributes,
                       uint32_t count, td_error *err)
{
    td_table *table = NULL;
    const td_dim symbols = {
        "symbol",     "symbol, as its source writes it", NULL, panel->symbol_count, NULL, false,
        panel->symbol};
    td_status status = td_table_create(NULL, &table, err);
    if (status) goto out;
    status = td_table_add_dim(table, &symbols, err);
    if (!status) status = add_times(table, path, panel, err);
    if (!status) status = add_prices(table, panel, err);
    if (!status) status = add_attributes(table, panel, attributes, count, err);
    if (!status) status = netcdf_write(path, table, err);
out:
    td_table_destroy(table);
    return status;
}
