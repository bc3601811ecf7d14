/* signal_body.h - the stack code of program.h over all bars of TD_LANES symbols, for the
 * instruction set of the including file. Each step runs over SIGNAL_CHUNK bars before the next one
 * does, so that what a step costs to choose is paid once for many bars, and its values stay in the
 * cache. */
#ifndef TANDEM_MODULES_MARKET_SIGNAL_BODY_H
#define TANDEM_MODULES_MARKET_SIGNAL_BODY_H
#include "lanes.h"
#include "machine.h"

/* Values of a chunk: from[i * stride]. */
typedef struct operand {
    const vec *from;
    unsigned stride;
} operand;

typedef struct signal_stack {
    signal_room *room;
    uint64_t first, count; /* bars of the chunk */
    operand number[PROGRAM_DEPTH_MAX];
    unsigned numbers, truths;
    uint8_t seen[PROGRAM_MEMORY_MAX]; /* lanes on which a was below (above) b last */
} signal_stack;

/* For each bar of the chunk, with the values a and b of the two topmost numbers. What is the same
 * at all bars is read before anything is written in its place. */
#define EACH_OF_TWO(statement)                                                        \
    do {                                                                              \
        const operand oa = s->number[s->numbers - 2], ob = s->number[s->numbers - 1]; \
        const vec a0 = oa.from[0], b0 = ob.from[0];                                   \
        const uint64_t bars = s->count;                                               \
        if (oa.stride && ob.stride)                                                   \
            for (uint64_t i = 0; i < bars; ++i) {                                     \
                const vec a = oa.from[i], b = ob.from[i];                             \
                statement;                                                            \
            }                                                                         \
        else if (oa.stride)                                                           \
            for (uint64_t i = 0; i < bars; ++i) {                                     \
                const vec a = oa.from[i], b = b0;                                     \
                statement;                                                            \
            }                                                                         \
        else                                                                          \
            for (uint64_t i = 0; i < bars; ++i) {                                     \
                const vec a = a0, b = ob.stride ? ob.from[i] : b0;                    \
                statement;                                                            \
            }                                                                         \
    } while (0)

static void push_number(signal_stack *s, double number)
{
    vec *to = s->room->number[s->numbers];
    to[0] = vec_set(number);
    s->number[s->numbers++] = (operand){to, 0};
}

static void push_series(signal_stack *s, const vec *series, uint64_t lag)
{
    vec *to = s->room->number[s->numbers];
    if (s->first >= lag) {
        s->number[s->numbers++] = (operand){series + (s->first - lag), 1};
        return;
    }
    for (uint64_t i = 0; i < s->count; ++i)
        to[i] = s->first + i >= lag ? series[s->first + i - lag] : vec_nan();
    s->number[s->numbers++] = (operand){to, 1};
}

static void step_unary(signal_stack *s, uint32_t op)
{
    const operand o = s->number[s->numbers - 1];
    vec *to = s->room->number[s->numbers - 1];
    const uint64_t count = o.stride ? s->count : 1;
    for (uint64_t i = 0; i < count; ++i)
        to[i] = op == STEP_ABS ? vec_abs(o.from[i]) : -o.from[i];
    s->number[s->numbers - 1] = (operand){to, o.stride};
}

VEC_INLINE vec pick(vec_mask first, vec a, vec b)
{
    const vec chosen = vec_select(first, a, b);
    return vec_select(a != a, a, chosen);
}

static void step_binary(signal_stack *s, uint32_t op)
{
    vec *to = s->room->number[s->numbers - 2];
    switch (op) {
    case STEP_ADD: EACH_OF_TWO(to[i] = a + b); break;
    case STEP_SUBTRACT: EACH_OF_TWO(to[i] = a - b); break;
    case STEP_MULTIPLY: EACH_OF_TWO(to[i] = a * b); break;
    case STEP_DIVIDE: EACH_OF_TWO(to[i] = a / b); break;
    case STEP_MIN: EACH_OF_TWO(to[i] = pick(a < b, a, b)); break;
    case STEP_MAX: EACH_OF_TWO(to[i] = pick(a > b, a, b)); break;
    default: break;
    }
    s->numbers -= 1;
    s->number[s->numbers - 1] = (operand){to, 1};
}

static void step_compare(signal_stack *s, uint32_t op)
{
    uint8_t *to = s->room->truth[s->truths];
    switch (op) {
    case STEP_LESS: EACH_OF_TWO(to[i] = lanes_less(a, b)); break;
    case STEP_LESS_EQUAL: EACH_OF_TWO(to[i] = lanes_at_most(a, b)); break;
    case STEP_GREATER: EACH_OF_TWO(to[i] = lanes_less(b, a)); break;
    case STEP_GREATER_EQUAL: EACH_OF_TWO(to[i] = lanes_at_most(b, a)); break;
    case STEP_EQUAL: EACH_OF_TWO(to[i] = lanes_equal(a, b)); break;
    case STEP_NOT_EQUAL: EACH_OF_TWO(to[i] = lanes_less(a, b) | lanes_less(b, a)); break;
    default: break;
    }
    s->numbers -= 2;
    s->truths += 1;
}

/* Above: now above, and below when they last differed, with no NaN since. */
static void step_cross(signal_stack *s, const signal_step *step)
{
    uint8_t *to = s->room->truth[s->truths], seen = s->seen[step->memory];
    const bool above = step->op == STEP_CROSS_ABOVE;
    uint8_t *now = above ? s->room->above : s->room->below;
    uint8_t *then = above ? s->room->below : s->room->above;
    uint8_t *equal = s->room->equal;
    EACH_OF_TWO({
        s->room->above[i] = lanes_less(b, a);
        s->room->below[i] = lanes_less(a, b);
        equal[i] = lanes_equal(a, b);
    });
    for (uint64_t i = 0; i < s->count; ++i) {
        to[i] = now[i] & seen;
        seen = (uint8_t)(then[i] | (seen & equal[i]));
    }
    s->seen[step->memory] = seen;
    s->numbers -= 2;
    s->truths += 1;
}

static void step_logic(signal_stack *s, uint32_t op)
{
    uint8_t *b = s->room->truth[s->truths - 1];
    if (op == STEP_NOT) {
        for (uint64_t i = 0; i < s->count; ++i)
            b[i] = (uint8_t)~b[i];
        return;
    }
    uint8_t *a = s->room->truth[s->truths - 2];
    if (op == STEP_AND)
        for (uint64_t i = 0; i < s->count; ++i)
            a[i] &= b[i];
    else
        for (uint64_t i = 0; i < s->count; ++i)
            a[i] |= b[i];
    s->truths -= 1;
}

static void push_truth(signal_stack *s, bool value)
{
    memset(s->room->truth[s->truths++], value ? 0xff : 0, s->count);
}

static void step_run(signal_stack *s, const signal_step *step)
{
    switch ((step_op)step->op) {
    case STEP_NUMBER: push_number(s, step->number); break;
    case STEP_SERIES: push_series(s, step->series, step->lag); break;
    case STEP_NEGATE:
    case STEP_ABS: step_unary(s, step->op); break;
    case STEP_ADD:
    case STEP_SUBTRACT:
    case STEP_MULTIPLY:
    case STEP_DIVIDE:
    case STEP_MIN:
    case STEP_MAX: step_binary(s, step->op); break;
    case STEP_LESS:
    case STEP_LESS_EQUAL:
    case STEP_GREATER:
    case STEP_GREATER_EQUAL:
    case STEP_EQUAL:
    case STEP_NOT_EQUAL: step_compare(s, step->op); break;
    case STEP_CROSS_ABOVE:
    case STEP_CROSS_BELOW: step_cross(s, step); break;
    case STEP_AND:
    case STEP_OR:
    case STEP_NOT: step_logic(s, step->op); break;
    case STEP_TRUE:
    case STEP_FALSE: push_truth(s, step->op == STEP_TRUE); break;
    }
}

static void chunk_run(signal_stack *s, const signal_step *step, uint32_t count, uint64_t first,
                      uint64_t bars)
{
    s->first = first;
    s->count = bars - first < SIGNAL_CHUNK ? bars - first : SIGNAL_CHUNK;
    s->numbers = s->truths = 0;
    for (uint32_t i = 0; i < count; ++i)
        step_run(s, &step[i]);
}

static void MACHINE(truths)(const signal_step *step, uint32_t count, uint64_t bars,
                            uint64_t lookback, const uint8_t *alive, signal_room *room,
                            uint8_t *out)
{
    signal_stack s = {.room = room};
    for (uint64_t t = 0; t < bars; t += SIGNAL_CHUNK) {
        chunk_run(&s, step, count, t, bars);
        for (uint64_t i = 0; i < s.count; ++i)
            out[t + i] = room->truth[0][i] & alive[t + i];
    }
    memset(out, 0, lookback < bars ? lookback : bars);
    memset(out + bars, 0, SIGNAL_PAD);
}

/* Both crossings of two series in one pass: what two roots of three steps each would give. */
static void MACHINE(crossings)(const signal_step *a, const signal_step *b, uint64_t bars,
                               uint64_t lookback, const uint8_t *alive, uint8_t *above,
                               uint8_t *below)
{
    const uint64_t lag = a->lag > b->lag ? a->lag : b->lag, start = lag < bars ? lag : bars;
    /* Copies: bytes that are written might be the steps themselves, as far as C knows. */
    const vec *const of_a = a->series, *const of_b = b->series;
    const uint64_t lag_a = a->lag, lag_b = b->lag;
    uint8_t was_above = 0, was_below = 0;
    memset(above, 0, start);
    memset(below, 0, start);
    for (uint64_t t = start; t < bars; ++t) {
        const vec x = of_a[t - lag_a], y = of_b[t - lag_b];
        const uint8_t over = lanes_less(y, x), under = lanes_less(x, y);
        const uint8_t equal = lanes_equal(x, y);
        above[t] = over & was_below & alive[t];
        below[t] = under & was_above & alive[t];
        was_above = (uint8_t)(over | (was_above & equal));
        was_below = (uint8_t)(under | (was_below & equal));
    }
    memset(above, 0, lookback < bars ? lookback : bars);
    memset(below, 0, lookback < bars ? lookback : bars);
    memset(above + bars, 0, SIGNAL_PAD);
    memset(below + bars, 0, SIGNAL_PAD);
}

static void MACHINE(numbers)(const signal_step *step, uint32_t count, uint64_t bars,
                             signal_room *room, vec *out)
{
    signal_stack s = {.room = room};
    for (uint64_t t = 0; t < bars; t += SIGNAL_CHUNK) {
        chunk_run(&s, step, count, t, bars);
        for (uint64_t i = 0; i < s.count; ++i)
            out[t + i] = s.number[0].from[i * s.number[0].stride];
    }
}

#endif
