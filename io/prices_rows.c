/* prices_rows.c - collects rows of prices: symbols and times become numbers, each text and time is
 * kept once. Rows of a file mostly name the symbol of the row before, or the one that came after
 * it last time, and times repeat in the same order for each symbol, so the tables of hashes are
 * rarely asked. */
#include "io/prices_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define CHUNK_WORDS ((size_t)1 << 17) /* 1 MiB of rows */
#define TEXT_BYTES  ((size_t)1 << 16)
#define FIRST_ROOM  64u
#define TIMES_MAX   (1u << 30)

const char *const price_names[TD_PRICES] = {"open", "high", "low", "close", "volume", "adjusted"};

td_status price_rows_create(price_rows **out, td_error *err)
{
    price_rows *rows = calloc(1, sizeof *rows);
    if (!rows) return td_fail(err, TD_E_NO_MEMORY, "no memory for rows of prices");
    *out = rows;
    return TD_OK;
}

void price_rows_destroy(price_rows *rows)
{
    if (!rows) return;
    for (size_t i = 0; i < rows->chunk_count; ++i)
        free(rows->chunk[i].word);
    for (size_t i = 0; i < rows->text_count; ++i)
        free(rows->text[i]);
    for (uint32_t i = 0; i < rows->source_count; ++i)
        free(rows->source[i]);
    free(rows->chunk);
    free(rows->symbol);
    free(rows->symbol_slot);
    free(rows->text);
    free(rows->time);
    free(rows->time_slot);
    free(rows->source);
    free(rows->zone);
    free(rows);
}

static td_status no_memory(const price_rows *rows, td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "no memory for more than %llu rows of prices",
                   (unsigned long long)rows->count);
}

/* Room for one more element of an array that doubles. */
static bool grow(void **array, size_t count, size_t *room, size_t size)
{
    if (count < *room) return true;
    const size_t next = *room ? *room * 2 : FIRST_ROOM;
    void *grown = next > SIZE_MAX / size ? NULL : realloc(*array, next * size);
    if (!grown) return false;
    *array = grown;
    *room = next;
    return true;
}

static bool grow32(void **array, uint32_t count, uint32_t *room, size_t size)
{
    size_t wide = *room;
    if (!grow(array, count, &wide, size)) return false;
    *room = (uint32_t)wide;
    return true;
}

td_status price_rows_source(price_rows *rows, const char *name, uint32_t *source, td_error *err)
{
    if (rows->source_count == PRICES_SOURCES_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: more than %u sources of prices", name,
                       PRICES_SOURCES_MAX);
    char *copy = strdup(name);
    if (!copy || !grow32((void **)&rows->source, rows->source_count, &rows->source_room,
                         sizeof *rows->source)) {
        free(copy);
        return no_memory(rows, err);
    }
    *source = rows->source_count;
    rows->source[rows->source_count++] = copy;
    return TD_OK;
}

td_status price_rows_zone(price_rows *rows, const char *zone, td_error *err)
{
    const char *wanted = zone ? zone : "", *have = rows->zone ? rows->zone : "";
    const bool decided = rows->zone_set || rows->count > 0;
    if (decided && strcmp(wanted, have) != 0)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "times are %s%s here and %s%s before: a panel has one kind of them",
                       *wanted ? "instants shown in " : "dates", wanted,
                       *have ? "instants shown in " : "dates", have);
    if (*wanted && !rows->zone) {
        rows->zone = strdup(wanted);
        if (!rows->zone) return no_memory(rows, err);
    }
    rows->zone_set = true;
    return TD_OK;
}

/* ---- Symbols --------------------------------------------------------------------------------- */

static bool symbol_is(const price_rows *rows, uint32_t number, const char *text, size_t bytes)
{
    const row_symbol *symbol = &rows->symbol[number];
    return symbol->bytes == bytes && memcmp(symbol->text, text, bytes) == 0;
}

/* Where the text stands in the table, or the free place where it would. */
static uint32_t symbol_place(const price_rows *rows, const char *text, size_t bytes, uint32_t hash)
{
    const uint32_t mask = rows->symbol_slots - 1;
    uint32_t at = hash & mask;
    for (; rows->symbol_slot[at]; at = (at + 1) & mask) {
        const uint32_t number = rows->symbol_slot[at] - 1;
        if (rows->symbol[number].hash == hash && symbol_is(rows, number, text, bytes)) break;
    }
    return at;
}

static bool symbol_rehash(price_rows *rows)
{
    if (rows->symbol_slots / 2 > rows->symbol_count) return true;
    const uint32_t slots = rows->symbol_slots ? rows->symbol_slots * 2 : 4 * FIRST_ROOM;
    uint32_t *slot = calloc(slots, sizeof *slot);
    if (!slot) return false;
    for (uint32_t i = 0; i < rows->symbol_count; ++i) {
        uint32_t at = rows->symbol[i].hash & (slots - 1);
        while (slot[at])
            at = (at + 1) & (slots - 1);
        slot[at] = i + 1;
    }
    free(rows->symbol_slot);
    rows->symbol_slot = slot;
    rows->symbol_slots = slots;
    return true;
}

/* A copy of the text that stays where it is. */
static const char *keep_text(price_rows *rows, const char *text, size_t bytes)
{
    if (rows->text_left < bytes + 1) {
        if (!grow((void **)&rows->text, rows->text_count, &rows->text_room, sizeof *rows->text))
            return NULL;
        char *block = malloc(TEXT_BYTES);
        if (!block) return NULL;
        rows->text[rows->text_count++] = block;
        rows->text_left = TEXT_BYTES;
    }
    char *copy = rows->text[rows->text_count - 1] + (TEXT_BYTES - rows->text_left);
    memcpy(copy, text, bytes);
    copy[bytes] = 0;
    rows->text_left -= bytes + 1;
    return copy;
}

bool prices_is_utf8(const char *text, size_t bytes)
{
    static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
    for (size_t i = 0; i < bytes;) {
        const unsigned char c = (unsigned char)text[i];
        const uint32_t more = c < 0x80 ? 0 : c < 0xc0 ? 4 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        uint32_t code = more ? c & (0x3fu >> more) : c;
        if (more == 4 || c > 0xf4 || more >= bytes - i) return false;
        for (uint32_t k = 1; k <= more; ++k) {
            const unsigned char d = (unsigned char)text[i + k];
            if ((d & 0xc0) != 0x80) return false;
            code = code << 6 | (d & 0x3fu);
        }
        if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
            return false;
        i += more + 1;
    }
    return true;
}

void prices_quote(const char *text, size_t bytes, char *out, size_t room)
{
    const bool whole = bytes < room;
    size_t count = whole ? bytes : room - 3;
    while (!whole && count > 0 && ((unsigned char)text[count] & 0xc0) == 0x80)
        --count;
    const bool fits = prices_is_utf8(text, count);
    for (size_t i = 0; i < count; ++i) {
        const unsigned char c = (unsigned char)text[i];
        out[i] = c < 0x20 || c == 0x7f || (c >= 0x80 && !fits) ? '?' : text[i];
    }
    if (whole) out[count] = 0;
    else memcpy(out + count, "..", 3);
}

static td_status symbol_add(price_rows *rows, const char *text, size_t bytes, uint32_t hash,
                            td_error *err)
{
    if (bytes == 0) return td_fail(err, TD_E_BAD_ARGUMENT, "the symbol is empty");
    if (bytes > PRICES_SYMBOL_BYTES_MAX)
        return td_fail(err, TD_E_BAD_ARGUMENT, "the symbol has %zu bytes, allowed 1 to %d", bytes,
                       PRICES_SYMBOL_BYTES_MAX);
    if (memchr(text, 0, bytes))
        return td_fail(err, TD_E_BAD_ARGUMENT, "the symbol holds a zero byte");
    if (!prices_is_utf8(text, bytes))
        return td_fail(err, TD_E_BAD_ARGUMENT, "the symbol is no UTF-8 text");
    if (rows->symbol_count == PRICES_SYMBOLS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "there are more than %u symbols",
                       PRICES_SYMBOLS_MAX);
    if (!grow32((void **)&rows->symbol, rows->symbol_count, &rows->symbol_room,
                sizeof *rows->symbol))
        return no_memory(rows, err);
    const char *copy = keep_text(rows, text, bytes);
    if (!copy) return no_memory(rows, err);
    rows->symbol[rows->symbol_count] = (row_symbol){copy, (uint32_t)bytes, hash};
    return TD_OK;
}

td_status price_rows_symbol(price_rows *rows, const char *text, size_t bytes, uint32_t *symbol,
                            td_error *err)
{
    uint32_t last = rows->symbol_last;
    if (last < rows->symbol_count && symbol_is(rows, last, text, bytes)) {
        *symbol = last;
        return TD_OK;
    }
    last = last + 1 < rows->symbol_count ? last + 1 : 0;
    if (last < rows->symbol_count && symbol_is(rows, last, text, bytes)) {
        *symbol = rows->symbol_last = last;
        return TD_OK;
    }
    if (!symbol_rehash(rows)) return no_memory(rows, err);
    const uint32_t hash = (uint32_t)XXH3_64bits(text, bytes);
    const uint32_t at = symbol_place(rows, text, bytes, hash);
    if (rows->symbol_slot[at] == 0) {
        const td_status status = symbol_add(rows, text, bytes, hash, err);
        if (status) return status;
        rows->symbol_slot[at] = ++rows->symbol_count;
    }
    *symbol = rows->symbol_last = rows->symbol_slot[at] - 1;
    return TD_OK;
}

/* ---- Times ----------------------------------------------------------------------------------- */

static uint32_t time_hash(int64_t time)
{
    return (uint32_t)(((uint64_t)time * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static bool time_rehash(price_rows *rows)
{
    if (rows->time_slots / 2 > rows->time_count) return true;
    const uint32_t slots = rows->time_slots ? rows->time_slots * 2 : 4 * FIRST_ROOM;
    uint32_t *slot = calloc(slots, sizeof *slot);
    if (!slot) return false;
    for (uint32_t i = 0; i < rows->time_count; ++i) {
        uint32_t at = time_hash(rows->time[i]) & (slots - 1);
        while (slot[at])
            at = (at + 1) & (slots - 1);
        slot[at] = i + 1;
    }
    free(rows->time_slot);
    rows->time_slot = slot;
    rows->time_slots = slots;
    return true;
}

static td_status time_new(price_rows *rows, int64_t time, td_error *err)
{
    if (time < PRICES_TIME_MIN || time > PRICES_TIME_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "the time is %lld seconds since 1970, allowed are the years 1 to 9999",
                       (long long)time);
    if (!rows->zone && time % PRICES_DAY_SECONDS != 0)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "the time %lld is no midnight: times of a day need a zone", (long long)time);
    if (rows->time_count == TIMES_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "there are more than %u different times", TIMES_MAX);
    if (!grow32((void **)&rows->time, rows->time_count, &rows->time_room, sizeof *rows->time))
        return no_memory(rows, err);
    rows->time[rows->time_count] = time;
    return TD_OK;
}

static td_status time_number(price_rows *rows, int64_t time, uint32_t *number, td_error *err)
{
    const uint32_t last = rows->time_last;
    if (last < rows->time_count && rows->time[last] == time) {
        *number = last;
        return TD_OK;
    }
    if (last + 1 < rows->time_count && rows->time[last + 1] == time) {
        *number = rows->time_last = last + 1;
        return TD_OK;
    }
    if (!time_rehash(rows)) return no_memory(rows, err);
    const uint32_t mask = rows->time_slots - 1;
    uint32_t at = time_hash(time) & mask;
    while (rows->time_slot[at] && rows->time[rows->time_slot[at] - 1] != time)
        at = (at + 1) & mask;
    if (rows->time_slot[at] == 0) {
        const td_status status = time_new(rows, time, err);
        if (status) return status;
        rows->time_slot[at] = ++rows->time_count;
    }
    *number = rows->time_last = rows->time_slot[at] - 1;
    return TD_OK;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static td_status check_row(const price_rows *rows, const price_row *row, td_error *err)
{
    if (row->symbol >= rows->symbol_count)
        return td_fail(err, TD_E_BAD_ARGUMENT, "a row has the symbol number %u of %u", row->symbol,
                       rows->symbol_count);
    if (row->source >= rows->source_count)
        return td_fail(err, TD_E_BAD_ARGUMENT, "a row has the source number %u of %u", row->source,
                       rows->source_count);
    if (row->fields == 0 || row->fields >= PRICE_BIT(TD_PRICES))
        return td_fail(err, TD_E_BAD_ARGUMENT, "a row has the fields %#x, allowed 0x1 to %#x",
                       row->fields, PRICE_BIT(TD_PRICES) - 1);
    if (row->line > PRICES_LINE_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "a row is in line %llu, allowed up to %llu",
                       (unsigned long long)row->line, (unsigned long long)PRICES_LINE_MAX);
    for (uint32_t k = 0; k < TD_PRICES; ++k)
        if (row->fields & PRICE_BIT(k) && isinf(row->price[k]))
            return td_fail(err, TD_E_OUT_OF_RANGE, "%s is infinite", price_names[k]);
    return TD_OK;
}

/* Where the next row goes, ROW_WORDS_MAX words at least; NULL: no memory. */
static uint64_t *row_room(price_rows *rows)
{
    if (rows->chunk_count > 0) {
        const row_chunk *chunk = &rows->chunk[rows->chunk_count - 1];
        if (chunk->count + ROW_WORDS_MAX <= CHUNK_WORDS) return chunk->word + chunk->count;
    }
    if (!grow((void **)&rows->chunk, rows->chunk_count, &rows->chunk_room, sizeof *rows->chunk))
        return NULL;
    uint64_t *word = malloc(CHUNK_WORDS * sizeof *word);
    if (word) rows->chunk[rows->chunk_count++] = (row_chunk){word, 0};
    return word;
}

td_status price_rows_add(price_rows *rows, const price_row *row, td_error *err)
{
    uint32_t time = 0;
    td_status status = check_row(rows, row, err);
    if (status) return status;
    uint64_t *word = row_room(rows);
    if (!word) return no_memory(rows, err);
    status = time_number(rows, row->time, &time, err);
    if (status) return status;
    size_t count = 2;
    word[0] = (uint64_t)row->symbol << ROW_TIME_BITS | time;
    word[1] = (uint64_t)row->fields << (ROW_LINE_BITS + ROW_SOURCE_BITS) |
              (uint64_t)row->source << ROW_LINE_BITS | row->line;
    for (uint32_t k = 0; k < TD_PRICES; ++k)
        if (row->fields & PRICE_BIT(k)) memcpy(&word[count++], &row->price[k], sizeof *word);
    rows->chunk[rows->chunk_count - 1].count += count;
    rows->fields |= row->fields;
    rows->count += 1;
    return TD_OK;
}

bool row_next(row_walk *walk, row_view *row)
{
    const price_rows *rows = walk->rows;
    while (walk->chunk < rows->chunk_count && walk->word == rows->chunk[walk->chunk].count) {
        walk->chunk += 1;
        walk->word = 0;
    }
    if (walk->chunk == rows->chunk_count) return false;
    const uint64_t *word = rows->chunk[walk->chunk].word + walk->word;
    row->symbol = (uint32_t)(word[0] >> ROW_TIME_BITS);
    row->time = (uint32_t)word[0];
    row->fields = (uint32_t)(word[1] >> (ROW_LINE_BITS + ROW_SOURCE_BITS));
    row->source = (uint32_t)(word[1] >> ROW_LINE_BITS) & ((1u << ROW_SOURCE_BITS) - 1);
    row->line = word[1] & PRICES_LINE_MAX;
    row->price = word + 2;
    walk->word += 2 + (size_t)__builtin_popcount(row->fields);
    return true;
}

uint64_t price_rows_count(const price_rows *rows)
{
    return rows->count;
}
uint64_t price_rows_symbols(const price_rows *rows)
{
    return rows->symbol_count;
}
uint64_t price_rows_times(const price_rows *rows)
{
    return rows->time_count;
}
uint32_t price_rows_fields(const price_rows *rows)
{
    return rows->fields;
}

td_status price_rows_panel_bytes(const price_rows *rows, size_t *bytes, td_error *err)
{
    size_t cells = 0;
    const uint64_t width = (uint64_t)__builtin_popcount(rows->fields) * sizeof(double) + 1;
    td_status status = td_bytes(rows->symbol_count, rows->time_count, &cells, err);
    if (!status) status = td_bytes(cells, width, bytes, err);
    if (status)
        return td_fail(err, TD_E_NO_MEMORY, "a panel of %u symbols and %u times fits no memory",
                       rows->symbol_count, rows->time_count);
    return TD_OK;
}
