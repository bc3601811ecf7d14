/* args_parse.c - from argv to checked flags and words. */
#include "cli/cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Values ------------------------------------------------------------------------------- */

static bool read_bool(const char *text, bool *out)
{
    if (strcasecmp(text, "true") == 0 || strcasecmp(text, "yes") == 0 || strcmp(text, "1") == 0)
        *out = true;
    else if (strcasecmp(text, "false") == 0 || strcasecmp(text, "no") == 0
             || strcmp(text, "0") == 0)
        *out = false;
    else
        return false;
    return true;
}

static bool read_int(const char *text, int64_t *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return end != text && *end == 0 && errno == 0;
}

static bool read_float(const char *text, double *out)
{
    char *end = NULL;
    *out = strtod(text, &end);
    return end != text && *end == 0;
}

static td_status check_choice(const td_param *param, const char *value, td_error *err)
{
    cli_page allowed = {0};
    td_status status = TD_OK;
    for (uint32_t i = 0; param->choices && param->choices[i]; ++i) {
        if (strcmp(param->choices[i], value) == 0) goto out;
        page_addf(&allowed, "%s%s", i ? ", " : "", param->choices[i]);
    }
    status = td_fail(err, TD_E_OUT_OF_RANGE, "%s is \"%s\", allowed %s", param->name, value,
                     allowed.data ? allowed.data : "nothing");
out:
    page_free(&allowed);
    return status;
}

static td_status fail_range(const td_param *param, const char *value, td_error *err)
{
    const char *gap = param->unit ? " " : "", *unit = param->unit ? param->unit : "";
    if (param->type == TD_INT)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s is %s, allowed %lld to %lld%s%s", param->name,
                       value, (long long)param->min.as.i, (long long)param->max.as.i, gap, unit);
    return td_fail(err, TD_E_OUT_OF_RANGE, "%s is %s, allowed %g to %g%s%s", param->name, value,
                   param->min.as.f, param->max.as.f, gap, unit);
}

/* Grids are the engine's to check, when the arguments of the run are made. */
static td_status check_value(const cli_flag *flag, td_error *err)
{
    const td_param *param = flag->param;
    const char *value = flag->value;
    if (flag->use == FLAG_SWEEP && (param->flags & TD_PARAM_SWEEP)) return TD_OK;
    int64_t i = 0;
    double f = 0.0;
    bool b = false;
    switch (param->type) {
    case TD_BOOL:
        if (read_bool(value, &b)) return TD_OK;
        return td_fail(err, TD_E_BAD_ARGUMENT, "--%s is \"%s\", allowed true or false", flag->name,
                       value);
    case TD_INT:
        if (!read_int(value, &i))
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s is \"%s\", must be one whole number",
                           param->name, value);
        return i < param->min.as.i || i > param->max.as.i ? fail_range(param, value, err) : TD_OK;
    case TD_FLOAT:
        if (!read_float(value, &f))
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s is \"%s\", must be one number", param->name,
                           value);
        return !(f >= param->min.as.f && f <= param->max.as.f) ? fail_range(param, value, err)
                                                               : TD_OK;
    case TD_CHOICE: return check_choice(param, value, err);
    case TD_TEXT: return TD_OK;
    }
    return TD_OK;
}

/* ---- Words of the call ---------------------------------------------------------------------- */

static td_status fail_unknown(const cli_call *cli, const char *typed, const char *name, td_error *err)
{
    const char *nearest = flags_suggest(&cli->flags, name);
    if (nearest)
        return td_fail(err, TD_E_BAD_ARGUMENT, "unknown flag %s, did you mean --%s?", typed,
                       nearest);
    return td_fail(err, TD_E_BAD_ARGUMENT, "unknown flag %s", typed);
}

/* The long name and, after "=", the value of argv[*at]; *at moves on when the value is a word of
 * its own. */
static td_status parse_flag(cli_call *cli, int *at, td_error *err)
{
    const char *typed = cli->argv[*at], *name = typed + 2;
    const bool output = typed[1] == 'o';   /* -o FILE, -oFILE */
    const char *equals = output ? NULL : strchr(name, '=');
    size_t bytes = equals ? (size_t)(equals - name) : strlen(name);
    cli_flag *flag = output ? flags_find(&cli->flags, "output", 6)
                        : flags_find(&cli->flags, name, bytes);
    const char *value = equals ? equals + 1 : output && *name ? name : NULL;
    if (!flag) {
        char plain[FLAG_NAME_MAX];
        if (output || bytes >= sizeof plain)
            return td_fail(err, TD_E_BAD_ARGUMENT, "unknown flag %s", output ? "-o" : typed);
        memcpy(plain, name, bytes);
        plain[bytes] = 0;
        char shown[FLAG_NAME_MAX + 2] = "--";
        memcpy(shown + 2, plain, bytes + 1);
        return fail_unknown(cli, shown, plain, err);
    }
    if (flag->value)
        return td_fail(err, TD_E_BAD_ARGUMENT, "--%s is given twice: \"%s\" and \"%s\"",
                       flag->name, flag->value, value ? value : "again");
    if (flag_is_bool(flag)) {
        flag->value = value ? value : "true";
    } else if (value) {
        flag->value = value;
    } else {
        const char *next = *at + 1 < cli->argc ? cli->argv[*at + 1] : NULL;
        if (!next || strncmp(next, "--", 2) == 0)
            return td_fail(err, TD_E_BAD_ARGUMENT, "--%s needs a value: --%s %s", flag->name,
                           flag->name, flag_value_name(flag));
        flag->value = next;
        *at += 1;
    }
    return check_value(flag, err);
}

static td_status check_words(const cli_call *cli, td_error *err)
{
    const cli_command *command = cli->command;
    if (cli->word_count < command->words_min)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s is missing: %s %s %s",
                       command->words_min == 1 ? command->words : "an argument", PROGRAM,
                       command->name, command->words);
    if (cli->word_count > command->words_max)
        return td_fail(err, TD_E_BAD_ARGUMENT, "unexpected argument \"%s\"; %s",
                       cli->word[command->words_max],
                       command->words_max == 0 ? "this command takes none"
                                               : "put a list of values between quotes or commas");
    for (uint32_t i = 0; i < cli->word_count; ++i)
        if (!*cli->word[i]) return td_fail(err, TD_E_BAD_ARGUMENT, "argument %u is empty", i + 1);
    return TD_OK;
}

td_status args_parse(cli_call *cli, int first, bool *help, bool *all, td_error *err)
{
    flags_derive(cli->command, &cli->flags);
    cli->word = calloc((size_t)cli->argc + 1, sizeof *cli->word);
    if (!cli->word) return td_fail(err, TD_E_NO_MEMORY, "no memory for the arguments");
    bool flags_end = false;
    for (int at = first; at < cli->argc; ++at) {
        const char *word = cli->argv[at];
        if (flags_end || word[0] != '-' || word[1] == 0) {
            cli->word[cli->word_count++] = word;
        } else if (strcmp(word, "--") == 0) {
            flags_end = true;
        } else if (strcmp(word, "--help-all") == 0) {
            *help = *all = true;
            return TD_OK;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            *help = true;
            return TD_OK;
        } else if (word[1] == '-' || word[1] == 'o') {
            const td_status status = parse_flag(cli, &at, err);
            if (status) return status;
        } else {
            return fail_unknown(cli, word, word + 1, err);
        }
    }
    return check_words(cli, err);
}

/* ---- Values by name --------------------------------------------------------------------------- */

static const cli_flag *find_param(const cli_call *cli, const char *param)
{
    for (uint32_t i = 0; i < cli->flags.count; ++i)
        if (strcmp(cli->flags.item[i].param->name, param) == 0) return &cli->flags.item[i];
    return NULL;
}

const char *cli_given(const cli_call *cli, const char *param)
{
    const cli_flag *flag = find_param(cli, param);
    return flag ? flag->value : NULL;
}

const char *cli_text(const cli_call *cli, const char *param)
{
    const cli_flag *flag = find_param(cli, param);
    if (!flag) return NULL;
    const td_type type = flag->param->type;
    const char *value = type == TD_TEXT || type == TD_CHOICE ? flag->param->value.as.s : NULL;
    if (flag->value) value = flag->value;
    return value && *value ? value : NULL;
}

bool cli_bool(const cli_call *cli, const char *param)
{
    const cli_flag *flag = find_param(cli, param);
    bool value = flag && flag->param->value.as.b;
    if (flag && flag->value) (void)read_bool(flag->value, &value);
    return value;
}

int64_t cli_int(const cli_call *cli, const char *param)
{
    const cli_flag *flag = find_param(cli, param);
    int64_t value = flag ? flag->param->value.as.i : 0;
    if (flag && flag->value) (void)read_int(flag->value, &value);
    return value;
}

double cli_float(const cli_call *cli, const char *param)
{
    const cli_flag *flag = find_param(cli, param);
    double value = flag ? flag->param->value.as.f : NAN;
    if (flag && flag->value) (void)read_float(flag->value, &value);
    return value;
}
