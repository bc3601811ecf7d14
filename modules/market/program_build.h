/* program_build.h - what the parts of the compiler share.
 *
 *   program_check.c  names, types, arguments
 *   program_value.c  numbers and tables over the axes they depend on
 *   program_share.c  calls, series and constants, each distinct one once
 *   program_emit.c   trees to steps
 *   program.c        strategies, roots, rules, slots
 *   program_words.c  what an unknown name may have meant */
#ifndef TANDEM_MODULES_MARKET_PROGRAM_BUILD_H
#define TANDEM_MODULES_MARKET_PROGRAM_BUILD_H
#include "parser.h"
#include "program.h"

#define BUILD_TABLE_MAX    ((uint64_t)1 << 26)  /* entries of one table over axes */
#define BUILD_VISITS_MAX   4096                 /* operations that one root or input is made of */
#define BUILD_SOURCES_MAX  (PROGRAM_SLOTS_MAX)  /* tables read side by side */

/* A table over some axes, row after row, the last axis the fastest. One of number and id is set. */
typedef struct grid_value {
    uint32_t        axes;               /* bit a: depends on axis a */
    uint64_t        count;
    const double   *number;
    const uint32_t *id;                 /* of series, or of calls */
} grid_value;

/* All entries over some axes, with the entry of each source at the same point. */
typedef struct grid_walk {
    uint32_t axis[TD_AXES_MAX], axis_count;
    uint64_t count[TD_AXES_MAX], index[TD_AXES_MAX], total;
    uint32_t source_count;
    uint64_t at[BUILD_SOURCES_MAX];
    uint64_t stride[BUILD_SOURCES_MAX][TD_AXES_MAX];
} grid_walk;

typedef enum share_kind { SHARE_CALL, SHARE_SERIES, SHARE_CONSTANT, SHARE_COUNT } share_kind;

typedef struct share_table {
    uint32_t *entry;                    /* number + 1; 0: free */
    uint64_t  room, count;              /* room: a power of two, or 0 */
} share_table;

/* Steps in the making, and the tables that they name. */
typedef struct emitter {
    program_step      step[PROGRAM_STEPS_MAX];
    const grid_value *slot[PROGRAM_SLOTS_MAX];
    uint32_t          count, slot_count, numbers, truths, memory, visits;
    struct emitter   *next;             /* of those that are free */
} emitter;

/* The program, with what it is made of. */
typedef struct program_whole {
    program      program;               /* first: program_destroy gets its address */
    td_allocator allocator;
    uint64_t     strategy_room, step_room, slot_room, series_room, call_room, series_table_room,
                 number_table_room, constant_room;
} program_whole;

typedef struct build {
    arena                memory;
    program_whole       *whole;
    const program_axis  *axis;
    uint32_t             axis_count;
    const strategy_text *strategy;      /* at work */
    const definition    *current;
    share_table          share[SHARE_COUNT];
    emitter             *spare;
    const grid_value    *price[TD_PRICES];
    const grid_value    *rule[RULE_COUNT];       /* of an axis or of the caller, or NULL */
    const grid_value    *zero;
} build;

/* "strategy:line:column: ..." */
td_status build_fail(const build *b, place at, td_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- program_value.c */
uint64_t  value_count(const build *b, uint32_t axes);    /* saturates */
td_status value_make(build *b, uint32_t axes, bool numbers, place at, grid_value **out,
                     td_error *err);
td_status value_constant(build *b, double number, const grid_value **out, td_error *err);
td_status value_single(build *b, uint32_t id, const grid_value **out, td_error *err);
td_status value_axis(build *b, uint32_t axis, const grid_value **out, td_error *err);
td_status value_add(build *b, const grid_value *x, const grid_value *y, place at,
                    const grid_value **out, td_error *err);
/* Of a node of TYPE_NUMBER. */
td_status value_of(build *b, node *it, const grid_value **out, td_error *err);
/* Number functions by name: their number, or UINT32_MAX. */
uint32_t    value_function(const char *name);
const char *value_function_name(uint32_t function);      /* NULL past the end */
void walk_begin(const build *b, grid_walk *walk, uint32_t axes);
void walk_add(const build *b, grid_walk *walk, const grid_value *value);
bool walk_next(grid_walk *walk);                 /* false behind the last */
/* " at fast = 3, slow = 10", or "". */
void walk_text(const build *b, const grid_walk *walk, char *text, size_t size);

/* ---- program_check.c */
td_status check_strategy(build *b, strategy_text *strategy, td_error *err);

/* ---- program_share.c */
td_status share_price(build *b, td_price price, uint32_t *series, td_error *err);
td_status share_output(build *b, uint32_t call, uint32_t output, uint32_t *series, td_error *err);
td_status share_code(build *b, const program_step *step, uint32_t count, place at,
                     uint32_t *series, td_error *err);
td_status share_constant(build *b, double number, uint32_t *constant, td_error *err);
/* Checks the parameters of a call that is new; point tells where in the grid it stands. */
td_status share_call(build *b, const program_call *call, const node *it, const grid_walk *walk,
                     uint32_t *number, td_error *err);
td_status share_lagged(build *b, uint32_t series, uint32_t lag, place at, uint32_t *lagged,
                       td_error *err);
void      share_end(build *b);

/* ---- program_emit.c */
td_status emit_root(build *b, emitter *e, node *it, td_error *err);
/* The number of a slot with this table; the same table is there once. */
td_status emit_slot(build *b, emitter *e, const grid_value *value, place at, uint32_t *slot,
                    td_error *err);
td_status emitter_take(build *b, emitter **out, td_error *err);
void      emitter_give(build *b, emitter *e);

/* ---- program_words.c */
int  word_root(const char *name);                /* program_root, or -1 */
int  word_rule(const char *name);                /* rule, or -1 */
int  word_price(const char *name);               /* td_price, or -1 */
bool word_mean(const char *name);                /* hl2, hlc3, ohlc4 */
bool word_function(const char *name);            /* crosses_above .. but indicators */
int  word_choice(const td_param *param, const char *word);       /* or -1 */
/* "a, b or c" */
void words_list(const char *const *word, char *text, size_t size);
/* What is like it and was meant, or NULL. */
const char *word_near_name(const strategy_text *strategy, const char *name);
const char *word_near_function(const char *name);
/* Parameters of all strategies: "fast, slow", cut at size. */
void words_parameters(const parsed_text *text, char *list, size_t size);
const char *word_near_parameter(const parsed_text *text, const char *name);
const char *word_near(const char *const *word, const char *name);        /* of a list, or NULL */

/* As program_compile, with memory of the allocator; NULL: malloc. */
TD_MUST_USE td_status program_compile_in(const td_allocator *allocator, const char *name,
                                         const char *text, const program_axis *axis,
                                         uint32_t axis_count, const char *const *set,
                                         program **out, td_error *err);

#endif
