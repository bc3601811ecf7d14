/* table.c - labelled tables: their life, what they are made of, and finding it again. Reading and
 * writing of data is in table_data.c, texts and attributes in table_text.c, merging in
 * table_merge.c. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/op.h"
#include "core/table_internal.h"
#include "core/text.h"

/* ---- The lock and the lists ---------------------------------------------------------------- */

/* A reader's table is const, its lock is not: tables are made by td_table_create only. */
void table_lock(const td_table *table)
{
    pthread_mutex_lock((pthread_mutex_t *)&table->lock);
}

void table_unlock(const td_table *table)
{
    pthread_mutex_unlock((pthread_mutex_t *)&table->lock);
}

td_status table_no_memory(td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "no memory for a table");
}

td_status table_reserve(const td_table *table, table_list *list, uint32_t more, td_error *err)
{
    if (more > TABLE_ENTRIES_MAX - list->count)
        return td_fail(err, TD_E_OUT_OF_RANGE, "a table has more than %d entries of one kind",
                       TABLE_ENTRIES_MAX);
    if (list->room - list->count >= more) return TD_OK;
    const uint32_t room = list->count + more > 2 * list->room ? list->count + more : 2 * list->room;
    void **entry = memory_array(&table->allocator, room, sizeof(*entry));
    if (!entry) return table_no_memory(err);
    if (list->count) memcpy(entry, list->entry, list->count * sizeof(*entry));
    memory_give(list->entry);
    list->entry = entry;
    list->room = room;
    return TD_OK;
}

void table_list_put(table_list *list, void *entry)
{
    list->entry[list->count++] = entry;
}

/* Copies text, which may be NULL; false for want of memory. */
static bool table_copy(const td_table *table, const char *text, char **copy)
{
    if (!text) return true;
    *copy = memory_text(&table->allocator, text);
    return *copy != NULL;
}

/* ---- Life ---------------------------------------------------------------------------------- */

td_status td_table_create(const td_allocator *allocator, td_table **out, td_error *err)
{
    if (!out) return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_create: out is NULL");
    td_table *table = memory_take(allocator, sizeof(*table));
    if (!table) return table_no_memory(err);
    table->allocator = memory_allocator(allocator);
    pthread_mutex_init(&table->lock, NULL);
    *out = table;
    return TD_OK;
}

static void table_dim_free(table_dim *dim)
{
    memory_give((void *)dim->text);
    memory_give(dim->number);
    memory_give(dim->unit);
    memory_give(dim->doc);
    memory_give(dim->name);
    memory_give(dim);
}

static void table_var_free(table_var *var)
{
    memory_give(var->data);
    memory_give(var->unit);
    memory_give(var->doc);
    memory_give(var->name);
    memory_give(var);
}

void td_table_destroy(td_table *table)
{
    if (!table) return;
    for (uint32_t i = 0; i < table->dims.count; ++i)
        table_dim_free(table_dim_at(table, i));
    for (uint32_t i = 0; i < table->vars.count; ++i)
        table_var_free(table_var_at(table, i));
    for (uint32_t i = 0; i < table->texts.count; ++i) {
        table_text *text = table_text_at(table, i);
        memory_give((void *)text->text);
        memory_give(text->doc);
        memory_give(text->name);
        memory_give(text);
    }
    for (uint32_t i = 0; i < table->attributes.count; ++i) {
        table_attribute *attribute = table_attribute_at(table, i);
        memory_give(attribute->text);
        memory_give(attribute->name);
        memory_give(attribute);
    }
    memory_give(table->attributes.entry);
    memory_give(table->texts.entry);
    memory_give(table->vars.entry);
    memory_give(table->dims.entry);
    pthread_mutex_destroy(&table->lock);
    memory_give(table);
}

/* ---- Dimensions ------------------------------------------------------------------------------ */

static td_status table_make_dim(const td_table *table, const td_dim *dim, table_dim **out,
                                td_error *err)
{
    table_dim *entry = memory_take(&table->allocator, sizeof(*entry));
    if (!entry) return table_no_memory(err);
    bool fine = table_copy(table, dim->name, &entry->name);
    fine = fine && table_copy(table, dim->doc, &entry->doc);
    fine = fine && table_copy(table, dim->unit, &entry->unit);
    if (fine && dim->number) {
        entry->number = memory_array(&table->allocator, dim->count, sizeof(double));
        fine = entry->number != NULL;
        if (fine && dim->count) memcpy(entry->number, dim->number, dim->count * sizeof(double));
    }
    if (fine && dim->text) {
        entry->text = memory_texts(&table->allocator, dim->text, dim->count);
        fine = entry->text != NULL;
    }
    if (!fine) {
        table_dim_free(entry);
        return table_no_memory(err);
    }
    entry->view = (td_dim){entry->name,
                           entry->doc,
                           entry->unit,
                           dim->count,
                           entry->number,
                           dim->whole,
                           (const char *const *)entry->text};
    *out = entry;
    return TD_OK;
}

static td_status table_name_check(const td_table *table, const char *name, td_error *err)
{
    if (!table_name_taken(table, name)) return TD_OK;
    return td_fail(err, TD_E_BAD_ARGUMENT, "the name %s is taken in the table", name);
}

td_status td_table_add_dim(td_table *table, const td_dim *dim, td_error *err)
{
    table_dim *entry = NULL;
    size_t bytes = 0;
    if (!table) return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_add_dim: table is NULL");
    if (!dim || !dim->name || !dim->name[0])
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_add_dim: the dimension has no name");
    if (dim->number && dim->text)
        return td_fail(err, TD_E_BAD_ARGUMENT, "dimension %s has both numbers and texts",
                       dim->name);
    for (uint64_t i = 0; dim->text && i < dim->count; ++i)
        if (!dim->text[i])
            return td_fail(err, TD_E_BAD_ARGUMENT, "dimension %s: text %llu is NULL", dim->name,
                           (unsigned long long)i);
    td_status status = td_bytes(dim->count, sizeof(double), &bytes, err);
    if (status) return status;

    table_lock(table);
    status = table_name_check(table, dim->name, err);
    if (!status) status = table_reserve(table, &table->dims, 1, err);
    if (!status) status = table_make_dim(table, dim, &entry, err);
    if (!status) table_list_put(&table->dims, entry);
    table_unlock(table);
    return status;
}

/* ---- Variables ------------------------------------------------------------------------------ */

/* What is not there yet reads as NaN or as the smallest integer. */
static void table_fill(void *data, td_dtype dtype, uint64_t count)
{
    switch (dtype) {
    case TD_F32:
        for (uint64_t i = 0; i < count; ++i)
            ((float *)data)[i] = NAN;
        return;
    case TD_F64:
        for (uint64_t i = 0; i < count; ++i)
            ((double *)data)[i] = (double)NAN;
        return;
    case TD_I32:
        for (uint64_t i = 0; i < count; ++i)
            ((int32_t *)data)[i] = INT32_MIN;
        return;
    case TD_I64:
        for (uint64_t i = 0; i < count; ++i)
            ((int64_t *)data)[i] = INT64_MIN;
        return;
    case TD_U8: return; /* zero, as memory is given */
    }
}

/* Reads "recording,m,eps" into the view; the caller holds the lock. */
static td_status table_read_dims(const td_table *table, const char *dims, td_var *view,
                                 td_error *err)
{
    const char *name = NULL;
    size_t length = 0, bytes = 0;
    char word[OP_NAME_MAX * 4 + 1], quote[TEXT_QUOTE_MAX];
    view->count = 1;
    while (op_shape_next(&dims, &name, &length)) {
        if (view->rank == TD_TABLE_RANK_MAX)
            return td_fail(err, TD_E_OUT_OF_RANGE, "variable %s has more than %d dimensions",
                           view->name, TD_TABLE_RANK_MAX);
        const size_t take = length < sizeof(word) ? length : sizeof(word) - 1;
        memcpy(word, name, take);
        word[take] = 0;
        const uint32_t dim = table_find_dim(table, word);
        text_quote(name, length, quote);
        if (dim == UINT32_MAX || take < length)
            return td_fail(err, TD_E_BAD_ARGUMENT, "variable %s: the table has no dimension %s",
                           view->name, quote);
        view->dim[view->rank++] = dim;
        const td_status status =
            td_bytes(view->count, table_dim_at(table, dim)->view.count, &bytes, err);
        if (status) return status;
        view->count = bytes;
    }
    return td_bytes(view->count, td_dtype_bytes(view->dtype), &bytes, err);
}

static td_status table_make_var(const td_table *table, const td_var *view, table_var **out,
                                td_error *err)
{
    table_var *entry = memory_take(&table->allocator, sizeof(*entry));
    if (!entry) return table_no_memory(err);
    bool fine = table_copy(table, view->name, &entry->name);
    fine = fine && table_copy(table, view->doc, &entry->doc);
    fine = fine && table_copy(table, view->unit, &entry->unit);
    if (fine)
        entry->data = memory_array(&table->allocator, view->count, td_dtype_bytes(view->dtype));
    if (!entry->data) {
        table_var_free(entry);
        return td_fail(err, TD_E_NO_MEMORY, "no memory for the %llu values of %s",
                       (unsigned long long)view->count, view->name);
    }
    table_fill(entry->data, view->dtype, view->count);
    entry->view = *view;
    entry->view.name = entry->name;
    entry->view.doc = entry->doc;
    entry->view.unit = entry->unit;
    entry->view.data = entry->data;
    *out = entry;
    return TD_OK;
}

td_status td_table_add_var(td_table *table, const char *name, const char *doc, const char *unit,
                           td_dtype dtype, const char *dims, td_error *err)
{
    td_var view = {name, doc, unit, dtype, 0, {0}, 0, NULL};
    table_var *entry = NULL;
    if (!table) return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_add_var: table is NULL");
    if (!name || !name[0])
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_add_var: the variable has no name");
    if (td_dtype_bytes(dtype) == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "variable %s: dtype %d is unknown", name,
                       (int)dtype);
    table_lock(table);
    td_status status = table_name_check(table, name, err);
    if (!status) status = table_read_dims(table, dims, &view, err);
    if (!status) status = table_reserve(table, &table->vars, 1, err);
    if (!status) status = table_make_var(table, &view, &entry, err);
    if (!status) table_list_put(&table->vars, entry);
    table_unlock(table);
    return status;
}

/* ---- Finding -------------------------------------------------------------------------------- */

uint32_t table_find_dim(const td_table *table, const char *name)
{
    for (uint32_t i = 0; name && i < table->dims.count; ++i)
        if (strcmp(table_dim_at(table, i)->name, name) == 0) return i;
    return UINT32_MAX;
}

uint32_t table_find_var(const td_table *table, const char *name)
{
    for (uint32_t i = 0; name && i < table->vars.count; ++i)
        if (strcmp(table_var_at(table, i)->name, name) == 0) return i;
    return UINT32_MAX;
}

bool table_name_taken(const td_table *table, const char *name)
{
    return table_find_dim(table, name) != UINT32_MAX || table_find_var(table, name) != UINT32_MAX ||
           table_find_text(table, name) != UINT32_MAX;
}

uint32_t td_table_dim_count(const td_table *table)
{
    if (!table) return 0;
    table_lock(table);
    const uint32_t count = table->dims.count;
    table_unlock(table);
    return count;
}

uint32_t td_table_var_count(const td_table *table)
{
    if (!table) return 0;
    table_lock(table);
    const uint32_t count = table->vars.count;
    table_unlock(table);
    return count;
}

bool td_table_dim(const td_table *table, uint32_t index, td_dim *dim)
{
    if (!table) return false;
    table_lock(table);
    const bool there = index < table->dims.count;
    if (there && dim) *dim = table_dim_at(table, index)->view;
    table_unlock(table);
    return there;
}

bool td_table_var(const td_table *table, uint32_t index, td_var *var)
{
    if (!table) return false;
    table_lock(table);
    const bool there = index < table->vars.count;
    if (there && var) *var = table_var_at(table, index)->view;
    table_unlock(table);
    return there;
}

bool td_table_find_dim(const td_table *table, const char *name, td_dim *dim)
{
    if (!table) return false;
    table_lock(table);
    const uint32_t index = table_find_dim(table, name);
    if (index != UINT32_MAX && dim) *dim = table_dim_at(table, index)->view;
    table_unlock(table);
    return index != UINT32_MAX;
}

bool td_table_find_var(const td_table *table, const char *name, td_var *var)
{
    if (!table) return false;
    table_lock(table);
    const uint32_t index = table_find_var(table, name);
    if (index != UINT32_MAX && var) *var = table_var_at(table, index)->view;
    table_unlock(table);
    return index != UINT32_MAX;
}
