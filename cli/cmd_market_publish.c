/* cmd_market_publish.c - tandem market publish: a panel or results into PostgreSQL. */
#include "cli/work.h"

#include "core/cancel.h"
#include "io/postgres_url.h"
#include "market/publish.h"

#include <inttypes.h>

static td_status read_mode(const cli_call *cli, postgres_mode *mode, td_error *err)
{
    const bool create = cli_bool(cli, "create"), replace = cli_bool(cli, "replace");
    const bool append = cli_bool(cli, "append");
    if (create + replace + append > 1)
        return td_fail(err, TD_E_BAD_ARGUMENT, "only one of --create, --replace, --append");
    *mode = replace ? POSTGRES_REPLACE : append ? POSTGRES_APPEND : POSTGRES_CREATE;
    return TD_OK;
}

static bool on_step(void *context, uint64_t rows, uint64_t total)
{
    const cli_work *work = context;
    const td_progress now = {.units_done = rows,
                             .units_total = total,
                             .cost_done = (double)rows,
                             .cost_total = (double)total};
    if (total) progress_update(work->bar, "rows", &now);
    return !cancel_requested(work->cancel);
}

static td_status print_published(cli_call *cli, const market_published *made, td_error *err)
{
    paper page = {0};
    if (made->vars_left_out)
        cli_warn(cli, "%" PRIu32 " variables have other dimensions and were left out: see --vars",
                 made->vars_left_out);
    if (cli->json)
        return work_print_json(cli,
                               json_pack("{s:s, s:s, s:I, s:I, s:I}", "input", cli->word[0], "to",
                                         made->where, "rows", (json_int_t)made->rows, "columns",
                                         (json_int_t)made->columns, "bytes",
                                         (json_int_t)made->bytes),
                               err);
    paper_add_count(&page, made->rows);
    paper_addf(&page, " rows of %" PRIu32 " columns to %s\n", made->columns, made->where);
    return cli_out(cli, &page, err);
}

td_status cmd_market_publish(cli_call *cli, td_error *err)
{
    cli_work work = {0};
    market_published made = {.rows = 0};
    market_publish_request request = {.input = cli->word[0],
                                      .url = cli->word[1],
                                      .table = cli_text(cli, "table"),
                                      .vars = cli_text(cli, "vars"),
                                      .step = on_step,
                                      .context = &work};
    td_status status = read_mode(cli, &request.mode, err);
    if (!status && !postgres_is_url(request.url))
        status = td_fail(err, TD_E_BAD_ARGUMENT,
                         "the second word is \"%.80s\", allowed is postgresql://USER@HOST/DATABASE",
                         request.url);
    if (status) return status;
    status = work_open(&work, cli, NULL, err);
    if (!status) status = market_publish(&request, &made, err);
    status = work_finish(&work, status, false, err);
    if (!status) status = print_published(cli, &made, err);
    work_close(&work);
    return status;
}
