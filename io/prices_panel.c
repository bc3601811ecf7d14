/* prices_panel.c - rows become a panel: symbols and times are ranked, each row goes to its cell,
 * and rows that meet in one are told and settled. */
#include "io/prices_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PANEL_ALIGN 64 /* of the prices: a cache line, and the widest vector register */

#define TAKEN_DOUBLED 0x80u /* a bit above those of the fields */

/* A cell that more than one row wants, and what the rows met so far make of it. */
typedef struct doubled {
    uint64_t cell;
    uint64_t line; /* of the last row met */
    uint32_t source;
    uint32_t fields;
    bool differs; /* some two rows do */
    uint32_t count[TD_PRICES];
    double value[TD_PRICES], sum[TD_PRICES];
} doubled;

typedef struct builder {
    const price_rows *rows;
    price_duplicates policy;
    price_findings *findings;
    prices *out;
    uint32_t *symbol_rank, *time_rank; /* by the number in rows: the place in the panel */
    uint8_t *taken;                    /* of each cell: the fields that it has */
    double *price[TD_PRICES];
    doubled *doubled; /* in the order of cells, once they are sorted */
    size_t doubled_count, doubled_room;
} builder;

static td_status no_memory(const builder *b, td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "no memory for a panel of %u symbols and %u times",
                   b->rows->symbol_count, b->rows->time_count);
}

/* ---- Order ----------------------------------------------------------------------------------- */

typedef struct ranked_symbol {
    const char *text;
    uint32_t number;
} ranked_symbol;
typedef struct ranked_time {
    int64_t time;
    uint32_t number;
} ranked_time;

static int by_text(const void *a, const void *b)
{
    const ranked_symbol *x = a, *y = b;
    return strcmp(x->text, y->text);
}

static int by_time(const void *a, const void *b)
{
    const ranked_time *x = a, *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

static td_status rank_symbols(builder *b, td_error *err)
{
    const uint32_t count = b->rows->symbol_count;
    ranked_symbol *order = calloc((size_t)count + 1, sizeof *order);
    b->symbol_rank = calloc((size_t)count + 1, sizeof *b->symbol_rank);
    b->out->symbol = calloc((size_t)count + 1, sizeof *b->out->symbol);
    td_status status = TD_OK;
    if (!order || !b->symbol_rank || !b->out->symbol) {
        status = no_memory(b, err);
        goto out;
    }
    for (uint32_t i = 0; i < count; ++i)
        order[i] = (ranked_symbol){b->rows->symbol[i].text, i};
    qsort(order, count, sizeof *order, by_text);
    for (uint32_t i = 0; i < count; ++i) {
        b->symbol_rank[order[i].number] = i;
        b->out->symbol[i] = strdup(order[i].text);
        b->out->symbol_count = i + 1;
        if (b->out->symbol[i]) continue;
        status = no_memory(b, err);
        break;
    }
out:
    free(order);
    return status;
}

static td_status rank_times(builder *b, td_error *err)
{
    const uint32_t count = b->rows->time_count;
    ranked_time *order = calloc((size_t)count + 1, sizeof *order);
    b->time_rank = calloc((size_t)count + 1, sizeof *b->time_rank);
    b->out->time = calloc((size_t)count + 1, sizeof *b->out->time);
    td_status status = TD_OK;
    if (!order || !b->time_rank || !b->out->time) {
        status = no_memory(b, err);
        goto out;
    }
    for (uint32_t i = 0; i < count; ++i)
        order[i] = (ranked_time){b->rows->time[i], i};
    qsort(order, count, sizeof *order, by_time);
    for (uint32_t i = 0; i < count; ++i) {
        b->time_rank[order[i].number] = i;
        b->out->time[i] = order[i].time;
    }
out:
    free(order);
    return status;
}

/* The prices in one piece, each of them aligned, all NaN; and what cells have: nothing. */
static td_status take_cells(builder *b, td_error *err)
{
    const uint64_t cells = (uint64_t)b->rows->symbol_count * b->rows->time_count;
    const uint64_t lanes = PANEL_ALIGN / sizeof(double), each = (cells + lanes - 1) / lanes * lanes;
    const uint32_t fields = b->rows->fields;
    const uint64_t count = (uint64_t)__builtin_popcount(fields);
    size_t bytes = 0;
    td_status status = price_rows_panel_bytes(b->rows, &bytes, err);
    if (!status && cells > SIZE_MAX / 16 / TD_PRICES) status = no_memory(b, err);
    if (!status) status = td_bytes(each * count + lanes, sizeof(double), &bytes, err);
    if (status) return status;
    b->taken = calloc((size_t)cells + 1, 1);
    b->out->data = aligned_alloc(PANEL_ALIGN, bytes);
    if (!b->taken || !b->out->data) return no_memory(b, err);
    double *next = b->out->data;
    for (uint32_t k = 0; k < TD_PRICES; ++k) {
        if (!(fields & PRICE_BIT(k))) continue;
        b->price[k] = next;
        next += each;
    }
    for (uint64_t i = 0; i < each * count; ++i)
        b->out->data[i] = NAN;
    return TD_OK;
}

/* ---- Cells ----------------------------------------------------------------------------------- */

static uint64_t cell_of(const builder *b, const row_view *row)
{
    return (uint64_t)b->symbol_rank[row->symbol] * b->rows->time_count + b->time_rank[row->time];
}

static void put(const builder *b, uint64_t cell, const row_view *row)
{
    const uint64_t *from = row->price;
    for (uint32_t k = 0; k < TD_PRICES; ++k)
        if (row->fields & PRICE_BIT(k)) memcpy(&b->price[k][cell], from++, sizeof *from);
}

static bool note_doubled(builder *b, uint64_t cell)
{
    if (b->doubled_count == b->doubled_room) {
        const size_t room = b->doubled_room ? b->doubled_room * 2 : 64;
        doubled *grown = realloc(b->doubled, room * sizeof *grown);
        if (!grown) return false;
        b->doubled = grown;
        b->doubled_room = room;
    }
    b->doubled[b->doubled_count++] = (doubled){.cell = cell};
    b->taken[cell] |= TAKEN_DOUBLED;
    return true;
}

/* Every row to its cell, and a note of each cell that is taken already. */
static td_status place_rows(builder *b, td_error *err)
{
    row_walk walk = {b->rows, 0, 0};
    row_view row;
    while (row_next(&walk, &row)) {
        const uint64_t cell = cell_of(b, &row);
        if ((b->taken[cell] & row.fields) == 0) put(b, cell, &row);
        else if (!(b->taken[cell] & TAKEN_DOUBLED) && !note_doubled(b, cell))
            return no_memory(b, err);
        b->taken[cell] |= (uint8_t)row.fields;
    }
    return TD_OK;
}

/* ---- Duplicates ------------------------------------------------------------------------------ */

static int by_cell(const void *a, const void *b)
{
    const doubled *x = a, *y = b;
    return (x->cell > y->cell) - (x->cell < y->cell);
}

/* Whether one of the row's prices is not that of the rows before it. */
static bool row_differs(const doubled *one, const row_view *row)
{
    const uint64_t *from = row->price;
    for (uint32_t k = 0; k < TD_PRICES; ++k) {
        double value = 0.0;
        if (!(row->fields & PRICE_BIT(k))) continue;
        memcpy(&value, from++, sizeof value);
        if (!(one->fields & PRICE_BIT(k))) continue;
        if (one->value[k] != value && !(isnan(one->value[k]) && isnan(value))) return true;
    }
    return false;
}

static void tell_duplicate(const builder *b, const doubled *before, const row_view *row,
                           bool differs)
{
    price_findings *findings = b->findings;
    findings->duplicates += 1;
    findings->differing += differs;
    if (findings->listed == PRICES_LISTED_MAX) return;
    findings->list[findings->listed++] = (price_duplicate){b->rows->symbol[row->symbol].text,
                                                           b->rows->time[row->time],
                                                           b->rows->source[row->source],
                                                           b->rows->source[before->source],
                                                           row->line,
                                                           before->line,
                                                           differs};
}

/* One more row of a doubled cell. */
static void meet(const builder *b, doubled *one, const row_view *row)
{
    const bool again = one->fields & row->fields;
    const uint64_t *from = row->price;
    if (again) {
        const bool differs = row_differs(one, row);
        one->differs = one->differs || differs;
        tell_duplicate(b, one, row, differs);
    }
    for (uint32_t k = 0; k < TD_PRICES; ++k) {
        double value = 0.0;
        if (!(row->fields & PRICE_BIT(k))) continue;
        memcpy(&value, from++, sizeof value);
        if (!again || b->policy != PRICE_DUPLICATES_FIRST) one->value[k] = value;
        if (isnan(value)) continue;
        one->sum[k] += value;
        one->count[k] += 1;
    }
    /* Of a row that stays out as a whole, no field is there. */
    if (!again || b->policy != PRICE_DUPLICATES_FIRST) one->fields |= row->fields;
    one->source = row->source;
    one->line = row->line;
}

static void settle(const builder *b, const doubled *one)
{
    /* The mean of equal values is that value, which their sum may round away. */
    const bool mean = b->policy == PRICE_DUPLICATES_MEAN && one->differs;
    for (uint32_t k = 0; k < TD_PRICES; ++k) {
        if (!(one->fields & PRICE_BIT(k))) continue;
        double value = one->value[k];
        if (mean) value = one->count[k] ? one->sum[k] / one->count[k] : NAN;
        b->price[k][one->cell] = value;
    }
}

static td_status settle_doubled(builder *b, td_error *err)
{
    row_walk walk = {b->rows, 0, 0};
    row_view row;
    if (b->doubled_count == 0) return TD_OK;
    qsort(b->doubled, b->doubled_count, sizeof *b->doubled, by_cell);
    while (row_next(&walk, &row)) {
        const doubled key = {.cell = cell_of(b, &row)};
        if (!(b->taken[key.cell] & TAKEN_DOUBLED)) continue;
        doubled *one = bsearch(&key, b->doubled, b->doubled_count, sizeof key, by_cell);
        if (one) meet(b, one, &row);
    }
    for (size_t i = 0; i < b->doubled_count; ++i)
        settle(b, &b->doubled[i]);
    const price_duplicate *first = &b->findings->list[0];
    char time[PRICES_TIME_TEXT];
    if (b->policy != PRICE_DUPLICATES_ERROR || b->findings->listed == 0) return TD_OK;
    prices_time_text(first->time, b->rows->zone, time);
    return td_fail(err, TD_E_CORRUPT,
                   "%s:%llu: symbol %s has a row of %s already, in %s:%llu (%llu such rows in all, "
                   "%llu with other prices); allowed is one, unless duplicates are to be first, "
                   "last or mean",
                   first->source, (unsigned long long)first->line, first->symbol, time,
                   first->source_before, (unsigned long long)first->line_before,
                   (unsigned long long)b->findings->duplicates,
                   (unsigned long long)b->findings->differing);
}

/* ---- The whole ------------------------------------------------------------------------------- */

static td_status finish(builder *b, td_error *err)
{
    prices *out = b->out;
    td_panel *panel = &out->panel;
    if (b->rows->zone) {
        out->zone = strdup(b->rows->zone);
        if (!out->zone) return no_memory(b, err);
    }
    *panel = (td_panel)TD_PANEL_INIT;
    panel->symbol_count = b->rows->symbol_count;
    panel->bar_count = b->rows->time_count;
    panel->symbol = (const char *const *)out->symbol;
    panel->time = out->time;
    panel->zone = out->zone;
    for (uint32_t k = 0; k < TD_PRICES; ++k)
        panel->price[k] = b->price[k];
    return TD_OK;
}

td_status prices_from_rows(const price_rows *rows, price_duplicates policy, prices **out,
                           price_findings *findings, td_error *err)
{
    price_findings own;
    builder all = {.rows = rows, .policy = policy}, *b = &all;
    td_status status = TD_OK;
    b->findings = findings ? findings : &own;
    *b->findings = (price_findings){.rows = rows->count};
    if (rows->count == 0) return td_fail(err, TD_E_BAD_ARGUMENT, "there are no rows of prices");
    b->out = calloc(1, sizeof *b->out);
    if (!b->out) return no_memory(b, err);
    status = rank_symbols(b, err);
    if (!status) status = rank_times(b, err);
    if (!status) status = take_cells(b, err);
    if (!status) status = place_rows(b, err);
    if (!status) status = settle_doubled(b, err);
    if (!status) status = finish(b, err);
    if (!status) {
        *out = b->out;
        b->out = NULL;
    }
    prices_close(b->out);
    free(b->symbol_rank);
    free(b->time_rank);
    free(b->taken);
    free(b->doubled);
    return status;
}
