/* compute_call.c - see compute_call.h. */
#include "market/compute_call.h"

#include "core/op.h"
#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PREFIX "market."

/* ---- Taking the text apart ------------------------------------------------------------------ */

void call_free(compute_call *call)
{
    free(call->text);
    *call = (compute_call){0};
}

td_status call_parse(const char *text, compute_call *out, td_error *err)
{
    *out = (compute_call){.text = strdup(strncmp(text, PREFIX, sizeof PREFIX - 1) == 0
                                             ? text + sizeof PREFIX - 1
                                             : text)};
    if (!out->text) return td_fail(err, TD_E_NO_MEMORY, "no memory for \"%.60s\"", text);
    char *next = strchr(out->text, ':');
    out->name = out->text;
    if (next) *next++ = 0;
    while (next) {
        char *piece = next, *equals = strchr(piece, '=');
        next = strchr(piece, ':');
        if (equals && (!next || equals < next)) {
            if (out->setting_count == CALL_SETTINGS_MAX) break;
            *equals = 0;
            if (next) *next++ = 0;
            out->setting[out->setting_count++] = (compute_setting){piece, equals + 1};
            continue;
        }
        if (out->setting_count == 0) {
            const td_status status = td_fail(
                err, TD_E_BAD_ARGUMENT,
                "\"%.80s\": expected NAME=VALUE behind the name, as in sma:timeperiod=20", text);
            call_free(out);
            return status;
        }
        /* "5:50:5": the colon belongs to the value, which lies just before it. */
        piece[-1] = ':';
        if (next) *next++ = 0;
    }
    return TD_OK;
}

/* ---- The arguments -------------------------------------------------------------------------- */

static td_status fail_unknown(td_engine *engine, const char *name, td_error *err)
{
    const char *nearest = NULL;
    uint32_t best = UINT32_MAX;
    const td_op *op = NULL;
    for (size_t i = 0; (op = td_op_at(engine, i)); ++i) {
        if (strncmp(op->name, PREFIX, sizeof PREFIX - 1) != 0) continue;
        if (strcmp(op->name, PREFIX "backtest") == 0) continue;
        if (strcasecmp(name, op->name + sizeof PREFIX - 1) == 0) {
            nearest = op->name + sizeof PREFIX - 1;
            break;
        }
        if (text_nearer(name, op->name + sizeof PREFIX - 1, &best))
            nearest = op->name + sizeof PREFIX - 1;
    }
    return td_fail(err, TD_E_NOT_FOUND, "no indicator \"%.60s\"%s%s%s; tandem describe lists them",
                   name, nearest ? ", did you mean \"" : "", nearest ? nearest : "",
                   nearest ? "\"?" : "");
}

static bool is_input(const td_op *op, const char *name)
{
    return op_find_input(op, name) != UINT32_MAX;
}

static td_status apply(td_args *args, const char *name, const char *value, panel_inputs *inputs,
                       panel_role role[CALL_ROLES_MAX], td_error *err)
{
    const td_op *op = td_args_op(args);
    td_price price = TD_CLOSE;
    if (op_find_param(op, name) != UINT32_MAX || !is_input(op, name))
        return td_args_set_text(args, name, value, err);
    if (!panel_price_named(value, &price))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s is \"%.40s\", allowed open, high, low, close, "
                       "volume, adjusted",
                       name, value);
    if (inputs->role_count == CALL_ROLES_MAX)
        return td_fail(err, TD_E_BAD_ARGUMENT, "more than %d inputs are named", CALL_ROLES_MAX);
    role[inputs->role_count++] = (panel_role){name, price};
    inputs->role = role;
    return TD_OK;
}

/* "timeperiod=20" of the flag --set: where the operation has it; *used: it has. */
static td_status apply_set(td_args *args, const char *text, bool *used, td_error *err)
{
    char name[OP_NAME_MAX];
    const size_t bytes = strcspn(text, "=");
    if (text[bytes] != '=' || bytes == 0 || bytes >= sizeof name)
        return td_fail(err, TD_E_BAD_ARGUMENT, "set is \"%.60s\", must be NAME=VALUE", text);
    memcpy(name, text, bytes);
    name[bytes] = 0;
    *used = op_find_param(td_args_op(args), name) != UINT32_MAX;
    return *used ? td_args_set_text(args, name, text + bytes + 1, err) : TD_OK;
}

static td_status set_all(td_args *args, const compute_call *call, const char *const *set,
                         uint32_t set_count, const char *gaps, panel_inputs *inputs,
                         panel_role role[CALL_ROLES_MAX], td_error *err)
{
    td_status status = TD_OK;
    if (gaps && op_find_param(td_args_op(args), "gaps") != UINT32_MAX)
        status = td_args_set_text(args, "gaps", gaps, err);
    for (uint32_t i = 0; i < set_count && !status; ++i) {
        bool used = false;
        status = apply_set(args, set[i], &used, err);
    }
    for (uint32_t i = 0; i < call->setting_count && !status; ++i)
        status = apply(args, call->setting[i].name, call->setting[i].value, inputs, role, err);
    return status;
}

td_status call_args(td_engine *engine, const compute_call *call, const char *const *set,
                    uint32_t set_count, const char *gaps, panel_inputs *inputs,
                    panel_role role[CALL_ROLES_MAX], const char *panel_name, td_args **out,
                    td_error *err)
{
    char name[OP_NAME_MAX];
    td_args *args = NULL;
    const int bytes = snprintf(name, sizeof name, PREFIX "%s", call->name);
    const bool fits = bytes > 0 && (size_t)bytes < sizeof name;
    if (!fits || !td_op_find(engine, name) || strcmp(call->name, "backtest") == 0)
        return fail_unknown(engine, call->name, err);
    td_status status = td_args_create(engine, name, &args, err);
    if (!status) status = set_all(args, call, set, set_count, gaps, inputs, role, err);
    if (!status) status = panel_bind(args, inputs, panel_name, err);
    if (status && err && strncmp(err->message, name, strlen(name)) != 0) {
        char message[sizeof err->message];
        memcpy(message, err->message, sizeof message);
        (void)td_fail(err, status, "%s: %.400s", call->name, message);
    }
    if (status) td_args_destroy(args);
    else *out = args;
    return status;
}
