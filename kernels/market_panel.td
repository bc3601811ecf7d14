/* market_panel.td - indicators over a panel: those that strategies read most. One item computes one
 * call (an indicator with its numbers) for one symbol, from the first bar to the last.
 *
 * The formulas and the order of the operations are those of modules/market (family_overlap.h,
 * window.h, momentum_strength.h ..), so that the values are the CPU's bits; tables and sources
 * stand there. All series lie in one buffer, series[number][symbol / 8][bar][symbol % 8], as the
 * CPU has them: eight symbols side by side, their own bars from 0 on. Each kernel takes
 *
 *   jobs     [job][MARKET_JOB_WORDS]  the numbers of its input series, then from MARKET_JOB_OUT on
 *            of its outputs; no job reads what another one of the same launch writes
 *   params   [job][MARKET_PARAMS]     the numbers of the call in the order of its table; then what
 *            is no number and stands in front of the first value, and 1 / the first number
 *
 * A window is never kept by taking off what leaves it: it is the end of one block of n bars and the
 * beginning of the next (window.h). The sums over ends of the block before wait in the output,
 * where they are read before the value takes their place. */
#ifdef TD_HAS_F64
#define MARKET_LANES     8     /* symbols are a multiple of it */
#define MARKET_JOB_WORDS 12
#define MARKET_JOB_OUT   5
#define MARKET_PARAMS    12
#define MARKET_NONE      10
#define MARKET_INVERSE   11

/* Where a symbol's bars begin in a series of bar_count bars; they are MARKET_LANES apart. */
TD_FN td_i64 market_begin(const td_i32 symbol, const td_i32 bar_count)
{
    return (td_i64)(symbol / MARKET_LANES) * bar_count * MARKET_LANES + symbol % MARKET_LANES;
}

/* One job of one symbol. row: from one series to the next, step: from one bar to the next. */
typedef struct market_job {
    TD_GLOBAL double *series;
    TD_GLOBAL const td_i32 *words;
    TD_GLOBAL const double *param;
    td_i64 row, step, bars;
} market_job;

TD_FN market_job market_job_of(TD_GLOBAL double *series, TD_GLOBAL const td_i32 *jobs,
                               TD_GLOBAL const double *params, const td_u32 item,
                               const td_i32 symbol_count, const td_i32 bar_count)
{
    market_job job;
    const td_u32 number = item / (td_u32)symbol_count;
    const td_i32 symbol = (td_i32)(item - number * (td_u32)symbol_count);
    job.series = series + market_begin(symbol, bar_count);
    job.words = jobs + (td_i64)number * MARKET_JOB_WORDS;
    job.param = params + (td_i64)number * MARKET_PARAMS;
    job.row = (td_i64)symbol_count * bar_count;
    job.step = MARKET_LANES;
    job.bars = bar_count;
    return job;
}

TD_FN TD_GLOBAL const double *market_in(const market_job *job, const int number)
{
    return job->series + job->words[number] * job->row;
}

TD_FN TD_GLOBAL double *market_to(const market_job *job, const int number)
{
    return job->series + job->words[MARKET_JOB_OUT + number] * job->row;
}

TD_FN void market_blank(const market_job *job, TD_GLOBAL double *out, const td_i64 bars)
{
    for (td_i64 t = 0; t < bars && t < job->bars; ++t)
        out[t * job->step] = job->param[MARKET_NONE];
}

/* What every kernel here takes, and does with each of its items, fewer than 2^32. */
#define MARKET_PANEL_ARGS                                                                  \
    TD_GLOBAL double *series, TD_GLOBAL const td_i32 *TD_RESTRICT jobs,                    \
    TD_GLOBAL const double *TD_RESTRICT params, const td_i32 job_count,                    \
    const td_i32 symbol_count, const td_i32 bar_count TD_ARGS_END
#define MARKET_EACH(body)                                                                  \
    TD_PHASE                                                                               \
        const td_i64 items = (td_i64)job_count * symbol_count;                             \
        for (td_i64 item = TD_GID; item < items; item += TD_STRIDE) {                      \
            const market_job job =                                                         \
                market_job_of(series, jobs, params, (td_u32)item, symbol_count, bar_count); \
            body(&job);                                                                    \
        }                                                                                  \
    TD_PHASE_END

TD_FN double market_larger(const double a, const double b) { return a > b ? a : b; }
TD_FN double market_smaller(const double a, const double b) { return a < b ? a : b; }
TD_FN double market_size_of(const double a) { return a < 0.0 ? -a : a == 0.0 ? 0.0 : a; }

/* a / b, 0 where b is as good as 0. */
TD_FN double market_ratio(const double a, const double b)
{
    return market_size_of(b) < 1e-14 ? 0.0 : a / b;
}

/* ---- Averages ------------------------------------------------------------------------- */

/* param: timeperiod. */
TD_FN void market_sma_of(const market_job *job)
{
    TD_GLOBAL const double *const x = market_in(job, 0);
    TD_GLOBAL double *const y = market_to(job, 0);
    const td_i64 n = (td_i64)job->param[0], step = job->step;
    const double inverse = job->param[MARKET_INVERSE];
    for (td_i64 b = 0; b < job->bars; b += n) {
        const double anchor = x[b * step];
        double sum = 0.0, part = 0.0;
        for (td_i64 k = n - 1; k >= 0; --k) {
            if (b + k < job->bars) y[(b + k) * step] = sum;
            if (b > 0) sum += x[(b - n + k) * step] - anchor;
        }
        for (td_i64 t = b; t < b + n && t < job->bars; ++t) {
            part += x[t * step] - anchor;
            y[t * step] = anchor + (part + y[t * step]) * inverse;
        }
    }
    market_blank(job, y, n - 1);
}

/* The mean of the first n values, then moves on by k of the distance. */
TD_FN double market_ema_next(const double mean, const double value, const td_i64 age,
                             const td_i64 n, const double k)
{
    const double next = age >= n ? (value - mean) * k + mean : mean + value;
    return age == n - 1 ? next / (double)n : next;
}

/* param: timeperiod, seed (0: the mean of the first, 1: the first). */
TD_FN void market_ema_of(const market_job *job)
{
    TD_GLOBAL const double *const x = market_in(job, 0);
    TD_GLOBAL double *const y = market_to(job, 0);
    const td_i64 n = (td_i64)job->param[0], step = job->step;
    const double k = 2.0 / (job->param[0] + 1.0);
    const int first = job->param[1] != 0.0;
    double mean = first && job->bars > 0 ? x[0] : 0.0;
    for (td_i64 t = 0; t < job->bars; ++t) {
        const double value = x[t * step];
        mean = first ? (value - mean) * k + mean : market_ema_next(mean, value, t, n, k);
        y[t * step] = mean;
    }
    if (!first) market_blank(job, y, n - 1);
}

/* param: fastperiod, slowperiod, signalperiod, seed. */
TD_FN void market_macd_of(const market_job *job)
{
    TD_GLOBAL const double *const x = market_in(job, 0);
    TD_GLOBAL double *const y = market_to(job, 0), *const s = market_to(job, 1);
    TD_GLOBAL double *const d = market_to(job, 2);
    const double quick = market_smaller(job->param[0], job->param[1]);
    const double late = market_larger(job->param[0], job->param[1]);
    const td_i64 fast = (td_i64)quick, slow = (td_i64)late, n = (td_i64)job->param[2];
    const double fast_k = 2.0 / (quick + 1.0), slow_k = 2.0 / (late + 1.0);
    const double k = 2.0 / ((double)n + 1.0);
    const int first = job->param[3] != 0.0;
    double a = 0.0, b = 0.0, mean = 0.0;
    for (td_i64 t = 0; t < job->bars; ++t) {
        const double value = x[t * job->step];
        const td_i64 own = t + 1 - slow;
        if (first) {
            a = t > 0 ? (value - a) * fast_k + a : value;
            b = t > 0 ? (value - b) * slow_k + b : value;
        } else {
            if (t + fast >= slow) a = market_ema_next(a, value, t + fast - slow, fast, fast_k);
            b = market_ema_next(b, value, t, slow, slow_k);
        }
        const double macd = a - b;
        if (first) mean = t == 0 ? 0.0 : n == 1 ? macd : (macd - mean) * k + mean;
        else if (own >= n && n == 1) mean = macd;
        else if (own >= 0) mean = market_ema_next(mean, macd, own, n, k);
        y[t * job->step] = macd;
        s[t * job->step] = mean;
        d[t * job->step] = macd - mean;
    }
    for (int i = 0; i < 3 && !first; ++i) market_blank(job, market_to(job, i), slow + n - 2);
}

/* ---- Bands, strength, ranges ---------------------------------------------------------- */

/* param: timeperiod, nbdevup, nbdevdn, matype (0 only), ddof. */
TD_FN void market_bbands_of(const market_job *job)
{
    TD_GLOBAL const double *const x = market_in(job, 0);
    TD_GLOBAL double *const upper = market_to(job, 0), *const middle = market_to(job, 1);
    TD_GLOBAL double *const lower = market_to(job, 2);
    const td_i64 n = (td_i64)job->param[0], step = job->step;
    const double inverse = job->param[MARKET_INVERSE];
    const double freed = 1.0 / (job->param[0] - job->param[4]);
    for (td_i64 b = 0; b < job->bars; b += n) {
        const double anchor = x[b * step];
        double sum = 0.0, squares = 0.0, part = 0.0, other = 0.0;
        for (td_i64 k = n - 1; k >= 0; --k) {
            if (b + k < job->bars) {
                upper[(b + k) * step] = sum;
                middle[(b + k) * step] = squares;
            }
            const double distance = b > 0 ? x[(b - n + k) * step] - anchor : 0.0;
            sum += distance;
            squares += distance * distance;
        }
        for (td_i64 t = b; t < b + n && t < job->bars; ++t) {
            const double distance = x[t * step] - anchor;
            part += distance;
            other += distance * distance;
            const double all = part + upper[t * step], mean = all * inverse;
            const double variance = (other + middle[t * step] - all * mean) * freed;
            const double width = variance < 1e-14 ? 0.0 : TD_SQRT_F64(variance);
            middle[t * step] = anchor + mean;
            upper[t * step] = anchor + mean + job->param[1] * width;
            lower[t * step] = anchor + mean - job->param[2] * width;
        }
    }
    for (int i = 0; i < 3; ++i) market_blank(job, market_to(job, i), n - 1);
}

/* param: timeperiod. Wilder's means of rises and falls. */
TD_FN void market_rsi_of(const market_job *job)
{
    TD_GLOBAL const double *const x = market_in(job, 0);
    TD_GLOBAL double *const y = market_to(job, 0);
    const td_i64 n = (td_i64)job->param[0], step = job->step;
    const double share = job->param[MARKET_INVERSE];
    double gain = 0.0, loss = 0.0;
    for (td_i64 t = 1; t < job->bars; ++t) {
        const double change = x[t * step] - x[(t - 1) * step];
        const double up = market_larger(change, 0.0), down = market_larger(-change, 0.0);
        gain = t <= n ? gain + up : gain + (up - gain) * share;
        loss = t <= n ? loss + down : loss + (down - loss) * share;
        if (t == n) {
            gain /= (double)n;
            loss /= (double)n;
        }
        y[t * step] = 100.0 * market_ratio(gain, gain + loss);
    }
    market_blank(job, y, n);
}

/* The true range of bar t; of the first, high less low. */
TD_FN double market_range(const market_job *job, TD_GLOBAL const double *high,
                          TD_GLOBAL const double *low, TD_GLOBAL const double *close,
                          const td_i64 t)
{
    const td_i64 at = t * job->step;
    double range = high[at] - low[at];
    if (t > 0) {
        const double before = close[at - job->step];
        range = market_larger(range, market_size_of(high[at] - before));
        range = market_larger(range, market_size_of(low[at] - before));
    }
    return range;
}

/* param: timeperiod, first_range (1: the first bar has one too). */
TD_FN void market_atr_of(const market_job *job)
{
    TD_GLOBAL const double *const high = market_in(job, 0), *const low = market_in(job, 1);
    TD_GLOBAL const double *const close = market_in(job, 2);
    TD_GLOBAL double *const y = market_to(job, 0);
    const td_i64 begin = job->param[1] != 0.0 ? 0 : 1, ready = begin + (td_i64)job->param[0] - 1;
    const double share = job->param[MARKET_INVERSE];
    double mean = 0.0;
    for (td_i64 t = begin; t <= ready && t < job->bars; ++t)
        mean += market_range(job, high, low, close, t);
    mean /= job->param[0];
    if (ready < job->bars) y[ready * job->step] = mean;
    for (td_i64 t = ready + 1; t < job->bars; ++t) {
        mean += (market_range(job, high, low, close, t) - mean) * share;
        y[t * job->step] = mean;
    }
    market_blank(job, y, ready);
}

/* ---- Extremes and changes ------------------------------------------------------------- */

TD_FN void market_extreme_of(const market_job *job, const int largest)
{
    TD_GLOBAL const double *const x = market_in(job, 0);
    TD_GLOBAL double *const y = market_to(job, 0);
    const td_i64 n = (td_i64)job->param[0], step = job->step;
    for (td_i64 b = 0; b < job->bars; b += n) {
        const double first = x[b * step];
        double end = first, part = first;
        for (td_i64 k = n - 1; k >= 0; --k) {
            if (b + k < job->bars) y[(b + k) * step] = end;
            if (b == 0) continue;
            const double old = x[(b - n + k) * step];
            end = largest ? market_larger(end, old) : market_smaller(end, old);
        }
        for (td_i64 t = b; t < b + n && t < job->bars; ++t) {
            const double value = x[t * step], before = y[t * step];
            part = largest ? market_larger(part, value) : market_smaller(part, value);
            y[t * step] = largest ? market_larger(part, before) : market_smaller(part, before);
        }
    }
    market_blank(job, y, n - 1);
}

/* param: timeperiod. */
TD_FN void market_max_of(const market_job *job) { market_extreme_of(job, 1); }
TD_FN void market_min_of(const market_job *job) { market_extreme_of(job, 0); }

/* param: timeperiod. The distance from the value that long ago. */
TD_FN void market_mom_of(const market_job *job)
{
    TD_GLOBAL const double *const x = market_in(job, 0);
    TD_GLOBAL double *const y = market_to(job, 0);
    const td_i64 n = (td_i64)job->param[0], step = job->step;
    for (td_i64 t = n; t < job->bars; ++t) y[t * step] = x[t * step] - x[(t - n) * step];
    market_blank(job, y, n);
}

TD_KERNEL void market_sma(MARKET_PANEL_ARGS) { MARKET_EACH(market_sma_of) }
TD_KERNEL void market_ema(MARKET_PANEL_ARGS) { MARKET_EACH(market_ema_of) }
TD_KERNEL void market_macd(MARKET_PANEL_ARGS) { MARKET_EACH(market_macd_of) }
TD_KERNEL void market_bbands(MARKET_PANEL_ARGS) { MARKET_EACH(market_bbands_of) }
TD_KERNEL void market_rsi(MARKET_PANEL_ARGS) { MARKET_EACH(market_rsi_of) }
TD_KERNEL void market_atr(MARKET_PANEL_ARGS) { MARKET_EACH(market_atr_of) }
TD_KERNEL void market_max(MARKET_PANEL_ARGS) { MARKET_EACH(market_max_of) }
TD_KERNEL void market_min(MARKET_PANEL_ARGS) { MARKET_EACH(market_min_of) }
TD_KERNEL void market_mom(MARKET_PANEL_ARGS) { MARKET_EACH(market_mom_of) }
#endif
