/* program_words.c - the names of the language, and what a wrong one may have meant. */
#include "program_build.h"

#include <stdio.h>
#include <string.h>

#define NEAR_MAX LEXER_WORD_MAX

static const char *const roots[] = {"entry",       "exit",       "short_entry", "short_exit",
                                    "entry_limit", "entry_stop", "short_limit", "short_stop",
                                    "rank",        NULL};
static const char *const prices[] = {"open",     "high", "low",  "close", "volume",
                                     "adjusted", "hl2",  "hlc3", "ohlc4", NULL};
static const char *const own_functions[] = {"crosses_above", "crosses_below", "abs",    "min",
                                            "max",           "highest",       "lowest", NULL};

static int find(const char *const *list, const char *name)
{
    for (int i = 0; list[i]; ++i)
        if (strcmp(list[i], name) == 0) return i;
    return -1;
}

int word_root(const char *name)
{
    return find(roots, name);
}

int word_price(const char *name)
{
    const int found = find(prices, name);
    return found < TD_PRICES ? found : -1;
}

bool word_function(const char *name)
{
    return find(own_functions, name) >= 0;
}

bool word_mean(const char *name)
{
    return find(prices, name) >= TD_PRICES;
}

int word_rule(const char *name)
{
    for (int r = 0; r < RULE_COUNT; ++r)
        if (strcmp(rule_param[r].name, name) == 0) return r;
    return -1;
}

int word_choice(const td_param *param, const char *word)
{
    return param->type == TD_CHOICE ? find(param->choices, word) : -1;
}

void words_list(const char *const *word, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (uint32_t i = 0; word[i] && used < size; ++i)
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 i == 0        ? ""
                                 : word[i + 1] ? ", "
                                               : " or ",
                                 word[i]);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Edits between two words: insert, delete, replace, swap neighbours (optimal string alignment;
 * Damerau, Commun. ACM 7, 1964, 171). Capitals count as small letters. */
static uint32_t distance(const char *a, const char *b)
{
    uint32_t row[3][NEAR_MAX + 1];
    const size_t m = strlen(a), n = strlen(b);
    if (m > NEAR_MAX || n > NEAR_MAX) return UINT32_MAX;
    for (size_t j = 0; j <= n; ++j)
        row[0][j] = (uint32_t)j;
    for (size_t i = 1; i <= m; ++i) {
        uint32_t *const now = row[i % 3], *const up = row[(i + 2) % 3],
                        *const two = row[(i + 1) % 3];
        now[0] = (uint32_t)i;
        for (size_t j = 1; j <= n; ++j) {
            const uint32_t cost = lower(a[i - 1]) != lower(b[j - 1]);
            now[j] = least(least(up[j] + 1, now[j - 1] + 1), up[j - 1] + cost);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                now[j] = least(now[j], two[j - 2] + 1);
        }
    }
    return row[m % 3][n];
}

typedef struct nearest {
    const char *wanted, *found;
    uint32_t best;
} nearest;

static nearest nearest_begin(const char *wanted)
{
    return (nearest){wanted, NULL, UINT32_MAX};
}

/* One letter of a short word may be wrong, one in three of a longer one; the first of equals stays.
 */
static void consider(nearest *n, const char *candidate)
{
    const uint32_t length = (uint32_t)strlen(n->wanted);
    const uint32_t edits = distance(n->wanted, candidate);
    if (edits >= n->best || edits > (length < 3 ? 0 : length < 6 ? 1 : length / 3)) return;
    n->best = edits;
    n->found = candidate;
}

static void consider_all(nearest *n, const char *const *list)
{
    for (uint32_t i = 0; list[i]; ++i)
        consider(n, list[i]);
}

const char *word_near(const char *const *word, const char *name)
{
    nearest n = nearest_begin(name);
    consider_all(&n, word);
    return n.found;
}

const char *word_near_name(const strategy_text *strategy, const char *name)
{
    nearest n = nearest_begin(name);
    for (const definition *d = strategy->first; d && d->checked; d = d->next)
        consider(&n, d->name);
    consider_all(&n, prices);
    return n.found;
}

const char *word_near_function(const char *name)
{
    const indicator *it = NULL;
    nearest n = nearest_begin(name);
    consider_all(&n, own_functions);
    for (uint32_t f = 0; value_function_name(f); ++f)
        consider(&n, value_function_name(f));
    for (uint32_t i = 0; (it = indicator_at(i)) != NULL; ++i)
        consider(&n, strchr(it->op->name, '.') ? strchr(it->op->name, '.') + 1 : it->op->name);
    return n.found;
}

/* Definitions by numbers and words; what is computed from them is no parameter of its own. */
static bool is_parameter(const definition *d)
{
    const node *it = d->value;
    while (it->kind == NODE_NEGATE)
        it = it->left;
    return it->kind == NODE_NUMBER || (it->kind == NODE_NAME && word_rule(d->name) >= 0);
}

void words_parameters(const parsed_text *text, char *list, size_t size)
{
    size_t used = 0;
    list[0] = 0;
    for (const strategy_text *s = text->first; s; s = s->next) {
        for (const definition *d = s->first; d; d = d->next) {
            bool again = !is_parameter(d);
            for (const strategy_text *e = text->first; e != s && !again; e = e->next)
                again = parser_find(e, d->name) != NULL;
            if (again) continue;
            const size_t length = strlen(d->name) + 2;
            if (used + length + 6 > size) {
                snprintf(list + used, size - used, " ..");
                return;
            }
            used += (size_t)snprintf(list + used, size - used, "%s%s", used ? ", " : "", d->name);
        }
    }
}

const char *word_near_parameter(const parsed_text *text, const char *name)
{
    nearest n = nearest_begin(name);
    for (const strategy_text *s = text->first; s; s = s->next)
        for (const definition *d = s->first; d; d = d->next)
            if (is_parameter(d)) consider(&n, d->name);
    for (int r = 0; r < RULE_COUNT; ++r)
        consider(&n, rule_param[r].name);
    return n.found;
}
