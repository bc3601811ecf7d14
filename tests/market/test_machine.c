/* test_machine.c - the machine against a plain account that goes one bar at a time, on random
 * prices with ties, halts, gaps and limits, random signals and random rules, on every instruction
 * set; and what must hold whatever the rules are. */
#include "backtest_reference.h"
#include "modules/market/machine.h"
#include "tests/check.h"

#define ROUNDS 400

/* ---- Random accounts --------------------------------------------------------------------------
 */

static double chance(void)
{
    return check_random_unit();
}

static double cents(double price)
{
    const double rounded = floor(price * 20 + 0.5) / 20;
    return rounded > 0.05 ? rounded : 0.05;
}

static void random_prices(ref_input *in, double wild)
{
    double price = 5 + 95 * chance();
    in->count = chance() < 0.05 ? 0 : 1 + (int)(chance() * (REF_BARS - 1));
    for (int t = 0; t < REF_BARS; t++) {
        const double open = cents(price * (1 + wild * (chance() - 0.5)));
        price = chance() < 0.1 ? open : cents(open * (1 + wild * (chance() - 0.5) * 2));
        in->open[t] = open;
        in->close[t] = price;
        in->high[t] = cents(fmax(open, price) * (1 + wild * chance() * 0.5));
        in->low[t] = cents(fmin(open, price) * (1 - wild * chance() * 0.5));
        in->volume[t] = chance() < 0.03 ? 0 : floor(1 + 1e6 * chance() * chance());
        if (chance() < 0.03) in->open[t] = in->high[t] = in->low[t] = in->volume[t] = 0;
    }
}

static void random_signals(ref_input *in, double density)
{
    const bool prices = chance() < 0.3;
    in->long_prices = prices && chance() < 0.8;
    in->short_prices = prices && chance() < 0.8;
    const bool limits = chance() < 0.7, stops = !limits || chance() < 0.4;
    for (int t = 0; t < REF_BARS; t++) {
        in->entry[t] = chance() < density;
        in->exit[t] = chance() < density;
        in->short_entry[t] = chance() < density;
        in->short_exit[t] = chance() < density;
        in->long_limit[t] = limits && chance() < 0.9 ? cents(in->close[t] * 0.98) : NAN;
        in->long_stop[t] = stops && chance() < 0.9 ? cents(in->close[t] * 1.02) : NAN;
        in->short_limit[t] = limits && chance() < 0.9 ? cents(in->close[t] * 1.02) : NAN;
        in->short_stop[t] = stops && chance() < 0.9 ? cents(in->close[t] * 0.98) : NAN;
    }
}

static double sometimes(double p, double value)
{
    return chance() < p ? value : 0;
}

static void default_rules(double *value_of)
{
#define RULE_NUMBER(name, number, value, min, max, unit, doc) value_of[RULE_##name] = (value);
#define RULE_WHOLE(name, number, value, min, max, unit, doc)  value_of[RULE_##name] = (value);
#define RULE_CHOICE(name, number, value, choices, doc)        value_of[RULE_##name] = 0;
#include "modules/market/rules.h"
}

static void random_rules(double *value_of)
{
    default_rules(value_of);
    value_of[RULE_fill] = chance() < 0.5;
    value_of[RULE_direction] = floor(chance() * 3);
    value_of[RULE_order_bars] = 1 + floor(chance() * 4);
    value_of[RULE_worst] = chance() < 0.3;
    value_of[RULE_stop_loss] = sometimes(0.5, 0.2 * chance());
    value_of[RULE_take_profit] = sometimes(0.5, 0.2 * chance());
    value_of[RULE_trailing_stop] = sometimes(0.4, 0.2 * chance());
    value_of[RULE_max_bars] = sometimes(0.3, 1 + floor(chance() * 10));
    value_of[RULE_size_by] = chance() < 0.5 ? 0 : floor(chance() * 5);
    const double sizes[] = {0.2 + 1.2 * chance(), 1e5, 300, 0.3, 0.7};
    value_of[RULE_size] = sizes[(int)value_of[RULE_size_by]];
    value_of[RULE_size_bars] = 2 + floor(chance() * 12);
    value_of[RULE_lot] = sometimes(0.3, 10);
    value_of[RULE_fee] = sometimes(0.6, 0.003 * chance());
    value_of[RULE_fee_buy] = chance() < 0.2 ? 0.001 : -1;
    value_of[RULE_fee_sell] = chance() < 0.2 ? 0.002 : -1;
    value_of[RULE_fee_min] = sometimes(0.3, 500);
    value_of[RULE_fee_share] = sometimes(0.2, 0.01);
    value_of[RULE_tax_sell] = sometimes(0.3, 0.002);
    value_of[RULE_slippage] = sometimes(0.5, 0.002);
    value_of[RULE_spread] = sometimes(0.3, 0.03);
    value_of[RULE_slippage_volume] = sometimes(0.2, 0.001);
    value_of[RULE_volume_max] = sometimes(0.2, 0.05);
    value_of[RULE_borrow] = sometimes(0.3, 0.5);
    value_of[RULE_interest] = sometimes(0.3, 0.05);
    value_of[RULE_limit_move] = sometimes(0.3, 0.02);
}

/* ---- The machine on the same -------------------------------------------------------------------
 */

typedef struct bench {
    vec open[REF_BARS], high[REF_BARS], low[REF_BARS], close[REF_BARS], volume[REF_BARS];
    vec limit[2][REF_BARS], stop[2][REF_BARS], equity[REF_BARS], held[REF_BARS];
    uint8_t alive[REF_BARS], tradable[REF_BARS], truth[4][REF_BARS + SIGNAL_PAD];
    ref_input in[TD_LANES];
    machine_tile tile;
    machine_signals signals;
    machine_rules rules;
    machine_result result;
    int trade_count[TD_LANES];
    backtest_trade trade[TD_LANES][REF_TRADES];
} bench;

static bench *b;

static void record(void *context, const backtest_trade *trade)
{
    bench *to = context;
    to->trade[trade->symbol][to->trade_count[trade->symbol]++] = *trade;
}

static void bench_bar(uint64_t t, int l)
{
    const ref_input *in = &b->in[l];
    const int last = in->count > 0 ? in->count - 1 : 0;
    const bool here = (int64_t)t < in->count;
    const bool halted = !here || ref_halted(in, (int)t);
    b->close[t][l] = in->count == 0 ? 1 : in->close[here ? (int)t : last];
    b->open[t][l] = halted ? NAN : in->open[t];
    b->high[t][l] = halted ? NAN : in->high[t];
    b->low[t][l] = halted ? NAN : in->low[t];
    b->volume[t][l] = here ? in->volume[t] : 0;
    const uint8_t bit = (uint8_t)(1u << l);
    const bool truths[] = {in->entry[t], in->exit[t], in->short_entry[t], in->short_exit[t]};
    if (here) b->alive[t] |= bit;
    if (!halted) b->tradable[t] |= bit;
    for (int i = 0; i < 4; i++)
        if (here && truths[i]) b->truth[i][t] |= bit;
    b->limit[0][t][l] = in->long_limit[t];
    b->stop[0][t][l] = in->long_stop[t];
    b->limit[1][t][l] = in->short_limit[t];
    b->stop[1][t][l] = in->short_stop[t];
}

/* Lays the eight inputs side by side. Rules and kinds of orders are those of lane 0. */
static void bench_fill(void)
{
    memset(b->alive, 0, sizeof b->alive);
    memset(b->tradable, 0, sizeof b->tradable);
    memset(b->truth, 0, sizeof b->truth);
    b->tile = (machine_tile){.close = b->close,
                             .open = b->open,
                             .high = b->high,
                             .low = b->low,
                             .alive = b->alive,
                             .tradable = b->tradable};
    for (int l = 0; l < TD_LANES; l++) {
        b->tile.count[l] = (uint64_t)b->in[l].count;
        if (b->tile.count[l] > b->tile.bars) b->tile.bars = b->tile.count[l];
        b->in[l].long_prices = b->in[0].long_prices;
        b->in[l].short_prices = b->in[0].short_prices;
        b->in[l].has_volume = b->in[0].has_volume;
        memcpy(b->in[l].rule, b->in[0].rule, sizeof b->in[0].rule);
    }
    for (uint64_t t = 0; t < b->tile.bars; t++)
        for (int l = 0; l < TD_LANES; l++)
            bench_bar(t, l);
    if (b->in[0].has_volume) b->tile.volume = b->volume;
    machine_rules_make(b->in[0].rule, &b->rules);
    b->signals = (machine_signals){0};
    if (b->rules.long_ok) {
        b->signals.entry = b->truth[0];
        b->signals.exit = b->truth[1];
    }
    if (b->rules.short_ok) {
        b->signals.short_entry = b->truth[2];
        b->signals.short_exit = b->truth[3];
    }
    if (b->in[0].long_prices) {
        b->signals.entry_limit = b->limit[0];
        b->signals.entry_stop = b->stop[0];
    }
    if (b->in[0].short_prices) {
        b->signals.short_limit = b->limit[1];
        b->signals.short_stop = b->stop[1];
    }
}

static void bench_random(void)
{
    const double wild = chance() < 0.2 ? 0.4 : 0.05, density = chance() < 0.5 ? 0.05 : 0.3;
    random_rules(b->in[0].rule);
    for (int l = 0; l < TD_LANES; l++) {
        random_prices(&b->in[l], wild);
        random_signals(&b->in[l], density);
    }
    b->in[0].has_volume = chance() < 0.6;
    bench_fill();
}

static void bench_run(const machine_isa *isa, bool curves)
{
    const machine_curves both = {b->equity, b->held}, none = {NULL, NULL};
    const machine_recorder recorder = {record, b};
    memset(b->trade_count, 0, sizeof b->trade_count);
    memset(b->trade, 0, sizeof b->trade);
    isa->run(&b->rules, &b->tile, &b->signals, curves ? &both : &none, &recorder, &b->result);
}

/* ---- The reference ----------------------------------------------------------------------- */

static void near(const char *what, int lane, double expected, double actual)
{
    if (!(fabs(expected - actual) <= 1e-9 * fmax(1, fabs(expected))) &&
        !(isnan(expected) && isnan(actual)))
        CHECK_FAIL("lane %d: %s: expected %.17g, got %.17g", lane, what, expected, actual);
}

static void same_trade(int lane, const backtest_trade *e, const backtest_trade *a)
{
    CHECK_INT(e->entry_bar, a->entry_bar);
    CHECK_INT(e->exit_bar, a->exit_bar);
    CHECK_INT(e->reason, a->reason);
    CHECK_INT(e->is_short, a->is_short);
    near("shares", lane, e->shares, a->shares);
    near("entry price", lane, e->entry_price, a->entry_price);
    near("exit price", lane, e->exit_price, a->exit_price);
    near("costs", lane, e->costs, a->costs);
    near("profit of 1e6", lane, e->profit / 1e6, a->profit / 1e6);
    near("gain", lane, e->gain, a->gain);
}

/* Sums over the reference's equity as machine.h defines them. */
static void same_sums(int l, const ref_output *out)
{
    const ref_input *in = &b->in[l];
    double before = in->rule[RULE_cash], sum = 0, squares = 0, peak = before, worst = 1;
    for (int t = 0; t < in->count; t++) {
        const double gain = before > 0 ? out->equity[t] / before - 1 : 0;
        sum += gain;
        squares += gain * gain;
        before = out->equity[t];
        peak = fmax(peak, before);
        worst = fmin(worst, before / peak);
    }
    near("sum", l, sum, b->result.sum[l]);
    near("squares", l, squares, b->result.squares[l]);
    near("worst", l, worst, b->result.worst[l]);
    near("equity", l, before / 1e6, b->result.equity[l] / 1e6);
    near("costs", l, out->costs / 1e6, b->result.account[l].costs / 1e6);
    near("traded", l, out->traded / 1e6, b->result.account[l].traded / 1e6);
}

/* Of an account that slippage has eaten there is left what rounding left. */
static bool is_dust(const ref_input *in, const ref_output *out)
{
    for (int t = 0; t < in->count; t++)
        if (out->equity[t] < 1 && !out->broke) return true;
    return out->broke && in->rule[RULE_slippage_volume] > 0;
}

/* Answers the accounts that were compared. */
static int same_as_reference(void)
{
    static ref_output out;
    int compared = 0;
    for (int l = 0; l < TD_LANES; l++) {
        ref_run(&b->in[l], &out);
        if (is_dust(&b->in[l], &out)) continue;
        compared++;
        for (int i = 0; i < out.trade_count && i < b->trade_count[l]; i++)
            same_trade(l, &out.trade[i], &b->trade[l][i]);
        CHECK_INT(out.trade_count, b->trade_count[l]);
        CHECK_INT(out.trade_count, b->result.account[l].trades);
        same_sums(l, &out);
    }
    return compared;
}

TEST(machine_equals_the_plain_account)
{
    long trades = 0, compared = 0, reason[TRADE_BROKE + 1] = {0};
    for (int i = 0; i < ROUNDS; i++) {
        bench_random();
        bench_run(machine_isa_best(), i & 1);
        compared += same_as_reference();
        for (int l = 0; l < TD_LANES; l++)
            for (int k = 0; k < b->trade_count[l]; k++)
                reason[b->trade[l][k].reason]++, trades++;
    }
    /* A test that no trade of a kind ran through would prove nothing about it. */
    for (int r = 0; r <= TRADE_BROKE; r++)
        if (r != TRADE_REBALANCED) CHECK(reason[r] > 0);
    CHECK(trades > 10000);
    CHECK(compared > ROUNDS * TD_LANES * 9 / 10);
}

TEST(curves_are_the_equity)
{
    static ref_output out;
    for (int i = 0; i < ROUNDS / 8; i++) {
        bench_random();
        bench_run(machine_isa_best(), true);
        for (int l = 0; l < TD_LANES; l++) {
            ref_run(&b->in[l], &out);
            for (int t = 0; !is_dust(&b->in[l], &out) && t < b->in[l].count; t++)
                if ((uint64_t)t < b->result.broke_bar[l])
                    near("equity", l, out.equity[t] / 1e6, b->equity[t][l] / 1e6);
        }
    }
}

static bool same_bits(const backtest_trade *x, const backtest_trade *y)
{
    return x->entry_bar == y->entry_bar && x->exit_bar == y->exit_bar && x->reason == y->reason &&
           x->is_short == y->is_short && x->shares == y->shares && x->costs == y->costs &&
           x->entry_price == y->entry_price && x->exit_price == y->exit_price &&
           x->profit == y->profit && x->gain == y->gain;
}

/* ---- Instruction sets -------------------------------------------------------------------- */

TEST(instruction_sets_give_the_same_bits)
{
    static machine_result first;
    static backtest_trade trades[TD_LANES][REF_TRADES];
    for (int i = 0; i < ROUNDS / 2; i++) {
        bench_random();
        for (int isa = ISA_PLAIN; isa < ISA_COUNT; isa++)
            for (int curves = 0; curves < 2; curves++) {
                const machine_isa *m = machine_isa_at((indicator_isa)isa);
                if (!m) continue;
                memset(&b->result, 0, sizeof b->result);
                bench_run(m, curves);
                if (isa == ISA_PLAIN && !curves) {
                    memcpy(&first, &b->result, sizeof first);
                    memcpy(trades, b->trade, sizeof trades);
                }
                CHECK(memcmp(&first, &b->result, sizeof first) == 0);
                for (int l = 0; l < TD_LANES; l++)
                    for (int k = 0; k < b->trade_count[l]; k++)
                        CHECK(same_bits(&trades[l][k], &b->trade[l][k]));
            }
    }
}

/* ---- What holds whatever the rules are --------------------------------------------------- */

static void scale(double by)
{
    for (int l = 0; l < TD_LANES; l++)
        for (int t = 0; t < REF_BARS; t++) {
            ref_input *in = &b->in[l];
            double *const price[] = {&in->open[t],        &in->high[t],       &in->low[t],
                                     &in->close[t],       &in->long_limit[t], &in->long_stop[t],
                                     &in->short_limit[t], &in->short_stop[t]};
            for (int i = 0; i < 8; i++)
                *price[i] *= by;
            in->volume[t] /= by;
        }
}

TEST(scaling_prices_by_a_power_of_two_changes_nothing)
{
    static machine_result before;
    for (int i = 0; i < ROUNDS / 4; i++) {
        bench_random();
        double *number = b->in[0].rule;
        /* Rules in shares or in money for a share scale with the price. */
        number[RULE_spread] = number[RULE_fee_share] = number[RULE_lot] = 0;
        if (number[RULE_size_by] == SIZE_SHARES) number[RULE_size_by] = number[RULE_size] = 1;
        bench_fill();
        bench_run(machine_isa_best(), false);
        before = b->result;
        scale(0.25);
        bench_fill();
        bench_run(machine_isa_best(), false);
        CHECK(memcmp(&before, &b->result, sizeof before) == 0);
    }
}

/* Trades that were entered up to bar t do not know of any bar after t. */
TEST(nothing_looks_ahead)
{
    static backtest_trade trades[TD_LANES][REF_TRADES];
    int count[TD_LANES];
    for (int i = 0; i < ROUNDS / 2; i++) {
        bench_random();
        bench_run(machine_isa_best(), false);
        memcpy(trades, b->trade, sizeof trades);
        memcpy(count, b->trade_count, sizeof count);
        const int t = (int)(chance() * REF_BARS);
        for (int l = 0; l < TD_LANES; l++) {
            ref_input *in = &b->in[l], other = *in;
            const int bars = in->count;
            random_prices(&other, 0.1);
            random_signals(&other, 0.2);
#define KEEP(field) memcpy(other.field, in->field, (size_t)(t + 1) * sizeof *in->field)
            KEEP(open), KEEP(high), KEEP(low), KEEP(close), KEEP(volume), KEEP(entry), KEEP(exit);
            KEEP(short_entry), KEEP(short_exit), KEEP(long_limit), KEEP(long_stop);
            KEEP(short_limit), KEEP(short_stop);
            other.count = bars;
            other.long_prices = in->long_prices;
            other.short_prices = in->short_prices;
            *in = other;
        }
        bench_fill();
        bench_run(machine_isa_best(), false);
        for (int l = 0; l < TD_LANES; l++)
            for (int k = 0; k < count[l] && trades[l][k].entry_bar <= (uint64_t)t; k++) {
                CHECK(k < b->trade_count[l]);
                CHECK_INT(trades[l][k].entry_bar, b->trade[l][k].entry_bar);
                CHECK(trades[l][k].shares == b->trade[l][k].shares);
                CHECK(trades[l][k].entry_price == b->trade[l][k].entry_price);
                if (trades[l][k].exit_bar <= (uint64_t)t && trades[l][k].reason != TRADE_OPEN)
                    CHECK(same_bits(&trades[l][k], &b->trade[l][k]));
            }
    }
}

/* An order that is filled within a bar's range knows nothing of the bar's close. */
TEST(orders_within_a_bar_do_not_know_its_close)
{
    static backtest_trade trades[TD_LANES][REF_TRADES];
    int count[TD_LANES], seen = 0;
    for (int i = 0; i < 2 * ROUNDS; i++) {
        bench_random();
        bench_run(machine_isa_best(), false);
        memcpy(trades, b->trade, sizeof trades);
        memcpy(count, b->trade_count, sizeof count);
        const int t = 10 + (int)(chance() * (REF_BARS - 10));
        for (int l = 0; l < TD_LANES; l++) {
            ref_input *in = &b->in[l];
            if (in->low[t] > 0) in->close[t] = in->low[t] + (in->high[t] - in->low[t]) * chance();
        }
        bench_fill();
        bench_run(machine_isa_best(), false);
        for (int l = 0; l < TD_LANES; l++)
            for (int k = 0; k < count[l] && trades[l][k].entry_bar <= (uint64_t)t; k++) {
                const backtest_trade *x = &trades[l][k], *y = &b->trade[l][k];
                const ref_input *in = &b->in[l];
                const bool ordered = x->is_short ? in->short_prices : in->long_prices;
                if (x->entry_bar < (uint64_t)t || !ordered) continue;
                CHECK(k < b->trade_count[l]);
                CHECK(x->shares == y->shares);
                CHECK(x->entry_price == y->entry_price);
                seen++;
            }
    }
    CHECK(seen > 20);
}

TEST(always_in_without_costs_is_buy_and_hold)
{
    for (int i = 0; i < ROUNDS / 8; i++) {
        bench_random();
        double *number = b->in[0].rule;
        default_rules(number);
        number[RULE_fill] = 1;
        b->in[0].has_volume = b->in[0].long_prices = b->in[0].short_prices = false;
        for (int l = 0; l < TD_LANES; l++)
            for (int t = 0; t < REF_BARS; t++) {
                ref_input *in = &b->in[l];
                if (in->open[t] == 0) in->open[t] = in->high[t] = in->low[t] = in->close[t];
                in->entry[t] = true;
                in->exit[t] = false;
            }
        bench_fill();
        bench_run(machine_isa_best(), false);
        for (int l = 0; l < TD_LANES; l++) {
            const ref_input *in = &b->in[l];
            if (in->count == 0) continue;
            CHECK_INT(1, b->result.account[l].trades);
            near("return", l, in->close[in->count - 1] / in->close[0], b->result.equity[l] / 1e6);
            CHECK_INT(in->count, b->result.held_bars[l]);
        }
    }
}

int main(int argc, char **argv)
{
    b = aligned_alloc(64, (sizeof *b + 63) / 64 * 64);
    if (!b) return 1;
    memset(b, 0, sizeof *b);
    const check_test tests[] = {RUN(machine_equals_the_plain_account),
                                RUN(curves_are_the_equity),
                                RUN(instruction_sets_give_the_same_bits),
                                RUN(scaling_prices_by_a_power_of_two_changes_nothing),
                                RUN(nothing_looks_ahead),
                                RUN(orders_within_a_bar_do_not_know_its_close),
                                RUN(always_in_without_costs_is_buy_and_hold),
                                {0}};
    const int failed = check_main(argc, argv, tests);
    free(b);
    return failed;
}
