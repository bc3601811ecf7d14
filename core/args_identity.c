/* args_identity.c - what makes two calls the same: a canonical text for stores and caches.
 *
 *     {"op":"rqa.measures","since":1000,"version":1000,"params":{"profile":"marwan",..},
 *      "axes":{"m":["1","2"],..},"outputs":["rr",..],"data":{"recordings":"fnv1a64w:0123.."}}
 *
 * and, when dimensions were given coordinates, "labels" with a hash of them. Members stand in the
 * order of the operation's table. The version is the library's: what an older one has computed is
 * not mixed with what this one would. The hash is FNV-1a with 64 bits (Fowler, Noll, Vo; constants
 * as in the IETF draft draft-eastlake-fnv) in steps of eight bytes while there are eight, in this
 * machine's order, and of one byte after that: a study binds hundreds of megabytes, which byte
 * after byte take as long as its statistics. */
#include <stdio.h>
#include <string.h>

#include "core/args_internal.h"
#include "core/array.h"
#include "core/decimal.h"
#include "core/engine.h"
#include "core/json.h"
#include "core/memory.h"
#include "tandem/table.h"

#define FNV_OFFSET UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME  UINT64_C(0x00000100000001b3)

/* A text of bytes that comes in pieces: the pieces may be cut anywhere. */
typedef struct hasher {
    uint64_t value;
    unsigned char tail[sizeof(uint64_t)]; /* what does not fill a word yet */
    size_t tail_bytes;
} hasher;

/* The product moves bits up only; the shift lets the high bits of a double reach the low. */
static uint64_t hash_word(uint64_t value, uint64_t word)
{
    value = (value ^ word) * FNV_PRIME;
    return value ^ value >> 32;
}

static void hash_bytes(hasher *hash, const void *data, size_t bytes)
{
    const unsigned char *next = data;
    uint64_t word;
    while (bytes > 0 && hash->tail_bytes > 0) {
        hash->tail[hash->tail_bytes++] = *next++;
        bytes -= 1;
        if (hash->tail_bytes < sizeof(word)) continue;
        memcpy(&word, hash->tail, sizeof(word));
        hash->value = hash_word(hash->value, word);
        hash->tail_bytes = 0;
    }
    for (; bytes >= sizeof(word); bytes -= sizeof(word), next += sizeof(word)) {
        memcpy(&word, next, sizeof(word));
        hash->value = hash_word(hash->value, word);
    }
    if (bytes > 0) memcpy(hash->tail + hash->tail_bytes, next, bytes);
    hash->tail_bytes += bytes;
}

static uint64_t hash_end(const hasher *hash)
{
    uint64_t value = hash->value;
    for (size_t i = 0; i < hash->tail_bytes; ++i)
        value = (value ^ hash->tail[i]) * FNV_PRIME;
    return value;
}

/* With its final 0, so that "a","bc" and "ab","c" differ. */
static void hash_text(hasher *hash, const char *text)
{
    hash_bytes(hash, text, strlen(text) + 1);
}

static void hash_visit(void *context, const void *data, size_t bytes)
{
    hash_bytes(context, data, bytes);
}

static uint64_t hash_series(const td_series *series)
{
    hasher hash = {.value = FNV_OFFSET};
    const uint64_t samples = series->offset[series->item_count];
    hash_text(&hash, "series");
    hash_bytes(&hash, &series->item_count, sizeof(series->item_count));
    hash_bytes(&hash, &series->column_count, sizeof(series->column_count));
    hash_bytes(&hash, series->offset, (size_t)(series->item_count + 1) * sizeof(*series->offset));
    for (uint32_t i = 0; i < series->column_count; ++i) {
        hash_text(&hash, series->column_name ? series->column_name[i] : "");
        hash_bytes(&hash, series->column[i], (size_t)samples * sizeof(double));
    }
    for (uint64_t i = 0; series->item_name && i < series->item_count; ++i)
        hash_text(&hash, series->item_name[i]);
    return hash_end(&hash);
}

/* The array itself, or its copy on the host when it lies on a device; *copy is to be freed. */
static td_status array_on_host(const td_args *args, const td_array *array, td_array *host,
                               void **copy, td_error *err)
{
    size_t bytes = 0;
    *host = *array;
    if (!array->buffer) return TD_OK;
    td_status status = td_bytes(array_count(array), td_dtype_bytes(array->dtype), &bytes, err);
    if (status) return status;
    *copy = td_alloc(args->engine, bytes);
    if (!*copy)
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory to hash an input", args->op->name);
    memset(host->stride, 0, sizeof(host->stride));
    host->buffer = NULL;
    host->data = *copy;
    return td_copy(array, host, err);
}

static td_status hash_array(const td_args *args, const td_array *array, uint64_t *out,
                            td_error *err)
{
    hasher hash = {.value = FNV_OFFSET};
    td_array host;
    void *copy = NULL;
    const td_status status = array_on_host(args, array, &host, &copy, err);
    if (!status) {
        hash_text(&hash, "array");
        hash_bytes(&hash, &array->dtype, sizeof(array->dtype));
        hash_bytes(&hash, &array->rank, sizeof(array->rank));
        hash_bytes(&hash, array->shape, array->rank * sizeof(array->shape[0]));
        array_visit(&host, hash_visit, &hash);
        *out = hash_end(&hash);
    }
    td_free(args->engine, copy);
    return status;
}

static uint64_t hash_labels(const td_args *args)
{
    hasher hash = {.value = FNV_OFFSET};
    args_labels_visit(args, hash_visit, &hash);
    return hash_end(&hash);
}

static void param_value_json(json_writer *json, const td_param *param, td_value value)
{
    char text[DECIMAL_TEXT_MAX] = "";
    decimal exact = {0, 0};
    switch (param->type) {
    case TD_BOOL: json_text(json, value.as.b ? "true" : "false"); return;
    case TD_INT:
        decimal_text(decimal_make(value.as.i, 0), text);
        json_text(json, text);
        return;
    case TD_FLOAT:
        /* A checked value is finite; its text is exact, with up to 17 digits. */
        if (decimal_from_number(value.as.f, &exact)) decimal_text(exact, text);
        json_text(json, text);
        return;
    case TD_TEXT:
    case TD_CHOICE: json_text(json, value.as.s); return;
    }
}

static void axes_json(json_writer *json, const td_args *args)
{
    json_key(json, "axes");
    json_open(json, '{');
    for (uint32_t i = 0; i < args->axis_count; ++i) {
        json_key(json, args->axis[i].name);
        json_open(json, '[');
        for (uint64_t j = 0; j < args->axis[i].count; ++j)
            json_text(json, args->axis[i].text[j]);
        json_close(json, ']');
    }
    json_close(json, '}');
}

/* hash has one entry for each input. */
static size_t identity_json(const td_args *args, const uint64_t *hash, char *text, size_t size)
{
    const td_op *op = args->op;
    char word[32];
    json_writer json = json_begin(text, size);
    json_open(&json, '{');
    json_key(&json, "op");
    json_text(&json, op->name);
    json_key(&json, "since");
    json_int(&json, op->since);
    json_key(&json, "version");
    json_int(&json, TD_VERSION);
    json_key(&json, "params");
    json_open(&json, '{');
    for (uint32_t i = 0; i < op->param_count; ++i) {
        if (op_param_sweeps(op_param(op, i))) continue;
        json_key(&json, op_param(op, i)->name);
        param_value_json(&json, op_param(op, i), args->value[i]);
    }
    json_close(&json, '}');
    axes_json(&json, args);
    json_key(&json, "outputs");
    json_open(&json, '[');
    for (uint32_t i = 0; i < op->output_count; ++i)
        if (args->wanted[i]) json_text(&json, op_output(op, i)->name);
    json_close(&json, ']');
    json_key(&json, "data");
    json_open(&json, '{');
    for (uint32_t i = 0; i < op->input_count; ++i) {
        const bool bound = args->bound[i].has_series || args->bound[i].has_array;
        snprintf(word, sizeof(word), "fnv1a64w:%016llx", (unsigned long long)hash[i]);
        json_key(&json, op_input(op, i)->name);
        json_text(&json, bound ? word : NULL);
    }
    json_close(&json, '}');
    if (args->label_count > 0) {
        snprintf(word, sizeof(word), "fnv1a64w:%016llx", (unsigned long long)hash_labels(args));
        json_key(&json, "labels");
        json_text(&json, word);
    }
    json_close(&json, '}');
    return json_end(&json);
}

td_status args_identity(const td_args *args, char **out, td_error *err)
{
    td_status status = TD_OK;
    char *text = NULL;
    uint64_t *hash =
        memory_array(engine_allocator(args->engine), args->op->input_count, sizeof(*hash));
    if (!hash) goto no_memory;
    for (uint32_t i = 0; i < args->op->input_count && !status; ++i) {
        if (args->bound[i].has_series) hash[i] = hash_series(&args->bound[i].series);
        if (args->bound[i].has_array)
            status = hash_array(args, &args->bound[i].array, &hash[i], err);
    }
    if (status) goto out;
    const size_t length = identity_json(args, hash, NULL, 0);
    text = td_alloc(args->engine, length + 1);
    if (!text) goto no_memory;
    identity_json(args, hash, text, length + 1);
    *out = text;
    goto out;
no_memory:
    status =
        td_fail(err, TD_E_NO_MEMORY, "%s: no memory for the identity of a call", args->op->name);
out:
    memory_give(hash);
    return status;
}
