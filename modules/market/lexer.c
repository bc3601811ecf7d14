/* lexer.c - see lexer.h. */
#include "lexer.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Letters of ASCII only, whatever the locale is. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

td_status lexer_fail(const char *strategy, place at, td_error *err, const char *format, ...)
{
    char text[sizeof(err->message)];
    va_list list;
    va_start(list, format);
    if (vsnprintf(text, sizeof(text), format, list) < 0) text[0] = 0;
    va_end(list);
    return td_fail(err, TD_E_BAD_ARGUMENT, "%s:%u:%u: %s", strategy, at.line, at.column, text);
}

/* The "C" locale for this thread only, and back: the host program may have a decimal comma. */
double lexer_number(const char *text, const char **end)
{
    char *stop = NULL;
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = c ? uselocale(c) : (locale_t)0;
    const double value = strtod(text, &stop);
    if (c) {
        uselocale(before);
        freelocale(c);
    }
    *end = stop;
    return value;
}

/* Bytes of the UTF-8 character at text, 0 where there is none. Overlong forms, surrogates and what
 * lies beyond U+10FFFF are none. */
static uint32_t character_bytes(const unsigned char *text)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char c = text[0];
    const uint32_t bytes = c < 0x80 ? 1 : c >= 0xf0 && c < 0xf8 ? 4 : c >= 0xe0 ? 3 : 2;
    if (bytes == 1) return 1;
    if (c < 0xc0 || c >= 0xf8) return 0;
    uint32_t code = c & (0xffu >> (bytes + 1));
    for (uint32_t i = 1; i < bytes; ++i) {
        if ((text[i] & 0xc0u) != 0x80u) return 0;
        code = code << 6 | (text[i] & 0x3fu);
    }
    if (code < least[bytes] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
    return bytes;
}

td_status lexer_check(const char *strategy, const char *text, size_t bytes_max, td_error *err)
{
    place at = {1, 1};
    for (size_t i = 0; text[i];) {
        const unsigned char c = (unsigned char)text[i];
        const uint32_t bytes = character_bytes((const unsigned char *)text + i);
        if (i >= bytes_max)
            return lexer_fail(strategy, at, err, "the text is longer than %zu bytes", bytes_max);
        if (bytes == 0)
            return lexer_fail(strategy, at, err,
                              "byte 0x%02x is not UTF-8: save the strategy as UTF-8 text", c);
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            return lexer_fail(strategy, at, err, "control character 0x%02x in the text", c);
        at.column += 1;
        if (c == '\n') at = (place){at.line + 1, 1};
        i += bytes;
    }
    return TD_OK;
}

void lexer_begin(lexer *lex, const char *strategy, const char *text)
{
    memset(lex, 0, sizeof(*lex));
    lex->strategy = strategy;
    lex->next = lex->counted = text;
    lex->line = lex->column = 1;
    lex->blank_line = true;
}

/* Counts on from the last place, so that a long line is read once. */
static place lexer_place(lexer *lex, const char *at)
{
    for (; lex->counted < at; ++lex->counted)
        lex->column += ((unsigned char)*lex->counted & 0xc0u) != 0x80u;
    return (place){lex->line, lex->column};
}

static void next_line(lexer *lex)
{
    lex->next += 1;
    lex->counted = lex->next;
    lex->column = 1;
    lex->line += 1;
    lex->blank_line = true;
}

/* Keeps the comment: as the title, when it is the first with a line of its own, or as what belongs
 * to the tokens before it. */
static void read_comment(lexer *lex)
{
    const char *text = lex->next;
    while (*text == '#' || *text == ' ' || *text == '\t')
        text += 1;
    const char *end = text + strcspn(text, "\n");
    lex->next = end;
    while (end > text && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end -= 1;
    if (!lex->blank_line) {
        lex->comment = text;
        lex->comment_length = (uint32_t)(end - text);
        lex->comment_line = lex->line;
    } else if (!lex->title && end > text) {
        lex->title = text;
        lex->title_length = (uint32_t)(end - text);
    }
}

/* Blanks, comments, and line ends within brackets. */
static void pass_blanks(lexer *lex)
{
    for (;;) {
        const char c = *lex->next;
        if (c == '#') read_comment(lex);
        else if (c == ' ' || c == '\t' || c == '\r') lex->next += 1;
        else if (c == '\n' && lex->depth > 0) next_line(lex);
        else if (strncmp(lex->next, "\xef\xbb\xbf", 3) == 0) lex->next += 3; /* files joined */
        else return;
    }
}

static td_status read_number(lexer *lex, token *out, td_error *err)
{
    const char *const start = lex->next, *c = start, *end = NULL;
    out->kind = TOKEN_NUMBER;
    while (is_digit(*c))
        c += 1;
    out->whole = *c != '.' && *c != 'e' && *c != 'E';
    if (*c == '.') c += 1;
    while (is_digit(*c))
        c += 1;
    if ((*c == 'e' || *c == 'E') &&
        (is_digit(c[1]) || ((c[1] == '+' || c[1] == '-') && is_digit(c[2])))) {
        c += 2;
        while (is_digit(*c))
            c += 1;
    }
    out->length = (uint32_t)(c - start);
    out->number = lexer_number(start, &end);
    lex->next = c;
    if (end != c || is_letter(*c) || *c == '.') {
        while (is_letter(*c) || is_digit(*c) || *c == '.')
            c += 1;
        return lexer_fail(lex->strategy, out->at, err,
                          "\"%.*s\" is not a number, expected one as 10, 0.05 or 1e6",
                          (int)(c - start > LEXER_QUOTE_MAX ? LEXER_QUOTE_MAX : c - start), start);
    }
    if (!isfinite(out->number))
        return lexer_fail(lex->strategy, out->at, err, "%.*s is too large for a number",
                          (int)(out->length > LEXER_QUOTE_MAX ? LEXER_QUOTE_MAX : out->length),
                          start);
    return TD_OK;
}

static td_status read_word(lexer *lex, token *out, td_error *err)
{
    static const struct {
        const char *word;
        token_kind kind;
    } words[] = {{"and", TOKEN_AND},   {"or", TOKEN_OR},       {"not", TOKEN_NOT},
                 {"true", TOKEN_TRUE}, {"false", TOKEN_FALSE}, {NULL, TOKEN_END}};
    const char *c = lex->next;
    while (is_letter(*c) || is_digit(*c))
        c += 1;
    out->kind = TOKEN_NAME;
    out->length = (uint32_t)(c - lex->next);
    lex->next = c;
    if (out->length > LEXER_WORD_MAX)
        return lexer_fail(lex->strategy, out->at, err, "a name has at most %d characters, got %u",
                          LEXER_WORD_MAX, out->length);
    for (uint32_t w = 0; words[w].word; ++w)
        if (strlen(words[w].word) == out->length &&
            memcmp(words[w].word, out->text, out->length) == 0)
            out->kind = words[w].kind;
    return TD_OK;
}

/* [name] alone at the start of a line. */
static td_status read_section(lexer *lex, token *out, td_error *err)
{
    const char *c = lex->next + 1;
    while (*c == ' ' || *c == '\t')
        c += 1;
    out->kind = TOKEN_SECTION;
    out->text = c;
    while (is_letter(*c) || is_digit(*c) || *c == '-' || *c == '.')
        c += 1;
    out->length = (uint32_t)(c - out->text);
    while (*c == ' ' || *c == '\t')
        c += 1;
    if (*c != ']' || out->length == 0 || out->length > LEXER_WORD_MAX)
        return lexer_fail(lex->strategy, out->at, err,
                          "expected the name of a strategy as [ma_cross]: 1 to %d letters, digits, "
                          "_ - or .",
                          LEXER_WORD_MAX);
    lex->next = c + 1;
    return TD_OK;
}

static const struct {
    char text[3];
    token_kind kind;
} signs[] = {{"<=", TOKEN_LESS_EQUAL},  {">=", TOKEN_GREATER_EQUAL}, {"==", TOKEN_EQUAL},
             {"!=", TOKEN_NOT_EQUAL},   {"<", TOKEN_LESS},           {">", TOKEN_GREATER},
             {"=", TOKEN_ASSIGN},       {"(", TOKEN_OPEN},           {")", TOKEN_CLOSE},
             {"[", TOKEN_BRACKET_OPEN}, {"]", TOKEN_BRACKET_CLOSE},  {",", TOKEN_COMMA},
             {".", TOKEN_DOT},          {"+", TOKEN_PLUS},           {"-", TOKEN_MINUS},
             {"*", TOKEN_TIMES},        {"/", TOKEN_DIVIDE},         {"", TOKEN_END}};

/* Signs of other languages, and how they are written here. */
static td_status fail_sign(const lexer *lex, place at, td_error *err)
{
    const char c = *lex->next;
    const char *use = c == '&'                ? "write \"and\""
                      : c == '|'              ? "write \"or\""
                      : c == '!'              ? "write \"not\", or != for unequal"
                      : c == '%'              ? "write 0.05 for 5 %"
                      : c == '"' || c == '\'' ? "words stand without quotes"
                      : c == ';'              ? "a blank or a new line is between definitions"
                                 : "names, numbers, ( ) [ ] , . + - * / < <= > >= == != and = are "
                                   "what there is";
    const uint32_t bytes = character_bytes((const unsigned char *)lex->next);
    return lexer_fail(lex->strategy, at, err, "unexpected %.*s: %s", (int)(bytes ? bytes : 1),
                      lex->next, use);
}

static td_status read_sign(lexer *lex, token *out, td_error *err)
{
    for (uint32_t s = 0; signs[s].text[0]; ++s) {
        const size_t length = strlen(signs[s].text);
        if (strncmp(lex->next, signs[s].text, length) != 0) continue;
        out->kind = signs[s].kind;
        out->length = (uint32_t)length;
        lex->next += length;
        if (out->kind == TOKEN_OPEN || out->kind == TOKEN_BRACKET_OPEN) {
            if (lex->depth == 0) lex->opened = out->at;
            lex->depth += 1;
        } else if (out->kind == TOKEN_CLOSE || out->kind == TOKEN_BRACKET_CLOSE) {
            lex->depth -= lex->depth > 0;
        }
        return TD_OK;
    }
    return fail_sign(lex, out->at, err);
}

td_status lexer_next(lexer *lex, token *out, td_error *err)
{
    pass_blanks(lex);
    const char c = *lex->next;
    const bool first = lex->blank_line;
    memset(out, 0, sizeof(*out));
    out->at = lexer_place(lex, lex->next);
    out->text = lex->next;
    lex->blank_line = false;
    if (!c) return TD_OK; /* TOKEN_END */
    if (c == '\n') {
        out->kind = TOKEN_LINE_END;
        next_line(lex);
        return TD_OK;
    }
    if (c == '[' && first && lex->depth == 0) return read_section(lex, out, err);
    if (is_digit(c) || (c == '.' && is_digit(lex->next[1]))) return read_number(lex, out, err);
    if (is_letter(c)) return read_word(lex, out, err);
    return read_sign(lex, out, err);
}

void lexer_quote(const token *word, char quote[LEXER_QUOTE_MAX])
{
    const int limit = LEXER_QUOTE_MAX - 8;
    if (word->kind == TOKEN_END) snprintf(quote, LEXER_QUOTE_MAX, "the end of the text");
    else if (word->kind == TOKEN_LINE_END) snprintf(quote, LEXER_QUOTE_MAX, "the end of the line");
    else if (word->kind == TOKEN_SECTION)
        snprintf(quote, LEXER_QUOTE_MAX, "[%.*s]",
                 (int)word->length < limit ? (int)word->length : limit, word->text);
    else
        snprintf(quote, LEXER_QUOTE_MAX, "\"%.*s\"",
                 (int)word->length < limit ? (int)word->length : limit, word->text);
}
