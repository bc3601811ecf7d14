/* parser.h - a strategy's text as definitions, each a tree of nodes.
 *
 *   text        lines of definitions; [name] lines begin a strategy
 *   definition  NAME = expression; several may stand on a line
 *   or < and < not < comparison (chained) < sum < product < minus < postfix: the later binds
 *   postfix     primary, then any of [lag] and .output
 *   primary     NUMBER | true | false | NAME | NAME(arguments) | (expression)
 *   arguments   expressions, or NAME = expression
 *
 * Names are not looked up here: program_check.c does that, and fills the second half of a node. */
#ifndef TANDEM_MODULES_MARKET_PARSER_H
#define TANDEM_MODULES_MARKET_PARSER_H
#include "indicator.h"
#include "lexer.h"
#include "program_memory.h"

#define PARSER_NEST_MAX        64       /* brackets and signs within each other */
#define PARSER_DEPTH_MAX       200      /* of a tree; the checker counts definitions in */
#define PARSER_ARGUMENTS_MAX   16       /* of one call */
#define PARSER_DEFINITIONS_MAX 1024     /* of one strategy */

typedef enum node_kind {
    NODE_NUMBER, NODE_TRUE, NODE_FALSE, NODE_NAME, NODE_CALL,
    NODE_LAG,                           /* left, right bars ago */
    NODE_OUTPUT,                        /* output name of left */
    NODE_NEGATE, NODE_NOT,              /* of left */
    NODE_ADD, NODE_SUBTRACT, NODE_MULTIPLY, NODE_DIVIDE,
    NODE_LESS, NODE_LESS_EQUAL, NODE_GREATER, NODE_GREATER_EQUAL, NODE_EQUAL, NODE_NOT_EQUAL,
    NODE_AND, NODE_OR
} node_kind;

typedef enum node_type {
    TYPE_UNKNOWN = 0,
    TYPE_NUMBER,                        /* the same at each bar: of parameters */
    TYPE_SERIES,                        /* a number for each bar */
    TYPE_TRUTH                          /* a truth for each bar */
} node_type;

/* What NODE_CALL and NODE_NAME turn out to be. */
typedef enum node_meaning {
    MEANS_NOTHING = 0, MEANS_PRICE, MEANS_DEFINITION,
    MEANS_INDICATOR, MEANS_CROSS_ABOVE, MEANS_CROSS_BELOW, MEANS_ABS, MEANS_MIN, MEANS_MAX,
    MEANS_NUMBER_FUNCTION               /* sqrt .. of numbers */
} node_meaning;

typedef struct node node;
typedef struct definition definition;
struct grid_value;

typedef struct argument {
    const char *name;                   /* NULL: by position */
    place       at;
    node       *value;
} argument;

struct node {
    node_kind   kind;
    place       at;
    double      number;                 /* NODE_NUMBER */
    bool        whole;
    const char *name;                   /* NODE_NAME, NODE_CALL, NODE_OUTPUT; ends with 0 */
    node       *left, *right;
    argument   *argument;               /* NODE_CALL */
    uint32_t    argument_count;

    node_type    type;                  /* TYPE_UNKNOWN: not checked yet */
    uint32_t     depth;                 /* of the tree below, definitions included */
    node_meaning meaning;
    td_price     price;
    definition  *means;                 /* MEANS_DEFINITION */
    uint32_t     function;              /* MEANS_NUMBER_FUNCTION */
    uint32_t     output;                /* NODE_OUTPUT */
    node        *call;                  /* NODE_OUTPUT: the call it is an output of */
    const indicator *indicator;         /* MEANS_INDICATOR, and the three below */
    node        *input[TD_INDICATOR_INPUTS_MAX];     /* NULL: the price that is implied */
    node        *param[TD_INDICATOR_PARAMS_MAX];     /* NULL: the default */
    int32_t      choice[TD_INDICATOR_PARAMS_MAX];    /* of a parameter given by a word, or -1 */

    /* Values that are known, over the axes they depend on: a number's, or a call's outputs'. */
    const struct grid_value *value;
    const struct grid_value *calls;                  /* numbers of calls */
    const struct grid_value *series[TD_INDICATOR_OUTPUTS_MAX];
};

struct definition {
    const char *name, *doc;             /* doc: the comment behind it, or "" */
    place       at;
    node       *value;
    definition *next;
    const struct grid_value *override;  /* of an axis, or set by the caller; NULL: neither */
    int32_t     choice;                 /* of a rule given by a word, or -1 */
    bool        checked;                /* those below are not known yet */
};

typedef struct strategy_text {
    const char *name, *title;
    place       at;
    definition *first, *last;
    uint32_t    count;
    struct strategy_text *next;
} strategy_text;

typedef struct parsed_text {
    strategy_text *first;
    uint32_t       count;
} parsed_text;

/* name: of a text without [name] lines. All memory is the arena's. TD_E_BAD_ARGUMENT: the syntax;
 * TD_E_NO_MEMORY. */
TD_MUST_USE td_status parser_read(arena *memory, const char *name, const char *text,
                                  parsed_text *out, td_error *err);
definition *parser_find(const strategy_text *strategy, const char *name);     /* or NULL */
/* A node of the place of another, for what the checker writes in full: hl2, highest. */
node *parser_node(arena *memory, node_kind kind, place at, node *left, node *right);

#endif
