/* flags.c - flags derived from the tables of parameters: names, values, limits. */
#include "cli/cli.h"

#include "core/number.h"
#include "core/op.h"
#include "core/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void flag_name(const td_param *param, char *name, size_t size)
{
    /* A choice that is swept is given as a list, so its flag is a plural: --modes. */
    const bool plural = param->type == TD_CHOICE && (param->flags & TD_PARAM_SWEEP);
    snprintf(name, size, "%s%s", param->name, plural ? "s" : "");
    for (char *c = name; *c; ++c)
        if (*c == '_') *c = '-';
}

static bool source_picks(const flag_source *source, const char *name)
{
    if (!source->pick) return true;
    if (source->pick[0] == '-') return !word_in_list(source->pick + 1, name);
    return word_in_list(source->pick, name);
}

void flags_derive(const cli_command *command, flag_list *flags)
{
    flags->count = 0;
    for (uint32_t s = 0; s < COMMAND_SOURCES_MAX && command->source[s].op; ++s) {
        const flag_source *source = &command->source[s];
        const td_op *op = op_find(source->op);
        for (uint32_t i = 0; op && i < op->param_count && flags->count < FLAGS_MAX; ++i) {
            const td_param *param = op_param(op, i);
            if (!source_picks(source, param->name)) continue;
            cli_flag *flag = &flags->item[flags->count];
            *flag = (cli_flag){{0}, param, op, source->use, NULL};
            flag_name(param, flag->name, sizeof flag->name);
            if (flags_find(flags, flag->name, strlen(flag->name))) continue;
            flags->count += 1;
        }
    }
}

cli_flag *flags_find(flag_list *flags, const char *name, size_t bytes)
{
    for (uint32_t i = 0; i < flags->count; ++i) {
        cli_flag *flag = &flags->item[i];
        if (strlen(flag->name) == bytes && memcmp(flag->name, name, bytes) == 0) return flag;
    }
    return NULL;
}

const char *flags_suggest(const flag_list *flags, const char *name)
{
    const char *nearest = NULL;
    uint32_t best = strlen(name) / 3 > 2 ? (uint32_t)(strlen(name) / 3) : 2;
    for (uint32_t i = 0; i < flags->count; ++i) {
        const uint32_t distance = text_distance(name, flags->item[i].name);
        if (distance > best || (nearest && distance == best)) continue;
        best = distance;
        nearest = flags->item[i].name;
    }
    if (nearest || strlen(name) < 2) return nearest;
    for (uint32_t i = 0; i < flags->count && !nearest; ++i)
        if (strncmp(flags->item[i].name, name, strlen(name)) == 0) nearest = flags->item[i].name;
    return nearest;
}

bool flag_is_bool(const cli_flag *flag)
{
    return flag->param->type == TD_BOOL;
}

/* A text parameter whose unit is "file" or "folder" names a place on disk. */
bool flag_takes_path(const cli_flag *flag)
{
    const char *unit = flag->param->unit;
    return flag->param->type == TD_TEXT && unit &&
           (strcmp(unit, "file") == 0 || strcmp(unit, "folder") == 0);
}

bool flag_is_axis(const cli_flag *flag)
{
    return flag->use == FLAG_SWEEP && (flag->param->flags & TD_PARAM_SWEEP);
}

bool flag_is_many(const cli_flag *flag)
{
    return flag->use == FLAG_MANY;
}

/* A unit in capitals says what the text looks like: "NAME=GRID". */
static bool names_form(const td_param *param)
{
    return param->type == TD_TEXT && param->unit && param->unit[0] >= 'A' && param->unit[0] <= 'Z';
}

const char *flag_value_name(const cli_flag *flag)
{
    const td_param *param = flag->param;
    switch (param->type) {
    case TD_BOOL: return "";
    case TD_INT: return flag_is_axis(flag) ? "GRID" : "N";
    case TD_FLOAT: return flag_is_axis(flag) ? "GRID" : "NUMBER";
    case TD_CHOICE: return flag_is_axis(flag) ? "NAME,.." : "NAME";
    case TD_TEXT:
        if (names_form(param)) return param->unit;
        if (!flag_takes_path(flag)) return "TEXT";
        return strcmp(param->unit, "file") == 0 ? "FILE" : "FOLDER";
    }
    return "VALUE";
}

static void add_number(paper *page, double value)
{
    char digits[NUMBER_TEXT_MAX];
    number_text(value, digits);
    paper_add(page, digits);
}

static void add_value(paper *page, const td_param *param, const td_value *value)
{
    switch (param->type) {
    case TD_BOOL: paper_add(page, value->as.b ? "true" : "false"); break;
    case TD_INT: paper_addf(page, "%" PRId64, value->as.i); break;
    case TD_FLOAT: add_number(page, value->as.f); break;
    case TD_TEXT:
    case TD_CHOICE: paper_add(page, value->as.s ? value->as.s : ""); break;
    }
}

static void add_range(paper *page, const td_param *param)
{
    if (param->type == TD_FLOAT && isinf(param->min.as.f) && isinf(param->max.as.f)) {
        paper_add(page, "Any number");
    } else {
        add_value(page, param, &param->min);
        paper_add(page, " to ");
        add_value(page, param, &param->max);
    }
    if (param->unit) paper_addf(page, " %s", param->unit);
}

static bool has_default(const cli_flag *flag)
{
    const td_param *param = flag->param;
    if (flag->use == FLAG_PICK || param->type == TD_BOOL) return false;
    if (param->type == TD_TEXT || param->type == TD_CHOICE)
        return param->value.as.s && *param->value.as.s;
    return true;
}

void flag_add_limits(paper *page, const cli_flag *flag)
{
    const td_param *param = flag->param;
    const size_t start = page->bytes;
    if (param->type == TD_INT || param->type == TD_FLOAT) add_range(page, param);
    if (param->type == TD_BOOL && param->value.as.b)
        paper_addf(page, "Default true; --%s=false turns it off", flag->name);
    if (param->type == TD_CHOICE && param->choices) {
        paper_add(page, flag_is_axis(flag) ? "Any of " : "One of ");
        for (uint32_t i = 0; param->choices[i]; ++i)
            paper_addf(page, "%s%s", i ? ", " : "", param->choices[i]);
    }
    if (has_default(flag)) {
        paper_add(page, page->bytes > start ? "; default " : "Default ");
        add_value(page, param, &param->value);
        if (param->type == TD_TEXT && param->unit && !flag_takes_path(flag) && !names_form(param))
            paper_addf(page, " %s", param->unit);
    }
    if (flag_is_many(flag))
        paper_add(page, page->bytes > start ? "; may be given again" : "May be given again");
    if (page->bytes > start) paper_add(page, ".");
    if (flag_lists_measures(flag)) {
        paper_add(page, page->bytes > start ? " One or more of " : "One or more of ");
        flag_add_measures(page, flag, ", ");
        paper_add(page, ", all.");
    }
}

/* Tables of one flag whose value is a list of an operation's outputs. */
static const struct {
    const char *flags, *op;
} measure_lists[] = {{"tandem.measures", "rqa.measures"}, {"tandem.outcomes", "market.backtest"}};

static const td_op *measures_op_of(const cli_flag *flag)
{
    for (size_t i = 0; i < sizeof measure_lists / sizeof *measure_lists; ++i)
        if (strcmp(flag->op->name, measure_lists[i].flags) == 0)
            return op_find(measure_lists[i].op);
    return NULL;
}

bool flag_lists_measures(const cli_flag *flag)
{
    return measures_op_of(flag) != NULL;
}

void flag_add_measures(paper *page, const cli_flag *flag, const char *gap)
{
    const td_op *op = measures_op_of(flag);
    bool first = true;
    for (uint32_t i = 0; op && i < op->output_count; ++i) {
        const td_port *output = op_output(op, i);
        /* Of recurrence some outputs tell about the data; of a backtest all are measures. */
        if (strcmp(flag->op->name, "tandem.measures") == 0 && !op_output_is_measure(output))
            continue;
        paper_addf(page, "%s%s", first ? "" : gap, output->name);
        first = false;
    }
}
