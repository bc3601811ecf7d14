/* test_audit.c - panels with faults planted in them: each is found where it is, nothing else is,
 * and each policy does to it what it says. */
#include "modules/market/audit.h"

#include "tests/check.h"

#define SYMBOLS 6
#define BARS    60
#define LIST    4096
#define DAY     86400

typedef struct made {
    double price[TD_PRICES][SYMBOLS * BARS];
    int64_t time[BARS];
    td_panel panel;
} made;

static const char *const names[SYMBOLS] = {"A", "B", "C", "D", "E", "F"};

/* Quiet prices without any fault: a slow wave, volumes about 1000. */
static void make(made *m)
{
    const td_panel init = TD_PANEL_INIT;
    m->panel = init;
    m->panel.symbol_count = SYMBOLS;
    m->panel.bar_count = BARS;
    m->panel.symbol = names;
    m->panel.time = m->time;
    for (int p = 0; p < TD_ADJUSTED; ++p)
        m->panel.price[p] = m->price[p];
    for (int t = 0; t < BARS; ++t)
        m->time[t] = (int64_t)(19000 + t) * DAY;
    for (int i = 0; i < SYMBOLS * BARS; ++i) {
        const double close = 100.0 + 5.0 * sin(0.2 * i) + check_random_unit();
        m->price[TD_CLOSE][i] = close;
        m->price[TD_OPEN][i] = close - 0.5;
        m->price[TD_HIGH][i] = close + 1.0;
        m->price[TD_LOW][i] = close - 1.0;
        m->price[TD_VOLUME][i] = 900.0 + 200.0 * check_random_unit();
        m->price[TD_ADJUSTED][i] = close;
    }
}

static void set_bar(made *m, int symbol, int bar, double open, double high, double low,
                    double close, double volume)
{
    const int i = symbol * BARS + bar;
    m->price[TD_OPEN][i] = open;
    m->price[TD_HIGH][i] = high;
    m->price[TD_LOW][i] = low;
    m->price[TD_CLOSE][i] = close;
    m->price[TD_VOLUME][i] = volume;
}

static void no_bar(made *m, int symbol, int bar)
{
    for (int p = 0; p < TD_PRICES; ++p)
        m->price[p][symbol * BARS + bar] = NAN;
}

static double at(const made *m, td_price price, int symbol, int bar)
{
    return m->price[price][symbol * BARS + bar];
}

typedef struct seen {
    audit_finding list[LIST];
    uint32_t count;
} seen;

static bool see(void *context, const audit_finding *finding)
{
    seen *s = context;
    if (s->count < LIST) s->list[s->count++] = *finding;
    return true;
}

static audit_report find(const made *m, const audit_options *options, seen *s)
{
    td_error err = TD_ERROR_INIT;
    audit_report report;
    const audit_hooks hooks = {see, NULL, s};
    memset(s, 0, sizeof *s);
    CHECK_STATUS(TD_OK, audit_run(&m->panel, options, &hooks, &report, &err), &err);
    return report;
}

/* Exactly the one finding. */
static audit_finding only(const seen *s, audit_kind kind, uint64_t symbol, uint64_t bar)
{
    CHECK_INT(1, s->count);
    CHECK_INT(kind, s->list[0].kind);
    CHECK_INT(symbol, s->list[0].symbol);
    CHECK_INT(bar, s->list[0].bar);
    return s->list[0];
}

typedef struct mended {
    double price[TD_PRICES][SYMBOLS * BARS];
    uint8_t excluded[SYMBOLS];
    audit_mended told;
} mended;

static void mend(const made *m, const audit_options *options, mended *out)
{
    td_error err = TD_ERROR_INIT;
    double *price[TD_PRICES];
    for (int p = 0; p < TD_PRICES; ++p)
        price[p] = out->price[p];
    CHECK_STATUS(
        TD_OK, audit_mend(&m->panel, options, NULL, price, out->excluded, &out->told, &err), &err);
}

static double mended_at(const mended *out, td_price price, int symbol, int bar)
{
    return out->price[price][symbol * BARS + bar];
}

/* Everything but one bar of one symbol is as it was. */
static void check_rest(const made *m, const mended *out, int symbol, int bar)
{
    for (int p = 0; p < TD_ADJUSTED; ++p)
        for (int i = 0; i < SYMBOLS * BARS; ++i)
            if (i != symbol * BARS + bar)
                CHECK(memcmp(&m->price[p][i], &out->price[p][i], sizeof(double)) == 0);
}

static made m;
static seen s;
static mended out;
static const audit_options fresh = AUDIT_OPTIONS_INIT;

/* ---- Finding ------------------------------------------------------------------------------ */

TEST(finds_nothing_where_nothing_is)
{
    make(&m);
    const audit_report report = find(&m, &fresh, &s);
    CHECK_INT(0, s.count);
    CHECK_INT(SYMBOLS, report.symbols);
    CHECK_INT(BARS, report.bars);
    CHECK_INT(SYMBOLS * BARS, report.rows);
    CHECK_INT(BARS, report.trading_days);
    for (int kind = 0; kind < AUDIT_KINDS; ++kind)
        CHECK_INT(0, report.found[kind].rows + report.found[kind].symbols);
}

TEST(finds_a_halt_and_judges_it_by_nothing_else)
{
    make(&m);
    set_bar(&m, 2, 30, 0, 0, 0, at(&m, TD_CLOSE, 2, 29), 0);
    const audit_report report = find(&m, &fresh, &s);
    CHECK_NEAR(at(&m, TD_CLOSE, 2, 29), only(&s, AUDIT_HALTS, 2, 30).value, 0);
    CHECK_INT(1, report.found[AUDIT_HALTS].rows);
    CHECK_INT(1, report.found[AUDIT_HALTS].symbols);
}

TEST(finds_gaps_between_bars_alone)
{
    make(&m);
    no_bar(&m, 1, 10);
    no_bar(&m, 1, 11);
    const audit_report report = find(&m, &fresh, &s);
    CHECK_INT(2, s.count);
    CHECK_INT(AUDIT_GAPS, s.list[1].kind);
    CHECK_INT(11, s.list[1].bar);
    CHECK_NEAR(at(&m, TD_CLOSE, 1, 9), s.list[1].value, 0);
    CHECK_INT(2, report.found[AUDIT_GAPS].rows);
    CHECK_INT(1, report.found[AUDIT_GAPS].symbols);
}

TEST(takes_a_day_that_few_have_for_no_trading_day)
{
    make(&m);
    for (int symbol = 0; symbol < SYMBOLS - 1; ++symbol)
        no_bar(&m, symbol, 20);
    audit_report report = find(&m, &fresh, &s);
    only(&s, AUDIT_OFF_CALENDAR, SYMBOLS - 1, 20);
    CHECK_INT(BARS - 1, report.trading_days);
    /* One in six is enough when the share says so: then the five lack a bar. */
    audit_options options = fresh;
    options.calendar_share = 1.0 / 6.0;
    report = find(&m, &options, &s);
    CHECK_INT(SYMBOLS - 1, report.found[AUDIT_GAPS].rows);
    CHECK_INT(0, report.found[AUDIT_OFF_CALENDAR].rows);
}

TEST(holds_bars_against_a_calendar_that_is_given)
{
    int64_t days[BARS];
    uint64_t count = 0;
    make(&m);
    for (int t = 0; t < BARS; ++t)
        if (t != 7) days[count++] = m.time[t];
    days[count - 1] += DAY; /* after the end: nothing to say about it */
    for (int symbol = 0; symbol < SYMBOLS; ++symbol)
        no_bar(&m, symbol, 30);
    m.time[31] += DAY / 2; /* so that its day is not in the panel */
    audit_options options = fresh;
    options.calendar = days;
    options.calendar_count = count;
    const audit_report report = find(&m, &options, &s);
    CHECK_INT(SYMBOLS, report.found[AUDIT_GAPS].rows);
    CHECK_INT(3 * SYMBOLS, report.found[AUDIT_OFF_CALENDAR].rows);
    CHECK_INT(1, report.absent_days);
    CHECK_INT((int64_t)19031 * DAY, report.absent_first);
    CHECK_INT(BARS - 3, report.trading_days);
    /* That day is on the calendar and not there. */
    days[3] = days[2];
    td_error err = TD_ERROR_INIT;
    audit_report none;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, audit_run(&m.panel, &options, NULL, &none, &err), &err);
    CHECK_HAS("day 4 ", err.message);
}

TEST(finds_what_is_wrong_with_a_bar)
{
    make(&m);
    const double close = at(&m, TD_CLOSE, 0, 5);
    m.price[TD_VOLUME][5] = 0;
    find(&m, &fresh, &s);
    only(&s, AUDIT_ZERO_VOLUME, 0, 5);

    make(&m);
    set_bar(&m, 0, 5, close, close - 1, close + 1, close, 10);
    find(&m, &fresh, &s);
    const audit_finding swapped = only(&s, AUDIT_HIGH_BELOW_LOW, 0, 5);
    CHECK_NEAR(close - 1, swapped.value, 0);
    CHECK_NEAR(close + 1, swapped.reference, 0);

    make(&m);
    set_bar(&m, 3, 8, close, close + 1, close - 1, close + 2, 10);
    find(&m, &fresh, &s);
    const audit_finding outside = only(&s, AUDIT_OUTSIDE_RANGE, 3, 8);
    CHECK_NEAR(close + 2, outside.value, 0);
    CHECK_NEAR(close + 1, outside.reference, 0);
    m.price[TD_CLOSE][3 * BARS + 8] = close;
    m.price[TD_OPEN][3 * BARS + 8] = close - 2;
    find(&m, &fresh, &s);
    CHECK_NEAR(close - 2, only(&s, AUDIT_OUTSIDE_RANGE, 3, 8).value, 0);

    make(&m);
    m.price[TD_LOW][5] = 0;
    find(&m, &fresh, &s);
    CHECK_NEAR(0, only(&s, AUDIT_NOT_POSITIVE, 0, 5).value, 0);
    m.price[TD_LOW][5] = INFINITY;
    find(&m, &fresh, &s);
    only(&s, AUDIT_NOT_POSITIVE, 0, 5);
    make(&m);
    m.price[TD_VOLUME][5] = -1;
    find(&m, &fresh, &s);
    only(&s, AUDIT_NOT_POSITIVE, 0, 5);

    make(&m);
    m.price[TD_HIGH][5] = m.price[TD_VOLUME][5] = NAN;
    find(&m, &fresh, &s);
    CHECK_NEAR(2, only(&s, AUDIT_MISSING, 0, 5).value, 0);
}

TEST(counts_a_move_that_reaches_the_limit_however_it_is_rounded)
{
    for (int base = 10; base < 100000; base += 10) {
        make(&m);
        for (int t = 0; t < BARS; ++t)
            set_bar(&m, 0, t, base, base, base, base, 1000);
        const double up = base / 10.0 * 13.0, down = base / 10.0 * 7.0;
        set_bar(&m, 0, 40, up, up, up, up, 1000);
        find(&m, &fresh, &s);
        CHECK(s.count >= 1);
        CHECK_INT(AUDIT_MOVES, s.list[0].kind);
        CHECK_INT(40, s.list[0].bar);
        CHECK_NEAR(0.3, s.list[0].value, 1e-12);
        set_bar(&m, 0, 40, down, down, down, down, 1000);
        find(&m, &fresh, &s);
        CHECK_INT(AUDIT_MOVES, s.list[0].kind);
        CHECK_NEAR(-0.3, s.list[0].value, 1e-12);
        CHECK_NEAR(base, s.list[0].reference, 0);
        /* A hair less is none. */
        set_bar(&m, 0, 40, base, base * 1.2999, base, base * 1.2999, 1000);
        find(&m, &fresh, &s);
        CHECK_INT(0, s.count);
        if (base >= 1000) base += 990;
    }
}

TEST(measures_moves_over_own_bars_and_through_halts)
{
    make(&m);
    for (int t = 0; t < BARS; ++t)
        set_bar(&m, 4, t, 100, 100, 100, t < 20 ? 100 : 140, 1000);
    for (int t = 20; t < BARS; ++t)
        set_bar(&m, 4, t, 140, 140, 140, 140, 1000);
    /* The move is at the first own bar after the gap, against the last before it. */
    no_bar(&m, 4, 20);
    no_bar(&m, 4, 21);
    audit_report report = find(&m, &fresh, &s);
    CHECK_INT(1, report.found[AUDIT_MOVES].rows);
    CHECK_INT(22, s.list[s.count - 1].bar);
    CHECK_NEAR(0.4, report.move_max, 1e-12);
    /* A halt's close is a close: the move is at the halt. */
    set_bar(&m, 4, 20, 0, 0, 0, 140, 0);
    report = find(&m, &fresh, &s);
    CHECK_INT(1, report.found[AUDIT_MOVES].rows);
    CHECK_INT(AUDIT_MOVES, s.list[s.count - 1].kind);
    CHECK_INT(20, s.list[s.count - 1].bar);
    /* A close of 0 is passed over. */
    set_bar(&m, 4, 20, 100, 100, 0, 0, 5);
    report = find(&m, &fresh, &s);
    CHECK_INT(22, s.list[s.count - 1].bar);
    CHECK_INT(1, report.found[AUDIT_MOVES].rows);
}

/* From bar on the symbol has k shares for one. */
static void split(int symbol, int bar, double k, double traded)
{
    for (int t = bar; t < BARS; ++t) {
        for (int p = 0; p < TD_VOLUME; ++p)
            m.price[p][symbol * BARS + t] /= k;
        m.price[TD_VOLUME][symbol * BARS + t] *= traded;
    }
}

TEST(sees_splits_by_price_and_shares_traded)
{
    static const double ratios[] = {2, 3, 5, 10, 50, 1.5, 0.5, 1.0 / 3, 0.1};
    for (unsigned i = 0; i < sizeof ratios / sizeof *ratios; ++i) {
        make(&m);
        split(1, 30, ratios[i], ratios[i]);
        const audit_report report = find(&m, &fresh, &s);
        CHECK_INT(1, report.found[AUDIT_SPLITS].rows);
        const audit_finding found = s.list[s.count - 1];
        CHECK_INT(AUDIT_SPLITS, found.kind);
        CHECK_INT(1, found.symbol);
        CHECK_INT(30, found.bar);
        CHECK_NEAR(1.0 / ratios[i], found.value, 1e-12);
        /* The same fall with as many shares as before is a fall. */
        make(&m);
        split(1, 30, ratios[i], 1.0);
        CHECK_INT(0, find(&m, &fresh, &s).found[AUDIT_SPLITS].rows);
        /* So is one that is no simple ratio. */
        make(&m);
        split(1, 30, 1.75, 1.75);
        CHECK_INT(0, find(&m, &fresh, &s).found[AUDIT_SPLITS].rows);
    }
}

TEST(sees_splits_that_the_adjusted_close_tells)
{
    make(&m);
    m.panel.price[TD_ADJUSTED] = m.price[TD_ADJUSTED];
    split(2, 30, 4, 1.0); /* volumes say nothing */
    for (int t = 0; t < 30; ++t)
        m.price[TD_ADJUSTED][2 * BARS + t] /= 4;
    for (int t = 30; t < BARS; ++t)
        m.price[TD_ADJUSTED][2 * BARS + t] /= 4;
    const audit_report report = find(&m, &fresh, &s);
    CHECK_INT(1, report.found[AUDIT_SPLITS].rows);
    CHECK_NEAR(0.25, s.list[s.count - 1].value, 0);
    audit_options options = fresh;
    options.policy[AUDIT_SPLITS] = AUDIT_ADJUST;
    mend(&m, &options, &out);
    for (int i = 2 * BARS; i < 3 * BARS; ++i) /* it was right already */
        CHECK_NEAR(m.price[TD_ADJUSTED][i], out.price[TD_ADJUSTED][i], 0);
    for (int i = 2 * BARS; i < 3 * BARS; ++i)
        CHECK_NEAR(m.price[TD_ADJUSTED][i], out.price[TD_CLOSE][i], 1e-9);
}

TEST(tells_short_histories_by_their_span)
{
    make(&m);
    for (int t = 0; t < 15; ++t)
        no_bar(&m, 0, t);
    no_bar(&m, 3, BARS - 1);
    for (int t = 0; t < BARS; ++t)
        no_bar(&m, 5, t);
    audit_report report = find(&m, &fresh, &s);
    CHECK_INT(3, report.found[AUDIT_SHORT].symbols);
    CHECK_INT(15 + 1 + BARS, report.found[AUDIT_SHORT].rows);
    CHECK_INT(3, s.count);
    CHECK_INT(15, s.list[0].bar);
    CHECK_NEAR(0.75, s.list[0].value, 0);
    CHECK_NEAR(0.0, s.list[2].value, 0);
    CHECK_INT(1, report.empty_symbols);
    audit_options options = fresh;
    options.history_share = 0.75;
    CHECK_INT(1, find(&m, &options, &s).found[AUDIT_SHORT].symbols);
}

/* ---- Mending ------------------------------------------------------------------------------ */

TEST(keeps_every_bit_unless_told)
{
    make(&m);
    set_bar(&m, 0, 3, 0, 0, 0, 99, 0);
    no_bar(&m, 1, 9);
    set_bar(&m, 2, 5, -1, 7, 8, 9, -3);
    mend(&m, &fresh, &out);
    for (int p = 0; p < TD_ADJUSTED; ++p)
        CHECK(memcmp(m.price[p], out.price[p], sizeof m.price[p]) == 0);
    CHECK_INT(SYMBOLS, out.told.symbols_after);
    CHECK_INT(SYMBOLS * BARS - 1, out.told.rows_after);
    for (int kind = 0; kind < AUDIT_KINDS; ++kind)
        CHECK_INT(0, out.told.changed[kind].rows);
}

TEST(fills_a_halt_with_its_own_close)
{
    audit_options options = fresh;
    make(&m);
    set_bar(&m, 1, 9, 0, 0, 0, 98.5, 0);
    options.policy[AUDIT_HALTS] = AUDIT_FILL;
    mend(&m, &options, &out);
    for (int p = TD_OPEN; p <= TD_CLOSE; ++p)
        CHECK_NEAR(98.5, mended_at(&out, (td_price)p, 1, 9), 0);
    CHECK_NEAR(0, mended_at(&out, TD_VOLUME, 1, 9), 0);
    check_rest(&m, &out, 1, 9);
    CHECK_INT(1, out.told.changed[AUDIT_HALTS].rows);
    CHECK_INT(1, out.told.changed[AUDIT_HALTS].symbols);
    options.policy[AUDIT_HALTS] = AUDIT_DROP;
    mend(&m, &options, &out);
    for (int p = 0; p < TD_ADJUSTED; ++p)
        CHECK(isnan(mended_at(&out, (td_price)p, 1, 9)));
    check_rest(&m, &out, 1, 9);
    CHECK_INT(SYMBOLS * BARS - 1, out.told.rows_after);
}

TEST(fills_gaps_with_the_last_close)
{
    audit_options options = fresh;
    make(&m);
    no_bar(&m, 1, 0); /* before the first bar: no gap */
    no_bar(&m, 1, 9);
    no_bar(&m, 1, 10);
    options.policy[AUDIT_GAPS] = AUDIT_FILL;
    mend(&m, &options, &out);
    for (int p = TD_OPEN; p <= TD_CLOSE; ++p)
        CHECK_NEAR(at(&m, TD_CLOSE, 1, 8), mended_at(&out, (td_price)p, 1, 10), 0);
    CHECK_NEAR(0, mended_at(&out, TD_VOLUME, 1, 9), 0);
    CHECK(isnan(mended_at(&out, TD_CLOSE, 1, 0)));
    CHECK_INT(2, out.told.changed[AUDIT_GAPS].rows);
    CHECK_INT(SYMBOLS * BARS - 1, out.told.rows_after);
}

TEST(fills_each_other_fault_as_it_says)
{
    audit_options options = fresh;
    make(&m);
    for (int kind = 0; kind < AUDIT_KINDS; ++kind)
        if (audit_rules[kind].policies >> AUDIT_FILL & 1) options.policy[kind] = AUDIT_FILL;
    m.price[TD_VOLUME][0 * BARS + 5] = 0;
    set_bar(&m, 1, 5, 100, 99, 101, 100, 10);
    set_bar(&m, 2, 5, 100, 101, 99, 104, 10);
    set_bar(&m, 3, 5, 100, 101, 0, 100, -4);
    m.price[TD_HIGH][4 * BARS + 5] = m.price[TD_VOLUME][4 * BARS + 5] = NAN;
    set_bar(&m, 5, 0, 0, 1, 1, 1, 5); /* the first bar: there is no close before it */
    mend(&m, &options, &out);
    CHECK_NEAR(at(&m, TD_CLOSE, 0, 4), mended_at(&out, TD_OPEN, 0, 5), 0);
    CHECK_NEAR(at(&m, TD_CLOSE, 0, 4), mended_at(&out, TD_CLOSE, 0, 5), 0);
    CHECK_NEAR(101, mended_at(&out, TD_HIGH, 1, 5), 0);
    CHECK_NEAR(99, mended_at(&out, TD_LOW, 1, 5), 0);
    CHECK_NEAR(104, mended_at(&out, TD_HIGH, 2, 5), 0);
    CHECK_NEAR(104, mended_at(&out, TD_CLOSE, 2, 5), 0);
    CHECK_NEAR(at(&m, TD_CLOSE, 3, 4), mended_at(&out, TD_LOW, 3, 5), 0);
    CHECK_NEAR(0, mended_at(&out, TD_VOLUME, 3, 5), 0);
    CHECK_NEAR(at(&m, TD_CLOSE, 4, 5), mended_at(&out, TD_HIGH, 4, 5), 0);
    CHECK_NEAR(0, mended_at(&out, TD_VOLUME, 4, 5), 0);
    CHECK(isnan(mended_at(&out, TD_CLOSE, 5, 0)));
    /* What is mended has nothing wrong any more. */
    made again = m;
    for (int p = 0; p < TD_ADJUSTED; ++p)
        again.panel.price[p] = out.price[p];
    audit_report report;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, audit_run(&again.panel, &fresh, NULL, &report, &err), &err);
    for (int kind = 0; kind < AUDIT_SHORT; ++kind)
        CHECK_INT(0, kind == AUDIT_ZERO_VOLUME ? 0 : report.found[kind].rows);
}

TEST(leaves_symbols_out)
{
    audit_options options = fresh;
    make(&m);
    no_bar(&m, 3, BARS - 1);
    options.policy[AUDIT_SHORT] = AUDIT_EXCLUDE;
    mend(&m, &options, &out);
    for (int symbol = 0; symbol < SYMBOLS; ++symbol)
        CHECK_INT(symbol == 3, out.excluded[symbol]);
    for (int t = 0; t < BARS; ++t)
        CHECK(isnan(mended_at(&out, TD_CLOSE, 3, t)));
    CHECK_INT(SYMBOLS - 1, out.told.symbols_after);
    CHECK_INT(1, out.told.changed[AUDIT_SHORT].symbols);
    CHECK_INT(BARS - 1, out.told.changed[AUDIT_SHORT].rows);
    CHECK_INT((SYMBOLS - 1) * BARS, out.told.rows_after);
}

TEST(adjusts_splits_one_behind_the_other)
{
    static made whole;
    audit_options options = fresh;
    make(&m);
    whole = m;
    split(1, 20, 2, 2);
    split(1, 45, 0.1, 0.1);
    options.policy[AUDIT_SPLITS] = AUDIT_ADJUST;
    options.policy[AUDIT_MOVES] = AUDIT_DROP; /* a split that is adjusted is no move */
    mend(&m, &options, &out);
    const double scale = at(&m, TD_CLOSE, 1, BARS - 1) / at(&whole, TD_CLOSE, 1, BARS - 1);
    for (int t = 0; t < BARS; ++t) {
        CHECK_NEAR(at(&whole, TD_CLOSE, 1, t) * scale, mended_at(&out, TD_CLOSE, 1, t), 1e-9);
        CHECK_NEAR(at(&whole, TD_LOW, 1, t) * scale, mended_at(&out, TD_LOW, 1, t), 1e-9);
        CHECK_NEAR(at(&whole, TD_VOLUME, 1, t) / scale, mended_at(&out, TD_VOLUME, 1, t), 1e-6);
    }
    CHECK_INT(0, out.told.changed[AUDIT_MOVES].rows);
    CHECK_INT(20 + 45, out.told.changed[AUDIT_SPLITS].rows);
}

TEST(drops_moves_and_fills_them)
{
    audit_options options = fresh;
    make(&m);
    for (int t = 0; t < BARS; ++t)
        set_bar(&m, 0, t, 100, 100, 100, t == 30 ? 1000 : 100, 7);
    options.policy[AUDIT_MOVES] = AUDIT_FILL;
    mend(&m, &options, &out);
    for (int t = 0; t < BARS; ++t) {
        CHECK_NEAR(100, mended_at(&out, TD_CLOSE, 0, t), 0);
        CHECK_NEAR(7, mended_at(&out, TD_VOLUME, 0, t), 0);
    }
    CHECK_INT(1, out.told.changed[AUDIT_MOVES].rows); /* the way back is filled with what it has */
    options.policy[AUDIT_MOVES] = AUDIT_DROP;
    mend(&m, &options, &out);
    CHECK(isnan(mended_at(&out, TD_CLOSE, 0, 30)));
    CHECK(isnan(mended_at(&out, TD_CLOSE, 0, 31)));
    CHECK_INT(2, out.told.changed[AUDIT_MOVES].rows);
}

/* ---- Edges -------------------------------------------------------------------------------- */

TEST(refuses_what_is_not_allowed)
{
    td_error err = TD_ERROR_INIT;
    audit_report report;
    audit_options options = fresh;
    make(&m);
    options.policy[AUDIT_SHORT] = AUDIT_FILL;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, audit_run(&m.panel, &options, NULL, &report, &err), &err);
    CHECK_HAS("short: the policy is fill, allowed are keep, exclude", err.message);
    options = fresh;
    options.policy[AUDIT_HALTS] = AUDIT_ADJUST;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, audit_check(&options, &err), &err);
    options = fresh;
    options.move_limit = 0.0;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, audit_check(&options, &err), &err);
    options.move_limit = NAN;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, audit_check(&options, &err), &err);
    options = fresh;
    options.calendar_share = 1.5;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, audit_check(&options, &err), &err);
    options = fresh;
    m.panel.price[TD_CLOSE] = NULL;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, audit_run(&m.panel, &options, NULL, &report, &err), &err);
}

static bool stop(void *context, uint64_t done)
{
    (void)context;
    return done < 3;
}

TEST(stops_when_told)
{
    td_error err = TD_ERROR_INIT;
    audit_report report = {.symbols = 77};
    const audit_hooks hooks = {NULL, stop, NULL};
    make(&m);
    CHECK_STATUS(TD_E_CANCELLED, audit_run(&m.panel, &fresh, &hooks, &report, &err), &err);
    CHECK_INT(77, report.symbols);
}

TEST(takes_panels_with_little_in_them)
{
    td_error err = TD_ERROR_INIT;
    audit_report report;
    make(&m);
    for (int p = 0; p < TD_PRICES; ++p)
        if (p != TD_CLOSE) m.panel.price[p] = NULL;
    CHECK_INT(0, find(&m, &fresh, &s).found[AUDIT_MISSING].rows);
    CHECK_INT(0, s.count);
    split(0, 30, 2, 2);
    find(&m, &fresh, &s);
    CHECK_INT(2, s.count); /* a move that is a split, by the price alone */
    CHECK_INT(AUDIT_SPLITS, s.list[1].kind);
    m.panel.bar_count = 0;
    CHECK_STATUS(TD_OK, audit_run(&m.panel, &fresh, NULL, &report, &err), &err);
    m.panel.symbol_count = 0;
    CHECK_STATUS(TD_OK, audit_run(&m.panel, &fresh, NULL, &report, &err), &err);
    CHECK_INT(0, report.rows);
}

/* Random rubbish: counts and findings agree, a mended panel has the faults that were kept only. */
TEST(holds_together_on_rubbish)
{
    static const double odd[] = {0, -1, NAN, INFINITY, -INFINITY, 1e-300, 1e300, 100, 130, 50};
    for (int round = 0; round < 300; ++round) {
        audit_options options = fresh;
        make(&m);
        m.panel.price[TD_ADJUSTED] = m.price[TD_ADJUSTED];
        for (int k = 0; k < 200; ++k)
            m.price[check_random() % TD_PRICES][check_random() % (SYMBOLS * BARS)] =
                odd[check_random() % (sizeof odd / sizeof *odd)];
        const audit_report report = find(&m, &options, &s);
        uint64_t rows[AUDIT_KINDS] = {0};
        for (uint32_t i = 0; i < s.count; ++i)
            rows[s.list[i].kind] += 1;
        for (int kind = 0; kind < AUDIT_SHORT; ++kind)
            CHECK_INT(report.found[kind].rows, rows[kind]);
        for (int kind = 0; kind < AUDIT_KINDS; ++kind)
            do
                options.policy[kind] = (audit_policy)(check_random() % AUDIT_POLICIES);
            while (!(audit_rules[kind].policies >> options.policy[kind] & 1));
        mend(&m, &options, &out);
        CHECK_INT(report.rows, out.told.rows_before);
        for (int kind = 0; kind < AUDIT_KINDS; ++kind)
            if (options.policy[kind] == AUDIT_KEEP) CHECK_INT(0, out.told.changed[kind].rows);
    }
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){RUN(finds_nothing_where_nothing_is),
                       RUN(finds_a_halt_and_judges_it_by_nothing_else),
                       RUN(finds_gaps_between_bars_alone),
                       RUN(takes_a_day_that_few_have_for_no_trading_day),
                       RUN(holds_bars_against_a_calendar_that_is_given),
                       RUN(finds_what_is_wrong_with_a_bar),
                       RUN(counts_a_move_that_reaches_the_limit_however_it_is_rounded),
                       RUN(measures_moves_over_own_bars_and_through_halts),
                       RUN(sees_splits_by_price_and_shares_traded),
                       RUN(sees_splits_that_the_adjusted_close_tells),
                       RUN(tells_short_histories_by_their_span),
                       RUN(keeps_every_bit_unless_told),
                       RUN(fills_a_halt_with_its_own_close),
                       RUN(fills_gaps_with_the_last_close),
                       RUN(fills_each_other_fault_as_it_says),
                       RUN(leaves_symbols_out),
                       RUN(adjusts_splits_one_behind_the_other),
                       RUN(drops_moves_and_fills_them),
                       RUN(refuses_what_is_not_allowed),
                       RUN(stops_when_told),
                       RUN(takes_panels_with_little_in_them),
                       RUN(holds_together_on_rubbish),
                       {0}});
}
