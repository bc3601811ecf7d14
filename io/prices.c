/* prices.c - the owner of a panel: what it has, and giving it back. */
#include "io/prices_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

const td_panel *prices_panel(const prices *owner)
{
    return &owner->panel;
}

const char *prices_copied(const prices *owner)
{
    return *owner->copied ? owner->copied : NULL;
}

const char *prices_attribute(const prices *owner, const char *name)
{
    for (uint32_t i = 0; i < owner->attribute_count; ++i)
        if (strcmp(owner->attribute[i].name, name) == 0) return owner->attribute[i].text;
    return NULL;
}

bool prices_attribute_at(const prices *owner, uint32_t index, const char **name, const char **text)
{
    if (index >= owner->attribute_count) return false;
    *name = owner->attribute[index].name;
    *text = owner->attribute[index].text;
    return true;
}

td_status prices_add_attribute(prices *owner, const char *name, const char *text, td_error *err)
{
    if (owner->attribute_count == owner->attribute_room) {
        const uint32_t room = owner->attribute_room ? owner->attribute_room * 2 : 16;
        price_attribute *grown = realloc(owner->attribute, room * sizeof *grown);
        if (!grown) return td_fail(err, TD_E_NO_MEMORY, "no memory for attribute %s", name);
        owner->attribute = grown;
        owner->attribute_room = room;
    }
    price_attribute one = {strdup(name), strdup(text)};
    owner->attribute[owner->attribute_count++] = one;
    if (one.name && one.text) return TD_OK;
    return td_fail(err, TD_E_NO_MEMORY, "no memory for attribute %s", name);
}

void prices_close(prices *owner)
{
    if (!owner) return;
    if (owner->map) munmap(owner->map, owner->map_bytes);
    for (uint64_t i = 0; i < owner->symbol_count; ++i)
        free(owner->symbol[i]);
    for (uint32_t i = 0; i < owner->attribute_count; ++i) {
        free((void *)(uintptr_t)owner->attribute[i].name);
        free((void *)(uintptr_t)owner->attribute[i].text);
    }
    free(owner->data);
    free(owner->symbol);
    free(owner->time);
    free(owner->zone);
    free(owner->attribute);
    free(owner);
}
