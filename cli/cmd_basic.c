/* cmd_basic.c - help, version, describe, completion, man and reference. */
#include "cli/describe_name.h"
#include "cli/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

td_status cmd_help(cli_call *cli, td_error *err)
{
    paper page = {0};
    char name[FLAG_NAME_MAX];
    if (cli->word_count == 0) {
        help_program(&page);
        return cli_out(cli, &page, err);
    }
    snprintf(name, sizeof name, "%s%s%s", cli->word[0], cli->word_count > 1 ? " " : "",
             cli->word_count > 1 ? cli->word[1] : "");
    const cli_command *command = command_named(name);
    if (command) help_command(&page, command, false);
    else help_group(&page, name);
    if (page.bytes > 0) return cli_out(cli, &page, err);
    const char *nearest = command_suggest(name);
    return td_fail(err, TD_E_NOT_FOUND, "no command \"%s\"%s%s%s", name,
                   nearest ? ", did you mean \"" : "", nearest ? nearest : "",
                   nearest ? "\"?" : "");
}

td_status cmd_version(cli_call *cli, td_error *err)
{
    char version[32];
    const uint32_t number = td_version();
    snprintf(version, sizeof version, "%u.%u.%u", number / 1000000, number / 1000 % 1000,
             number % 1000);
    if (cli->json)
        return work_print_json(cli, json_pack("{s:s, s:s}", "program", PROGRAM, "version", version),
                               err);
    paper page = {0};
    paper_addf(&page, "%s %s\n", PROGRAM, version);
    return cli_out(cli, &page, err);
}

/* ---- describe --------------------------------------------------------------------------- */

static td_status describe_json(cli_call *cli, const td_op *op, td_error *err)
{
    cli_work work = {0};
    char *text = NULL;
    paper page = {0};
    td_status status = work_open(&work, cli, NULL, err);
    if (status) goto out;
    paper_add(&page, op ? "" : "[\n");
    const td_op *each = op;
    for (uint32_t i = 0; (each = op ? (i ? NULL : op) : op_listed_at(i)); ++i) {
        const size_t bytes = td_op_json(work.engine, each, NULL, 0);
        free(text);
        text = malloc(bytes + 1);
        if (!text) {
            status = td_fail(err, TD_E_NO_MEMORY, "no memory for the schema of %s", each->name);
            goto out;
        }
        td_op_json(work.engine, each, text, bytes + 1);
        paper_addf(&page, "%s%s", i ? ",\n" : "", text);
    }
    paper_add(&page, op ? "\n" : "\n]\n");
    status = cli_out(cli, &page, err);
out:
    paper_free(&page);
    free(text);
    work_close(&work);
    return status;
}

static void add_list(paper *page)
{
    const td_op *op = NULL;
    for (uint32_t i = 0; (op = op_listed_at(i)); ++i) {
        paper_addf(page, "%s", op->name);
        paper_pad(page, 16);
        paper_addf(page, "%s\n", op->title);
    }
    paper_addf(page, "\nTry \"%s describe %s\", or \"%s describe strategies\".\n", PROGRAM,
               op_listed_at(0)->name, PROGRAM);
}

td_status cmd_describe(cli_call *cli, td_error *err)
{
    paper page = {0};
    const char *name = cli->word_count > 0 ? cli->word[0] : NULL;
    const td_op *op = name ? describe_operation(name) : NULL;
    if (name && !op) {
        const td_status status = strcmp(name, "strategies") == 0
                                     ? describe_strategies(&page, err)
                                     : describe_strategy(&page, name, err);
        if (!status) return cli_out(cli, &page, err);
        paper_free(&page);
        return status;
    }
    if (cli->json) return describe_json(cli, op, err);
    if (!op) add_list(&page);
    else if (cli_bool(cli, "markdown")) describe_markdown(&page, op);
    else describe_text(&page, op);
    return cli_out(cli, &page, err);
}

/* ---- Generators ------------------------------------------------------------------------- */

td_status cmd_completion(cli_call *cli, td_error *err)
{
    paper page = {0};
    if (strcmp(cli->word[0], "bash") == 0) complete_bash(&page);
    else if (strcmp(cli->word[0], "zsh") == 0) complete_zsh(&page);
    else return td_fail(err, TD_E_OUT_OF_RANGE, "shell is \"%s\", allowed bash, zsh", cli->word[0]);
    return cli_out(cli, &page, err);
}

td_status cmd_man(cli_call *cli, td_error *err)
{
    paper page = {0};
    man_page(&page);
    return cli_out(cli, &page, err);
}

td_status cmd_reference(cli_call *cli, td_error *err)
{
    return reference_write(cli->word[0], err);
}
