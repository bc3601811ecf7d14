/* args_parse.c - from argv to checked flags and words. */
#include "cli/cli.h"

#include "core/op.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Values ----------------------------------------------------------------------------- */

static bool read_bool(const cli_flag *flag, const char *value, bool *out, td_error *err)
{
    return param_check_bool(flag->op->name, flag->param, value, strlen(value), out, err) == TD_OK;
}

static bool read_int(const char *value, int64_t *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoll(value, &end, 10);
    return end != value && *end == 0 && errno == 0;
}

static bool read_float(const char *value, double *out)
{
    char *end = NULL;
    *out = strtod(value, &end);
    return end != value && *end == 0;
}

/* Grids are the engine's to check, when the arguments of the run are made. */
static td_status check_value(const cli_flag *flag, td_error *err)
{
    const td_param *param = flag->param;
    const char *value = flag->value, *choice = NULL;
    if (flag_is_axis(flag)) return TD_OK;
    int64_t i = 0;
    double f = 0.0;
    bool b = false;
    switch (param->type) {
    case TD_BOOL: return read_bool(flag, value, &b, err) ? TD_OK : TD_E_BAD_ARGUMENT;
    case TD_INT:
        if (read_int(value, &i)) return param_check_int(flag->op->name, param, i, err);
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s is \"%.80s\", must be one whole number",
                       param->name, value);
    case TD_FLOAT:
        if (read_float(value, &f)) return param_check_float(flag->op->name, param, f, err);
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s is \"%.80s\", must be one number", param->name,
                       value);
    case TD_CHOICE:
        return param_check_choice(flag->op->name, param, value, strlen(value), &choice, err);
    case TD_TEXT: return TD_OK;
    }
    return TD_OK;
}

void error_drop_prefix(td_error *err, const char *op)
{
    const size_t bytes = strlen(op);
    if (!err || strncmp(err->message, op, bytes) != 0) return;
    if (strncmp(err->message + bytes, ": ", 2) != 0) return;
    memmove(err->message, err->message + bytes + 2, strlen(err->message + bytes + 2) + 1);
}

/* ---- Words of the call ------------------------------------------------------------------ */

static td_status fail_unknown(const cli_call *cli, const char *typed, const char *name,
                              td_error *err)
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
    const bool output = typed[1] == 'o'; /* -o FILE, -oFILE */
    const char *equals = output ? NULL : strchr(name, '=');
    size_t bytes = equals ? (size_t)(equals - name) : strlen(name);
    cli_flag *flag =
        output ? flags_find(&cli->flags, "output", 6) : flags_find(&cli->flags, name, bytes);
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
    if (flag->value && !flag_is_many(flag))
        return td_fail(err, TD_E_BAD_ARGUMENT, "--%s is given twice: \"%s\" and \"%s\"", flag->name,
                       flag->value, value ? value : "again");
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
    if (flag_is_many(flag)) cli->many[cli->many_count++] = (cli_value){flag->param, flag->value};
    const td_status status = check_value(flag, err);
    if (status) error_drop_prefix(err, flag->op->name);
    return status;
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
    cli->many = calloc((size_t)cli->argc + 1, sizeof *cli->many);
    if (!cli->word || !cli->many)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for the arguments");
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

/* ---- Values by name --------------------------------------------------------------------- */

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

const char *cli_given_at(const cli_call *cli, const char *param, uint32_t index)
{
    for (uint32_t i = 0; i < cli->many_count; ++i)
        if (strcmp(cli->many[i].param->name, param) == 0 && index-- == 0) return cli->many[i].value;
    return NULL;
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
    if (flag && flag->value) (void)read_bool(flag, flag->value, &value, NULL);
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
