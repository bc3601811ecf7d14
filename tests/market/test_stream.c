/* Streams: bar by bar gives the bits of the whole, for every indicator and every policy of gaps. */
#include "indicator_help.h"

#define SYMBOLS 11
#define BARS    150

static void stream_all(td_engine *engine, const made_panel *made, const indicator *it,
                       const double *param, td_gaps gaps, made_out *out)
{
    td_stream *stream = NULL;
    td_error err = TD_ERROR_INIT;
    double in[TD_INDICATOR_INPUTS_MAX][SYMBOLS], value[TD_INDICATOR_OUTPUTS_MAX][SYMBOLS];
    const double *from[TD_INDICATOR_INPUTS_MAX];
    double *to[TD_INDICATOR_OUTPUTS_MAX];
    CHECK_STATUS(TD_OK,
                 td_stream_create(engine, it->op->name + strlen("market."), param, SYMBOLS, gaps,
                                  &stream, &err),
                 &err);
    for (int i = 0; i < TD_INDICATOR_INPUTS_MAX; ++i)
        from[i] = in[i];
    for (int j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j)
        to[j] = value[j];
    for (uint64_t b = 0; b < BARS; ++b) {
        for (uint32_t i = 0; i < it->input_count; ++i)
            for (uint64_t s = 0; s < SYMBOLS; ++s)
                in[i][s] = made_input(made, it, i)[s * BARS + b];
        CHECK_STATUS(TD_OK, td_stream_append(stream, from, to, &err), &err);
        for (uint32_t j = 0; j < it->op->output_count; ++j)
            for (uint64_t s = 0; s < SYMBOLS; ++s)
                out->of[j][s * BARS + b] = value[j][s];
    }
    td_stream_destroy(stream);
}

static void compare_all(double share)
{
    td_engine *const engine = made_engine(1);
    made_panel made;
    const indicator *it = NULL;
    double param[TD_INDICATOR_PARAMS_MAX];
    made_create(&made, SYMBOLS, BARS, share);
    for (uint32_t n = 0; (it = indicator_at(n)) != NULL; ++n)
        for (int gaps = 0; gaps <= TD_GAPS_FILL; ++gaps) {
            made_out whole = made_out_create(SYMBOLS * BARS);
            made_out bits = made_out_create(SYMBOLS * BARS);
            made_param(it, (int)(n + (uint32_t)gaps) % MADE_VARIANTS, param);
            made_call(engine, &made, it, param, (td_gaps)gaps, whole.of);
            stream_all(engine, &made, it, param, (td_gaps)gaps, &bits);
            for (uint32_t j = 0; j < it->op->output_count; ++j)
                CHECK_SAME(whole.of[j], bits.of[j], SYMBOLS * BARS, it);
            made_out_destroy(&whole);
            made_out_destroy(&bits);
        }
    made_destroy(&made);
    td_engine_destroy(engine);
}

TEST(streams_equal_the_whole)
{
    compare_all(0);
}
TEST(streams_equal_the_whole_with_gaps)
{
    compare_all(0.05);
}
TEST(streams_equal_the_whole_with_many_gaps)
{
    compare_all(0.5);
}

/* The histories are moved many times, and nothing is lost. */
TEST(long_streams_keep_their_histories)
{
    enum { LONG = 4000 };
    td_engine *const engine = made_engine(1);
    made_panel made;
    td_stream *stream = NULL;
    td_error err = TD_ERROR_INIT;
    const double param[] = {14};
    const indicator *const it = indicator_find("avgdev");
    made_create(&made, 1, LONG, 0.01);
    made_out whole = made_out_create(LONG);
    made_call(engine, &made, it, param, TD_GAPS_SKIP, whole.of);
    CHECK_STATUS(TD_OK, td_stream_create(engine, "avgdev", param, 1, TD_GAPS_SKIP, &stream, &err),
                 &err);
    for (int b = 0; b < LONG; ++b) {
        double value = 0;
        const double *const in[] = {made.price[TD_CLOSE] + b};
        double *const out[] = {&value};
        CHECK_STATUS(TD_OK, td_stream_append(stream, in, out, &err), &err);
        CHECK_SAME(whole.of[0] + b, &value, 1, it);
    }
    td_stream_destroy(stream);
    made_out_destroy(&whole);
    made_destroy(&made);
    td_engine_destroy(engine);
}

TEST(bad_calls_are_named)
{
    td_engine *const engine = made_engine(1);
    td_stream *stream = NULL;
    td_error err = TD_ERROR_INIT;
    const double zero[] = {0};
    CHECK_STATUS(TD_E_NOT_FOUND, td_stream_create(engine, "smaa", NULL, 1, 0, &stream, &err), &err);
    CHECK_HAS("smaa", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_stream_create(engine, "sma", zero, 1, 0, &stream, &err),
                 &err);
    CHECK_HAS("timeperiod is 0, allowed", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_stream_create(engine, "sma", NULL, 0, 0, &stream, &err),
                 &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT,
                 td_stream_create(engine, "sma", NULL, 1, (td_gaps)3, &stream, &err), &err);
    CHECK(stream == NULL);
    CHECK_STATUS(TD_OK, td_stream_create(engine, "atr", NULL, 1, 0, &stream, &err), &err);
    const double one = 1;
    const double *const in[] = {&one, NULL, &one};
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_stream_append(stream, in, NULL, &err), &err);
    CHECK_HAS("low", err.message);
    td_stream_destroy(stream);
    td_stream_destroy(NULL);
    td_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(streams_equal_the_whole),
                                     RUN(streams_equal_the_whole_with_gaps),
                                     RUN(streams_equal_the_whole_with_many_gaps),
                                     RUN(long_streams_keep_their_histories),
                                     RUN(bad_calls_are_named),
                                     {0}});
}
