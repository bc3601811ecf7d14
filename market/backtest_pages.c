/* backtest_pages.c - one point of a backtest looked at closely, and the report. */
#include "market/backtest_parts.h"

#include "io/file.h"
#include "market/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FACTS_MAX 64

bool backtest_wants_look(const backtest_config *config)
{
    return config->report || config->trades || config->equity || config->monthly;
}

/* The symbol whose value of the ranking measure is the median of all: a usual one. */
static uint64_t middle_symbol(const outcome *o, uint64_t point)
{
    double *sorted = calloc((size_t)o->symbol_count + 1, sizeof *sorted);
    uint64_t found = 0;
    if (!sorted) return 0;
    const uint64_t count = outcome_sorted(o, o->by, point, sorted);
    double least = INFINITY;
    for (uint64_t s = 0; count && s < o->symbol_count; ++s) {
        const double away = fabs(outcome_value(o, o->by, point, s) - sorted[count / 2]);
        if (!(away < least)) continue;
        least = away;
        found = s;
    }
    free(sorted);
    return found;
}

/* The index of the one-point call: it has no axis but strategy_name, of which one value was set. */
static td_status look_at(backtest_job *job, backtest_made *one, td_error *err)
{
    const backtest_config *config = job->config;
    const uint64_t none[TD_AXES_MAX] = {0};
    const look_setup setup = {
        .args = one->args,
        .index = none,
        .panel = &job->pick.panel,
        .portfolio = one->portfolio,
        .adjusted = backtest_rule_number(&job->made, RULE_prices) == 1.0,
        .symbol = job->symbol,
        .only = config->symbol != NULL,
        .cash = backtest_rule_number(one, RULE_cash),
        .trades = config->trades,
        .equity = config->equity,
        .monthly = config->monthly,
        .steps = &job->steps,
    };
    return look_make(&setup, &job->close_look, err);
}

td_status backtest_step_look(backtest_job *job, td_error *err)
{
    uint64_t index[TD_AXES_MAX];
    backtest_made one = {0};
    panel_inputs inputs = {.panel = &job->pick.panel, .benchmark = job->benchmark};
    if (!backtest_wants_look(job->config)) return TD_OK;
    td_status status = market_step_begin(&job->steps, "look", err);
    outcome_index(job->o, job->point, index);
    if (job->symbol == UINT64_MAX)
        job->symbol = job->o->symbol ? middle_symbol(job->o, job->point) : 0;
    if (!status)
        status = backtest_call_point(job->engine, &job->call, job->made.args, index, &one, err);
    if (!status) status = panel_bind(one.args, &inputs, job->config->prices, err);
    if (!status) status = look_at(job, &one, err);
    if (!status) {
        job->summary->look_trades = job->close_look.trades;
        market_step_end(&job->steps, false);
    }
    backtest_made_free(&one);
    panel_inputs_free(&inputs);
    return status;
}

/* ---- The report ----------------------------------------------------------------------------- */

static uint32_t gather_facts(const backtest_job *job, report_fact fact[FACTS_MAX])
{
    static const char *const kept_out[] = {"title", "Conventions", "zone", NULL};
    uint32_t count = 0;
    const char *name = NULL, *text = NULL;
    for (uint32_t i = 0; prices_attribute_at(job->file, i, &name, &text); ++i) {
        bool skip = count == FACTS_MAX;
        for (int k = 0; kept_out[k] && !skip; ++k)
            skip = strcmp(kept_out[k], name) == 0;
        if (!skip) fact[count++] = (report_fact){name, text};
    }
    return count;
}

static void gather_rules(const backtest_job *job, report_rule list[RULE_COUNT],
                         char value[RULE_COUNT][64])
{
    for (uint32_t i = 0; i < RULE_COUNT; ++i) {
        const td_param *param = &rule_param[i];
        list[i] = (report_rule){param->name, backtest_rule_text(&job->made, i, value[i]),
                                param->doc, job->made.rules.given[i]};
    }
}

/* A level on the bars, made to begin with 1. */
static double *relative(const double *level, uint64_t count)
{
    double *out = level ? calloc((size_t)count + 1, sizeof *out) : NULL;
    double first = NAN;
    for (uint64_t t = 0; out && t < count; ++t) {
        if (isnan(first) && level[t] > 0) first = level[t];
        out[t] = level[t] / first;
    }
    return out;
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "ma_cross on sp.nc": what was tried, and on what. */
static void make_title(const backtest_job *job, char *out, size_t bytes)
{
    const char *name = NULL;
    unsigned strategies = 0;
    for (const char *line = job->text; line && *line;) {
        const char *end = strchr(line, '\n');
        if (*line == '[' && strategies++ == 0) name = line + 1;
        line = end ? end + 1 : NULL;
    }
    const char *file = last_name(job->config->prices);
    const size_t length = name ? strcspn(name, "]\n") : 0;
    const bool is_own =
        name && strncmp(name, BACKTEST_INLINE_NAME "]", sizeof BACKTEST_INLINE_NAME) == 0;
    if (strategies > 1) snprintf(out, bytes, "%u strategies on %.120s", strategies, file);
    else if (name && !is_own && length < 64)
        snprintf(out, bytes, "%.*s on %.90s", (int)length, name, file);
    else snprintf(out, bytes, "Backtest of %.120s", file);
}

static void make_benchmark_name(const backtest_job *job, char out[160])
{
    const char *given = job->config->benchmark;
    const bool equal = given && strcmp(given, "equal") == 0;
    snprintf(out, 160, "the benchmark%s%.90s",
             !given  ? ""
             : equal ? ", all symbols equally"
                     : ", ",
             !given || equal ? "" : last_name(given));
}

static td_status write_page(backtest_job *job, const double *benchmark, td_error *err)
{
    static const char *const axis_free = "held, the mean of the symbols";
    const look *look_ = &job->close_look;
    const double year = backtest_rule_number(&job->made, RULE_year);
    report_rule rules[RULE_COUNT];
    report_fact facts[FACTS_MAX];
    char value[RULE_COUNT][64], title[160], chosen[160], level[160];
    char *html = NULL;
    size_t bytes = 0;
    gather_rules(job, rules, value);
    make_title(job, title, sizeof title);
    make_benchmark_name(job, level);
    snprintf(chosen, sizeof chosen, "%.100s alone",
             job->made.portfolio ? "" : job->pick.panel.symbol[job->symbol]);
    const market_report in = {
        .o = job->o,
        .panel = &job->pick.panel,
        .title = title,
        .command = job->config->command,
        .source = job->config->prices,
        .strategy = job->text,
        .rule = rules,
        .rule_count = RULE_COUNT,
        .fact = facts,
        .fact_count = gather_facts(job, facts),
        .curve = {{job->made.portfolio ? "the portfolio" : "the strategy, the mean of the accounts",
                   look_->equity},
                  {axis_free, look_->hold},
                  {level, benchmark},
                  {chosen, look_->chosen}},
        .traced = look_->traced,
        .hold = job->summary->hold,
        .point = job->point,
        .symbol = job->symbol,
        .trace = look_->trace,
        .year = year > 0 ? year : 252,
    };
    td_status status = market_report_html(&in, &html, &bytes, err);
    if (!status) status = file_write(job->config->report, html, bytes, err);
    free(html);
    return status;
}

td_status backtest_step_report(backtest_job *job, td_error *err)
{
    if (!job->config->report) return TD_OK;
    td_status status = market_step_begin(&job->steps, "report", err);
    if (status) return status;
    double *benchmark = relative(job->benchmark, job->pick.panel.bar_count);
    status = write_page(job, benchmark, err);
    free(benchmark);
    if (!status) market_step_end(&job->steps, false);
    return status;
}
