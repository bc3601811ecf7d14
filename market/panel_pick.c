/* panel_pick.c - see panel_pick.h: symbols and time. The level to compare with is benchmark.c. */
#include "market/panel_pick.h"

#include "core/text.h"
#include "io/file.h"
#include "market/dates.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LIST_BYTES_MAX ((uint64_t)1 << 26)

/* ---- Symbols -------------------------------------------------------------------------------- */

/* Symbols by name: sorted once, so that a list of thousands is looked up in no time. */
typedef struct names {
    const char *const *symbol;
    uint64_t *order;
    uint64_t count;
} names;

static int compare_names(const void *a, const void *b, void *context)
{
    const char *const *symbol = context;
    return strcmp(symbol[*(const uint64_t *)a], symbol[*(const uint64_t *)b]);
}

static td_status names_make(const td_panel *panel, names *n, td_error *err)
{
    *n = (names){panel->symbol, NULL, panel->symbol_count};
    n->order = calloc((size_t)n->count + 1, sizeof *n->order);
    if (!n->order) return td_fail(err, TD_E_NO_MEMORY, "no memory to look symbols up");
    for (uint64_t i = 0; i < n->count; ++i)
        n->order[i] = i;
    qsort_r(n->order, (size_t)n->count, sizeof *n->order, compare_names, (void *)panel->symbol);
    return TD_OK;
}

static bool names_find(const names *n, const char *text, size_t bytes, uint64_t *out)
{
    uint64_t lo = 0, hi = n->count;
    while (lo < hi) {
        const uint64_t middle = lo + (hi - lo) / 2;
        const char *symbol = n->symbol[n->order[middle]];
        int way = strncmp(symbol, text, bytes);
        if (way == 0) way = symbol[bytes] != 0;
        if (way == 0) {
            *out = n->order[middle];
            return true;
        }
        if (way < 0) lo = middle + 1;
        else hi = middle;
    }
    return false;
}

static td_status fail_symbol(const names *n, const char *text, size_t bytes, const char *name,
                             td_error *err)
{
    char quote[TEXT_QUOTE_MAX], word[TEXT_NEAR_MAX];
    const char *nearest = NULL;
    uint32_t best = UINT32_MAX;
    text_quote(text, bytes, quote);
    if (bytes < sizeof word) {
        memcpy(word, text, bytes);
        word[bytes] = 0;
        for (uint64_t i = 0; i < n->count; ++i)
            if (text_nearer(word, n->symbol[i], &best)) nearest = n->symbol[i];
    }
    if (nearest)
        return td_fail(err, TD_E_NOT_FOUND, "%s has no symbol %s, did you mean \"%.60s\"?", name,
                       quote, nearest);
    return td_fail(err, TD_E_NOT_FOUND, "%s has no symbol %s; its first is \"%.60s\"", name, quote,
                   n->count ? n->symbol[0] : "");
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Names between commas and line breaks; each once, in the order given. */
static td_status read_list(const names *n, const char *list, const char *name, uint64_t *chosen,
                           uint64_t *count, td_error *err)
{
    bool *taken = calloc((size_t)n->count + 1, sizeof *taken);
    td_status status = taken ? TD_OK : td_fail(err, TD_E_NO_MEMORY, "no memory for symbols");
    for (const char *at = list; *at && !status;) {
        size_t bytes = strcspn(at, ",\n");
        const char *next = at[bytes] ? at + bytes + 1 : at + bytes;
        while (bytes && is_blank(*at)) {
            at += 1;
            bytes -= 1;
        }
        while (bytes && is_blank(at[bytes - 1]))
            bytes -= 1;
        uint64_t found = 0;
        if (bytes && !names_find(n, at, bytes, &found))
            status = fail_symbol(n, at, bytes, name, err);
        else if (bytes && !taken[found]) {
            taken[found] = true;
            chosen[(*count)++] = found;
        }
        at = next;
    }
    free(taken);
    return status;
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* *chosen: NULL when all symbols stay. */
static td_status choose_symbols(const td_panel *from, const char *list, const char *name,
                                uint64_t **chosen, uint64_t *count, td_error *err)
{
    names n = {NULL, NULL, 0};
    void *text = NULL;
    size_t bytes = 0;
    uint64_t found = 0;
    if (!list || !*list) return TD_OK;
    td_status status = names_make(from, &n, err);
    if (!status && !names_find(&n, list, strlen(list), &found) && is_file(list))
        status = file_read(list, LIST_BYTES_MAX, &text, &bytes, err);
    *chosen = calloc((size_t)from->symbol_count + 1, sizeof **chosen);
    if (!status && !*chosen) status = td_fail(err, TD_E_NO_MEMORY, "no memory for symbols");
    if (!status) status = read_list(&n, text ? text : list, name, *chosen, count, err);
    if (!status && *count == 0)
        status = td_fail(err, TD_E_BAD_ARGUMENT,
                         "symbols is empty: name one of %s, or leave the "
                         "flag out for all",
                         name);
    free(text);
    free(n.order);
    return status;
}

/* ---- Time ----------------------------------------------------------------------------------- */

static uint64_t bars_before(const td_panel *panel, int64_t time)
{
    uint64_t lo = 0, hi = panel->bar_count;
    while (lo < hi) {
        const uint64_t middle = lo + (hi - lo) / 2;
        if (panel->time[middle] < time) lo = middle + 1;
        else hi = middle;
    }
    return lo;
}

static td_status choose_bars(const td_panel *from, const panel_choice *choice, const char *name,
                             uint64_t *first, uint64_t *end, td_error *err)
{
    const char *const flag[2] = {"from", "to"}, *const text[2] = {choice->from, choice->to};
    int64_t time[2] = {0, 0}, last[2] = {0, 0};
    char begins[DATES_TEXT_MAX], ends[DATES_TEXT_MAX];
    *first = 0;
    *end = from->bar_count;
    for (int i = 0; i < 2; ++i)
        if (text[i] && !date_parse(text[i], strlen(text[i]), &time[i], &last[i]))
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "%s is \"%.40s\", must be a date as in "
                           "2024-06-01, 2024-06 or 2024",
                           flag[i], text[i]);
    if (text[0]) *first = bars_before(from, time[0]);
    if (text[1]) *end = bars_before(from, last[1] + 1);
    if (*first < *end) return TD_OK;
    if (from->bar_count == 0) return td_fail(err, TD_E_BAD_ARGUMENT, "%s holds no bars", name);
    const bool intraday = from->zone && *from->zone;
    return td_fail(err, TD_E_BAD_ARGUMENT, "no bar of %s is from %s to %s: it holds %s to %s", name,
                   text[0] ? text[0] : "its start", text[1] ? text[1] : "its end",
                   date_text(from->time[0], intraday, begins),
                   date_text(from->time[from->bar_count - 1], intraday, ends));
}

/* ---- The part ------------------------------------------------------------------------------- */

static td_status copy_prices(const td_panel *from, const uint64_t *chosen, panel_pick *pick,
                             td_error *err)
{
    td_panel *to = &pick->panel;
    size_t bytes = 0, cells = 0;
    uint64_t prices = 0;
    for (int p = 0; p < TD_PRICES; ++p)
        prices += from->price[p] != NULL;
    td_status status = td_bytes(to->symbol_count, to->bar_count, &cells, err);
    if (!status) status = td_bytes(cells, prices * sizeof(double), &bytes, err);
    if (status) return status;
    pick->data = malloc(bytes ? bytes : 1);
    pick->symbol = calloc((size_t)to->symbol_count + 1, sizeof *pick->symbol);
    if (!pick->data || !pick->symbol)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for %llu symbols of %llu bars",
                       (unsigned long long)to->symbol_count, (unsigned long long)to->bar_count);
    double *next = pick->data;
    for (int p = 0; p < TD_PRICES; ++p) {
        if (!from->price[p]) continue;
        to->price[p] = next;
        for (uint64_t s = 0; s < to->symbol_count; ++s, next += to->bar_count)
            memcpy(next,
                   from->price[p] + (chosen ? chosen[s] : s) * from->bar_count + pick->first_bar,
                   (size_t)to->bar_count * sizeof(double));
    }
    for (uint64_t s = 0; s < to->symbol_count; ++s)
        pick->symbol[s] = from->symbol[chosen ? chosen[s] : s];
    to->symbol = pick->symbol;
    return TD_OK;
}

td_status panel_pick_make(const td_panel *from, const panel_choice *choice, const char *name,
                          panel_pick *out, td_error *err)
{
    uint64_t *chosen = NULL, count = 0, end = 0;
    *out = (panel_pick){*from, NULL, NULL, 0};
    td_status status = choose_symbols(from, choice->symbols, name, &chosen, &count, err);
    if (!status) status = choose_bars(from, choice, name, &out->first_bar, &end, err);
    if (!status && from->symbol_count == 0)
        status = td_fail(err, TD_E_BAD_ARGUMENT, "%s holds no symbols", name);
    if (!status && (chosen || out->first_bar > 0 || end < from->bar_count)) {
        if (chosen) out->panel.symbol_count = count;
        out->panel.bar_count = end - out->first_bar;
        out->panel.time = from->time + out->first_bar;
        status = copy_prices(from, chosen, out, err);
    }
    free(chosen);
    if (status) panel_pick_free(out);
    return status;
}

void panel_pick_free(panel_pick *pick)
{
    free(pick->data);
    free(pick->symbol);
    *pick = (panel_pick){TD_PANEL_INIT, NULL, NULL, 0};
}
