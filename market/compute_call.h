/* compute_call.h - the text of one call of an indicator, taken apart. See compute_run.h. */
#ifndef TANDEM_MARKET_COMPUTE_CALL_H
#define TANDEM_MARKET_COMPUTE_CALL_H
#include "market/panel_bind.h"

#define CALL_SETTINGS_MAX 32
#define CALL_ROLES_MAX    8

typedef struct compute_setting {
    char *name, *value;
} compute_setting;

typedef struct compute_call {
    char *text;                      /* its own copy, cut into the pieces below */
    const char *name;                /* "sma", without "market." */
    compute_setting setting[CALL_SETTINGS_MAX];
    uint32_t setting_count;
} compute_call;

/* Cuts "sma:timeperiod=5:50:5:matype=ema": a piece without "=" goes on with the one before it. */
TD_MUST_USE td_status call_parse(const char *text, compute_call *out, td_error *err);
void call_free(compute_call *call);
/* Makes the arguments: parameters set, inputs bound. TD_E_NOT_FOUND: no such indicator (names the
 * nearest). set: as compute_config has it. inputs must live as long as args. */
TD_MUST_USE td_status call_args(td_engine *engine, const compute_call *call,
                                const char *const *set, uint32_t set_count, const char *gaps,
                                panel_inputs *inputs, panel_role role[CALL_ROLES_MAX],
                                const char *panel_name, td_args **out, td_error *err);

#endif
