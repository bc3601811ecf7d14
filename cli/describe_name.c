/* describe_name.c - see describe_name.h. */
#include "cli/describe_name.h"

#include "core/op.h"
#include "core/text.h"
#include "market/strategies.h"

#include <string.h>
#include <strings.h>

#define MARKET     "market."
#define NAME_WIDTH 24

/* "rsi" of "market.rsi". */
static const char *short_name(const td_op *op)
{
    const size_t bytes = sizeof MARKET - 1;
    return strncmp(op->name, MARKET, bytes) == 0 ? op->name + bytes : op->name;
}

const td_op *describe_operation(const char *name)
{
    const td_op *op = NULL;
    for (uint32_t i = 0; (op = op_listed_at(i)); ++i)
        if (strcasecmp(op->name, name) == 0 || strcasecmp(short_name(op), name) == 0) return op;
    return NULL;
}

/* The first line that says something, without its comment sign. */
static void add_first_line(paper *page, const char *text)
{
    const char *line = text + strspn(text, "# \t\r\n");
    paper_add_bytes(page, line, strcspn(line, "\r\n"));
}

td_status describe_strategies(paper *page, td_error *err)
{
    char **name = NULL;
    uint32_t count = 0;
    td_status status = strategy_names(&name, &count, err);
    for (uint32_t i = 0; i < count && !status; ++i) {
        strategy_source source = {0};
        status = strategy_find(name[i], &source, err);
        if (status) break;
        paper_add(page, name[i]);
        paper_pad(page, NAME_WIDTH);
        add_first_line(page, source.text);
        paper_add(page, "\n");
        strategy_free(&source);
    }
    strategy_names_free(name, count);
    if (!status && count) paper_add(page, "\nTry \"tandem describe ma_cross\".\n");
    return status;
}

static td_status fail_unknown(const char *name, char *const *strategy, uint32_t count,
                              td_error *err)
{
    const td_op *op = NULL;
    const char *near = NULL;
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < count; ++i)
        if (text_nearer(name, strategy[i], &best)) near = strategy[i];
    for (uint32_t i = 0; (op = op_listed_at(i)); ++i) {
        if (text_nearer(name, short_name(op), &best)) near = short_name(op);
        if (text_nearer(name, op->name, &best)) near = op->name;
    }
    return td_fail(err, TD_E_NOT_FOUND,
                   "no operation or strategy \"%.80s\"%s%s%s; there are rqa.measures, "
                   "market.backtest and what else \"tandem describe\" lists, and the strategies of "
                   "\"tandem describe strategies\"",
                   name, near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

td_status describe_strategy(paper *page, const char *name, td_error *err)
{
    strategy_source source = {0};
    char **all = NULL;
    uint32_t count = 0;
    td_status status = strategy_names(&all, &count, err);
    bool found = false;
    for (uint32_t i = 0; i < count && !found; ++i)
        found = strcmp(all[i], name) == 0;
    if (!status && !found) status = fail_unknown(name, all, count, err);
    if (!status) status = strategy_find(name, &source, err);
    if (!status) paper_addf(page, "%s\n\n%s", source.path, source.text);
    strategy_free(&source);
    strategy_names_free(all, count);
    return status;
}
