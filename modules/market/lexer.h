/* lexer.h - the words of a strategy: names, numbers, signs and line ends, each with its place.
 *
 * Blanks and comments are left out. A line end inside ( ) or [ ] is a blank. */
#ifndef TANDEM_MODULES_MARKET_LEXER_H
#define TANDEM_MODULES_MARKET_LEXER_H
#include "tandem/module.h"

#define LEXER_WORD_MAX  64      /* bytes of a name */
#define LEXER_QUOTE_MAX 48      /* bytes of what a message shows of a token, with its final 0 */

typedef enum token_kind {
    TOKEN_END, TOKEN_LINE_END, TOKEN_SECTION,            /* [name] at the start of a line */
    TOKEN_NUMBER, TOKEN_NAME,
    TOKEN_AND, TOKEN_OR, TOKEN_NOT, TOKEN_TRUE, TOKEN_FALSE,
    TOKEN_ASSIGN, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_BRACKET_OPEN, TOKEN_BRACKET_CLOSE,
    TOKEN_COMMA, TOKEN_DOT, TOKEN_PLUS, TOKEN_MINUS, TOKEN_TIMES, TOKEN_DIVIDE,
    TOKEN_LESS, TOKEN_LESS_EQUAL, TOKEN_GREATER, TOKEN_GREATER_EQUAL, TOKEN_EQUAL,
    TOKEN_NOT_EQUAL
} token_kind;

/* Line and column count from 1; columns are characters, not bytes. */
typedef struct place { uint32_t line, column; } place;

typedef struct token {
    token_kind  kind;
    place       at;
    const char *text;           /* into the source */
    uint32_t    length;         /* TOKEN_SECTION: of the name alone */
    double      number;         /* TOKEN_NUMBER */
    bool        whole;          /* TOKEN_NUMBER: digits only */
} token;

typedef struct lexer {
    const char *strategy;       /* first word of a message */
    const char *next;           /* what is not read yet */
    const char *counted;        /* line and column are those of this character */
    uint32_t    line, column;
    uint32_t    depth;          /* of ( and [ */
    place       opened;         /* the outermost of them */
    bool        blank_line;     /* nothing but blanks since the line began */
    const char *title;          /* the first comment that has a line of its own, or NULL */
    uint32_t    title_length;
    const char *comment;        /* behind the tokens of comment_line, or NULL */
    uint32_t    comment_length, comment_line;
} lexer;

/* strategy and text are borrowed. Byte order marks are blanks. */
void lexer_begin(lexer *lex, const char *strategy, const char *text);
/* The next token. TD_E_BAD_ARGUMENT: a sign or number that the language does not have. */
TD_MUST_USE td_status lexer_next(lexer *lex, token *out, td_error *err);
/* What a message shows of a token: "slow", the end of the line .. */
void lexer_quote(const token *word, char quote[LEXER_QUOTE_MAX]);
/* Valid UTF-8 without control characters but tabs and line ends, at most bytes_max long: anything
 * else is TD_E_BAD_ARGUMENT with its line. */
TD_MUST_USE td_status lexer_check(const char *strategy, const char *text, size_t bytes_max,
                                  td_error *err);
/* "strategy:line:column: " and the message; gives TD_E_BAD_ARGUMENT. */
td_status lexer_fail(const char *strategy, place at, td_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The number that text begins with, whatever the program's locale, and what is behind it. */
double lexer_number(const char *text, const char **end);

#endif
