/* panel_bind.c - see panel_bind.h. */
#include "market/panel_bind.h"

#include "core/op.h"
#include "io/prices.h"
#include "market/dates.h"

#include <stdlib.h>
#include <string.h>

bool panel_price_named(const char *name, td_price *out)
{
    for (int p = 0; p < TD_PRICES; ++p) {
        if (strcmp(price_names[p], name) != 0) continue;
        *out = (td_price)p;
        return true;
    }
    return false;
}

/* What fills a port of symbols and bars; NULL: the panel does not have it, or nothing tells. */
static const double *price_for(const panel_inputs *inputs, const char *port, bool *known)
{
    td_price price = TD_CLOSE;
    *known = panel_price_named(port, &price) || strcmp(port, "real") == 0;
    for (uint32_t i = 0; i < inputs->role_count; ++i) {
        if (strcmp(inputs->role[i].port, port) != 0) continue;
        price = inputs->role[i].price;
        *known = true;
    }
    return *known ? inputs->panel->price[price] : NULL;
}

static td_status bind_bars(td_args *args, const td_port *port, void *data, uint64_t bars,
                           td_error *err)
{
    td_array array = TD_ARRAY_INIT;
    array.dtype = port->dtype;
    array.rank = 1;
    array.shape[0] = (int64_t)bars;
    array.data = data;
    return td_args_bind(args, port->name, &array, err);
}

static td_status bind_time(td_args *args, const td_port *port, panel_inputs *inputs, td_error *err)
{
    const td_panel *panel = inputs->panel;
    if (port->dtype == TD_I64)
        return bind_bars(args, port, (void *)panel->time, panel->bar_count, err);
    free(inputs->seconds);
    inputs->seconds = calloc((size_t)panel->bar_count + 1, sizeof *inputs->seconds);
    if (!inputs->seconds) return td_fail(err, TD_E_NO_MEMORY, "no memory for the times of bars");
    for (uint64_t t = 0; t < panel->bar_count; ++t)
        inputs->seconds[t] = (double)panel->time[t];
    return bind_bars(args, port, inputs->seconds, panel->bar_count, err);
}

static td_status bind_price(td_args *args, const td_port *port, const panel_inputs *inputs,
                            const char *name, td_error *err)
{
    const td_panel *panel = inputs->panel;
    bool known = false;
    const double *price = price_for(inputs, port->name, &known);
    if (!price && (port->flags & TD_PORT_OPTIONAL)) return TD_OK;
    if (!price && known)
        return td_fail(err, TD_E_BAD_ARGUMENT, "needs the price %s, which %s does not have",
                       port->name, name);
    if (!price)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "has the input %s: say which price it is, as in :%s=high", port->name,
                       port->name);
    td_array array = TD_ARRAY_INIT;
    array.dtype = TD_F64;
    array.rank = 2;
    array.shape[0] = (int64_t)panel->symbol_count;
    array.shape[1] = (int64_t)panel->bar_count;
    array.data = (void *)price;
    return td_args_bind(args, port->name, &array, err);
}

static td_status label(td_args *args, const td_panel *panel, td_error *err)
{
    const bool intraday = panel->zone && *panel->zone;
    td_dim symbol = {"symbol", "Symbol", NULL, panel->symbol_count, NULL, false, panel->symbol};
    td_status status = td_args_label(args, &symbol, err);
    if (status) return status;
    double *number = calloc((size_t)panel->bar_count + 1, sizeof *number);
    if (!number) return td_fail(err, TD_E_NO_MEMORY, "no memory for the dates of bars");
    for (uint64_t t = 0; t < panel->bar_count; ++t)
        number[t] = (double)(intraday ? panel->time[t] : panel->time[t] / DATES_DAY);
    const td_dim bar = {"bar",
                        "Time of the bar",
                        intraday ? "seconds since 1970-01-01" : "days since 1970-01-01",
                        panel->bar_count,
                        number,
                        !intraday,
                        NULL};
    status = td_args_label(args, &bar, err);
    free(number);
    return status;
}

td_status panel_bind(td_args *args, panel_inputs *inputs, const char *name, td_error *err)
{
    const td_op *op = td_args_op(args);
    td_status status = TD_OK;
    for (uint32_t i = 0; i < op->input_count && !status; ++i) {
        const td_port *port = op_input(op, i);
        if (strcmp(port->name, "time") == 0) {
            status = bind_time(args, port, inputs, err);
        } else if (strcmp(port->name, "benchmark") == 0) {
            if (inputs->benchmark)
                status =
                    bind_bars(args, port, (void *)inputs->benchmark, inputs->panel->bar_count, err);
        } else {
            status = bind_price(args, port, inputs, name, err);
        }
    }
    return status ? status : label(args, inputs->panel, err);
}

void panel_inputs_free(panel_inputs *inputs)
{
    free(inputs->seconds);
    inputs->seconds = NULL;
}
