/* indicator_inputs.h - numbers and series of a call, from what a caller gives. */
#ifndef TANDEM_MODULES_MARKET_INDICATOR_INPUTS_H
#define TANDEM_MODULES_MARKET_INDICATOR_INPUTS_H
#include "indicator_tile.h"

/* TD_E_NOT_FOUND names the indicator. */
TD_MUST_USE td_status indicator_named(const char *name, const indicator **out, td_error *err);
/* The numbers given, or the defaults for NULL; checked. */
TD_MUST_USE td_status indicator_numbers(const indicator *it, const double *given,
                                        double param[TD_INDICATOR_PARAMS_MAX], td_error *err);
/* The default of a parameter as a number. */
double indicator_default(const td_param *param);

#endif
