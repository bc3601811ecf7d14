/* parser.c - see parser.h. One function for each level of precedence but the binary ones, which a
 * table tells. */
#include "parser.h"

#include "program.h"

#include <string.h>

typedef struct parser {
    lexer lex;
    arena *memory;
    token now, next; /* two, for "name =" ends the expression before it */
    uint32_t nest;
    parsed_text *out;
    strategy_text *strategy; /* NULL until the first definition or [name] */
    strategy_text *last;
    const char *name;
    definition *line_first; /* of the definitions that a comment of this line belongs to */
} parser;

enum { LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_UNARY };

static const struct {
    token_kind sign;
    int level;
    node_kind kind;
} binary[] = {
    {TOKEN_OR, LEVEL_OR, NODE_OR},
    {TOKEN_AND, LEVEL_AND, NODE_AND},
    {TOKEN_LESS, LEVEL_COMPARE, NODE_LESS},
    {TOKEN_LESS_EQUAL, LEVEL_COMPARE, NODE_LESS_EQUAL},
    {TOKEN_GREATER, LEVEL_COMPARE, NODE_GREATER},
    {TOKEN_GREATER_EQUAL, LEVEL_COMPARE, NODE_GREATER_EQUAL},
    {TOKEN_EQUAL, LEVEL_COMPARE, NODE_EQUAL},
    {TOKEN_NOT_EQUAL, LEVEL_COMPARE, NODE_NOT_EQUAL},
    {TOKEN_PLUS, LEVEL_SUM, NODE_ADD},
    {TOKEN_MINUS, LEVEL_SUM, NODE_SUBTRACT},
    {TOKEN_TIMES, LEVEL_PRODUCT, NODE_MULTIPLY},
    {TOKEN_DIVIDE, LEVEL_PRODUCT, NODE_DIVIDE},
};

static td_status parse_level(parser *p, int level, node **out, td_error *err);

static td_status advance(parser *p, td_error *err)
{
    p->now = p->next;
    return lexer_next(&p->lex, &p->next, err);
}

static td_status fail_expected(const parser *p, const char *expected, td_error *err)
{
    char got[LEXER_QUOTE_MAX];
    lexer_quote(&p->now, got);
    return lexer_fail(p->lex.strategy, p->now.at, err, "expected %s, got %s", expected, got);
}

node *parser_node(arena *memory, node_kind kind, place at, node *left, node *right)
{
    node *const made = arena_take(memory, sizeof(*made));
    if (!made) return NULL;
    made->kind = kind;
    made->at = at;
    made->left = left;
    made->right = right;
    made->depth = (left && (!right || left->depth >= right->depth)) ? left->depth + 1
                  : right                                           ? right->depth + 1
                                                                    : 0;
    return made;
}

static td_status check_depth(const parser *p, const node *it, td_error *err)
{
    if (it->depth <= PARSER_DEPTH_MAX) return TD_OK;
    return lexer_fail(
        p->lex.strategy, it->at, err,
        "the expression is more than %d operations deep: give a part a name of its own",
        PARSER_DEPTH_MAX);
}

static td_status make(parser *p, node_kind kind, place at, node *left, node *right, node **out,
                      td_error *err)
{
    *out = parser_node(p->memory, kind, at, left, right);
    return *out ? check_depth(p, *out, err) : memory_fail(err);
}

static td_status make_named(parser *p, node_kind kind, node *left, node **out, td_error *err)
{
    td_status status = make(p, kind, p->now.at, left, NULL, out, err);
    if (status) return status;
    (*out)->name = arena_text(p->memory, p->now.text, p->now.length);
    return (*out)->name ? TD_OK : memory_fail(err);
}

static td_status fail_nest(const parser *p, td_error *err)
{
    return lexer_fail(p->lex.strategy, p->now.at, err,
                      "brackets and signs are more than %d deep: give a part a name of its own",
                      PARSER_NEST_MAX);
}

/* Brackets and signs within each other are counted where the parser calls itself. */
static td_status parse_inner(parser *p, int level, node **out, td_error *err)
{
    if (p->nest == PARSER_NEST_MAX) return fail_nest(p, err);
    p->nest += 1;
    const td_status status = parse_level(p, level, out, err);
    p->nest -= 1;
    return status;
}

static td_status close_bracket(parser *p, token_kind kind, place opened, const char *also,
                               td_error *err)
{
    const bool round = kind == TOKEN_CLOSE;
    if (p->now.kind == kind) return advance(p, err);
    char got[LEXER_QUOTE_MAX];
    lexer_quote(&p->now, got);
    return lexer_fail(p->lex.strategy, p->now.at, err,
                      "expected %s%s to close the %s of %u:%u, got %s%s", also, round ? ")" : "]",
                      round ? "(" : "[", opened.line, opened.column, got,
                      p->now.kind == TOKEN_ASSIGN ? " (== compares)" : "");
}

static td_status parse_argument(parser *p, argument *out, td_error *err)
{
    td_status status = TD_OK;
    out->at = p->now.at;
    if (p->now.kind == TOKEN_NAME && p->next.kind == TOKEN_ASSIGN) {
        out->name = arena_text(p->memory, p->now.text, p->now.length);
        if (!out->name) return memory_fail(err);
        if ((status = advance(p, err)) || (status = advance(p, err))) return status;
    }
    return parse_inner(p, LEVEL_OR, &out->value, err);
}

/* Behind the name of a function, at its "(". */
static td_status parse_arguments(parser *p, node *call, td_error *err)
{
    argument list[PARSER_ARGUMENTS_MAX];
    const place opened = p->now.at;
    td_status status = advance(p, err);
    memset(list, 0, sizeof(list));
    while (!status && p->now.kind != TOKEN_CLOSE) {
        if (call->argument_count == PARSER_ARGUMENTS_MAX)
            return lexer_fail(p->lex.strategy, p->now.at, err, "%s( has more than %d arguments",
                              call->name, PARSER_ARGUMENTS_MAX);
        status = parse_argument(p, &list[call->argument_count++], err);
        if (status || p->now.kind != TOKEN_COMMA) break;
        status = advance(p, err);
        if (!status && p->now.kind == TOKEN_CLOSE)
            return fail_expected(p, "an argument after the comma", err);
    }
    if (!status) status = close_bracket(p, TOKEN_CLOSE, opened, "a comma or ", err);
    if (status) return status;
    call->argument = arena_array(p->memory, call->argument_count, sizeof(list[0]));
    if (!call->argument) return memory_fail(err);
    memcpy(call->argument, list, call->argument_count * sizeof(list[0]));
    for (uint32_t i = 0; i < call->argument_count; ++i)
        if (list[i].value->depth >= call->depth) call->depth = list[i].value->depth + 1;
    return check_depth(p, call, err);
}

static td_status parse_name(parser *p, node **out, td_error *err)
{
    const bool call = p->next.kind == TOKEN_OPEN;
    td_status status = make_named(p, call ? NODE_CALL : NODE_NAME, NULL, out, err);
    if (!status) status = advance(p, err);
    return status || !call ? status : parse_arguments(p, *out, err);
}

static td_status parse_primary(parser *p, node **out, td_error *err)
{
    td_status status = TD_OK;
    const place at = p->now.at;
    if (p->now.kind == TOKEN_NAME) return parse_name(p, out, err);
    if (p->now.kind == TOKEN_OPEN) {
        status = advance(p, err);
        if (!status) status = parse_inner(p, LEVEL_OR, out, err);
        return status ? status : close_bracket(p, TOKEN_CLOSE, at, "an operator or ", err);
    }
    if (p->now.kind != TOKEN_NUMBER && p->now.kind != TOKEN_TRUE && p->now.kind != TOKEN_FALSE)
        return fail_expected(p, "a number, a name, a function or (", err);
    status = make(p,
                  p->now.kind == TOKEN_NUMBER ? NODE_NUMBER
                  : p->now.kind == TOKEN_TRUE ? NODE_TRUE
                                              : NODE_FALSE,
                  at, NULL, NULL, out, err);
    if (status) return status;
    (*out)->number = p->now.number;
    (*out)->whole = p->now.whole;
    return advance(p, err);
}

/* [lag] and .output behind a primary. */
static td_status parse_postfix(parser *p, node **out, td_error *err)
{
    td_status status = parse_primary(p, out, err);
    for (uint32_t i = 0; !status; ++i) {
        const place at = p->now.at;
        if (p->now.kind != TOKEN_BRACKET_OPEN && p->now.kind != TOKEN_DOT) return TD_OK;
        if (i == PARSER_NEST_MAX) return fail_nest(p, err);
        const bool lag = p->now.kind == TOKEN_BRACKET_OPEN;
        node *right = NULL;
        status = advance(p, err);
        if (status) return status;
        if (lag) {
            status = parse_inner(p, LEVEL_OR, &right, err);
            if (!status) status = close_bracket(p, TOKEN_BRACKET_CLOSE, at, "", err);
            if (!status) status = make(p, NODE_LAG, at, *out, right, out, err);
        } else {
            if (p->now.kind != TOKEN_NAME)
                return fail_expected(p, "the name of an output after the point", err);
            status = make_named(p, NODE_OUTPUT, *out, out, err);
            if (!status) status = advance(p, err);
        }
    }
    return status;
}

static td_status parse_prefix(parser *p, int level, node_kind kind, node **out, td_error *err)
{
    const place at = p->now.at;
    td_status status = advance(p, err);
    if (!status) status = parse_inner(p, level, out, err);
    return status ? status : make(p, kind, at, *out, NULL, out, err);
}

/* The operator of this level that stands here; -1: none. */
static int binary_here(const parser *p, int level)
{
    for (size_t i = 0; i < sizeof(binary) / sizeof(binary[0]); ++i)
        if (binary[i].level == level && binary[i].sign == p->now.kind) return (int)i;
    return -1;
}

/* a < b < c is a < b and b < c. */
static td_status join(parser *p, int level, const token *sign, node_kind kind, node *right,
                      node **last, node **out, td_error *err)
{
    node *compare = NULL;
    if (level != LEVEL_COMPARE) return make(p, kind, sign->at, *out, right, out, err);
    const bool chained = *last != NULL;
    td_status status = make(p, kind, sign->at, chained ? *last : *out, right, &compare, err);
    if (!status && chained) status = make(p, NODE_AND, sign->at, *out, compare, &compare, err);
    *last = right;
    if (!status) *out = compare;
    return status;
}

static td_status parse_level(parser *p, int level, node **out, td_error *err)
{
    node *last = NULL;
    if (level == LEVEL_NOT && p->now.kind == TOKEN_NOT)
        return parse_prefix(p, LEVEL_NOT, NODE_NOT, out, err);
    if (level == LEVEL_UNARY && p->now.kind == TOKEN_MINUS)
        return parse_prefix(p, LEVEL_UNARY, NODE_NEGATE, out, err);
    if (level == LEVEL_UNARY) return parse_postfix(p, out, err);
    td_status status = parse_level(p, level + 1, out, err);
    for (int i = 0; !status && (i = binary_here(p, level)) >= 0;) {
        const token sign = p->now;
        node *right = NULL;
        status = advance(p, err);
        if (!status) status = parse_level(p, level + 1, &right, err);
        if (!status) status = join(p, level, &sign, binary[i].kind, right, &last, out, err);
    }
    return status;
}

definition *parser_find(const strategy_text *strategy, const char *name)
{
    for (definition *d = strategy->first; d; d = d->next)
        if (strcmp(d->name, name) == 0) return d;
    return NULL;
}

static td_status strategy_begin(parser *p, const char *name, size_t length, place at, td_error *err)
{
    strategy_text *const made = arena_take(p->memory, sizeof(*made));
    if (!made) return memory_fail(err);
    made->name = arena_text(p->memory, name, length);
    if (!made->name) return memory_fail(err);
    made->title = "";
    made->at = at;
    for (const strategy_text *s = p->out->first; s; s = s->next)
        if (strcmp(s->name, made->name) == 0)
            return lexer_fail(p->lex.strategy, at, err,
                              "strategy %s is there twice, first in %u:%u", s->name, s->at.line,
                              s->at.column);
    if (p->out->count == PROGRAM_STRATEGIES_MAX)
        return lexer_fail(p->lex.strategy, at, err, "a text has at most %d strategies",
                          PROGRAM_STRATEGIES_MAX);
    if (p->last) p->last->next = made;
    else p->out->first = made;
    p->out->count += 1;
    p->last = p->strategy = made;
    p->lex.strategy = made->name;
    return TD_OK;
}

/* The title is known when the strategy's text ends. */
static td_status strategy_end(parser *p, td_error *err)
{
    if (p->strategy && p->lex.title) {
        p->strategy->title = arena_text(p->memory, p->lex.title, p->lex.title_length);
        if (!p->strategy->title) return memory_fail(err);
    }
    p->lex.title = NULL;
    return TD_OK;
}

static td_status parse_section(parser *p, td_error *err)
{
    const token section = p->now;
    if (p->strategy && p->strategy->at.line == 0)
        return lexer_fail(p->lex.strategy, section.at, err,
                          "definitions stand before the first [name]: put them below one");
    td_status status = strategy_end(p, err);
    if (!status) status = strategy_begin(p, section.text, section.length, section.at, err);
    if (!status) status = advance(p, err);
    if (!status && p->now.kind != TOKEN_LINE_END && p->now.kind != TOKEN_END)
        return fail_expected(p, "the end of the line after [name]", err);
    return status;
}

static td_status add_definition(parser *p, definition *made, td_error *err)
{
    strategy_text *const strategy = p->strategy;
    const definition *const before = parser_find(strategy, made->name);
    if (before)
        return lexer_fail(p->lex.strategy, made->at, err, "%s is defined twice, first in %u:%u",
                          made->name, before->at.line, before->at.column);
    if (strategy->count == PARSER_DEFINITIONS_MAX)
        return lexer_fail(p->lex.strategy, made->at, err, "a strategy has at most %d definitions",
                          PARSER_DEFINITIONS_MAX);
    if (strategy->last) strategy->last->next = made;
    else strategy->first = made;
    strategy->last = made;
    strategy->count += 1;
    if (!p->line_first) p->line_first = made;
    return TD_OK;
}

/* After an expression: the line ends, or "name =" begins the next definition. */
static td_status check_end(const parser *p, td_error *err)
{
    char got[LEXER_QUOTE_MAX];
    if (p->now.kind == TOKEN_LINE_END || p->now.kind == TOKEN_END) return TD_OK;
    if (p->now.kind == TOKEN_NAME && p->next.kind == TOKEN_ASSIGN) return TD_OK;
    lexer_quote(&p->now, got);
    return lexer_fail(p->lex.strategy, p->now.at, err,
                      "expected an operator, the next definition or the end of the line, got %s%s",
                      got, p->now.kind == TOKEN_ASSIGN ? " (== compares)" : "");
}

static td_status parse_definition(parser *p, td_error *err)
{
    td_status status = TD_OK;
    if (p->now.kind != TOKEN_NAME) return fail_expected(p, "a definition as \"fast = 10\"", err);
    if (!p->strategy) status = strategy_begin(p, p->name, strlen(p->name), (place){0, 0}, err);
    if (status) return status;
    definition *const made = arena_take(p->memory, sizeof(*made));
    if (!made) return memory_fail(err);
    made->name = arena_text(p->memory, p->now.text, p->now.length);
    if (!made->name) return memory_fail(err);
    made->doc = "";
    made->at = p->now.at;
    made->choice = -1;
    status = add_definition(p, made, err);
    if (!status) status = advance(p, err);
    if (status) return status;
    if (p->now.kind != TOKEN_ASSIGN) return fail_expected(p, "= after the name", err);
    status = advance(p, err);
    if (!status) status = parse_level(p, LEVEL_OR, &made->value, err);
    return status ? status : check_end(p, err);
}

/* The comment at the end of a line belongs to all definitions of the line. */
static td_status end_line(parser *p, td_error *err)
{
    const lexer *const lex = &p->lex;
    const bool has = lex->comment && lex->comment_line == p->now.at.line;
    for (definition *d = p->line_first; d && has; d = d->next) {
        d->doc = arena_text(p->memory, lex->comment, lex->comment_length);
        if (!d->doc) return memory_fail(err);
    }
    p->line_first = NULL;
    return TD_OK;
}

td_status parser_read(arena *memory, const char *name, const char *text, parsed_text *out,
                      td_error *err)
{
    parser p;
    memset(&p, 0, sizeof(p));
    memset(out, 0, sizeof(*out));
    p.memory = memory;
    p.out = out;
    p.name = name;
    td_status status = lexer_check(name, text, PROGRAM_BYTES_MAX, err);
    if (status) return status;
    lexer_begin(&p.lex, name, text);
    status = lexer_next(&p.lex, &p.next, err);
    if (!status) status = advance(&p, err);
    while (!status && p.now.kind != TOKEN_END) {
        if (p.now.kind == TOKEN_LINE_END) {
            status = end_line(&p, err);
            if (!status) status = advance(&p, err);
        } else if (p.now.kind == TOKEN_SECTION) {
            status = parse_section(&p, err);
        } else {
            status = parse_definition(&p, err);
        }
    }
    if (!status) status = end_line(&p, err);
    if (!status) status = strategy_end(&p, err);
    if (!status && out->count == 0)
        return lexer_fail(name, (place){1, 1}, err,
                          "expected a definition as \"fast = 10\", got an empty text");
    return status;
}
