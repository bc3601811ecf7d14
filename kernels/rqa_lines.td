/* rqa_lines.td - line histograms of recurrence plots: the diagonals above the main one, or the
 * rows, of many recordings, embedding dimensions and delays in one launch, for up to
 * RQA_LEVELS_MAX thresholds at once.
 *
 * A job is one set of lines: one recording, norm, m, tau and piece of the threshold axis. A group
 * takes RQA_LINES neighbouring lines of one job over one stretch of positions, an item one line:
 * then the first sample of a pair is the same for all items, and the second lies side by side.
 *
 * S is the sum of the terms of a pair in the order of the lag, x before y, from the first lag on,
 * for every m anew. It only grows, so that the sum ends once it is above the last limit. The level
 * of a position is the number of the first limit that is at least S, and the number of limits
 * where there is no such.
 *
 * Runs of all thresholds come from one walk with a stack of open runs: an entry (level, start)
 * means that the thresholds from its level up to the level below it in the stack have a run since
 * start. Levels fall and starts rise from the bottom, a sentinel whose level is the number of
 * limits, to the top. A run of length r that exists for the thresholds lo..hi-1 is counted as
 * lines[r][lo] += 1, lines[r][hi] -= 1; the sums along a row are the counts of lines.
 *
 * Stretches. A run of a threshold belongs to the stretch in which it starts, and to no other, so
 * every run is counted once if each item counts exactly the runs that start in its stretch. They
 * do: what is open at the position before the stretch is one foreign entry at the bottom, which
 * keeps its mark in whatever remains of it, and is not counted when it closes; within the stretch
 * a start is a start; from its end on no entry is added, so that nothing new starts, and the walk
 * goes on until no entry of its own is left. The pieces lo..hi in which a run's thresholds are
 * counted may differ from those of another cut, but not the sum: lines[r] holds the differences
 * along the thresholds of how many runs of length r there are, in whatever pieces they came.
 *
 * The kernels *_f64 compute S as the CPU does. *_f32 compute it from samples rounded to float32,
 * which decides unless it falls between below[e] and above[e] of a limit e: the host makes these
 * so that S32 <= below[e] only where S <= limit[e], and S32 > above[e] only where S > limit[e]. In
 * between the pair is computed again in float64 by integer arithmetic. Both give the same integers.
 *
 * The kernels rqa_one_* are for one threshold, where a line is open or not and needs no stack.
 *
 * Cost, not yet measured on a GPU: by the PTX a term is 12 to 14 instructions (two addresses, two
 * loads, difference, size or square, sum, comparison, loop), a pair some 20 more, a point that
 * recurs 40 to 100 with its level, stack and counts. So m = 3 takes 60 for 32 pairs; 132
 * multiprocessors that issue 4 a cycle at 1.7 GHz would do 100,237 samples (5.0e9 pairs) in about
 * 10 ms. Samples are read from the first cache, 16 bytes to a term of a pair and half of that in
 * float32; the memory of the device sees next to nothing, so instructions are the limit. */
#define RQA_LEVELS_MAX  63   /* with the sentinel a level has 6 bits */
#define RQA_START_BITS  26   /* of a start; the position before the stretch is 0 */
#define RQA_START_MASK  ((1u << RQA_START_BITS) - 1u)
#define RQA_SHORT_SLOTS 1024 /* counts of short lines in local memory */
#define RQA_LINES       TD_GROUP

/* Words of a job, in the order of modules/rqa/rqa_device.h. */
#define RQA_JOB_WORDS   20
#define RQA_JOB_GROUP   0  /* its first group of all */
#define RQA_JOB_BLOCKS  1  /* groups that stand side by side over one stretch */
#define RQA_JOB_STRETCH 2  /* positions of a stretch, below 2^26 */
#define RQA_JOB_X       3  /* the first sample of x */
#define RQA_JOB_Y       4  /* from a sample of x to that of y; 0: there is no y */
#define RQA_JOB_NORM    5  /* 0 l1, 1 l2, 2 max */
#define RQA_JOB_M       6
#define RQA_JOB_TAU     7
#define RQA_JOB_FIRST   8  /* the first line, and the one past the last */
#define RQA_JOB_LAST    9
#define RQA_JOB_COUNT   10 /* delay vectors */
#define RQA_JOB_ROWS    11 /* 1: lines are rows, 0: diagonals */
#define RQA_JOB_WINDOW  12 /* of rows: positions nearer to the line's number are left out */
#define RQA_JOB_LIMIT   13 /* its first limit, and how many it has */
#define RQA_JOB_LEVELS  14
#define RQA_JOB_LINES   15 /* lines[r][e] is lines[this + r * width + e] */
#define RQA_JOB_WIDTH   16
#define RQA_JOB_LONGEST 17 /* its longest line goes to longest[this] */

/* The job of a group: jobs ascend in their first group. */
TD_FN TD_GLOBAL const td_i32 *rqa_job_of(TD_GLOBAL const td_i32 *jobs, const td_i32 job_count,
                                         const td_i32 group)
{
    td_i32 low = 0, high = job_count - 1;
    while (low < high) {
        const td_i32 middle = low + (high - low + 1) / 2;
        if (jobs[middle * RQA_JOB_WORDS + RQA_JOB_GROUP] <= group) low = middle;
        else high = middle - 1;
    }
    return jobs + low * RQA_JOB_WORDS;
}

/* One item's line: where the two samples of its position 0 lie, and which positions it takes. */
typedef struct rqa_line {
    td_i32 a, b, b_step; /* the second sample moves with the position, or stays on a row */
    td_i32 y, norm, m, tau;
    td_i32 first, stop, end; /* lines that start at first..stop-1 are counted; the line's end */
    td_i32 gap_first;        /* positions that never recur */
    td_u32 gap_count;
    td_i32 levels;
} rqa_line;

TD_FN rqa_line rqa_line_of(TD_GLOBAL const td_i32 *job, const td_i32 group, const int item)
{
    rqa_line line;
    const td_i32 place = group - job[RQA_JOB_GROUP], blocks = job[RQA_JOB_BLOCKS];
    const td_i32 stretch = place / blocks;
    const td_i32 number = job[RQA_JOB_FIRST] + (place - stretch * blocks) * RQA_LINES + item;
    const td_i32 window = job[RQA_JOB_WINDOW], rows = job[RQA_JOB_ROWS];
    line.a = job[RQA_JOB_X];
    line.b = line.a + number;
    line.b_step = rows ? 0 : 1;
    line.y = job[RQA_JOB_Y];
    line.norm = job[RQA_JOB_NORM];
    line.m = job[RQA_JOB_M];
    line.tau = job[RQA_JOB_TAU];
    line.levels = job[RQA_JOB_LEVELS];
    line.end = number >= job[RQA_JOB_LAST] ? 0 : job[RQA_JOB_COUNT] - (rows ? 0 : number);
    line.first = stretch * job[RQA_JOB_STRETCH];
    line.stop = line.first + job[RQA_JOB_STRETCH];
    if (line.stop > line.end) line.stop = line.end;
    line.gap_first = number - window + 1;
    line.gap_count = window > 0 ? 2u * (td_u32)window - 1u : 0u;
    return line;
}

TD_FN int rqa_in_gap(const rqa_line *line, const td_i32 place)
{
    return (td_u32)place - (td_u32)line->gap_first < line->gap_count;
}

/* ---- Counting -------------------------------------------------------------------------------- */

/* Short lines, of which there are many, are counted in local memory, the others in global. */
typedef struct rqa_count {
    TD_LOCAL_PTR(td_i32) few;
    TD_GLOBAL td_i32 *lines; /* of the job */
    td_i32 few_width, few_rows, width;
} rqa_count;

TD_FN td_i32 rqa_few_rows(const td_i32 levels)
{
    return RQA_SHORT_SLOTS / (levels + 1);
}

TD_FN rqa_count rqa_count_of(TD_GLOBAL const td_i32 *job, TD_LOCAL_PTR(td_i32) few,
                             TD_GLOBAL td_i32 *lines)
{
    rqa_count count;
    count.few = few;
    count.lines = lines + (td_u32)job[RQA_JOB_LINES];
    count.few_width = job[RQA_JOB_LEVELS] + 1;
    count.few_rows = rqa_few_rows(job[RQA_JOB_LEVELS]);
    count.width = job[RQA_JOB_WIDTH];
    return count;
}

TD_FN void rqa_count_run(const rqa_count *count, const td_i32 length, const td_i32 low,
                         const td_i32 high)
{
    if (length < count->few_rows) {
        TD_LOCAL_PTR(td_i32) row = count->few + length * count->few_width;
        TD_ATOMIC_ADD_I32(row + low, 1);
        TD_ATOMIC_ADD_I32(row + high, -1);
    } else {
        TD_GLOBAL td_i32 *row = count->lines + (td_u32)length * (td_u32)count->width;
        TD_ATOMIC_ADD_I32(row + low, 1);
        TD_ATOMIC_ADD_I32(row + high, -1);
    }
}

/* Adds what item number item of the group has to add of the short lines. */
TD_FN void rqa_count_give(const rqa_count *count, const int item)
{
    const td_i32 slots = count->few_rows * count->few_width;
    for (td_i32 i = item; i < slots; i += TD_GROUP) {
        const td_i32 found = count->few[i], row = i / count->few_width;
        const td_i32 column = i - row * count->few_width;
        if (found != 0) TD_ATOMIC_ADD_I32(count->lines + row * count->width + column, found);
    }
}

/* ---- S in float32, and again in float64 where that does not decide -------------------------- */

typedef struct rqa_source_f32 {
    TD_GLOBAL const float *x;
    TD_GLOBAL const td_u64 *bits;  /* the samples as they are, float64 */
    TD_GLOBAL const td_u64 *limit; /* of the job, float64 */
    TD_LOCAL_PTR(float) below;
    TD_LOCAL_PTR(float) above;
    float top; /* above of the last limit */
} rqa_source_f32;

#ifdef TD_TARGET_OPENCL
TD_FN float rqa_size_f32(const float d) { return fabs(d); }
#else
TD_FN float rqa_size_f32(const float d) { return __builtin_fabsf(d); }
#endif

/* S, or something above top where S is; NaN where a sample is. */
TD_FN float rqa_sum_f32(const rqa_source_f32 *s, const rqa_line *line, td_i32 a, td_i32 b)
{
    TD_GLOBAL const float *x = s->x;
    const float top = s->top;
    const td_i32 y = line->y, tau = line->tau;
    td_i32 left = line->m;
    float sum = 0.0f;
    if (line->norm == 1) {
        for (; left > 0 && sum <= top; --left, a += tau, b += tau) {
            const float d = x[a] - x[b];
            sum += d * d;
            if (y != 0) {
                const float e = x[a + y] - x[b + y];
                sum += e * e;
            }
        }
    } else if (line->norm == 0) {
        for (; left > 0 && sum <= top; --left, a += tau, b += tau) {
            sum += rqa_size_f32(x[a] - x[b]);
            if (y != 0) sum += rqa_size_f32(x[a + y] - x[b + y]);
        }
    } else {
        /* A comparison with NaN is false: once it is NaN it stays so, and ends the loop. */
        for (; left > 0 && sum <= top; --left, a += tau, b += tau) {
            const float d = rqa_size_f32(x[a] - x[b]);
            if (!(d <= sum)) sum = d;
            if (y != 0) {
                const float e = rqa_size_f32(x[a + y] - x[b + y]);
                if (sum == sum && !(e <= sum)) sum = e;
            }
        }
    }
    return sum;
}

/* One more term. Bit patterns of numbers that are not negative order as the numbers do, infinity
 * and NaN above all; so the larger pattern is the larger one, and NaN stays. */
TD_FN td_u64 rqa_join_bits(const td_u64 sum, const td_u64 a, const td_u64 b, const td_i32 norm)
{
    const td_u64 d = td_soft_sub(a, b);
    const td_u64 size = d & TD_U64_C(0x7fffffffffffffff);
    if (norm == 2) return size > sum ? size : sum;
    return td_soft_add(sum, norm == 1 ? td_soft_mul(d, d) : size);
}

TD_FN td_u64 rqa_sum_bits(const rqa_source_f32 *s, const rqa_line *line, td_i32 a, td_i32 b)
{
    TD_GLOBAL const td_u64 *x = s->bits;
    td_u64 sum = TD_U64_C(0);
    for (td_i32 left = line->m; left > 0; --left, a += line->tau, b += line->tau) {
        sum = rqa_join_bits(sum, x[a], x[b], line->norm);
        if (line->y != 0) sum = rqa_join_bits(sum, x[a + line->y], x[b + line->y], line->norm);
    }
    return sum;
}

/* Nothing recurs at a limit below 0; above of such a limit is below 0 too, so that the search for
 * the first above that is at least S32 does not end there, and the limits from it on are not
 * negative: their patterns order as they do. */
TD_FN td_i32 rqa_level_f32(const rqa_source_f32 *s, const rqa_line *line, const td_i32 place)
{
    const td_i32 a = line->a + place, b = line->b + place * line->b_step;
    if (rqa_in_gap(line, place)) return line->levels;
    const float sum = rqa_sum_f32(s, line, a, b);
    if (!(sum <= s->top)) return line->levels;
    td_i32 low = 0, high = line->levels - 1;
    while (low < high) {
        const td_i32 middle = (low + high) >> 1;
        if (sum <= s->above[middle]) high = middle;
        else low = middle + 1;
    }
    if (sum <= s->below[low]) return low;
    const td_u64 exact = rqa_sum_bits(s, line, a, b);
    while (low < line->levels && exact > s->limit[low]) low += 1;
    return low;
}

/* ---- S in float64 ---------------------------------------------------------------------------- */

#ifdef TD_HAS_F64
typedef struct rqa_source_f64 {
    TD_GLOBAL const double *x;
    TD_LOCAL_PTR(double) limit;
    double top; /* the last limit */
} rqa_source_f64;

#ifdef TD_TARGET_OPENCL
TD_FN double rqa_size_f64(const double d) { return fabs(d); }
#else
TD_FN double rqa_size_f64(const double d) { return __builtin_fabs(d); }
#endif

TD_FN double rqa_sum_f64(const rqa_source_f64 *s, const rqa_line *line, td_i32 a, td_i32 b)
{
    TD_GLOBAL const double *x = s->x;
    const double top = s->top;
    const td_i32 y = line->y, tau = line->tau;
    td_i32 left = line->m;
    double sum = 0.0;
    if (line->norm == 1) {
        for (; left > 0 && sum <= top; --left, a += tau, b += tau) {
            const double d = x[a] - x[b];
            sum += d * d;
            if (y != 0) {
                const double e = x[a + y] - x[b + y];
                sum += e * e;
            }
        }
    } else if (line->norm == 0) {
        for (; left > 0 && sum <= top; --left, a += tau, b += tau) {
            sum += rqa_size_f64(x[a] - x[b]);
            if (y != 0) sum += rqa_size_f64(x[a + y] - x[b + y]);
        }
    } else {
        for (; left > 0 && sum <= top; --left, a += tau, b += tau) {
            const double d = rqa_size_f64(x[a] - x[b]);
            if (!(d <= sum)) sum = d;
            if (y != 0) {
                const double e = rqa_size_f64(x[a + y] - x[b + y]);
                if (sum == sum && !(e <= sum)) sum = e;
            }
        }
    }
    return sum;
}

TD_FN td_i32 rqa_level_f64(const rqa_source_f64 *s, const rqa_line *line, const td_i32 place)
{
    if (rqa_in_gap(line, place)) return line->levels;
    const double sum =
        rqa_sum_f64(s, line, line->a + place, line->b + place * line->b_step);
    if (!(sum <= s->top)) return line->levels;
    td_i32 low = 0, high = line->levels - 1;
    while (low < high) {
        const td_i32 middle = (low + high) >> 1;
        if (sum <= s->limit[middle]) high = middle;
        else low = middle + 1;
    }
    return low;
}
#endif

/* ---- The walks ------------------------------------------------------------------------------- */

/* Written once for both kinds of S. Each answers the longest line that it counted. */
#define RQA_WALK_MANY(name, source, level_at)                                              \
TD_FN td_i32 name(const source *s, const rqa_line *line, const rqa_count *count)           \
{                                                                                          \
    td_u32 stack[RQA_LEVELS_MAX + 1];                                                      \
    const td_i32 before = line->first - 1;                                                 \
    td_u32 top = (td_u32)line->levels << RQA_START_BITS;                                   \
    td_i32 depth = 0, best = 0, place = line->first;                                       \
    if (line->first >= line->stop) return 0;                                               \
    if (place > 0) {                                                                       \
        const td_i32 level = level_at(s, line, before);                                    \
        if (level < line->levels) {                                                        \
            stack[depth++] = top;                                                          \
            top = (td_u32)level << RQA_START_BITS;                                         \
        }                                                                                  \
    }                                                                                      \
    do {                                                                                   \
        const td_i32 level = place < line->end ? level_at(s, line, place) : line->levels;  \
        if (level > (td_i32)(top >> RQA_START_BITS)) {                                     \
            td_u32 start = 0u;                                                             \
            do {                                                                           \
                const td_i32 low = (td_i32)(top >> RQA_START_BITS);                        \
                start = top & RQA_START_MASK;                                              \
                top = stack[--depth];                                                      \
                if (start > 0u) {                                                          \
                    const td_i32 length = place - before - (td_i32)start;                  \
                    const td_i32 next = (td_i32)(top >> RQA_START_BITS);                   \
                    best = length > best ? length : best;                                  \
                    rqa_count_run(count, length, low, next < level ? next : level);        \
                }                                                                          \
            } while (level > (td_i32)(top >> RQA_START_BITS));                             \
            if (level != (td_i32)(top >> RQA_START_BITS)) {                                \
                stack[depth++] = top;                                                      \
                top = (td_u32)level << RQA_START_BITS | start;                             \
            }                                                                              \
        } else if (level < (td_i32)(top >> RQA_START_BITS) && place < line->stop) {        \
            stack[depth++] = top;                                                          \
            top = (td_u32)level << RQA_START_BITS | (td_u32)(place - before);              \
        }                                                                                  \
        place += 1;                                                                        \
    } while (place < line->stop || (top & RQA_START_MASK) != 0u);                          \
    return best;                                                                           \
}

#define RQA_WALK_ONE(name, source, level_at)                                               \
TD_FN td_i32 name(const source *s, const rqa_line *line, const rqa_count *count)           \
{                                                                                          \
    td_i32 place = line->first, start = -1, best = 0; /* -1: no line of its own is open */ \
    if (line->first >= line->stop) return 0;                                               \
    int open = place > 0 ? level_at(s, line, place - 1) == 0 : 0;                          \
    do {                                                                                   \
        const int here = place < line->end ? level_at(s, line, place) == 0 : 0;            \
        if (here && !open && place < line->stop) start = place;                            \
        if (!here && start >= 0) {                                                         \
            const td_i32 length = place - start;                                           \
            best = length > best ? length : best;                                          \
            rqa_count_run(count, length, 0, 1);                                            \
            start = -1;                                                                    \
        }                                                                                  \
        open = here;                                                                       \
        place += 1;                                                                        \
    } while (place < line->stop || start >= 0);                                            \
    return best;                                                                           \
}

RQA_WALK_MANY(rqa_walk_many_f32, rqa_source_f32, rqa_level_f32)
RQA_WALK_ONE(rqa_walk_one_f32, rqa_source_f32, rqa_level_f32)
#ifdef TD_HAS_F64
RQA_WALK_MANY(rqa_walk_many_f64, rqa_source_f64, rqa_level_f64)
RQA_WALK_ONE(rqa_walk_one_f64, rqa_source_f64, rqa_level_f64)
#endif

/* ---- The kernels ----------------------------------------------------------------------------- */

/* Arguments of all: jobs as above, job_count of them; the groups of the launch are numbers
 * group_first and on of all groups of the jobs. lines and longest are added to. */

#define RQA_KERNEL_F32(walk)                                                               \
    TD_LOCAL(float, below, RQA_LEVELS_MAX);                                                \
    TD_LOCAL(float, above, RQA_LEVELS_MAX);                                                \
    TD_LOCAL(td_i32, few, RQA_SHORT_SLOTS);                                                \
    TD_LOCAL(td_i32, best, 1);                                                             \
    const td_i32 group = group_first + TD_GROUP_ID;                                        \
    TD_GLOBAL const td_i32 *job = rqa_job_of(jobs, job_count, group);                      \
    TD_PHASE                                                                               \
        const td_i32 first = job[RQA_JOB_LIMIT];                                           \
        for (td_i32 i = TD_LID; i < job[RQA_JOB_LEVELS]; i += TD_GROUP) {                  \
            below[i] = guards[2 * (first + i)];                                            \
            above[i] = guards[2 * (first + i) + 1];                                        \
        }                                                                                  \
        for (td_i32 i = TD_LID; i < RQA_SHORT_SLOTS; i += TD_GROUP) few[i] = 0;            \
        if (TD_LID == 0) best[0] = 0;                                                      \
    TD_PHASE_END                                                                           \
    TD_PHASE                                                                               \
        const rqa_line line = rqa_line_of(job, group, TD_LID);                             \
        const rqa_count count = rqa_count_of(job, few, lines);                             \
        rqa_source_f32 source;                                                             \
        source.x = samples;                                                                \
        source.bits = bits;                                                                \
        source.limit = limits + job[RQA_JOB_LIMIT];                                        \
        source.below = below;                                                              \
        source.above = above;                                                              \
        source.top = above[line.levels - 1];                                               \
        const td_i32 found = walk(&source, &line, &count);                                 \
        if (found > 0) TD_ATOMIC_MAX_I32(&best[0], found);                                 \
    TD_PHASE_END                                                                           \
    TD_PHASE                                                                               \
        const rqa_count count = rqa_count_of(job, few, lines);                             \
        rqa_count_give(&count, TD_LID);                                                    \
        if (TD_LID == 0 && best[0] > 0)                                                    \
            TD_ATOMIC_MAX_I32(&longest[job[RQA_JOB_LONGEST]], best[0]);                    \
    TD_PHASE_END

/* samples are rounded to float32, bits the same as they are in float64; guards[2 e] and
 * guards[2 e + 1] are below and above of limits[e]. */
TD_KERNEL void rqa_many_f32(TD_GLOBAL const float *TD_RESTRICT samples,
                            TD_GLOBAL const td_u64 *TD_RESTRICT bits,
                            TD_GLOBAL const td_i32 *TD_RESTRICT jobs,
                            TD_GLOBAL const float *TD_RESTRICT guards,
                            TD_GLOBAL const td_u64 *TD_RESTRICT limits,
                            TD_GLOBAL td_i32 *TD_RESTRICT lines,
                            TD_GLOBAL td_i32 *TD_RESTRICT longest, const td_i32 job_count,
                            const td_i32 group_first TD_ARGS_END)
{
    RQA_KERNEL_F32(rqa_walk_many_f32)
}

TD_KERNEL void rqa_one_f32(TD_GLOBAL const float *TD_RESTRICT samples,
                           TD_GLOBAL const td_u64 *TD_RESTRICT bits,
                           TD_GLOBAL const td_i32 *TD_RESTRICT jobs,
                           TD_GLOBAL const float *TD_RESTRICT guards,
                           TD_GLOBAL const td_u64 *TD_RESTRICT limits,
                           TD_GLOBAL td_i32 *TD_RESTRICT lines,
                           TD_GLOBAL td_i32 *TD_RESTRICT longest, const td_i32 job_count,
                           const td_i32 group_first TD_ARGS_END)
{
    RQA_KERNEL_F32(rqa_walk_one_f32)
}

#ifdef TD_HAS_F64
#define RQA_KERNEL_F64(walk)                                                               \
    TD_LOCAL(double, limit, RQA_LEVELS_MAX);                                               \
    TD_LOCAL(td_i32, few, RQA_SHORT_SLOTS);                                                \
    TD_LOCAL(td_i32, best, 1);                                                             \
    const td_i32 group = group_first + TD_GROUP_ID;                                        \
    TD_GLOBAL const td_i32 *job = rqa_job_of(jobs, job_count, group);                      \
    TD_PHASE                                                                               \
        const td_i32 first = job[RQA_JOB_LIMIT];                                           \
        for (td_i32 i = TD_LID; i < job[RQA_JOB_LEVELS]; i += TD_GROUP)                    \
            limit[i] = limits[first + i];                                                  \
        for (td_i32 i = TD_LID; i < RQA_SHORT_SLOTS; i += TD_GROUP) few[i] = 0;            \
        if (TD_LID == 0) best[0] = 0;                                                      \
    TD_PHASE_END                                                                           \
    TD_PHASE                                                                               \
        const rqa_line line = rqa_line_of(job, group, TD_LID);                             \
        const rqa_count count = rqa_count_of(job, few, lines);                             \
        rqa_source_f64 source;                                                             \
        source.x = samples;                                                                \
        source.limit = limit;                                                              \
        source.top = limit[line.levels - 1];                                               \
        const td_i32 found = walk(&source, &line, &count);                                 \
        if (found > 0) TD_ATOMIC_MAX_I32(&best[0], found);                                 \
    TD_PHASE_END                                                                           \
    TD_PHASE                                                                               \
        const rqa_count count = rqa_count_of(job, few, lines);                             \
        rqa_count_give(&count, TD_LID);                                                    \
        if (TD_LID == 0 && best[0] > 0)                                                    \
            TD_ATOMIC_MAX_I32(&longest[job[RQA_JOB_LONGEST]], best[0]);                    \
    TD_PHASE_END

TD_KERNEL void rqa_many_f64(TD_GLOBAL const double *TD_RESTRICT samples,
                            TD_GLOBAL const td_i32 *TD_RESTRICT jobs,
                            TD_GLOBAL const double *TD_RESTRICT limits,
                            TD_GLOBAL td_i32 *TD_RESTRICT lines,
                            TD_GLOBAL td_i32 *TD_RESTRICT longest, const td_i32 job_count,
                            const td_i32 group_first TD_ARGS_END)
{
    RQA_KERNEL_F64(rqa_walk_many_f64)
}

TD_KERNEL void rqa_one_f64(TD_GLOBAL const double *TD_RESTRICT samples,
                           TD_GLOBAL const td_i32 *TD_RESTRICT jobs,
                           TD_GLOBAL const double *TD_RESTRICT limits,
                           TD_GLOBAL td_i32 *TD_RESTRICT lines,
                           TD_GLOBAL td_i32 *TD_RESTRICT longest, const td_i32 job_count,
                           const td_i32 group_first TD_ARGS_END)
{
    RQA_KERNEL_F64(rqa_walk_one_f64)
}
#endif

/* ---- Reading back ---------------------------------------------------------------------------- */

/* Gathers the rows that lines have touched, so that they go to the host in one copy. Piece number
 * p is packed[pieces[2 p] ..], up to where the next one begins or count, from
 * lines[pieces[2 p + 1] ..]; pieces[0] is 0, and no piece is empty. */
TD_KERNEL void rqa_pack(TD_GLOBAL const td_i32 *TD_RESTRICT lines,
                        TD_GLOBAL const td_i32 *TD_RESTRICT pieces,
                        TD_GLOBAL td_i32 *TD_RESTRICT packed, const td_i32 piece_count,
                        const td_i32 count TD_ARGS_END)
{
    TD_PHASE
        for (td_i64 i = TD_GID; i < (td_i64)count; i += TD_STRIDE) {
            td_i32 low = 0, high = piece_count - 1;
            while (low < high) {
                const td_i32 middle = low + (high - low + 1) / 2;
                if ((td_i64)pieces[2 * middle] <= i) low = middle;
                else high = middle - 1;
            }
            packed[i] = lines[(td_i64)pieces[2 * low + 1] + (i - pieces[2 * low])];
        }
    TD_PHASE_END
}
