/* market_signals.td - the entry and exit signals of strategies: for each point of a grid, each
 * symbol and each bar, whether the four expressions of a strategy hold.
 *
 * An expression is a few steps on a stack, as modules/market/program.h has them; numbers and truths
 * stand on stacks of their own. All points of a launch run the same steps; a step names a slot, and
 * each point has its own table of what its slots are: a series, or a number. Series are computed
 * before, once for all points, as market_panel.td has them, with NaN where there is no value.
 *
 * An item takes one point, root and symbol, and walks along the bars: crossings remember what was.
 * Items that lie side by side take neighbouring symbols, so that they read series side by side and
 * go the same way through the steps. A word of a result holds 32 bars: bit t % 32 of
 * bits[((point * 4 + root) * words + t / 32) * symbols + symbol] is bar t. There are fewer than
 * 2^30 items.
 *
 * The numbers are doubles and each step is one IEEE operation, so signals are the CPU's. */
#ifdef TD_HAS_F64
#define MARKET_DEPTH      16     /* PROGRAM_DEPTH_MAX */
#define MARKET_ROOTS      4      /* entry, exit, short entry, short exit */
#define MARKET_STEP_WORDS 4      /* op, slot, lag, memory */

/* One item's way through the steps of one root. */
typedef struct market_walk {
    TD_GLOBAL const double *series;      /* of this symbol: its bars are MARKET_LANES apart */
    TD_GLOBAL const td_i32 *slots;       /* of all points */
    TD_GLOBAL const double *numbers;
    TD_LOCAL_PTR(double) stack;          /* of this item, TD_GROUP apart */
    td_i32 slot_first, number_first;     /* of this point */
    td_i64 row;                          /* from one series to the next */
    td_i32 top;                          /* numbers on the stack */
    td_u32 truths;                       /* the newest is bit 0 */
    td_u32 below, above;                 /* of each crossing: what the last unequal bar was */
} market_walk;

TD_FN int market_is_nan(const double x)
{
    return !(x == x);
}

TD_FN void market_push(market_walk *w, const double value)
{
    w->stack[w->top * TD_GROUP] = value;
    w->top += 1;
}

TD_FN double market_series(const market_walk *w, const td_i32 slot, const td_i32 lag,
                           const td_i32 bar)
{
    /* No bar lies before the first: a number that is no number. */
    return bar < lag ? w->numbers[w->number_first - 1]
                     : w->series[w->slots[w->slot_first + slot] * w->row +
                                 (bar - lag) * MARKET_LANES];
}

/* Numbers of which either may be NaN, which then is the result. */
TD_FN double market_extreme(const double a, const double b, const int largest)
{
    const double chosen = largest ? (a > b ? a : b) : (a < b ? a : b);
    return market_is_nan(a) ? a : (market_is_nan(b) ? b : chosen);
}

/* The steps of two numbers; the ops are those of program.h's step_op. */
TD_FN double market_arithmetic(const td_i32 op, const double a, const double b)
{
    if (op == 4) return a + b;
    if (op == 5) return a - b;
    if (op == 6) return a * b;
    if (op == 7) return a / b;
    return market_extreme(a, b, op == 9);
}

TD_FN td_u32 market_compare(const td_i32 op, const double a, const double b)
{
    if (op == 16) return a < b;
    if (op == 17) return a <= b;
    if (op == 18) return a > b;
    if (op == 19) return a >= b;
    if (op == 20) return a == b;
    return a < b || a > b;
}

/* True when a goes above b, where the last bar that had them apart had a below; a NaN forgets. */
TD_FN td_u32 market_cross(td_u32 *memory, const td_u32 bit, const double a, const double b)
{
    const td_u32 was = *memory & bit;
    if (a > b || market_is_nan(a) || market_is_nan(b)) *memory &= ~bit;
    if (a < b) *memory |= bit;
    return a > b && was != 0;
}

TD_FN void market_truth(market_walk *w, const td_u32 truth)
{
    w->truths = (w->truths << 1) | truth;
}

TD_FN void market_logic(market_walk *w, const td_i32 op)
{
    const td_u32 b = w->truths & 1u, a = (w->truths >> 1) & 1u;
    if (op == 32) w->truths = ((w->truths >> 2) << 1) | (a & b);
    else if (op == 33) w->truths = ((w->truths >> 2) << 1) | (a | b);
    else if (op == 34) w->truths ^= 1u;
    else market_truth(w, op == 35);
}

TD_FN void market_binary(market_walk *w, const td_i32 op, const td_i32 memory)
{
    const double b = w->stack[(w->top - 1) * TD_GROUP], a = w->stack[(w->top - 2) * TD_GROUP];
    w->top -= 2;
    if (op < 16) market_push(w, market_arithmetic(op, a, b));
    else if (op < 24) market_truth(w, market_compare(op, a, b));
    else if (op == 24) market_truth(w, market_cross(&w->below, 1u << memory, a, b));
    else market_truth(w, market_cross(&w->above, 1u << memory, b, a));
}

/* One step at one bar. */
TD_FN void market_step(market_walk *w, TD_GLOBAL const td_i32 *step, const td_i32 bar)
{
    const td_i32 op = step[0];
    if (op == 0) market_push(w, w->numbers[w->number_first + step[1]]);
    else if (op == 1) market_push(w, market_series(w, step[1], step[2], bar));
    else if (op < 4) {
        const double a = w->stack[(w->top - 1) * TD_GROUP];
        const double size = a < 0.0 ? -a : a;
        w->stack[(w->top - 1) * TD_GROUP] = op == 2 ? -a : (a == 0.0 ? 0.0 : size);
    } else if (op < 32) market_binary(w, op, step[3]);
    else market_logic(w, op);
}

/* roots: first step and count of each of the four; a root without steps never holds.
 * slots: of each point slot_count numbers of series, then of each root the bars in front of which
 * it does not hold. numbers: of each point a NaN, then slot_count numbers. */
TD_KERNEL void market_signals(TD_GLOBAL const double *TD_RESTRICT series,
                              TD_GLOBAL const td_i32 *TD_RESTRICT code,
                              TD_GLOBAL const td_i32 *TD_RESTRICT roots,
                              TD_GLOBAL const td_i32 *TD_RESTRICT slots,
                              TD_GLOBAL const double *TD_RESTRICT numbers,
                              TD_GLOBAL td_u32 *TD_RESTRICT bits, const td_i32 point_count,
                              const td_i32 symbol_count, const td_i32 bar_count,
                              const td_i32 slot_count TD_ARGS_END)
{
    TD_LOCAL(double, stack, MARKET_DEPTH * TD_GROUP);
    TD_PHASE
        const td_i32 items = point_count * MARKET_ROOTS * symbol_count;
        for (td_i32 item = (td_i32)TD_GID; item < items; item += (td_i32)TD_STRIDE) {
            const td_i32 row = item / symbol_count, symbol = item - row * symbol_count;
            const td_i32 point = row / MARKET_ROOTS, root = row % MARKET_ROOTS;
            const td_i32 first = roots[root * 2], count = roots[root * 2 + 1];
            const td_i32 at = point * (slot_count + MARKET_ROOTS);
            const td_i32 warm = slots[at + slot_count + root];
            const td_i64 words = (bar_count + 31) / 32;
            TD_GLOBAL td_u32 *to = bits + row * words * symbol_count + symbol;
            market_walk w;
            w.series = series + market_begin(symbol, bar_count);
            w.slots = slots;
            w.numbers = numbers;
            w.slot_first = at;
            w.number_first = point * (slot_count + 1) + 1;
            w.stack = stack + TD_LID;
            w.row = (td_i64)bar_count * symbol_count;
            w.below = w.above = 0;
            td_u32 word = 0;
            for (td_i32 bar = 0; bar < bar_count; ++bar) {
                w.top = 0;
                w.truths = 0;
                for (td_i32 s = 0; s < count; ++s)
                    market_step(&w, code + (first + s) * MARKET_STEP_WORDS, bar);
                if (bar >= warm) word |= (w.truths & 1u) << (bar & 31);
                if ((bar & 31) == 31 || bar == bar_count - 1) {
                    *to = word;
                    to += symbol_count;
                    word = 0;
                }
            }
        }
    TD_PHASE_END
}
#endif
