/* prices_csv.c - see prices_csv.h: a file's text, its header, its rows. */
#include "io/prices_csv.h"

#include "io/prices_scan.h"
#include "io/prices_text.h"

#include <string.h>
#include <strings.h>

#define STEM_BYTES 512

/* "folder/000020.csv.gz" is "000020". */
static void make_stem(const char *path, char stem[STEM_BYTES])
{
    static const char *const endings[2][5] = {{".gz", ".xz", ".zst", ".zstd", NULL},
                                              {".csv", ".txt", ".tsv", NULL, NULL}};
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    size_t bytes = strnlen(name, STEM_BYTES - 1);
    for (uint32_t round = 0; round < 2; ++round) {
        for (uint32_t i = 0; endings[round][i]; ++i) {
            const size_t more = strlen(endings[round][i]);
            if (bytes <= more || strncasecmp(name + bytes - more, endings[round][i], more) != 0)
                continue;
            bytes -= more;
            break;
        }
    }
    memcpy(stem, name, bytes);
    stem[bytes] = 0;
}

static td_status load_text(price_rows *rows, const char *name, const price_text *text,
                           const price_csv_options *options, price_csv_findings *findings,
                           td_error *err)
{
    char stem[STEM_BYTES];
    price_scan scan = {.rows = rows, .options = options, .findings = findings, .name = name};
    scan.data = scan.at = text->data;
    scan.end = text->data + text->bytes;
    make_stem(name, stem);
    td_status status = price_scan_begin(&scan, stem, err);
    if (!status) status = price_scan_rows(&scan, err);
    price_scan_end(&scan);
    findings->bytes += text->bytes;
    return status;
}

static uint64_t most(const price_csv_options *options)
{
    return options->bytes_max ? options->bytes_max : PRICES_TEXT_BYTES_MAX;
}

td_status price_csv_load(price_rows *rows, const char *path, const price_csv_options *options,
                         price_csv_findings *findings, td_error *err)
{
    td_error own = TD_ERROR_INIT; /* messages get more words on their way */
    price_text text;
    if (!err) err = &own;
    td_status status = price_text_open(path, most(options), &text, err);
    if (!status) status = load_text(rows, path, &text, options, findings, err);
    price_text_close(&text);
    return status;
}

td_status price_csv_load_memory(price_rows *rows, const char *name, const void *data, size_t bytes,
                                const price_csv_options *options, price_csv_findings *findings,
                                td_error *err)
{
    td_error own = TD_ERROR_INIT;
    price_text text;
    if (!err) err = &own;
    td_status status = price_text_open_memory(name, data, bytes, most(options), &text, err);
    if (!status) status = load_text(rows, name, &text, options, findings, err);
    price_text_close(&text);
    return status;
}
