/* The policies of gaps, against what they say: series are cut, closed up and filled by hand, and
 * computed without any gap. */
#include "indicator_help.h"

#define SYMBOLS 9
#define BARS    120

typedef struct hand {
    const made_panel *made;
    const indicator *it;
    const double *param;
    td_engine *engine;
    made_out out; /* [symbol][bar] */
} hand;

static bool whole(const hand *h, uint64_t s, uint64_t b)
{
    for (uint32_t i = 0; i < h->it->input_count; ++i)
        if (isnan(made_input(h->made, h->it, i)[s * BARS + b])) return false;
    return true;
}

/* Computes a series of count bars without a gap, and puts values to the bars they belong to. */
static void place(hand *h, uint64_t s, double in[][BARS], const uint64_t *bar, uint64_t count)
{
    td_panel panel = h->made->panel;
    td_indicator_call call = {.name = h->it->op->name + strlen("market."), .param = h->param};
    double value[TD_INDICATOR_OUTPUTS_MAX][BARS];
    td_error err = TD_ERROR_INIT;
    panel.symbol_count = 1;
    panel.bar_count = count;
    for (uint32_t i = 0; i < h->it->input_count; ++i)
        call.in[i] = in[i];
    for (uint32_t j = 0; j < h->it->op->output_count; ++j)
        call.out[j] = value[j];
    CHECK_STATUS(
        TD_OK, td_indicators(h->engine, &panel, TD_BY_SYMBOL, TD_GAPS_SKIP, &call, 1, &err), &err);
    for (uint32_t j = 0; j < h->it->op->output_count; ++j)
        for (uint64_t k = 0; k < count; ++k)
            h->out.of[j][s * BARS + bar[k]] = value[j][k];
}

static void by_hand_skip(hand *h, uint64_t s)
{
    double in[TD_INDICATOR_INPUTS_MAX][BARS];
    uint64_t bar[BARS], count = 0;
    for (uint64_t b = 0; b < BARS; ++b) {
        if (!whole(h, s, b)) continue;
        for (uint32_t i = 0; i < h->it->input_count; ++i)
            in[i][count] = made_input(h->made, h->it, i)[s * BARS + b];
        bar[count++] = b;
    }
    place(h, s, in, bar, count);
}

static void by_hand_propagate(hand *h, uint64_t s)
{
    double in[TD_INDICATOR_INPUTS_MAX][BARS];
    uint64_t bar[BARS], count = 0;
    for (uint64_t b = 0; b <= BARS; ++b) {
        if (b < BARS && whole(h, s, b)) {
            for (uint32_t i = 0; i < h->it->input_count; ++i)
                in[i][count] = made_input(h->made, h->it, i)[s * BARS + b];
            bar[count++] = b;
            continue;
        }
        place(h, s, in, bar, count);
        count = 0;
    }
}

static void by_hand_fill(hand *h, uint64_t s)
{
    double in[TD_INDICATOR_INPUTS_MAX][BARS], last[TD_INDICATOR_INPUTS_MAX];
    uint64_t bar[BARS], count = 0;
    for (uint32_t i = 0; i < h->it->input_count; ++i)
        last[i] = NAN;
    for (uint64_t b = 0; b < BARS; ++b) {
        bool known = true;
        for (uint32_t i = 0; i < h->it->input_count; ++i) {
            const double value = made_input(h->made, h->it, i)[s * BARS + b];
            if (!isnan(value)) last[i] = value;
            known = known && !isnan(last[i]);
            in[i][count] = last[i];
        }
        if (known) bar[count++] = b;
    }
    place(h, s, in, bar, count);
}

static void compare(double share)
{
    static void (*const by_hand[])(hand *, uint64_t) = {by_hand_skip, by_hand_propagate,
                                                        by_hand_fill};
    td_engine *const engine = made_engine(1);
    const indicator *it = NULL;
    double param[TD_INDICATOR_PARAMS_MAX];
    made_panel made;
    made_create(&made, SYMBOLS, BARS, share);
    /* A symbol without any bar, one that is listed late, one that is listed early. */
    for (int p = 0; p < TD_PRICES; ++p)
        for (uint64_t b = 0; b < BARS; ++b) {
            made.price[p][2 * BARS + b] = NAN;
            if (b < BARS / 2) made.price[p][3 * BARS + b] = NAN;
            if (b > BARS / 2) made.price[p][4 * BARS + b] = NAN;
        }
    for (uint32_t n = 0; (it = indicator_at(n)) != NULL; ++n)
        for (int gaps = 0; gaps <= TD_GAPS_FILL; ++gaps) {
            hand h = {&made, it, param, engine, made_out_create(SYMBOLS * BARS)};
            made_out out = made_out_create(SYMBOLS * BARS);
            made_param(it, (int)(n + (uint32_t)gaps) % MADE_VARIANTS, param);
            made_call(engine, &made, it, param, (td_gaps)gaps, out.of);
            for (int j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j)
                for (int i = 0; i < SYMBOLS * BARS; ++i)
                    h.out.of[j][i] = NAN;
            for (uint64_t s = 0; s < SYMBOLS; ++s)
                by_hand[gaps](&h, s);
            for (uint32_t j = 0; j < it->op->output_count; ++j)
                CHECK_SAME(h.out.of[j], out.of[j], SYMBOLS * BARS, it);
            made_out_destroy(&h.out);
            made_out_destroy(&out);
        }
    made_destroy(&made);
    td_engine_destroy(engine);
}

TEST(few_gaps_are_as_by_hand)
{
    compare(0.01);
}
TEST(many_gaps_are_as_by_hand)
{
    compare(0.3);
}
TEST(only_whole_symbols_are_missing)
{
    compare(0);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(few_gaps_are_as_by_hand),
                                     RUN(many_gaps_are_as_by_hand),
                                     RUN(only_whole_symbols_are_missing),
                                     {0}});
}
