/* store_pack.c - units' data, made smaller where that costs less than it saves.
 *
 * Measured with blocks of recurrence measures of gaze recordings (37 KB of doubles each): zstd
 * at level -1 makes a quarter of them at 2 GB/s, and gives up on noise at 6 GB/s, while each
 * byte that is stored costs the checksum of the log and a disk of a few hundred MB/s. Level 1 is
 * half as fast for 1 % less; shuffling the doubles' bytes first makes them larger, since what
 * repeats is whole values of neighbouring thresholds. */
#include "io/store_parts.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define PACK_LEVEL (-1)

struct store_pack {
    ZSTD_CCtx *packer;
    ZSTD_DCtx *unpacker;
    void *memory; /* room bytes: of the last that was packed or unpacked */
    size_t room;
};

td_status store_pack_create(const char *path, store_pack **out, td_error *err)
{
    store_pack *pack = calloc(1, sizeof *pack);
    if (pack) {
        pack->packer = ZSTD_createCCtx();
        pack->unpacker = ZSTD_createDCtx();
    }
    if (!pack || !pack->packer || !pack->unpacker) {
        store_pack_destroy(pack);
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory", path);
    }
    *out = pack;
    return TD_OK;
}

void store_pack_destroy(store_pack *pack)
{
    if (!pack) return;
    ZSTD_freeCCtx(pack->packer);
    ZSTD_freeDCtx(pack->unpacker);
    free(pack->memory);
    free(pack);
}

static bool pack_reserve(store_pack *pack, size_t bytes)
{
    if (bytes <= pack->room) return true;
    free(pack->memory);
    pack->room = 0;
    pack->memory = malloc(bytes);
    if (pack->memory) pack->room = bytes;
    return pack->memory != NULL;
}

size_t store_pack_make(store_pack *pack, const void *data, size_t bytes, const void **out)
{
    *out = data;
    if (bytes == 0 || !pack_reserve(pack, bytes)) return bytes;
    /* Room for less than the data: what does not get smaller is stored as it is. */
    const size_t packed =
        ZSTD_compressCCtx(pack->packer, pack->memory, bytes - 1, data, bytes, PACK_LEVEL);
    if (ZSTD_isError(packed)) return bytes;
    *out = pack->memory;
    return packed;
}

td_status store_pack_open(store_pack *pack, const char *path, const void *data, size_t bytes,
                          size_t count, const void **out, bool *good, td_error *err)
{
    *good = false;
    if (count < bytes) return TD_OK;
    if (count > bytes && ZSTD_getFrameContentSize(data, bytes) != count) return TD_OK;
    if (!pack_reserve(pack, count > 0 ? count : 1))
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for a unit of %zu bytes", path, count);
    if (count > bytes)
        *good = ZSTD_decompressDCtx(pack->unpacker, pack->memory, count, data, bytes) == count;
    else *good = true;
    if (*good && count == bytes && bytes > 0) memcpy(pack->memory, data, bytes);
    *out = pack->memory;
    return TD_OK;
}
