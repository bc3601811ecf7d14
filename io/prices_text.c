/* prices_text.c - mapping, unpacking, encodings. A file without a line break at its end gets one:
 * in the rest of its last page where it is mapped, which costs nothing, else in a copy. */
#include "io/prices_text.h"

#include "io/csv_parts.h"
#include "io/file.h"
#include "io/prices_header.h"
#include "io/prices_parts.h"
#include "io/prices_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_BYTES_MAX ((size_t)1 << 20)

/* ---- Encodings ------------------------------------------------------------------------------- */

/* Turns bytes of an encoding into UTF-8 and a 0. NULL: it is not in it, or there is no memory. */
static char *convert(const char *encoding, const char *data, size_t bytes, size_t *out_bytes)
{
    const iconv_t way = iconv_open("UTF-8", encoding);
    if (way == (iconv_t)-1) return NULL;
    const bool fits = bytes < SIZE_MAX / 4;
    const size_t room = fits ? bytes * 2 + bytes / 2 + 16 : 0; /* 2 bytes become 3 at most */
    char *out = fits ? malloc(room) : NULL, *to = out, *from = (char *)(uintptr_t)data;
    size_t left = bytes, free_bytes = room ? room - 2 : 0;
    const bool done = out && iconv(way, &from, &left, &to, &free_bytes) != (size_t)-1 && left == 0;
    iconv_close(way);
    if (!done) {
        free(out);
        return NULL;
    }
    *to = 0;
    *out_bytes = (size_t)(to - out);
    return out;
}

/* How many names of columns are known when the header line is taken for this encoding. */
static uint32_t known_in(const char *encoding, const char *data, size_t bytes)
{
    price_line line = {0};
    size_t count = 0;
    uint32_t known = 0;
    uint64_t lines = 0;
    const char *why = NULL;
    char *text = convert(encoding, data, bytes, &count);
    const char *at = text;
    if (text && !price_line_split(&line, &at, text + count,
                                  price_scan_delimiter(text, text + count), &lines, &why, NULL))
        known = price_header_known(&line);
    price_line_free(&line);
    free(text);
    return known;
}

/* The encoding of a text without BOM: UTF-8 (NULL), or the one in which its header has most names
 * that are known. "" when there is none. */
static const char *find_encoding(const char *data, size_t bytes)
{
    static const char *const tried[] = {"CP949", "GB18030", "BIG5", "CP932"};
    const char *line = memchr(data, '\n', bytes), *found = "";
    size_t count = line ? (size_t)(line - data) : bytes;
    uint32_t best = 0;
    if (count > HEADER_BYTES_MAX || prices_is_utf8(data, count)) return NULL;
    if (count > 0 && data[count - 1] == '\r') count -= 1;
    for (uint32_t i = 0; i < sizeof tried / sizeof *tried; ++i) {
        const uint32_t known = known_in(tried[i], data, count);
        if (known <= best) continue;
        best = known;
        found = tried[i];
    }
    return found;
}

static td_status decode(const char *name, price_text *text, td_error *err)
{
    const unsigned char *data = (const unsigned char *)text->data;
    const char *encoding = NULL;
    size_t bytes = 0;
    if (text->bytes >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        text->data += 3;
        text->bytes -= 3;
        return TD_OK;
    }
    if (text->bytes >= 2 &&
        ((data[0] == 0xff && data[1] == 0xfe) || (data[0] == 0xfe && data[1] == 0xff)))
        encoding = "UTF-16";
    else encoding = find_encoding(text->data, text->bytes);
    if (!encoding) return TD_OK;
    char *converted = *encoding ? convert(encoding, text->data, text->bytes, &bytes) : NULL;
    if (!converted)
        return td_fail(err, TD_E_CORRUPT,
                       "%s:1: the text is not UTF-8%s%s; allowed are UTF-8, UTF-16 with a BOM, "
                       "CP949 and GB18030: iconv -f ENCODING -t UTF-8 turns others into it",
                       name, *encoding ? ", nor is all of it " : "", encoding);
    free(text->owned);
    text->owned = converted;
    text->data = converted;
    text->bytes = bytes;
    return TD_OK;
}

/* ---- The end --------------------------------------------------------------------------------- */

static td_status end_line(const char *name, price_text *text, td_error *err)
{
    if (text->bytes > 0 && text->data[text->bytes - 1] == '\n') return TD_OK;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *writable = NULL;
    if (text->owned) writable = (char *)text->owned + (text->data - (const char *)text->owned);
    else if (text->map && text->map_bytes % page != 0)
        writable = (char *)text->map + (text->data - (const char *)text->map);
    if (!writable) {
        writable = malloc(text->bytes + 1);
        if (!writable)
            return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for %zu bytes", name, text->bytes);
        if (text->bytes) memcpy(writable, text->data, text->bytes);
        text->owned = writable;
        text->data = writable;
    }
    writable[text->bytes++] = '\n'; /* what is owned has room for it */
    return TD_OK;
}

static td_status unpack(const char *name, uint64_t bytes_max, price_text *text, td_error *err)
{
    char *out = NULL;
    size_t bytes = 0;
    if (!csv_is_packed(text->data, text->bytes)) return TD_OK;
    const td_status status =
        csv_unpack(name, text->data, text->bytes, bytes_max, &out, &bytes, err);
    if (status) return status;
    free(text->owned);
    text->owned = out;
    text->data = out;
    text->bytes = bytes;
    return TD_OK;
}

static td_status prepare(const char *name, uint64_t bytes_max, price_text *text, td_error *err)
{
    td_status status = unpack(name, bytes_max, text, err);
    if (!status) status = decode(name, text, err);
    return status ? status : end_line(name, text, err);
}

/* ---- Opening --------------------------------------------------------------------------------- */

td_status price_text_open_memory(const char *name, const void *data, size_t bytes,
                                 uint64_t bytes_max, price_text *out, td_error *err)
{
    *out = (price_text){data, bytes, NULL, NULL, 0};
    return prepare(name, bytes_max, out, err);
}

/* Private and writable: what is written behind the file's end stays here. */
static td_status map_file(const char *path, int fd, size_t bytes, price_text *out, td_error *err)
{
    void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) return file_fail(err, path, "map", errno);
    madvise(map, bytes, MADV_SEQUENTIAL);
    *out = (price_text){map, bytes, NULL, map, bytes};
    return TD_OK;
}

td_status price_text_open(const char *path, uint64_t bytes_max, price_text *out, td_error *err)
{
    struct stat info;
    td_status status = TD_OK;
    *out = (price_text){NULL, 0, NULL, NULL, 0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_fail(err, path, "open", errno);
    if (fstat(fd, &info) != 0) status = file_fail(err, path, "open", errno);
    else if (S_ISREG(info.st_mode) && info.st_size > 0)
        status = map_file(path, fd, (size_t)info.st_size, out, err);
    else {
        status = file_read(path, bytes_max, &out->owned, &out->bytes, err);
        out->data = out->owned;
    }
    close(fd);
    return status ? status : prepare(path, bytes_max, out, err);
}

void price_text_close(price_text *text)
{
    if (text->map) munmap(text->map, text->map_bytes);
    free(text->owned);
    *text = (price_text){NULL, 0, NULL, NULL, 0};
}
