/* Every indicator of the list: a step gives the same bits however time is cut, on every instruction
 * set, and whatever lies in the other lanes; a lookback tells where values begin. */
#include "indicator_help.h"
#include "modules/market/indicator_tile.h"

#define BARS 230

/* The processor's instruction sets. */
static int isa_count(void)
{
    unsetenv("TANDEM_ISA");
    return (int)indicator_isa_best() + 1;
}

static void *aligned(size_t bytes)
{
    void *const memory = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
    memset(memory, 0, (bytes + 63) / 64 * 64 + 64);
    return memory;
}

typedef struct steps {
    const indicator *it;
    double param[TD_INDICATOR_PARAMS_MAX];
    vec *in[TD_INDICATOR_INPUTS_MAX], *out[TD_INDICATOR_OUTPUTS_MAX];
    void *state;
    size_t state_bytes;
} steps;

static void steps_create(steps *s, const indicator *it, const made_panel *made, int variant)
{
    *s = (steps){.it = it};
    made_param(it, variant, s->param);
    for (uint32_t i = 0; i < it->input_count; ++i) {
        s->in[i] = aligned(BARS * sizeof(vec));
        for (uint64_t t = 0; t < BARS; ++t)
            for (uint64_t l = 0; l < TD_LANES; ++l)
                s->in[i][t][l] = made_input(made, it, i)[l * BARS + t];
    }
    for (int j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j)
        s->out[j] = aligned(BARS * sizeof(vec));
    s->state_bytes = it->state_bytes ? it->state_bytes(s->param) : 0;
    s->state = aligned(s->state_bytes);
}

static void steps_destroy(steps *s)
{
    for (int i = 0; i < TD_INDICATOR_INPUTS_MAX; ++i)
        free(s->in[i]);
    for (int j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j)
        free(s->out[j]);
    free(s->state);
}

/* Runs from bar 0 on in pieces of random length, at most `most` bars. */
static void steps_run(steps *s, int isa, uint64_t most)
{
    const vec *in[TD_INDICATOR_INPUTS_MAX];
    memcpy(in, s->in, sizeof in);
    memset(s->state, 0, s->state_bytes);
    for (uint64_t first = 0, end = 0; first < BARS; first = end) {
        end = first + (most < BARS ? 1 + check_random() % most : BARS);
        if (end > BARS) end = BARS;
        s->it->run[isa](s->param, s->state, in, s->out, first, end);
    }
}

static double *copied(const steps *s, uint32_t output)
{
    double *const copy = malloc(BARS * sizeof(vec));
    memcpy(copy, s->out[output], BARS * sizeof(vec));
    return copy;
}

/* Runs two ways and compares. */
static void compare(steps *s, int isa, uint64_t most, double *const *expected)
{
    for (int j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j)
        memset((void *)s->out[j], 1, BARS * sizeof(vec));
    steps_run(s, isa, most);
    for (uint32_t j = 0; j < s->it->op->output_count; ++j)
        CHECK_SAME(expected[j], (const double *)s->out[j], BARS * TD_LANES, s->it);
}

TEST(cuts_and_instruction_sets_change_no_bit)
{
    made_panel made;
    const indicator *it = NULL;
    made_create(&made, TD_LANES, BARS, 0);
    for (uint32_t n = 0; (it = indicator_at(n)) != NULL; ++n)
        for (int variant = 0; variant < MADE_VARIANTS; ++variant) {
            steps s;
            double *expected[TD_INDICATOR_OUTPUTS_MAX] = {NULL};
            steps_create(&s, it, &made, variant);
            steps_run(&s, ISA_PLAIN, BARS);
            for (uint32_t j = 0; j < it->op->output_count; ++j)
                expected[j] = copied(&s, j);
            for (int isa = 0; isa < isa_count(); ++isa) {
                compare(&s, isa, BARS, expected);
                compare(&s, isa, 1 + check_random() % 40, expected);
                compare(&s, isa, 1, expected);
            }
            for (uint32_t j = 0; j < it->op->output_count; ++j)
                free(expected[j]);
            steps_destroy(&s);
        }
    CHECK(indicator_at(0) != NULL);
    made_destroy(&made);
}

/* Another lane's numbers are none of a lane's business. */
TEST(lanes_are_apart)
{
    made_panel made, other;
    const indicator *it = NULL;
    made_create(&made, TD_LANES, BARS, 0);
    made_create(&other, TD_LANES, BARS, 0);
    for (uint32_t n = 0; (it = indicator_at(n)) != NULL; ++n) {
        steps a, b;
        const int isa = (int)indicator_isa_best(), lane = (int)(check_random() % TD_LANES);
        steps_create(&a, it, &made, 1);
        steps_create(&b, it, &other, 1);
        for (uint32_t i = 0; i < it->input_count; ++i)
            for (int t = 0; t < BARS; ++t)
                b.in[i][t][lane] = a.in[i][t][lane];
        steps_run(&a, isa, BARS);
        steps_run(&b, isa, BARS);
        for (uint32_t j = 0; j < it->op->output_count; ++j)
            for (int t = 0; t < BARS; ++t) {
                const double x = a.out[j][t][lane], y = b.out[j][t][lane];
                CHECK_SAME(&x, &y, 1, it);
            }
        steps_destroy(&a);
        steps_destroy(&b);
    }
    made_destroy(&made);
    made_destroy(&other);
}

/* All outputs of TA-Lib's functions begin at the lookback; some of others begin later. */
TEST(values_begin_at_the_lookback)
{
    made_panel made;
    const indicator *it = NULL;
    made_create(&made, TD_LANES, BARS, 0);
    for (uint32_t n = 0; (it = indicator_at(n)) != NULL; ++n)
        for (int variant = 0; variant < MADE_VARIANTS; ++variant) {
            steps s;
            steps_create(&s, it, &made, variant);
            steps_run(&s, ISA_PLAIN, BARS);
            const uint64_t lookback = it->lookback(s.param);
            bool begins = false;
            for (uint32_t j = 0; j < it->op->output_count; ++j) {
                const bool whole = it->op->outputs[j].dtype == TD_I32;
                for (uint64_t t = 0; t < lookback && t < BARS; ++t)
                    if (whole ? s.out[j][t][0] != 0 : !isnan(s.out[j][t][0]))
                        CHECK_FAIL("%s: output %u has a value at bar %llu, lookback %llu",
                                   it->op->name, j, (unsigned long long)t,
                                   (unsigned long long)lookback);
                begins = begins || whole || (lookback < BARS && !isnan(s.out[j][lookback][0]));
            }
            const bool partial = strncmp(it->op->name, "market.ac", 9) == 0;
            if (!begins && !partial && lookback < BARS && strcmp(it->op->name, "market.acos") &&
                strcmp(it->op->name, "market.asin"))
                CHECK_FAIL("%s: no value at its lookback, bar %llu", it->op->name,
                           (unsigned long long)lookback);
            steps_destroy(&s);
        }
    made_destroy(&made);
}

/* What struct indicator promises of span: what is older does not matter. */
TEST(spans_forget)
{
    made_panel made;
    const indicator *it = NULL;
    made_create(&made, TD_LANES, BARS, 0);
    for (uint32_t n = 0; (it = indicator_at(n)) != NULL; ++n) {
        steps s;
        steps_create(&s, it, &made, 2);
        const uint64_t span = it->span ? it->span(s.param) : 0;
        const uint64_t from = span ? (BARS / 3 + span - 1) / span * span : BARS;
        if (from + span < BARS) {
            double *expected[TD_INDICATOR_OUTPUTS_MAX] = {NULL};
            steps_run(&s, ISA_PLAIN, BARS);
            for (uint32_t j = 0; j < it->op->output_count; ++j)
                expected[j] = copied(&s, j);
            const vec *in[TD_INDICATOR_INPUTS_MAX] = {NULL};
            for (uint32_t i = 0; i < it->input_count; ++i)
                in[i] = s.in[i] + from;
            memset(s.state, 0, s.state_bytes);
            it->run[ISA_PLAIN](s.param, s.state, in, s.out, 0, BARS - from);
            for (uint32_t j = 0; j < it->op->output_count; ++j) {
                CHECK_SAME(expected[j] + (from + span) * TD_LANES,
                           (const double *)(s.out[j] + span), (BARS - from - span) * TD_LANES, it);
                free(expected[j]);
            }
        }
        steps_destroy(&s);
    }
    made_destroy(&made);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(cuts_and_instruction_sets_change_no_bit),
                                     RUN(lanes_are_apart),
                                     RUN(values_begin_at_the_lookback),
                                     RUN(spans_forget),
                                     {0}});
}
