/* backtest_text.c - see backtest_text.h. */
#include "market/backtest_text.h"

#include "market/strategies.h"
#include "modules/market/program.h"
#include "report/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 64

/* A line that begins with a bracket heads a strategy: the text has names of its own. */
static bool has_heads(const char *source)
{
    for (const char *line = source; line && *line;) {
        const char *word = line + strspn(line, " \t");
        if (*word == '[') return true;
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return false;
}

/* A file may be called anything; a strategy is called by letters, digits and underscores. */
static void head_name(const char *name, char out[NAME_BYTES])
{
    snprintf(out, NAME_BYTES, "%s%.60s", isdigit((unsigned char)name[0]) ? "_" : "", name);
    for (char *c = out; *c; ++c)
        if (!isalnum((unsigned char)*c)) *c = '_';
}

static bool has_name(const text *all, const char *head)
{
    for (const char *at = all->data; at && (at = strstr(at, head)); at += 1)
        if (at == all->data || at[-1] == '\n') return true;
    return false;
}

static td_status add(text *all, const char *name, const char *source, td_error *err)
{
    char plain[NAME_BYTES], head[NAME_BYTES + 8];
    program *checked = NULL;
    head_name(name, plain);
    const td_status status = program_compile(plain, source, NULL, 0, NULL, &checked, err);
    program_destroy(checked);
    if (status) return status;
    snprintf(head, sizeof head, "[%s]\n", plain);
    if (!has_heads(source)) {
        if (has_name(all, head))
            return td_fail(err, TD_E_BAD_ARGUMENT, "strategy %s is given twice", plain);
        text_add(all, head);
    }
    text_add(all, source);
    if (all->bytes && all->data[all->bytes - 1] != '\n') text_add(all, "\n");
    return TD_OK;
}

/* Errors tell the place in the text that the flags were put into; the user knows his flags alone:
 * "inline:1:17" is "--entry:1:9". */
static void place_in_flag(const backtest_inline *own, td_error *err)
{
    const char *const flag[] = {"--entry", "--exit", "--short-entry", "--short-exit"};
    const char *const root[] = {own->entry, own->exit, own->short_entry, own->short_exit};
    unsigned line = 0, column = 0, at = own->param_count;
    int rest = 0;
    char message[sizeof err->message];
    if (!err || sscanf(err->message, BACKTEST_INLINE_NAME ":%u:%u:%n", &line, &column, &rest) < 2 ||
        rest == 0 || line <= own->param_count)
        return;
    for (int i = 0; i < 4; ++i) {
        if (!root[i]) continue;
        if (strchr(root[i], '\n')) return;
        const unsigned prefix = (unsigned)strlen(flag[i]) - 2 + 3; /* "entry = " */
        if (++at != line || column <= prefix) continue;
        snprintf(message, sizeof message, "%s:1:%u:%s", flag[i], column - prefix,
                 err->message + rest);
        memcpy(err->message, message, sizeof message);
        return;
    }
}

static td_status add_inline(text *all, const backtest_inline *own, td_error *err)
{
    const char *const name[] = {"entry", "exit", "short_entry", "short_exit"};
    const char *const root[] = {own->entry, own->exit, own->short_entry, own->short_exit};
    text source = TEXT_INIT;
    bool any = false;
    for (uint32_t i = 0; i < own->param_count; ++i) {
        const char *equals = strchr(own->param[i], '=');
        if (!equals || equals == own->param[i] || !equals[1]) {
            text_free(&source);
            return td_fail(err, TD_E_BAD_ARGUMENT, "param is \"%.60s\", must be NAME=VALUE",
                           own->param[i]);
        }
        text_add_bytes(&source, own->param[i], (size_t)(equals - own->param[i]));
        text_add(&source, " = ");
        text_add(&source, equals + 1);
        text_add(&source, "\n");
    }
    for (int i = 0; i < 4; ++i) {
        if (!root[i]) continue;
        any = true;
        text_add(&source, name[i]);
        text_add(&source, " = ");
        text_add(&source, root[i]);
        text_add(&source, "\n");
    }
    td_status status = TD_OK;
    if (!any && own->param_count)
        status =
            td_fail(err, TD_E_BAD_ARGUMENT,
                    "--param needs --entry: it is a parameter of the expressions; a strategy's "
                    "own is given by --set");
    if (!status && any) status = add(all, BACKTEST_INLINE_NAME, source.data, err);
    if (status) place_in_flag(own, err);
    text_free(&source);
    return status;
}

td_status backtest_text_make(const char *const *strategy, uint32_t count,
                             const backtest_inline *own, char **out, td_error *err)
{
    text all = TEXT_INIT;
    td_status status = TD_OK;
    for (uint32_t i = 0; i < count && !status; ++i) {
        strategy_source source = {0};
        status = strategy_find(strategy[i], &source, err);
        if (!status) status = add(&all, source.name, source.text, err);
        strategy_free(&source);
    }
    if (!status) status = add_inline(&all, own, err);
    if (!status && all.bytes == 0)
        status = td_fail(err, TD_E_BAD_ARGUMENT,
                         "no strategy: name one with --strategy, as in --strategy ma_cross, or "
                         "give an expression with --entry");
    if (!status) status = text_take(&all, out, NULL, err);
    text_free(&all);
    return status;
}
