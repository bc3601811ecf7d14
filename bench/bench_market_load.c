/* bench_market_load.c - how fast a CSV file of prices becomes a panel on one thread.
 *
 *     bench_market_load FILE [TIMES]
 *
 * FILE may be packed: it is unpacked before the clock starts. Prints the best of TIMES (5) for the
 * parser (text to rows), the panel (rows to cells), the file that is written and the one that is
 * opened again. MB are 10^6 bytes of text. */
#include "io/prices_csv.h"
#include "io/prices_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef struct best {
    double parse, careful, panel, write, open;
} best;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void keep(double *least, double seconds)
{
    if (*least == 0.0 || seconds < *least) *least = seconds;
}

static td_status parse(const price_text *text, bool careful, price_rows **rows, double *least,
                       td_error *err)
{
    price_csv_options options = {.field = -1, .careful = careful};
    static price_csv_findings findings;
    td_status status = price_rows_create(rows, err);
    const double start = now();
    if (!status)
        status = price_csv_load_memory(*rows, "prices.csv", text->data, text->bytes, &options,
                                       &findings, err);
    keep(least, now() - start);
    return status;
}

static td_status once(const price_text *text, const char *path, best *all, td_error *err)
{
    price_rows *rows = NULL, *again = NULL;
    prices *made = NULL, *opened = NULL;
    td_status status = parse(text, false, &rows, &all->parse, err);
    if (!status) status = parse(text, true, &again, &all->careful, err);
    double start = now();
    if (!status) status = prices_from_rows(rows, PRICE_DUPLICATES_ERROR, &made, NULL, err);
    keep(&all->panel, now() - start);
    start = now();
    if (!status) status = prices_write(path, prices_panel(made), NULL, 0, err);
    keep(&all->write, now() - start);
    start = now();
    if (!status) status = prices_open(path, &opened, err);
    keep(&all->open, now() - start);
    if (!status)
        printf("%llu rows, %llu symbols, %llu times%s%s\n",
               (unsigned long long)price_rows_count(rows),
               (unsigned long long)prices_panel(opened)->symbol_count,
               (unsigned long long)prices_panel(opened)->bar_count,
               prices_copied(opened) ? ", copied: " : ", mapped",
               prices_copied(opened) ? prices_copied(opened) : "");
    prices_close(opened);
    prices_close(made);
    price_rows_destroy(again);
    price_rows_destroy(rows);
    return status;
}

int main(int argc, char **argv)
{
    td_error err = TD_ERROR_INIT;
    price_text text = {0};
    best all = {0};
    char path[] = "/tmp/bench-market-load-XXXXXX";
    const int times = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5, fd = mkstemp(path);
    td_status status = TD_OK;
    if (argc < 2 || fd < 0) {
        fprintf(stderr, "usage: bench_market_load FILE [TIMES]\n");
        return 2;
    }
    close(fd);
    status = price_text_open(argv[1], PRICES_TEXT_BYTES_MAX, &text, &err);
    for (int i = 0; !status && i < times; ++i)
        status = once(&text, path, &all, &err);
    unlink(path);
    if (status) fprintf(stderr, "%s\n", err.message);
    else {
        const double mb = (double)text.bytes / 1e6;
        printf("%.1f MB of text\n  parse        %7.1f ms  %6.0f MB/s\n  careful way  %7.1f ms  "
               "%6.0f MB/s\n  panel        %7.1f ms\n  write        %7.1f ms\n"
               "  open         %7.3f ms\n",
               mb, all.parse * 1e3, mb / all.parse, all.careful * 1e3, mb / all.careful,
               all.panel * 1e3, all.write * 1e3, all.open * 1e3);
    }
    price_text_close(&text);
    return status ? 1 : 0;
}
