/* panel_bind.h - a panel as the inputs of an operation, by the names of its ports: open, high, low,
 * close, volume, adjusted, real (the close), time (seconds), benchmark (a level on each bar). */
#ifndef TANDEM_MARKET_PANEL_BIND_H
#define TANDEM_MARKET_PANEL_BIND_H
#include "tandem/market.h"
#include "tandem/module.h"

/* A price for a port that does not tell by its name: {"real0", TD_HIGH}. */
typedef struct panel_role {
    const char *port;
    td_price price;
} panel_role;

typedef struct panel_inputs {
    const td_panel *panel;
    const double *benchmark;         /* [bar]; NULL: none */
    const panel_role *role;
    uint32_t role_count;
    double *seconds;                 /* made for a port "time" of doubles; panel_inputs_free */
} panel_inputs;

/* Binds every port that the panel can fill and labels symbols and bars. A port that must be there
 * and is not is TD_E_BAD_ARGUMENT, named with what it needs. name: of the panel, in errors. */
TD_MUST_USE td_status panel_bind(td_args *args, panel_inputs *inputs, const char *name,
                                 td_error *err);
void panel_inputs_free(panel_inputs *inputs);
/* "close", "high" ..: false: no price. */
bool panel_price_named(const char *name, td_price *out);

#endif
