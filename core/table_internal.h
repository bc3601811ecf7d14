/* table_internal.h - the inside of td_table, and what sweep/ does with one beside table.h.
 *
 * Every function takes the table's lock. What is borrowed from a table - names, coordinates, data
 * - stays where it is until the table is destroyed or merged into another, then until that one
 * is; only the text of an attribute goes away when the attribute is set again. */
#ifndef TANDEM_CORE_TABLE_INTERNAL_H
#define TANDEM_CORE_TABLE_INTERNAL_H
#include <pthread.h>

#include "tandem/module.h"
#include "tandem/table.h"

#define TABLE_ENTRIES_MAX   65536   /* of each: dimensions, variables, texts, attributes */
#define TABLE_WARNINGS_TEXT 65536   /* bytes kept in the attribute "warnings"; more are counted */

/* Warnings added with td_table_warn, those included whose lines are not kept. */
uint32_t table_warning_count(const td_table *table);
/* Copies block into variable number var, its first element to the place first (one entry for
 * each dimension). TD_E_BAD_ARGUMENT when it does not fit there. */
TD_MUST_USE td_status table_paste(td_table *table, uint32_t var, const uint64_t *first,
                                  const td_block *block, td_error *err);

/* ---- For the files table*.c only ------------------------------------------------------------- */

typedef struct table_dim {
    td_dim  view;        /* of the memory below */
    char   *name, *doc, *unit;
    double *number;
    char  **text;
} table_dim;

typedef struct table_var {
    td_var view;
    char  *name, *doc, *unit;
    void  *data;
} table_var;

typedef struct table_text {
    char    *name, *doc;
    uint32_t dim;
    uint64_t count;
    char   **text;
} table_text;

typedef struct table_attribute {
    char *name, *text;
} table_attribute;

/* A growing list of pointers; what they point to never moves. */
typedef struct table_list {
    void   **entry;
    uint32_t count, room;
} table_list;

struct td_table {
    td_allocator    allocator;
    pthread_mutex_t lock;
    table_list      dims, vars, texts, attributes;
    uint32_t        warnings;
};

static inline table_dim *table_dim_at(const td_table *table, uint32_t i)
{
    return table->dims.entry[i];
}
static inline table_var *table_var_at(const td_table *table, uint32_t i)
{
    return table->vars.entry[i];
}
static inline table_text *table_text_at(const td_table *table, uint32_t i)
{
    return table->texts.entry[i];
}
static inline table_attribute *table_attribute_at(const td_table *table, uint32_t i)
{
    return table->attributes.entry[i];
}

void table_lock(const td_table *table);
void table_unlock(const td_table *table);
/* The caller holds the lock. UINT32_MAX: there is none. */
uint32_t table_find_dim(const td_table *table, const char *name);
uint32_t table_find_var(const td_table *table, const char *name);
uint32_t table_find_text(const td_table *table, const char *name);
uint32_t table_find_attribute(const td_table *table, const char *name);
/* A dimension, a variable or a text variable has this name: in a file they share one space. */
bool table_name_taken(const td_table *table, const char *name);
/* Room for more entries, so that table_list_put cannot fail. */
td_status table_reserve(const td_table *table, table_list *list, uint32_t more, td_error *err);
void table_list_put(table_list *list, void *entry);
td_status table_no_memory(td_error *err);
/* Sets the attribute; the caller holds the lock. */
td_status table_attribute_put(td_table *table, const char *name, const char *text, td_error *err);

#endif
