/* program.h - strategies, compiled for a whole grid.
 *
 * A strategy is text: named parameters, and expressions over prices and indicators (see
 * docs/STRATEGIES.md). program_compile resolves it for every point of a grid at once: what reads no
 * parameter that varies is there once, each distinct indicator of all strategies and points is one
 * series, and what is left for a point are a few steps on a stack. No step can see a later bar: a
 * series has a lag of 0 or more, and an indicator reads the past.
 *
 *   call     an indicator with its numbers and input series: computed once for a block of symbols.
 *            It sees the bars behind its inputs' lookbacks at which all inputs are numbers, as
 *            TD_GAPS_SKIP says, and is NaN (0 where it is a whole number) at the others
 *   series   a price, an output of a call, or an arithmetic expression that a call reads
 *   slot     what a step names: a series or a number, for each point of the axes it depends on
 *   step     one operation of the stack code of a root (entry, exit ..)
 *
 * Comparisons with NaN are false, also under "not": the compiler pushes "not" down to them. */
#ifndef TANDEM_MODULES_MARKET_PROGRAM_H
#define TANDEM_MODULES_MARKET_PROGRAM_H
#include "indicator.h"

#define PROGRAM_BYTES_MAX      ((size_t)1 << 20)  /* of source text */
#define PROGRAM_STRATEGIES_MAX 4096
#define PROGRAM_STEPS_MAX      256      /* of one root */
#define PROGRAM_DEPTH_MAX      16       /* of the stack: numbers and truths each */
#define PROGRAM_MEMORY_MAX     32       /* crossings of one root: bits of a word */
#define PROGRAM_SLOTS_MAX      64       /* of one strategy */
#define PROGRAM_SERIES_MAX     1000000
#define PROGRAM_LAG_MAX        100000
#define PROGRAM_NONE           UINT32_MAX

/* The stack holds numbers and truths apart. a is below b. Numbers are fixed: kernels know them. */
typedef enum step_op {
    STEP_NUMBER = 0,        /* pushes the number of a slot */
    STEP_SERIES = 1,        /* pushes the value of a series slot, lag bars ago (NaN before bar 0) */
    STEP_NEGATE = 2, STEP_ABS = 3,
    STEP_ADD = 4, STEP_SUBTRACT = 5, STEP_MULTIPLY = 6, STEP_DIVIDE = 7,
    STEP_MIN = 8, STEP_MAX = 9,                      /* NaN when either is */
    STEP_LESS = 16, STEP_LESS_EQUAL = 17, STEP_GREATER = 18, STEP_GREATER_EQUAL = 19,
    STEP_EQUAL = 20, STEP_NOT_EQUAL = 21,            /* two numbers to a truth; false with NaN */
    /* True when a is above b, and the last bar since then at which they differed had a below b;
     * a NaN in either forgets. memory numbers its bit. (vectorbt's crossed_above) */
    STEP_CROSS_ABOVE = 24, STEP_CROSS_BELOW = 25,
    STEP_AND = 32, STEP_OR = 33, STEP_NOT = 34, STEP_TRUE = 35, STEP_FALSE = 36
} step_op;

typedef struct program_step {
    uint32_t op;            /* step_op */
    uint32_t slot;          /* STEP_NUMBER, STEP_SERIES. In a series' own expression: the number of
                               the constant, or of the series, itself */
    uint32_t lag;           /* STEP_SERIES: bars back */
    uint32_t memory;        /* STEP_CROSS_*: 0 .. PROGRAM_MEMORY_MAX - 1 */
} program_step;

typedef struct program_code { uint32_t first, count; } program_code;   /* steps; count 0: absent */

typedef struct program_call {
    const indicator *indicator;
    double   param[TD_INDICATOR_PARAMS_MAX];
    uint32_t input[TD_INDICATOR_INPUTS_MAX];      /* series, made before this call */
    uint32_t output[TD_INDICATOR_OUTPUTS_MAX];    /* series, or PROGRAM_NONE: nothing reads it */
} program_call;

typedef enum series_kind { SERIES_PRICE = 0, SERIES_CALL = 1, SERIES_CODE = 2 } series_kind;

/* A series reads only series of smaller numbers. */
typedef struct program_series {
    series_kind  kind;
    td_price     price;          /* SERIES_PRICE */
    uint32_t     call, output;   /* SERIES_CALL */
    program_code code;           /* SERIES_CODE: numbers only; see program_step.slot */
    uint64_t     lookback;       /* bars in front that can be NaN */
} program_series;

/* entry = table[first + sum over axes of index * stride]; stride 0: does not depend on the axis. */
typedef struct program_slot {
    bool     is_series;
    uint64_t first;                      /* into series_table or number_table */
    uint64_t stride[TD_AXES_MAX];
} program_slot;

typedef enum program_root {
    ROOT_ENTRY = 0, ROOT_EXIT = 1, ROOT_SHORT_ENTRY = 2, ROOT_SHORT_EXIT = 3,      /* truths */
    /* Prices of orders that an entry places in place of one at fill; numbers. */
    ROOT_ENTRY_LIMIT = 4, ROOT_ENTRY_STOP = 5, ROOT_SHORT_LIMIT = 6, ROOT_SHORT_STOP = 7,
    ROOT_RANK = 8,                       /* a number: of competing entries the largest come first */
    ROOT_COUNT = 9
} program_root;

/* Rules in the order of rules.h: RULE_FILL .. */
typedef enum rule {
#define RULE_NUMBER(name, number, value, min, max, unit, doc) RULE_##name,
#define RULE_WHOLE(name, number, value, min, max, unit, doc)  RULE_##name,
#define RULE_CHOICE(name, number, value, choices, doc)        RULE_##name,
#include "rules.h"
    RULE_COUNT
} rule;
extern const td_param rule_param[RULE_COUNT];   /* rules.c; choices as number of the choice */
#define RULE_NUMBER(name, number, value, min, max, unit, doc)
#define RULE_WHOLE(name, number, value, min, max, unit, doc)
#define RULE_CHOICE(name, number, value, choices, doc)                                      \
    extern const char *const rule_choices_##name[];
#include "rules.h"

typedef struct program_strategy {
    char        *name, *title;           /* title: the first comment line of its text, or "" */
    program_code root[ROOT_COUNT];
    uint32_t     slot_first, slot_count; /* its slots; steps count from slot_first */
    uint32_t     rule[RULE_COUNT];       /* slots, counted likewise; PROGRAM_NONE: not set by the
                                            strategy: as the call says */
} program_strategy;

typedef struct program_axis {
    const char   *name;                  /* a parameter of the strategies, or a rule */
    uint64_t      count;
    const double *number;                /* choices by their number */
} program_axis;

typedef struct program {
    program_strategy *strategy;  uint32_t strategy_count;
    program_step     *step;      uint32_t step_count;
    program_slot     *slot;      uint32_t slot_count;
    program_series   *series;    uint32_t series_count;
    program_call     *call;      uint32_t call_count;
    uint32_t         *series_table;  uint64_t series_table_count;
    double           *number_table;  uint64_t number_table_count;
    double           *constant;      uint32_t constant_count;   /* of series' expressions */
    bool              reads[TD_PRICES];      /* prices that any series reads */
} program;

/* text: one strategy, or several, each behind a line [name]. name: of a text without such a line.
 * Axes, at most TD_AXES_MAX: a parameter of at least one strategy, or a rule; in a strategy without
 * that parameter all strides of the axis are 0. The numbers are read until this returns. set: names
 * and values that replace what the strategies say, "fast=12", "fill=close"; may be NULL (ends with
 * NULL). A name that is an axis cannot be set.
 * Errors tell line, column and what was expected: "ma_cross:3:22: expected ) after ..". */
TD_MUST_USE td_status program_compile(const char *name, const char *text, const program_axis *axis,
                                      uint32_t axis_count, const char *const *set, program **out,
                                      td_error *err);
void program_destroy(program *program);      /* NULL is fine */

/* A strategy's definitions that are numbers, and rules that it sets (choices by their number): what
 * can be set and be an axis. Without a grid, for help and forms. Calls visit for each in the order
 * of the text; stops at the first failure. */
typedef struct program_parameter {
    const char *strategy, *name, *doc;       /* doc: the comment behind it, or "" */
    double      value;
    bool        whole;                       /* a number without a point, or a choice */
} program_parameter;
TD_MUST_USE td_status program_parameters(const char *name, const char *text,
                                         td_status (*visit)(void *context,
                                                            const program_parameter *parameter,
                                                            td_error *err),
                                         void *context, td_error *err);

/* What slot number s (counted from its strategy's first) is at a point of the grid. */
static inline uint64_t program_entry(const program_slot *slot, const uint64_t *index,
                                     uint32_t axis_count)
{
    uint64_t entry = slot->first;
    for (uint32_t a = 0; a < axis_count; ++a) entry += index[a] * slot->stride[a];
    return entry;
}

#endif
