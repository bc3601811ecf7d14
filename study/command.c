/* command.c - what was computed, as attributes of the table. */
#include "study/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"
#include "core/number.h"
#include "study/arena.h"
#include "study/measure_list.h"
#include "tandem/module.h"

/* The command line so far; NULL when there was no memory for it. */
typedef struct line {
    arena texts;
    const char *text;
} line;

static void add(line *to, const char *before, const char *text)
{
    if (to->text) to->text = arena_print(&to->texts, "%s%s%s", to->text, before, text);
}

/* " --skip-bad" for skip_bad; an axis of choices is given as a list, so its flag is a plural. */
static void add_flag(line *to, const char *name, bool plural)
{
    char flag[80];
    (void)snprintf(flag, sizeof flag, "%s%s", name, plural ? "s" : "");
    for (char *at = flag; *at; ++at)
        if (*at == '_') *at = '-';
    add(to, " --", flag);
}

/* The last name of a path: where the files lay is no part of what was computed. */
static void add_name(line *to, const char *path)
{
    size_t last = strlen(path);
    while (last > 1 && path[last - 1] == '/')
        last -= 1;
    size_t first = last;
    while (first > 0 && path[first - 1] != '/')
        first -= 1;
    char *name = arena_copy(&to->texts, path + first, last - first);
    if (!name) to->text = NULL;
    else add(to, " ", name);
}

/* "1:10" or "0.05:0.1:0.001" when the values are evenly spaced, which is checked in decimals. */
static bool add_range(line *to, const td_axis *axis)
{
    decimal value[2];
    int64_t mantissa[2], at;
    char step[DECIMAL_TEXT_MAX];
    if (axis->count < 2 || !axis->number) return false;
    int32_t exponent = 0;
    for (uint64_t i = 0; i < axis->count; ++i) {
        if (decimal_parse(axis->text[i], strlen(axis->text[i]), &value[0])) return false;
        exponent = value[0].exponent < exponent ? value[0].exponent : exponent;
    }
    for (uint64_t i = 0; i < 2; ++i)
        if (decimal_parse(axis->text[i], strlen(axis->text[i]), &value[i]) ||
            !decimal_scale(value[i], exponent, &mantissa[i]))
            return false;
    const int64_t apart = mantissa[1] - mantissa[0];
    if (apart <= 0) return false;
    for (uint64_t i = 2; i < axis->count; ++i)
        if (decimal_parse(axis->text[i], strlen(axis->text[i]), &value[0]) ||
            !decimal_scale(value[0], exponent, &at) || at - mantissa[0] != (int64_t)i * apart)
            return false;
    decimal_text(decimal_make(apart, exponent), step);
    if (axis->count == 2 && strcmp(step, "1") != 0) return false;
    add(to, " ", axis->text[0]);
    add(to, ":", axis->text[axis->count - 1]);
    if (strcmp(step, "1") != 0) add(to, ":", step);
    return true;
}

static void add_axis(line *to, const td_axis *axis)
{
    add_flag(to, axis->name, axis->type == TD_CHOICE);
    if (add_range(to, axis)) return;
    for (uint64_t i = 0; i < axis->count; ++i)
        add(to, i ? "," : " ", axis->text[i]);
}

static bool is_default(const td_param *param, td_value value)
{
    switch (param->type) {
    case TD_BOOL: return value.as.b == param->value.as.b;
    case TD_INT: return value.as.i == param->value.as.i;
    case TD_FLOAT: return value.as.f == param->value.as.f;
    case TD_TEXT:
    case TD_CHOICE: break;
    }
    const char *text = value.as.s ? value.as.s : "";
    return strcmp(text, param->value.as.s ? param->value.as.s : "") == 0;
}

static void add_param(line *to, const td_param *param, td_value value)
{
    char number[NUMBER_TEXT_MAX];
    if (is_default(param, value) && strcmp(param->name, "profile") != 0) return;
    add_flag(to, param->name, false);
    switch (param->type) {
    case TD_BOOL: add(to, " ", value.as.b ? "true" : "false"); break;
    case TD_INT:
        (void)snprintf(number, sizeof number, "%" PRId64, value.as.i);
        add(to, " ", number);
        break;
    case TD_FLOAT:
        number_text(value.as.f, number);
        add(to, " ", number);
        break;
    case TD_TEXT:
    case TD_CHOICE: add(to, " ", value.as.s ? value.as.s : ""); break;
    }
}

static void add_measures(line *to, const td_args *args)
{
    const char *before = " --measures ";
    for (int i = 0; i < MEASURE_COUNT; ++i) {
        if (!td_args_wants(args, measure_list[i])) continue;
        add(to, before, measure_list[i]);
        before = ",";
    }
}

static void add_study(line *to, const study_config *config)
{
    if (config->columns && *config->columns) add(to, " --columns ", config->columns);
    if (config->events && *config->events) {
        add(to, " --events", "");
        add_name(to, config->events);
    }
    if (config->roi && *config->roi) {
        add(to, " --roi", "");
        add_name(to, config->roi);
    }
    if (config->skip_bad) add(to, " --skip-bad", "");
    if (config->by_recording) add(to, " --unit recording", "");
    if (config->no_statistics) add(to, " --statistics false", "");
}

static td_status describe(const td_op *op, const td_args *args, const study_config *config,
                          td_table *table, line *to, td_error *err)
{
    add_name(to, config->input);
    for (uint32_t i = 0; i < td_args_axis_count(args); ++i)
        add_axis(to, td_args_axis_at(args, i));
    for (uint32_t i = 0; i < op->param_count; ++i) {
        const td_param *param =
            (const td_param *)((const char *)op->params + (size_t)i * op->param_size);
        if (!(param->flags & TD_PARAM_SWEEP)) add_param(to, param, td_args_get(args, param->name));
    }
    add_measures(to, args);
    add_study(to, config);
    if (!to->text)
        return td_fail(err, TD_E_NO_MEMORY, "the host has no memory for the command line");
    char version[32];
    (void)snprintf(version, sizeof version, "%d.%d.%d", TD_VERSION_MAJOR, TD_VERSION_MINOR,
                   TD_VERSION_PATCH);
    const char *profile = td_args_get(args, "profile").as.s;
    const char *const attribute[][2] = {
        {"title", "Recurrence study"},
        {"command", to->text},
        {"version", version},
        {"profile", profile ? profile : ""},
        {"unit", config->by_recording ? "recording" : "subject"},
    };
    td_status status = TD_OK;
    for (size_t i = 0; i < sizeof attribute / sizeof *attribute && !status; ++i)
        status = td_table_set_attribute(table, attribute[i][0], attribute[i][1], err);
    return status;
}

td_status command_describe(td_engine *engine, const td_args *args, const study_config *config,
                           td_table *table, td_error *err)
{
    line to = {{NULL}, "tandem rqa study"};
    const td_op *op = td_op_find(engine, "rqa.measures");
    td_status status = op ? describe(op, args, config, table, &to, err)
                          : td_fail(err, TD_E_NOT_FOUND, "rqa.measures: no such operation");
    arena_free(&to.texts);
    return status;
}
