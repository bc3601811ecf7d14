/* csv_inflate.c - unpacks gzip, xz and zstd in memory, with bounds on what comes out. */
#include "io/csv_parts.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define UNPACK_FIRST_BYTES ((size_t)1 << 16)
#define UNPACK_CHUNK_BYTES ((size_t)1 << 30) /* zlib counts in unsigned int */
#define XZ_MEMORY_BYTES    (256ull << 20)    /* xz -9 needs 65 MiB */
#define ZSTD_WINDOW_LOG    27                /* of 128 MiB: zstd --long; -19 needs 8 MiB */

static const uint8_t gzip_magic[2] = {0x1f, 0x8b};
static const uint8_t xz_magic[6] = {0xfd, '7', 'z', 'X', 'Z', 0};
static const uint8_t zstd_magic[4] = {0x28, 0xb5, 0x2f, 0xfd};

typedef struct unpack {
    const char *name;
    uint64_t bytes_max;
    char *data; /* room bytes, of which bytes are filled */
    size_t bytes, room;
} unpack;

static bool starts_with(const void *data, size_t bytes, const uint8_t *magic, size_t count)
{
    return bytes >= count && memcmp(data, magic, count) == 0;
}

bool csv_is_packed(const void *data, size_t bytes)
{
    return starts_with(data, bytes, gzip_magic, sizeof gzip_magic) ||
           starts_with(data, bytes, xz_magic, sizeof xz_magic) ||
           starts_with(data, bytes, zstd_magic, sizeof zstd_magic);
}

/* Makes room for more output; one byte is always kept for the 0 at the end, and one past the
 * limit may be filled, which tells that there is too much. */
static td_status unpack_grow(unpack *u, td_error *err)
{
    if (u->bytes > u->bytes_max)
        return td_fail(err, TD_E_CORRUPT, "%s: holds more than %llu bytes when unpacked", u->name,
                       (unsigned long long)u->bytes_max);
    if (u->bytes + 1 < u->room) return TD_OK;
    const size_t most = u->bytes_max > SIZE_MAX - 2 ? SIZE_MAX : (size_t)u->bytes_max + 2;
    const size_t next = u->room > most / 2 ? most : u->room * 2;
    char *grown = realloc(u->data, next);
    if (!grown) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for %zu bytes", u->name, next);
    u->data = grown;
    u->room = next;
    return TD_OK;
}

static size_t unpack_free(const unpack *u)
{
    const size_t room = u->room - u->bytes - 1;
    return room < UNPACK_CHUNK_BYTES ? room : UNPACK_CHUNK_BYTES;
}

static td_status gzip_broken(const unpack *u, const z_stream *z, int code, td_error *err)
{
    if (code == Z_MEM_ERROR) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory", u->name);
    return td_fail(err, TD_E_CORRUPT, "%s: broken gzip archive after %zu bytes of text: %s",
                   u->name, u->bytes, z->msg ? z->msg : "it ends too early");
}

/* A gzip file is one member or several, each with a header and checksum of its own. */
static td_status gzip_members(unpack *u, z_stream *z, const uint8_t *data, size_t bytes,
                              td_error *err)
{
    const uint8_t *end = data + bytes;
    z->next_in = (Bytef *)(uintptr_t)data;
    for (;;) {
        td_status status = unpack_grow(u, err);
        if (status) return status;
        const size_t left = (size_t)(end - z->next_in), room = unpack_free(u);
        z->avail_in = (uInt)(left < UNPACK_CHUNK_BYTES ? left : UNPACK_CHUNK_BYTES);
        z->next_out = (Bytef *)u->data + u->bytes;
        z->avail_out = (uInt)room;
        const int code = inflate(z, Z_NO_FLUSH);
        u->bytes += room - z->avail_out;
        if (code == Z_STREAM_END) {
            const size_t rest = (size_t)(end - z->next_in);
            /* Zeros and other padding after the last member are left alone, as gzip does. */
            if (!starts_with(z->next_in, rest, gzip_magic, sizeof gzip_magic)) break;
            if (inflateReset(z) != Z_OK) return gzip_broken(u, z, Z_DATA_ERROR, err);
        } else if (code == Z_BUF_ERROR && z->avail_out == 0) {
            continue;
        } else if (code != Z_OK || (z->next_in == end && z->avail_out > 0)) {
            return gzip_broken(u, z, code, err);
        }
    }
    return unpack_grow(u, err);
}

static td_status gzip_unpack(unpack *u, const void *data, size_t bytes, td_error *err)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    if (inflateInit2(&z, 15 + 16) != Z_OK)
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory to unpack gzip", u->name);
    const td_status status = gzip_members(u, &z, data, bytes, err);
    inflateEnd(&z);
    return status;
}

static td_status xz_broken(const unpack *u, lzma_ret code, td_error *err)
{
    const char *why = "its data is damaged";
    if (code == LZMA_MEM_ERROR) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory", u->name);
    if (code == LZMA_MEMLIMIT_ERROR) why = "it needs more than 256 MiB to unpack";
    if (code == LZMA_BUF_ERROR) why = "it ends too early";
    if (code == LZMA_OPTIONS_ERROR) why = "it uses an unknown filter";
    return td_fail(err, TD_E_CORRUPT, "%s: broken xz archive after %zu bytes of text: %s", u->name,
                   u->bytes, why);
}

static td_status xz_unpack(unpack *u, const void *data, size_t bytes, td_error *err)
{
    td_status status = TD_OK;
    lzma_stream z = LZMA_STREAM_INIT;
    lzma_ret code = lzma_stream_decoder(&z, XZ_MEMORY_BYTES, LZMA_CONCATENATED);
    z.next_in = data;
    z.avail_in = bytes;
    while (code == LZMA_OK) {
        status = unpack_grow(u, err);
        if (status) break;
        z.avail_out = unpack_free(u);
        z.next_out = (uint8_t *)u->data + u->bytes;
        code = lzma_code(&z, LZMA_FINISH);
        u->bytes = (size_t)((char *)z.next_out - u->data);
    }
    if (!status && code != LZMA_STREAM_END) status = xz_broken(u, code, err);
    lzma_end(&z);
    return status ? status : unpack_grow(u, err);
}

/* Frames follow each other; a code of 0 tells that one has ended. */
static td_status zstd_frames(unpack *u, ZSTD_DStream *z, const void *data, size_t bytes,
                             td_error *err)
{
    ZSTD_inBuffer from = {data, bytes, 0};
    for (;;) {
        td_status status = unpack_grow(u, err);
        if (status) return status;
        const size_t room = unpack_free(u), before = from.pos;
        ZSTD_outBuffer to = {u->data + u->bytes, room, 0};
        const size_t code = ZSTD_decompressStream(z, &to, &from);
        u->bytes += to.pos;
        if (ZSTD_isError(code))
            return td_fail(err, TD_E_CORRUPT, "%s: broken zstd archive after %zu bytes of text: %s",
                           u->name, u->bytes, ZSTD_getErrorName(code));
        if (from.pos == bytes && code == 0) break;
        /* All is read and more was wanted, or nothing moves any more. */
        if (from.pos == bytes && from.pos == before && to.pos < room)
            return td_fail(err, TD_E_CORRUPT,
                           "%s: broken zstd archive after %zu bytes of text: it ends too early",
                           u->name, u->bytes);
    }
    return unpack_grow(u, err);
}

static td_status zstd_unpack(unpack *u, const void *data, size_t bytes, td_error *err)
{
    ZSTD_DStream *z = ZSTD_createDStream();
    if (!z || ZSTD_isError(ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG))) {
        ZSTD_freeDStream(z);
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory to unpack zstd", u->name);
    }
    const td_status status = zstd_frames(u, z, data, bytes, err);
    ZSTD_freeDStream(z);
    return status;
}

td_status csv_unpack(const char *name, const void *data, size_t bytes, uint64_t bytes_max,
                     char **out, size_t *out_bytes, td_error *err)
{
    unpack u = {name, bytes_max, NULL, 0, UNPACK_FIRST_BYTES};
    td_status status = TD_OK;
    u.data = malloc(u.room);
    if (!u.data) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory to unpack", name);
    if (starts_with(data, bytes, gzip_magic, sizeof gzip_magic))
        status = gzip_unpack(&u, data, bytes, err);
    else if (starts_with(data, bytes, zstd_magic, sizeof zstd_magic))
        status = zstd_unpack(&u, data, bytes, err);
    else status = xz_unpack(&u, data, bytes, err);
    if (status) {
        free(u.data);
        return status;
    }
    u.data[u.bytes] = 0;
    *out = u.data;
    *out_bytes = u.bytes;
    return TD_OK;
}
