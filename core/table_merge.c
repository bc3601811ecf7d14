/* table_merge.c - one table takes over another: entries move, data stays where it is. Everything
 * that can fail is done first, so that a failure leaves both tables as they were. */
#include <string.h>

#include "core/memory.h"
#include "core/table_internal.h"

static bool dim_is_same(const td_dim *a, const td_dim *b)
{
    if (a->count != b->count || !a->number != !b->number || !a->text != !b->text) return false;
    for (uint64_t i = 0; a->number && i < a->count; ++i) {
        const bool both_nan = a->number[i] != a->number[i] && b->number[i] != b->number[i];
        if (a->number[i] != b->number[i] && !both_nan) return false;
    }
    for (uint64_t i = 0; a->text && i < a->count; ++i)
        if (strcmp(a->text[i], b->text[i]) != 0) return false;
    return true;
}

static td_status merge_check_dims(const td_table *table, const td_table *source, td_error *err)
{
    for (uint32_t i = 0; i < source->dims.count; ++i) {
        const table_dim *dim = table_dim_at(source, i);
        const uint32_t mine = table_find_dim(table, dim->name);
        if (mine == UINT32_MAX) {
            if (!table_name_taken(table, dim->name)) continue;
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "merging tables: %s is a dimension of one and a "
                           "variable of the other",
                           dim->name);
        }
        if (!dim_is_same(&table_dim_at(table, mine)->view, &dim->view))
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "merging tables: dimension %s has other "
                           "coordinates",
                           dim->name);
    }
    return TD_OK;
}

static td_status merge_check_names(const td_table *table, const td_table *source, td_error *err)
{
    for (uint32_t i = 0; i < source->vars.count + source->texts.count; ++i) {
        const bool is_var = i < source->vars.count;
        const char *name = is_var ? table_var_at(source, i)->name
                                  : table_text_at(source, i - source->vars.count)->name;
        if (table_name_taken(table, name))
            return td_fail(err, TD_E_BAD_ARGUMENT, "merging tables: the name %s is in both", name);
    }
    return TD_OK;
}

/* The warnings of both, or NULL when one has none and nothing needs to be joined. */
static td_status merge_join_warnings(const td_table *table, const td_table *source, char **out,
                                     td_error *err)
{
    const uint32_t mine = table_find_attribute(table, "warnings");
    const uint32_t other = table_find_attribute(source, "warnings");
    if (mine == UINT32_MAX || other == UINT32_MAX) return TD_OK;
    const char *first = table_attribute_at(table, mine)->text;
    const char *second = table_attribute_at(source, other)->text;
    const size_t length = strlen(first), more = strlen(second);
    char *text = memory_take(&table->allocator, length + more + 2);
    if (!text) return table_no_memory(err);
    memcpy(text, first, length);
    text[length] = '\n';
    memcpy(text + length + 1, second, more + 1);
    *out = text;
    return TD_OK;
}

static td_status merge_reserve(td_table *table, const td_table *source, td_error *err)
{
    td_status status = table_reserve(table, &table->dims, source->dims.count, err);
    if (!status) status = table_reserve(table, &table->vars, source->vars.count, err);
    if (!status) status = table_reserve(table, &table->texts, source->texts.count, err);
    if (!status) status = table_reserve(table, &table->attributes, source->attributes.count, err);
    return status;
}

static void attribute_free(table_attribute *attribute)
{
    memory_give(attribute->text);
    memory_give(attribute->name);
    memory_give(attribute);
}

/* warnings, when not NULL, is the joined text and is taken over. */
static void merge_attributes(td_table *table, td_table *source, char *warnings)
{
    for (uint32_t i = 0; i < source->attributes.count; ++i) {
        table_attribute *attribute = table_attribute_at(source, i);
        const uint32_t mine = table_find_attribute(table, attribute->name);
        if (warnings && strcmp(attribute->name, "warnings") == 0) {
            memory_give(attribute->text);
            attribute->text = warnings;
        }
        if (mine == UINT32_MAX) {
            table_list_put(&table->attributes, attribute);
        } else {
            attribute_free(table_attribute_at(table, mine));
            table->attributes.entry[mine] = attribute;
        }
    }
    source->attributes.count = 0;
}

/* number[i] is the place of the source's dimension i in table; it is written to the list's own
 * entries, which are moved or freed here. */
static void merge_dims(td_table *table, td_table *source, uint32_t *number)
{
    for (uint32_t i = 0; i < source->dims.count; ++i) {
        table_dim *dim = table_dim_at(source, i);
        number[i] = table_find_dim(table, dim->name);
        if (number[i] == UINT32_MAX) {
            number[i] = table->dims.count;
            table_list_put(&table->dims, dim);
            continue;
        }
        memory_give((void *)dim->text);
        memory_give(dim->number);
        memory_give(dim->unit);
        memory_give(dim->doc);
        memory_give(dim->name);
        memory_give(dim);
    }
    source->dims.count = 0;
}

static void merge_move(td_table *table, td_table *source, uint32_t *number, char *warnings)
{
    merge_dims(table, source, number);
    for (uint32_t i = 0; i < source->vars.count; ++i) {
        table_var *var = table_var_at(source, i);
        for (uint32_t d = 0; d < var->view.rank; ++d)
            var->view.dim[d] = number[var->view.dim[d]];
        table_list_put(&table->vars, var);
    }
    for (uint32_t i = 0; i < source->texts.count; ++i) {
        table_text *text = table_text_at(source, i);
        text->dim = number[text->dim];
        table_list_put(&table->texts, text);
    }
    source->vars.count = 0;
    source->texts.count = 0;
    merge_attributes(table, source, warnings);
    table->warnings += source->warnings;
    source->warnings = 0;
}

static td_status merge_locked(td_table *table, td_table *source, td_error *err)
{
    uint32_t *number = NULL;
    char *warnings = NULL;
    td_status status = merge_check_dims(table, source, err);
    if (!status) status = merge_check_names(table, source, err);
    if (!status) status = merge_reserve(table, source, err);
    if (!status) status = merge_join_warnings(table, source, &warnings, err);
    if (status) return status;
    number = memory_array(&table->allocator, source->dims.count, sizeof(*number));
    if (!number) {
        memory_give(warnings);
        return table_no_memory(err);
    }
    merge_move(table, source, number, warnings);
    memory_give(number);
    return TD_OK;
}

td_status td_table_merge(td_table *table, td_table *source, td_error *err)
{
    if (!table) return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_merge: table is NULL");
    if (!source) return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_merge: source is NULL");
    if (table == source)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_merge: a table with itself");
    /* By address, so that two merges in opposite directions do not wait for each other. */
    td_table *low = (uintptr_t)table < (uintptr_t)source ? table : source;
    td_table *high = low == table ? source : table;
    table_lock(low);
    table_lock(high);
    const td_status status = merge_locked(table, source, err);
    table_unlock(high);
    table_unlock(low);
    return status;
}
