/* test_cycle.c - Ehlers' cycle against his formulas, written with whole arrays, one bar after the
 * other, one series at a time. */
#include "family_help.h"

#define DEGREES (180 / 3.14159265358979323846)

typedef struct cycle {
    double smooth[BARS_MAX], detrended[BARS_MAX], q1[BARS_MAX], i1[BARS_MAX];
    double i2[BARS_MAX], q2[BARS_MAX], re[BARS_MAX], im[BARS_MAX];
    double period[BARS_MAX], smooth_period[BARS_MAX];
    double phase[BARS_MAX], line[BARS_MAX], mean[BARS_MAX];
} cycle;

static double back(const double *x, uint64_t t, uint64_t bars_back)
{
    return t >= bars_back ? x[t - bars_back] : 0;
}

/* Rocket Science for Traders, figure 6.4. */
static double hilbert_at(const double *x, uint64_t t, double period_before)
{
    return (0.0962 * x[t] + 0.5769 * back(x, t, 2) - 0.5769 * back(x, t, 4) -
            0.0962 * back(x, t, 6)) *
           (0.075 * period_before + 0.54);
}

static double period_at(const cycle *c, uint64_t t)
{
    const double before = back(c->period, t, 1);
    double period = before;
    if (c->im[t] != 0 && c->re[t] != 0) period = 360 / (atan(c->im[t] / c->re[t]) * DEGREES);
    period = fmin(period, 1.5 * before);
    period = fmax(period, 0.67 * before);
    period = fmin(fmax(period, 6), 50);
    return 0.2 * period + 0.8 * before;
}

/* Figures 7.2 and 9.5. begin: the first bar that the transform sees. */
static void cycle_fill(cycle *c, const double *x, uint64_t count, uint64_t begin)
{
    static double ahead_i, ahead_q;
    memset(c, 0, sizeof *c);
    for (uint64_t t = begin; t < count; ++t) {
        const double period = c->period[t - 1];
        c->smooth[t] = (4 * x[t] + 3 * x[t - 1] + 2 * x[t - 2] + x[t - 3]) / 10;
        c->detrended[t] = hilbert_at(c->smooth, t, period);
        c->q1[t] = hilbert_at(c->detrended, t, period);
        c->i1[t] = c->detrended[t - 3];
        ahead_i = hilbert_at(c->i1, t, period);
        ahead_q = hilbert_at(c->q1, t, period);
        c->i2[t] = 0.2 * (c->i1[t] - ahead_q) + 0.8 * c->i2[t - 1];
        c->q2[t] = 0.2 * (c->q1[t] + ahead_i) + 0.8 * c->q2[t - 1];
        c->re[t] = 0.2 * (c->i2[t] * c->i2[t - 1] + c->q2[t] * c->q2[t - 1]) + 0.8 * c->re[t - 1];
        c->im[t] = 0.2 * (c->i2[t] * c->q2[t - 1] - c->q2[t] * c->i2[t - 1]) + 0.8 * c->im[t - 1];
        c->period[t] = period_at(c, t);
        c->smooth_period[t] = 0.33 * c->period[t] + 0.67 * c->smooth_period[t - 1];
    }
}

/* Figure 9.5: the phase of the dominant cycle. */
static void phase_fill(cycle *c, uint64_t count, uint64_t begin)
{
    for (uint64_t t = begin; t < count; ++t) {
        const int n = (int)(c->smooth_period[t] + 0.5);
        double re = 0, im = 0, phase = c->phase[t - 1];
        for (int i = 0; i < n; ++i) {
            re += sin(i * 360.0 / n / DEGREES) * back(c->smooth, t, (uint64_t)i);
            im += cos(i * 360.0 / n / DEGREES) * back(c->smooth, t, (uint64_t)i);
        }
        if (im != 0) phase = atan(re / im) * DEGREES;
        else if (re != 0) phase += re > 0 ? 90 : -90;
        phase += 90 + 360 / c->smooth_period[t] + (im < 0 ? 180 : 0);
        c->phase[t] = phase > 315 ? phase - 360 : phase;
    }
}

/* Figure 10.2: the instantaneous trendline. */
static void line_fill(cycle *c, const double *x, uint64_t count, uint64_t begin)
{
    for (uint64_t t = begin; t < count; ++t) {
        const int n = (int)(c->smooth_period[t] + 0.5);
        for (int i = 0; i < n; ++i)
            c->mean[t] += x[t - (uint64_t)i] / n;
        c->line[t] =
            (4 * c->mean[t] + 3 * c->mean[t - 1] + 2 * c->mean[t - 2] + c->mean[t - 3]) / 10;
    }
}

static cycle made;

static void early(const bars *b)
{
    cycle_fill(&made, b->close, b->count, 12);
}

static void late(const bars *b)
{
    cycle_fill(&made, b->close, b->count, 37);
    phase_fill(&made, b->count, 37);
    line_fill(&made, b->close, b->count, 37);
}

static void tell(double *out, const double *values, const bars *b, uint64_t from)
{
    for (uint64_t t = 0; t < b->count; ++t)
        out[t] = t < from ? NAN : values[t];
}

static void dcperiod_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    (void)param;
    early(b);
    tell(out[0], made.smooth_period, b, 32);
}

static void phasor_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    (void)param;
    early(b);
    tell(out[0], made.i1, b, 32);
    tell(out[1], made.q1, b, 32);
}

static void dcphase_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    (void)param;
    late(b);
    tell(out[0], made.phase, b, 63);
}

static void sine_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    (void)param;
    late(b);
    for (uint64_t t = 0; t < b->count; ++t) {
        out[0][t] = t < 63 ? NAN : sin(made.phase[t] / DEGREES);
        out[1][t] = t < 63 ? NAN : sin((made.phase[t] + 45) / DEGREES);
    }
}

static void trendline_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    (void)param;
    late(b);
    tell(out[0], made.line, b, 63);
}

/* Figure 11.1. */
static void trendmode_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    double days = 0, sine = 0, lead = 0;
    (void)param;
    late(b);
    for (uint64_t t = 0; t < b->count; ++t) {
        out[0][t] = 0;
        if (t < 37) continue;
        const double period = made.smooth_period[t], turn = made.phase[t] - made.phase[t - 1];
        const double now = sin(made.phase[t] / DEGREES), then = sin((made.phase[t] + 45) / DEGREES);
        bool trend = true;
        if ((now > then && sine <= lead) || (now < then && sine >= lead)) {
            days = 0;
            trend = false;
        }
        days += 1;
        if (days < 0.5 * period) trend = false;
        if (turn > 0.67 * 360 / period && turn < 1.5 * 360 / period) trend = false;
        if (made.line[t] != 0 && fabs(made.smooth[t] / made.line[t] - 1) >= 0.015) trend = true;
        sine = now;
        lead = then;
        out[0][t] = t >= 63 && trend ? 1 : 0;
    }
}

/* Of prices that do not move the transform sees rounding only: those are left to the values of
 * other tests. A walk is where the formulas tell something. */
#define KINDS 1

TEST(period_and_phasor)
{
    family_check("ht_dcperiod", (double[4]){0}, dcperiod_reference, 1e-8, KINDS);
    family_check("ht_phasor", (double[4]){0}, phasor_reference, 1e-8, KINDS);
}

TEST(phase_and_sine)
{
    family_check("ht_dcphase", (double[4]){0}, dcphase_reference, 1e-6, KINDS);
    family_check("ht_sine", (double[4]){0}, sine_reference, 1e-6, KINDS);
}

TEST(trend)
{
    family_check("ht_trendline", (double[4]){0}, trendline_reference, 1e-8, KINDS);
    family_check("ht_trendmode", (double[4]){0}, trendmode_reference, 0, KINDS);
}

/* A pure sine of 20 bars is found to have 20 bars, and its phase to go on by 18 degrees a bar. */
TEST(pure_sine)
{
    static bars b;
    double out[OUTPUTS_MAX][BARS_MAX], phase[OUTPUTS_MAX][BARS_MAX];
    b.count = BARS_MAX;
    for (uint64_t t = 0; t < b.count; ++t)
        b.close[t] = 100 + sin((double)t * 18 / DEGREES);
    family_of("ht_dcperiod", (double[4]){0}, &b, out);
    family_of("ht_dcphase", (double[4]){0}, &b, phase);
    for (uint64_t t = 200; t < b.count; ++t) {
        double turn = phase[0][t] - phase[0][t - 1];
        if (turn < 0) turn += 360;
        CHECK_NEAR(20, out[0][t], 0.5);
        CHECK_NEAR(18, turn, 2);
    }
}

/* Prices that never move, are 0 or infinite are no reason to read outside an array. */
TEST(nothing_to_see)
{
    static const char *const names[] = {"ht_dcperiod", "ht_dcphase",   "ht_phasor",
                                        "ht_sine",     "ht_trendline", "ht_trendmode"};
    static const double values[] = {0, 1.0 / 3, -5, 1e300, INFINITY};
    static bars b;
    double out[OUTPUTS_MAX][BARS_MAX];
    b.count = 200;
    for (int v = 0; v < 5; ++v) {
        for (uint64_t t = 0; t < b.count; ++t)
            b.close[t] = values[v];
        for (int i = 0; i < 6; ++i)
            family_of(names[i], (double[4]){0}, &b, out);
        CHECK(out[0][0] == 0 && (out[0][100] == 0 || out[0][100] == 1));
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(period_and_phasor),
                                     RUN(phase_and_sine),
                                     RUN(trend),
                                     RUN(pure_sine),
                                     RUN(nothing_to_see),
                                     {0}});
}
