/* table_text.c - text variables, attributes and warnings of a table. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/table_internal.h"

/* ---- Text variables ------------------------------------------------------------------------ */

uint32_t table_find_text(const td_table *table, const char *name)
{
    for (uint32_t i = 0; name && i < table->texts.count; ++i)
        if (strcmp(table_text_at(table, i)->name, name) == 0) return i;
    return UINT32_MAX;
}

static td_status table_make_text(const td_table *table, const char *name, const char *doc,
                                 uint32_t dim, const char *const *text, table_text **out,
                                 td_error *err)
{
    const uint64_t count = table_dim_at(table, dim)->view.count;
    for (uint64_t i = 0; i < count; ++i)
        if (!text[i])
            return td_fail(err, TD_E_BAD_ARGUMENT, "text variable %s: text %llu is NULL", name,
                           (unsigned long long)i);
    table_text *entry = memory_take(&table->allocator, sizeof(*entry));
    if (!entry) return table_no_memory(err);
    entry->dim = dim;
    entry->count = count;
    entry->name = memory_text(&table->allocator, name);
    entry->doc = doc ? memory_text(&table->allocator, doc) : NULL;
    entry->text = memory_texts(&table->allocator, text, count);
    if (!entry->name || (doc && !entry->doc) || !entry->text) {
        memory_give((void *)entry->text);
        memory_give(entry->doc);
        memory_give(entry->name);
        memory_give(entry);
        return table_no_memory(err);
    }
    *out = entry;
    return TD_OK;
}

td_status td_table_add_text(td_table *table, const char *name, const char *doc, const char *dim,
                            const char *const *text, td_error *err)
{
    table_text *entry = NULL;
    td_status status = TD_OK;
    if (!table) return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_add_text: table is NULL");
    if (!name || !name[0])
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_add_text: the variable has no name");
    table_lock(table);
    const uint32_t index = table_find_dim(table, dim);
    if (table_name_taken(table, name))
        status = td_fail(err, TD_E_BAD_ARGUMENT, "the name %s is taken in the table", name);
    else if (index == UINT32_MAX)
        status = td_fail(err, TD_E_BAD_ARGUMENT, "text variable %s: the table has no dimension %s",
                         name, dim ? dim : "(NULL)");
    else if (!text)
        status = td_fail(err, TD_E_BAD_ARGUMENT, "text variable %s: text is NULL", name);
    if (!status) status = table_reserve(table, &table->texts, 1, err);
    if (!status) status = table_make_text(table, name, doc, index, text, &entry, err);
    if (!status) table_list_put(&table->texts, entry);
    table_unlock(table);
    return status;
}

const char *const *td_table_text(const td_table *table, const char *name, uint64_t *count)
{
    const char *const *text = NULL;
    if (!table) return NULL;
    table_lock(table);
    const uint32_t index = table_find_text(table, name);
    if (index != UINT32_MAX) {
        text = (const char *const *)table_text_at(table, index)->text;
        if (count) *count = table_text_at(table, index)->count;
    }
    table_unlock(table);
    return text;
}

bool td_table_text_at(const td_table *table, uint32_t index, const char **name, const char **doc,
                      uint32_t *dim)
{
    if (!table) return false;
    table_lock(table);
    const bool there = index < table->texts.count;
    if (there) {
        const table_text *entry = table_text_at(table, index);
        if (name) *name = entry->name;
        if (doc) *doc = entry->doc;
        if (dim) *dim = entry->dim;
    }
    table_unlock(table);
    return there;
}

/* ---- Attributes ------------------------------------------------------------------------------ */

uint32_t table_find_attribute(const td_table *table, const char *name)
{
    for (uint32_t i = 0; name && i < table->attributes.count; ++i)
        if (strcmp(table_attribute_at(table, i)->name, name) == 0) return i;
    return UINT32_MAX;
}

td_status table_attribute_put(td_table *table, const char *name, const char *text, td_error *err)
{
    const uint32_t index = table_find_attribute(table, name);
    table_attribute *entry = NULL;
    char *copy = NULL;
    td_status status = TD_OK;
    if (index == UINT32_MAX) status = table_reserve(table, &table->attributes, 1, err);
    if (status) return status;
    copy = memory_text(&table->allocator, text);
    if (!copy) return table_no_memory(err);
    if (index != UINT32_MAX) {
        entry = table_attribute_at(table, index);
        memory_give(entry->text);
        entry->text = copy;
        return TD_OK;
    }
    entry = memory_take(&table->allocator, sizeof(*entry));
    if (entry) entry->name = memory_text(&table->allocator, name);
    if (!entry || !entry->name) {
        memory_give(entry);
        memory_give(copy);
        return table_no_memory(err);
    }
    entry->text = copy;
    table_list_put(&table->attributes, entry);
    return TD_OK;
}

td_status td_table_set_attribute(td_table *table, const char *name, const char *text, td_error *err)
{
    if (!table) return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_set_attribute: table is NULL");
    if (!name || !name[0])
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_set_attribute: there is no name");
    if (!text) return td_fail(err, TD_E_BAD_ARGUMENT, "attribute %s: text is NULL", name);
    table_lock(table);
    const td_status status = table_attribute_put(table, name, text, err);
    table_unlock(table);
    return status;
}

const char *td_table_attribute(const td_table *table, const char *name)
{
    if (!table) return NULL;
    table_lock(table);
    const uint32_t index = table_find_attribute(table, name);
    const char *text = index == UINT32_MAX ? NULL : table_attribute_at(table, index)->text;
    table_unlock(table);
    return text;
}

bool td_table_attribute_at(const td_table *table, uint32_t index, const char **name,
                           const char **text)
{
    if (!table) return false;
    table_lock(table);
    const bool there = index < table->attributes.count;
    if (there && name) *name = table_attribute_at(table, index)->name;
    if (there && text) *text = table_attribute_at(table, index)->text;
    table_unlock(table);
    return there;
}

/* ---- Warnings -------------------------------------------------------------------------------- */

/* The line is cut where the kept text is full; the count goes on. The caller holds the lock. */
static td_status table_keep_warning(td_table *table, const char *line, td_error *err)
{
    const uint32_t index = table_find_attribute(table, "warnings");
    if (index == UINT32_MAX) return table_attribute_put(table, "warnings", line, err);
    table_attribute *entry = table_attribute_at(table, index);
    const size_t before = strlen(entry->text), more = strlen(line);
    if (before + more + 2 > TABLE_WARNINGS_TEXT) return TD_OK;
    char *text = memory_take(&table->allocator, before + more + 2);
    if (!text) return table_no_memory(err);
    memcpy(text, entry->text, before);
    text[before] = '\n';
    memcpy(text + before + 1, line, more + 1);
    memory_give(entry->text);
    entry->text = text;
    return TD_OK;
}

td_status td_table_warn(td_table *table, td_error *err, const char *format, ...)
{
    char line[1024];
    va_list list;
    if (!table) return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_warn: table is NULL");
    va_start(list, format);
    if (vsnprintf(line, sizeof(line), format, list) < 0) line[0] = 0;
    va_end(list);
    table_lock(table);
    const td_status status = table_keep_warning(table, line, err);
    if (!status) table->warnings += 1;
    table_unlock(table);
    return status;
}

uint32_t table_warning_count(const td_table *table)
{
    table_lock(table);
    const uint32_t count = table->warnings;
    table_unlock(table);
    return count;
}
