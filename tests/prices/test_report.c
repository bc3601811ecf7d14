/* test_report.c - the page of a backtest on a made-up result: well formed, with nothing from a
 * network, and with hostile names escaped. */
#include "market/report.h"
#include "tandem/table.h"
#include "tests/check.h"

#define SYMBOLS 4
#define BARS    600
#define FAST    6
#define SLOW    5

static const char *const symbols[SYMBOLS] = {"000020", "<script>alert(1)</script>",
                                             "\"&'</script><b>", "\xff\xfe broken"};
static double price[TD_PRICES][SYMBOLS * BARS], level[2][BARS];
static int64_t bar_time[BARS];

static void make_panel(td_panel *panel)
{
    for (uint64_t t = 0; t < BARS; ++t)
        bar_time[t] = (INT64_C(19000) + (int64_t)(t + t / 5 * 2)) * 86400;
    for (uint64_t s = 0; s < SYMBOLS; ++s) {
        double close = 100.0;
        for (uint64_t t = 0; t < BARS; ++t) {
            const uint64_t i = s * BARS + t;
            const double open = close;
            close *= 1.0 + 0.04 * (check_random_unit() - 0.5);
            price[TD_OPEN][i] = open;
            price[TD_CLOSE][i] = close;
            price[TD_HIGH][i] = fmax(open, close) * 1.01;
            price[TD_LOW][i] = fmin(open, close) * 0.99;
            if (s == 1 && t < 50) price[TD_CLOSE][i] = NAN;
        }
    }
    for (uint64_t t = 0; t < BARS; ++t) {
        level[0][t] = price[TD_CLOSE][t] / price[TD_CLOSE][0];
        level[1][t] = 1.0 + 0.001 * (double)t;
    }
    *panel = (td_panel)TD_PANEL_INIT;
    panel->symbol_count = SYMBOLS;
    panel->bar_count = BARS;
    panel->symbol = symbols;
    panel->time = bar_time;
    for (int p = TD_OPEN; p <= TD_CLOSE; ++p)
        panel->price[p] = price[p];
}

/* axes: of fast, slow, tp in that order. */
static td_table *make_table(int axes, bool portfolio)
{
    static const double fast[FAST] = {5, 10, 15, 20, 25, 30}, slow[SLOW] = {40, 50, 60, 80, 100};
    static const double third[3] = {0, 0.1, 0.2};
    static const char *const shapes[2][4] = {
        {"symbol", "fast,symbol", "fast,slow,symbol", "fast,slow,tp,symbol"},
        {"", "fast", "fast,slow", "fast,slow,tp"}};
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    const td_dim dims[] = {{"fast", NULL, NULL, FAST, fast, true, NULL},
                           {"slow", NULL, NULL, SLOW, slow, true, NULL},
                           {"tp", NULL, NULL, 3, third, false, NULL},
                           {"symbol", NULL, NULL, SYMBOLS, NULL, false, symbols}};
    CHECK_STATUS(TD_OK, td_table_create(NULL, &table, &err), &err);
    for (int i = 0; i < 4; ++i)
        CHECK_STATUS(TD_OK, td_table_add_dim(table, &dims[i], &err), &err);
    static const char *const names[] = {"total_return", "sharpe", "max_drawdown", "profit_factor",
                                        "volatility"};
    for (int m = 0; m < 5; ++m) {
        CHECK_STATUS(TD_OK,
                     td_table_add_var(table, names[m], "A measure <of> something", NULL, TD_F64,
                                      shapes[portfolio][axes], &err),
                     &err);
        td_var var;
        CHECK(td_table_find_var(table, names[m], &var));
        double *data = td_table_data(table, names[m]);
        for (uint64_t i = 0; i < var.count; ++i)
            data[i] = m == 3 && i % 7 == 0 ? INFINITY : check_random_unit() - 0.3;
    }
    CHECK_STATUS(
        TD_OK,
        td_table_add_var(table, "trades", "Trades", NULL, TD_I32, shapes[portfolio][axes], &err),
        &err);
    td_var trades;
    CHECK(td_table_find_var(table, "trades", &trades));
    int32_t *count = td_table_data(table, "trades");
    for (uint64_t i = 0; i < trades.count; ++i)
        count[i] = (int32_t)(check_random() % 40);
    CHECK_STATUS(TD_OK, td_table_set_attribute(table, "warnings", "one <warning>\nanother", &err),
                 &err);
    return table;
}

static char *make_page(int axes, bool portfolio, uint64_t *ranked)
{
    static backtest_trade trade[3] = {
        {1, 100, 130, false, TRADE_SIGNAL, 10, 100, 110, 1.5, 98.5, 0.0985},
        {1, 200, 220, true, TRADE_STOP_LOSS, 10, 120, 130, 1.5, -101.5, -0.08},
        {1, 560, BARS - 1, false, TRADE_OPEN, 10, 110, 111, 1.5, 8.5, 0.007}};
    static double equity[BARS];
    backtest_trace trace = {BARS, equity, equity, NULL, trade, 3};
    td_error err = TD_ERROR_INIT;
    td_panel panel;
    outcome *o = NULL;
    char *html = NULL;
    size_t bytes = 0;
    make_panel(&panel);
    td_table *table = make_table(axes, portfolio);
    CHECK_STATUS(TD_OK, outcome_open(table, NULL, NULL, NULL, &o, &err), &err);
    if (ranked) *ranked = o->ranked;
    const report_rule rules[] = {{"fee", "0", "Commission", false},
                                 {"slippage", "0", "Worse", false},
                                 {"spread", "0.0", "Width", false},
                                 {"fill", "close", "When & where", true}};
    const report_fact facts[] = {{"audit", "halted bars: 3 <kept>"}};
    const market_report in = {
        .o = o,
        .panel = &panel,
        .title = "Backtest of <b>prices</b>",
        .command = "tandem market backtest 'a<b>.nc' --entry 'close > 1 & 2'",
        .source = "a<b>.nc",
        .strategy = "entry = close > sma(close, 10) and close < 100",
        .rule = rules,
        .rule_count = 4,
        .fact = facts,
        .fact_count = 1,
        .curve = {{"strategy", level[0]}, {"held & kept", level[1]}},
        .traced = SYMBOLS,
        .hold = {0.6, 0.4, 0.2},
        .point = o->rank[0],
        .symbol = 1,
        .trace = &trace,
        .year = 252,
    };
    CHECK_STATUS(TD_OK, market_report_html(&in, &html, &bytes, &err), &err);
    CHECK(strlen(html) == bytes);
    outcome_close(o);
    td_table_destroy(table);
    return html;
}

/* ---- Well formed ---------------------------------------------------------------------------- */

static bool is_void(const char *name)
{
    static const char *const list[] = {"meta", "input", "br", NULL};
    for (int i = 0; list[i]; ++i)
        if (strcmp(list[i], name) == 0) return true;
    return false;
}

/* Behind the tag's closing bracket; attribute values may hold anything but their quote. */
static const char *skip_tag(const char *at, bool *closed)
{
    char quote = 0;
    *closed = false;
    for (; *at; ++at) {
        if (quote) {
            if (*at == quote) quote = 0;
            else if (*at == '<') CHECK_FAIL("a bracket in an attribute: %.60s", at);
        } else if (*at == '"' || *at == '\'') {
            quote = *at;
        } else if (*at == '>') {
            *closed = at[-1] == '/';
            return at + 1;
        } else if (*at == '<') {
            CHECK_FAIL("a bracket in a tag: %.60s", at);
        }
    }
    CHECK_FAIL("a tag that never ends");
    return at;
}

static void check_entity(const char *at)
{
    const size_t bytes = strcspn(at, ";<> \n");
    if (at[bytes] != ';' || bytes < 2 || bytes > 8) CHECK_FAIL("a bare &: %.40s", at);
}

/* Every element is closed in its turn. */
static void check_form(const char *html)
{
    char stack[64][16];
    int depth = 0;
    const char *at = strstr(html, "<html");
    CHECK(at != NULL);
    while (*at) {
        if (*at == '&') check_entity(at);
        if (*at != '<') {
            at += 1;
            continue;
        }
        char name[16];
        const bool end = at[1] == '/';
        const char *word = at + 1 + end;
        const size_t bytes = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789");
        if (bytes == 0 || bytes >= sizeof name) CHECK_FAIL("no element: %.40s", at);
        memcpy(name, word, bytes);
        name[bytes] = 0;
        bool closed = false;
        at = skip_tag(word, &closed);
        if (end) {
            CHECK(depth > 0);
            depth -= 1;
            if (strcmp(stack[depth], name) != 0)
                CHECK_FAIL("</%s> closes <%s>", name, stack[depth]);
        } else if (!closed && !is_void(name)) {
            CHECK(depth < 64);
            memcpy(stack[depth++], name, bytes + 1);
            if (strcmp(name, "script") == 0 || strcmp(name, "style") == 0) {
                at = strstr(at, strcmp(name, "script") == 0 ? "</script>" : "</style>");
                CHECK(at != NULL);
            }
        }
    }
    CHECK_INT(0, depth);
}

/* Nothing is loaded: no address but the name of SVG's elements, no source, links within the page.
 */
static void check_alone(const char *html)
{
    for (const char *at = html; (at = strstr(at, "http")); at += 4)
        if (strncmp(at, "http://www.w3.org/2000/svg", 26) != 0 &&
            strncmp(at, "http-equiv", 10) != 0)
            CHECK_FAIL("an address: %.60s", at);
    for (const char *at = html; (at = strstr(at, "href=")); at += 5)
        if (at[6] != '#') CHECK_FAIL("a link: %.60s", at);
    CHECK(!strstr(html, " src=") && !strstr(html, "@import") && !strstr(html, "url("));
}

TEST(report_is_well_formed_and_loads_nothing)
{
    for (int axes = 0; axes < 4; ++axes)
        for (int portfolio = 0; portfolio < 2; ++portfolio) {
            if (axes == 0 && portfolio) continue;
            char *html = make_page(axes, portfolio != 0, NULL);
            check_form(html);
            check_alone(html);
            CHECK(strlen(html) < 3000000);
            free(html);
        }
}

/* Without the page in the message. */
static void check_has(const char *part, const char *html)
{
    if (!strstr(html, part)) CHECK_FAIL("\"%s\" is not on the page", part);
}

TEST(report_escapes_what_comes_from_outside)
{
    char *html = make_page(2, false, NULL);
    CHECK(!strstr(html, "<script>alert"));
    check_has("&lt;script&gt;alert(1)&lt;/script&gt;", html);
    check_has("close &gt; 1 &amp; 2", html);
    check_has("one &lt;warning&gt;", html);
    check_has("halted bars: 3 &lt;kept&gt;", html);
    check_has("held &amp; kept", html);
    check_has("Backtest of &lt;b&gt;prices", html);
    free(html);
}

TEST(report_says_how_many_were_tried)
{
    char *html = make_page(2, false, NULL);
    check_has("Of 30 points tried", html);
    check_has("the luckiest would be expected", html);
    check_has("No costs.", html);
    check_has("stop_loss", html);
    check_has("id=\"bars\"", html);
    check_has("prefers-color-scheme:dark", html);
    const char *path = getenv("TANDEM_REPORT_OUT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fputs(html, file);
        fclose(file);
    }
    free(html);
}

/* ---- What it is made from ------------------------------------------------------------------- */

TEST(outcome_ranks_by_medians)
{
    td_error err = TD_ERROR_INIT;
    td_table *table = make_table(2, false);
    outcome *o = NULL;
    double *sharpe = td_table_data(table, "sharpe"), value[SYMBOLS];
    sharpe[(3 * SLOW + 2) * SYMBOLS] = NAN;
    for (int s = 1; s < SYMBOLS; ++s)
        sharpe[(3 * SLOW + 2) * SYMBOLS + s] = 5.0 + s;
    for (int s = 0; s < SYMBOLS; ++s)
        sharpe[SLOW * SYMBOLS + s] = NAN;
    CHECK_STATUS(TD_OK, outcome_open(table, NULL, NULL, NULL, &o, &err), &err);
    CHECK_INT(FAST * SLOW, o->point_count);
    CHECK_INT(FAST * SLOW - 1, o->ranked);
    CHECK_INT(3 * SLOW + 2, o->rank[0]);
    CHECK_INT(SLOW, o->rank[o->point_count - 1]);
    CHECK_NEAR(7.0, o->measure[o->by].median[o->rank[0]], 0);
    char label[OUTCOME_LABEL_MAX];
    CHECK_TEXT("fast=20, slow=60", outcome_label(o, o->rank[0], label));
    CHECK_INT(3, outcome_sorted(o, o->by, o->rank[0], value));
    CHECK_NEAR(6.0, outcome_quantile(value, 3, 0.0), 0);
    CHECK_NEAR(7.5, outcome_quantile(value, 3, 0.75), 1e-15);
    outcome_close(o);
    CHECK_STATUS(TD_OK, outcome_open(table, "volatility", NULL, NULL, &o, &err), &err);
    for (uint64_t i = 1; i < o->ranked; ++i)
        CHECK(o->measure[o->by].median[o->rank[i - 1]] <= o->measure[o->by].median[o->rank[i]]);
    outcome_close(o);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, outcome_open(table, "nothing", NULL, NULL, &o, &err), &err);
    CHECK_HAS("sharpe", err.message);
    td_table_destroy(table);
}

/* A point that few symbols trade is no find: its median is that of the few. */
TEST(outcome_ranks_points_that_half_of_the_symbols_trade)
{
    enum { THIN = 7, EMPTY = 3 };
    td_error err = TD_ERROR_INIT;
    td_table *table = make_table(2, false);
    outcome *o = NULL;
    double *sharpe = td_table_data(table, "sharpe");
    for (int s = 0; s < SYMBOLS; ++s) {
        sharpe[THIN * SYMBOLS + s] = s == 0 ? 100.0 : NAN;
        sharpe[EMPTY * SYMBOLS + s] = NAN;
    }
    CHECK_STATUS(TD_OK, outcome_open(table, NULL, NULL, NULL, &o, &err), &err);
    CHECK_INT(FAST * SLOW - 2, o->ranked);
    CHECK_INT(1, o->thin);
    CHECK(o->rank[0] != THIN);
    CHECK_INT(THIN, o->rank[FAST * SLOW - 2]);
    CHECK_INT(EMPTY, o->rank[FAST * SLOW - 1]);
    CHECK(outcome_spread(o, o->by) < 1.0);
    outcome_close(o);
    /* Where no point has half of them, the thin ones are all there is. */
    for (int p = 0; p < FAST * SLOW; ++p)
        for (int s = 1; s < SYMBOLS; ++s)
            sharpe[p * SYMBOLS + s] = NAN;
    CHECK_STATUS(TD_OK, outcome_open(table, NULL, NULL, NULL, &o, &err), &err);
    CHECK_INT(FAST * SLOW - 1, o->ranked);
    CHECK_INT(0, o->thin);
    CHECK_INT(THIN, o->rank[0]);
    outcome_close(o);
    td_table_destroy(table);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

TEST(medians_equal_those_of_sorting)
{
    enum { POINTS = 200, MANY = 37 };
    static double all[POINTS * MANY];
    static const char *names[MANY];
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    outcome *o = NULL;
    for (int s = 0; s < MANY; ++s)
        names[s] = s % 2 ? "a" : "b";
    const td_dim point = {"p", NULL, NULL, POINTS, NULL, false, NULL};
    const td_dim symbol = {"symbol", NULL, NULL, MANY, NULL, false, names};
    CHECK_STATUS(TD_OK, td_table_create(NULL, &table, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &point, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &symbol, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_var(table, "x", NULL, NULL, TD_F64, "p,symbol", &err), &err);
    double *data = td_table_data(table, "x");
    for (int i = 0; i < POINTS * MANY; ++i) {
        const uint64_t kind = check_random() % 10;
        data[i] = kind == 0 ? NAN : kind < 4 ? (double)(check_random() % 3) : check_random_unit();
        all[i] = data[i];
    }
    CHECK_STATUS(TD_OK, outcome_open(table, NULL, NULL, NULL, &o, &err), &err);
    for (int p = 0; p < POINTS; ++p) {
        double row[MANY];
        uint64_t count = 0;
        for (int s = 0; s < MANY; ++s)
            if (!isnan(all[p * MANY + s])) row[count++] = all[p * MANY + s];
        qsort(row, (size_t)count, sizeof *row, compare);
        CHECK_NEAR(outcome_quantile(row, count, 0.5), o->measure[0].median[p], 1e-15);
    }
    outcome_close(o);
    td_table_destroy(table);
}

/* Means of the largest of many draws: E[max] of 100 standard normals is 2.5076, of 1000 3.2414
 * (H. L. Harter, Biometrika 48, 1961); the formula is an approximation to a few parts in 100. */
TEST(expected_maximum_is_near_the_exact_one)
{
    CHECK_NEAR(2.5076, outcome_expected_max(100, 1.0), 0.03);
    CHECK_NEAR(3.2414, outcome_expected_max(1000, 1.0), 0.03);
    CHECK_NEAR(0.5 * outcome_expected_max(50, 1.0), outcome_expected_max(50, 0.5), 1e-12);
    CHECK_NEAR(0.0, outcome_expected_max(1, 1.0), 0);
}

/* Lo's table 1: a yearly Sharpe ratio of 1 over 5 years of 252 bars has the error 0.4477; two such
 * errors above luck are a probability of 0.9772. */
TEST(a_sharpe_ratio_is_known_to_its_error)
{
    const double error = outcome_sharpe_error(1, 1260, 252);
    CHECK_NEAR(0.44766, error, 1e-5);
    CHECK_NEAR(0.97725, outcome_deflated(0.3 + 2 * error, 0.3, error), 1e-5);
    CHECK_NEAR(0.5, outcome_deflated(0.3, 0.3, error), 1e-15);
    CHECK(isnan(outcome_sharpe_error(1, 0, 252)));
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(report_is_well_formed_and_loads_nothing),
                                     RUN(report_escapes_what_comes_from_outside),
                                     RUN(report_says_how_many_were_tried),
                                     RUN(outcome_ranks_by_medians),
                                     RUN(outcome_ranks_points_that_half_of_the_symbols_trade),
                                     RUN(medians_equal_those_of_sorting),
                                     RUN(expected_maximum_is_near_the_exact_one),
                                     RUN(a_sharpe_ratio_is_known_to_its_error),
                                     {0}});
}
