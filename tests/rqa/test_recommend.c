/* test_recommend.c - the recommended embedding of signals whose embedding is known, and the three
 * curves against plain formulas written here a second time. */
#include "tests/check.h"

#include "modules/rqa/rqa.h"

#define LAGS 120
#define DIMS 6

typedef struct bench {
    td_engine *engine;
    double information[LAGS + 1], correlation[LAGS + 1], wrong[DIMS];
    rqa_embedding e;
} bench;

static bench *bench_open(uint32_t lags, uint32_t dims)
{
    bench *b = calloc(1, sizeof *b);
    td_error err = TD_ERROR_INIT;
    if (!b || td_engine_create(NULL, &b->engine, &err)) CHECK_FAIL("%s", err.message);
    b->e = (rqa_embedding){.lag_count = lags,
                           .dim_count = dims,
                           .mutual_information = b->information,
                           .autocorrelation = b->correlation,
                           .false_neighbours = b->wrong};
    return b;
}

static void bench_close(bench *b)
{
    td_engine_destroy(b->engine);
    free(b);
}

static void recommend(bench *b, const double *signal, uint64_t count)
{
    td_error err = TD_ERROR_INIT;
    if (rqa_recommend(b->engine, signal, count, &b->e, &err)) CHECK_FAIL("%s", err.message);
}

/* ---- Signals ----------------------------------------------------------------------------- */

typedef void (*flow_fn)(const double *at, double *speed);

static void roessler(const double *at, double *speed)
{
    speed[0] = -at[1] - at[2];
    speed[1] = at[0] + 0.2 * at[1];
    speed[2] = 0.2 + at[2] * (at[0] - 5.7);
}

static void lorenz(const double *at, double *speed)
{
    speed[0] = 10 * (at[1] - at[0]);
    speed[1] = at[0] * (28 - at[2]) - at[1];
    speed[2] = at[0] * at[1] - 8.0 / 3 * at[2];
}

/* x of a flow, after a while, every `every` steps of the classical Runge-Kutta method. */
static double *flow_signal(flow_fn flow, double step, int every, uint64_t count)
{
    double at[3] = {1, 1, 1}, k[4][3], try[3];
    double *out = malloc(count * sizeof *out);
    if (!out) CHECK_FAIL("no memory");
    for (uint64_t i = 0; i < count + 1000; ++i) {
        for (int s = 0; s < every; ++s) {
            flow(at, k[0]);
            for (int stage = 1; stage < 4; ++stage) {
                for (int a = 0; a < 3; ++a)
                    try[a] = at[a] + step * (stage == 3 ? 1 : 0.5) * k[stage - 1][a];
                flow(try, k[stage]);
            }
            for (int a = 0; a < 3; ++a)
                at[a] += step / 6 * (k[0][a] + 2 * k[1][a] + 2 * k[2][a] + k[3][a]);
        }
        if (i >= 1000) out[i - 1000] = at[0];
    }
    return out;
}

static double *noise(uint64_t count)
{
    double *out = malloc(count * sizeof *out);
    if (!out) CHECK_FAIL("no memory");
    for (uint64_t i = 0; i < count; ++i)
        out[i] = check_random_unit();
    return out;
}

/* ---- The formulas again, slowly
 * -------------------------------------------------------------------- */

static int plain_bin(const double *x, uint64_t n, double value, int bins)
{
    uint64_t below = 0, finite = 0;
    for (uint64_t i = 0; i < n; ++i) {
        finite += !isnan(x[i]);
        below += x[i] < value;
    }
    return (int)(below * (uint64_t)bins / finite);
}

/* H(a) + H(b) - H(a, b), another form than the implementation's sum. */
static double plain_information(const double *x, uint64_t n, uint64_t lag, int bins)
{
    double joint[64][64] = {{0}}, first[64] = {0}, second[64] = {0}, total = 0, bits = 0;
    for (uint64_t i = 0; i + lag < n; ++i) {
        if (isnan(x[i]) || isnan(x[i + lag])) continue;
        const int a = plain_bin(x, n, x[i], bins), b = plain_bin(x, n, x[i + lag], bins);
        joint[a][b] += 1;
        first[a] += 1;
        second[b] += 1;
        total += 1;
    }
    for (int a = 0; a < bins; ++a) {
        if (first[a] > 0) bits -= first[a] / total * log2(first[a] / total);
        if (second[a] > 0) bits -= second[a] / total * log2(second[a] / total);
        for (int b = 0; b < bins; ++b)
            if (joint[a][b] > 0) bits += joint[a][b] / total * log2(joint[a][b] / total);
    }
    return bits;
}

static double plain_correlation(const double *x, uint64_t n, uint64_t lag)
{
    double mean = 0, finite = 0, top = 0, bottom = 0;
    for (uint64_t i = 0; i < n; ++i)
        if (!isnan(x[i])) {
            mean += x[i];
            finite += 1;
        }
    mean /= finite;
    for (uint64_t i = 0; i < n; ++i) {
        if (!isnan(x[i])) bottom += (x[i] - mean) * (x[i] - mean);
        if (i + lag < n && !isnan(x[i]) && !isnan(x[i + lag]))
            top += (x[i] - mean) * (x[i + lag] - mean);
    }
    return top / bottom;
}

static double plain_false_share(const double *x, uint64_t n, uint64_t tau, uint32_t m, double sd)
{
    uint64_t tried = 0, wrong = 0;
    for (uint64_t i = 0; i + m * tau < n; ++i) {
        double least = INFINITY, next = NAN;
        for (uint64_t j = 0; j + m * tau < n; ++j) {
            double square = 0;
            for (uint32_t k = 0; k < m; ++k)
                square += (x[j + k * tau] - x[i + k * tau]) * (x[j + k * tau] - x[i + k * tau]);
            if (j == i || isnan(square) || isnan(x[j + m * tau]) || isnan(x[i + m * tau])) continue;
            if (square >= least) continue;
            least = square;
            next = fabs(x[j + m * tau] - x[i + m * tau]);
        }
        if (isinf(least)) continue;
        tried += 1;
        wrong += next > 15 * sqrt(least) || sqrt(least + next * next) > 2 * sd;
    }
    return tried < 10 ? NAN : (double)wrong / (double)tried;
}

static void compare_with_formulas(const double *x, uint64_t n, int bins)
{
    bench *b = bench_open(12, 4);
    recommend(b, x, n);
    double mean = 0, square = 0, finite = 0;
    for (uint64_t i = 0; i < n; ++i)
        if (!isnan(x[i])) {
            mean += x[i];
            finite += 1;
        }
    mean /= finite;
    for (uint64_t i = 0; i < n; ++i)
        if (!isnan(x[i])) square += (x[i] - mean) * (x[i] - mean);
    for (uint32_t lag = 0; lag <= 12; ++lag) {
        CHECK_NEAR(plain_information(x, n, lag, bins), b->information[lag], 1e-10);
        CHECK_NEAR(plain_correlation(x, n, lag), b->correlation[lag], 1e-10);
    }
    for (uint32_t m = 1; m <= 4; ++m)
        CHECK_NEAR(plain_false_share(x, n, b->e.tau, m, sqrt(square / finite)), b->wrong[m - 1],
                   1e-12);
    bench_close(b);
}

TEST(curves_are_those_of_the_formulas)
{
    for (int round = 0; round < 4; ++round) {
        double *x = noise(400);
        for (int i = 1; i < 400; ++i)
            x[i] = 0.7 * x[i - 1] + x[i];
        if (round & 1) /* ties: equal samples share a bin */
            for (int i = 0; i < 400; ++i)
                x[i] = floor(x[i] * 6) / 6;
        if (round & 2)
            for (int i = 0; i < 400; ++i)
                if (check_random_unit() < 0.05) x[i] = i % 2 ? NAN : INFINITY;
        int finite = 0;
        for (int i = 0; i < 400; ++i) {
            if (isinf(x[i])) x[i] = NAN;
            finite += !isnan(x[i]);
        }
        compare_with_formulas(x, 400, (int)ceil(sqrt(finite / 5.0)));
        free(x);
    }
}

TEST(sine_needs_two_dimensions)
{
    enum { PERIOD = 80, COUNT = 2000 };
    double x[COUNT];
    /* Not a whole number of samples, so that none falls upon one of another period. */
    for (int i = 0; i < COUNT; ++i)
        x[i] = sin(2 * 3.14159265358979323846 * i / (PERIOD + 0.37));
    bench *b = bench_open(60, DIMS);
    recommend(b, x, COUNT);
    CHECK(b->e.tau_acf >= PERIOD / 4 - 1 && b->e.tau_acf <= PERIOD / 4 + 1);
    CHECK_INT(2, b->e.m);
    CHECK_NEAR(1, b->correlation[0], 1e-12);
    CHECK(b->wrong[0] > 0.2);
    CHECK(b->e.tau >= 1 && b->e.tau <= PERIOD / 2);
    bench_close(b);
}

TEST(roessler_needs_three_dimensions)
{
    double *x = flow_signal(roessler, 0.02, 5, 5000);
    bench *b = bench_open(LAGS, DIMS);
    recommend(b, x, 5000);
    printf("  tau %u (information %u, correlation %u), m %u, false %.4f %.4f %.4f\n", b->e.tau,
           b->e.tau_mi, b->e.tau_acf, b->e.m, b->wrong[0], b->wrong[1], b->wrong[2]);
    CHECK_INT(3, b->e.m);
    /* A turn takes about 59 samples; a quarter of one is where both criteria lie. */
    CHECK(b->e.tau_acf >= 12 && b->e.tau_acf <= 18);
    CHECK(b->e.tau_mi >= 8 && b->e.tau_mi <= 22);
    CHECK_INT(b->e.tau_mi, b->e.tau);
    bench_close(b);
    free(x);
}

TEST(lorenz_needs_three_dimensions)
{
    double *x = flow_signal(lorenz, 0.005, 2, 6000);
    bench *b = bench_open(60, DIMS);
    recommend(b, x, 6000);
    printf("  tau %u (information %u, correlation %u), m %u, false %.4f %.4f %.4f\n", b->e.tau,
           b->e.tau_mi, b->e.tau_acf, b->e.m, b->wrong[0], b->wrong[1], b->wrong[2]);
    CHECK_INT(3, b->e.m);
    CHECK(b->e.tau_mi >= 12 && b->e.tau_mi <= 20); /* 0.16 time units in the literature */
    bench_close(b);
    free(x);
}

TEST(noise_is_told_from_signal)
{
    double *x = noise(20000);
    bench *b = bench_open(20, 3);
    recommend(b, x, 3000);
    CHECK_INT(1, b->e.tau);
    CHECK_INT(1, b->e.tau_mi);
    CHECK(b->information[0] > 4);
    for (uint32_t lag = 1; lag <= 20; ++lag) {
        /* What independent values have on average, (bins - 1)^2 / (2 n ln 2), and no more. */
        CHECK(b->information[lag] < 0.2 && b->information[lag] > 0.1);
        CHECK(fabs(b->correlation[lag]) < 0.1);
    }
    CHECK(b->wrong[0] > 0.5);
    bench_close(b);
    free(x);
}

TEST(first_zero_and_fallbacks)
{
    double x[400];
    bench *b = bench_open(5, 2);
    /* A line: its information falls at every lag looked at, its correlation stays above 0. */
    for (int i = 0; i < 400; ++i)
        x[i] = i;
    recommend(b, x, 400);
    CHECK_INT(0, b->e.tau_acf);
    CHECK(b->e.tau >= 1 && b->e.tau <= 5);
    if (b->e.tau_mi == 0) CHECK_INT(1, b->e.tau);
    /* Alternating: negative at lag 1. */
    for (int i = 0; i < 400; ++i)
        x[i] = i % 2 ? 1 : -1;
    recommend(b, x, 400);
    CHECK_INT(1, b->e.tau_acf);
    bench_close(b);
}

TEST(short_recordings_have_gaps_in_their_curves)
{
    double x[30];
    for (int i = 0; i < 30; ++i)
        x[i] = sin(i * 0.9) + 0.01 * check_random_unit();
    bench *b = bench_open(LAGS, DIMS);
    recommend(b, x, 30);
    CHECK(!isnan(b->information[20]) && isnan(b->information[21]) && isnan(b->correlation[LAGS]));
    CHECK(b->e.tau >= 1 && b->e.tau <= 20 && b->e.m >= 1 && b->e.m <= DIMS);
    bench_close(b);
}

TEST(what_cannot_be_told_is_refused)
{
    double x[20] = {0};
    td_error err = TD_ERROR_INIT;
    bench *b = bench_open(5, 3);
    b->e.tau = 77;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, rqa_recommend(b->engine, x, 20, &b->e, &err), &err);
    CHECK_HAS("constant", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, rqa_recommend(b->engine, x, 9, &b->e, &err), &err);
    CHECK_HAS("10", err.message);
    for (int i = 0; i < 20; ++i)
        x[i] = i < 11 ? NAN : i;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, rqa_recommend(b->engine, x, 20, &b->e, &err), &err);
    CHECK_HAS("9 finite", err.message);
    CHECK_INT(77, b->e.tau);
    b->e.lag_count = RQA_LAGS_MAX + 1;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, rqa_recommend(b->engine, x, 20, &b->e, &err), &err);
    CHECK_HAS("1 to 1000", err.message);
    b->e.lag_count = 5;
    b->e.dim_count = 0;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, rqa_recommend(b->engine, x, 20, &b->e, &err), &err);
    b->e.dim_count = 3;
    b->e.false_neighbours = NULL;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, rqa_recommend(b->engine, x, 20, &b->e, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, rqa_recommend(b->engine, NULL, 20, &b->e, &err), &err);
    bench_close(b);
}

/* Memory that ends at the k-th request: an error, and nothing changed. */
typedef struct meter {
    int64_t left;
} meter;

static void *meter_resize(void *context, void *memory, size_t old_bytes, size_t new_bytes)
{
    meter *m = context;
    (void)old_bytes;
    if (new_bytes == 0) {
        free(memory);
        return NULL;
    }
    if (m->left == 0) return NULL;
    if (m->left > 0) m->left -= 1;
    return realloc(memory, new_bytes);
}

TEST(out_of_memory_leaves_all_as_it_was)
{
    meter left = {-1};
    td_allocator allocator = {meter_resize, &left};
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_error err = TD_ERROR_INIT;
    double x[50];
    for (int i = 0; i < 50; ++i)
        x[i] = check_random_unit();
    bench *b = bench_open(5, 3);
    td_engine_destroy(b->engine);
    b->engine = NULL;
    config.allocator = allocator;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &b->engine, &err), &err);
    b->e.tau = b->e.m = 77;
    for (int64_t k = 0; k < 3; ++k) {
        left.left = k;
        CHECK_STATUS(TD_E_NO_MEMORY, rqa_recommend(b->engine, x, 50, &b->e, &err), &err);
        CHECK(b->e.tau == 77 && b->e.m == 77 && b->information[0] == 0);
    }
    left.left = -1;
    recommend(b, x, 50);
    bench_close(b);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(curves_are_those_of_the_formulas),
                                     RUN(sine_needs_two_dimensions),
                                     RUN(roessler_needs_three_dimensions),
                                     RUN(lorenz_needs_three_dimensions),
                                     RUN(noise_is_told_from_signal),
                                     RUN(first_zero_and_fallbacks),
                                     RUN(short_recordings_have_gaps_in_their_curves),
                                     RUN(what_cannot_be_told_is_refused),
                                     RUN(out_of_memory_leaves_all_as_it_was),
                                     {0}});
}
