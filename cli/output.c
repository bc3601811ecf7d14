/* output.c - results on standard output, everything else on standard error. */
#include "cli/cli.h"

#include "io/postgres_url.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int status_exit(td_status status)
{
    switch (status) {
#define TD_X(name, value, http, grpc, exit, text) \
    case TD_E_##name: return exit;
        TD_STATUS_TABLE(TD_X)
#undef TD_X
    }
    return 70;
}

const char *status_text(td_status status)
{
    switch (status) {
#define TD_X(name, value, http, grpc, exit, text) \
    case TD_E_##name: return text;
        TD_STATUS_TABLE(TD_X)
#undef TD_X
    }
    return "an unknown status: please report it";
}

td_status cli_out_bytes(cli_call *cli, const char *data, size_t bytes, td_error *err)
{
    if (cli->pipe_closed) return TD_OK;
    errno = 0;
    if (fwrite(data, 1, bytes, stdout) == bytes && fflush(stdout) == 0) return TD_OK;
    /* "tandem ... | head" is no error: what the reader wanted has been read. */
    if (errno == EPIPE) {
        cli->pipe_closed = true;
        return TD_OK;
    }
    return td_fail(err, TD_E_IO, "standard output: %s", strerror(errno));
}

td_status cli_out(cli_call *cli, paper *page, td_error *err)
{
    td_status status = paper_check(page, err);
    if (!status && page->data) status = cli_out_bytes(cli, page->data, page->bytes, err);
    paper_free(page);
    return status;
}

void cli_warn(const cli_call *cli, const char *format, ...)
{
    if (cli->quiet) return;
    va_list args;
    va_start(args, format);
    fputs("warning: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void cli_add_command(paper *page, int argc, char **argv)
{
    paper_add(page, PROGRAM);
    for (int i = 1; i < argc; ++i) {
        /* What is shown and recorded holds no password. */
        char *shown = postgres_url_plain(argv[i]);
        paper_add(page, " ");
        paper_add_word(page, shown ? shown : "...");
        free(shown);
    }
}
