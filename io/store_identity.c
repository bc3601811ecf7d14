/* store_identity.c - says in what two studies differ, for people who changed one flag. */
#include "io/store_parts.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_BYTES 72 /* of one value */
#define KEY_BYTES   96
#define DEPTH_MAX   32

typedef struct difference {
    char key[KEY_BYTES];
    char now[SHOWN_BYTES + 8], was[SHOWN_BYTES + 8];
} difference;

static void show_text(char *to, const char *text)
{
    const size_t bytes = strlen(text);
    snprintf(to, SHOWN_BYTES + 8, "%.*s%s", SHOWN_BYTES, text, bytes > SHOWN_BYTES ? ".." : "");
}

static void show_one(char *to, const json_t *value)
{
    char *text = NULL;
    if (json_is_string(value)) {
        show_text(to, json_string_value(value));
        return;
    }
    text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    show_text(to, text ? text : "?");
    free(text);
}

/* A list is shown by its ends: "0.05 .. 0.1 (51 values)". */
static void show(char *to, const json_t *value)
{
    char first[SHOWN_BYTES + 8], last[SHOWN_BYTES + 8];
    const size_t count = json_array_size(value);
    if (!value) {
        show_text(to, "absent");
    } else if (!json_is_array(value) || count == 0) {
        show_one(to, value);
    } else if (count == 1) {
        show_one(to, json_array_get(value, 0));
    } else {
        show_one(first, json_array_get(value, 0));
        show_one(last, json_array_get(value, count - 1));
        snprintf(to, SHOWN_BYTES + 8, "%.20s .. %.20s (%zu values)", first, last, count);
    }
}

static bool found(difference *d, const char *key, const json_t *now, const json_t *was)
{
    snprintf(d->key, sizeof d->key, "%s", key);
    show(d->now, now);
    show(d->was, was);
    return true;
}

static bool find(difference *d, const char *key, const json_t *now, const json_t *was, int depth);

static bool find_in_object(difference *d, json_t *now, json_t *was, int depth)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(
        now, key, value) if (find(d, key, value, json_object_get(was, key), depth)) return true;
    json_object_foreach(was, key, value) if (!json_object_get(now, key)) return found(d, key, NULL,
                                                                                      value);
    return false;
}

/* Two lists of one length differ in an element; of different lengths, as a whole. */
static bool find_in_list(difference *d, const char *key, const json_t *now, const json_t *was,
                         int depth)
{
    char name[KEY_BYTES];
    if (json_array_size(now) != json_array_size(was)) return found(d, key, now, was);
    for (size_t i = 0; i < json_array_size(now); ++i) {
        snprintf(name, sizeof name, "%.64s[%zu]", key, i);
        if (find(d, name, json_array_get(now, i), json_array_get(was, i), depth)) return true;
    }
    return false;
}

/* The first value, in the order of now, that is another one in was. */
static bool find(difference *d, const char *key, const json_t *now, const json_t *was, int depth)
{
    if (!now || !was || json_typeof(now) != json_typeof(was) || depth == DEPTH_MAX)
        return json_equal(now, was) ? false : found(d, key, now, was);
    if (json_is_object(now))
        return find_in_object(d, (json_t *)(uintptr_t)now, (json_t *)(uintptr_t)was, depth + 1);
    if (json_is_array(now)) return find_in_list(d, key, now, was, depth + 1);
    return json_equal(now, was) ? false : found(d, key, now, was);
}

td_status store_identity_differs(const char *path, const char *now, const char *was, td_error *err)
{
    difference d = {"identity", "", ""};
    json_t *a = json_loads(now, JSON_DECODE_ANY, NULL);
    json_t *b = json_loads(was, JSON_DECODE_ANY, NULL);
    /* Texts that are no JSON, or the same JSON written differently, are shown as they are. */
    if (!a || !b || !find(&d, "identity", a, b, 0)) {
        show_text(d.now, now);
        show_text(d.was, was);
    }
    json_decref(a);
    json_decref(b);
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "%s: the checkpoint belongs to another study: %s is %s, was %s; give another "
                   "output, or delete the checkpoint",
                   path, d.key, d.now, d.was);
}
