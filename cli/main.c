/* main.c - finds the command, reads its arguments, runs it, and tells what went wrong. */
#include "cli/cli.h"

#include "cli/signals.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_PIPE 141 /* as the shell writes a death by SIGPIPE */

/* The library names the operation or the step in front: "rqa.measures: ..", "export: ..". The
 * command says that already. */
static void drop_names(const cli_command *command, td_error *err)
{
    const char *last = strrchr(command->name, ' ');
    for (uint32_t i = 0; i < COMMAND_SOURCES_MAX && command->source[i].op; ++i)
        error_drop_prefix(err, command->source[i].op);
    error_drop_prefix(err, last ? last + 1 : command->name);
}

/* What is left to say when a call fails: which command, what, and where help is. */
static void print_error(const cli_call *cli, const char *name, const td_error *err,
                        td_status status)
{
    const char *message = err->message[0] ? err->message : status_text(status);
    fprintf(stderr, "%s%s%s: %s\n", PROGRAM, name ? " " : "", name ? name : "", message);
    if (cli->resumable) {
        paper call = {0};
        cli_add_command(&call, cli->argc, cli->argv);
        fprintf(stderr, "What is finished is kept; run the same command again to go on:\n  %s\n",
                call.data ? call.data : "");
        paper_free(&call);
    }
    const int code = status_exit(status);
    if (code != 2 && code != 3) return;
    fprintf(stderr, "Try \"%s%s%s --help\".\n", PROGRAM, name ? " " : "", name ? name : "");
}

static void print_error_json(const cli_call *cli, const td_error *err, td_status status)
{
    const char *message = err->message[0] ? err->message : status_text(status);
    json_t *root =
        json_pack("{s:{s:s, s:i, s:s, s:b}}", "error", "status", td_status_name(status), "exit",
                  status_exit(status), "message", message, "resumable", cli->resumable);
    char *line = root ? json_dumps(root, JSON_COMPACT) : NULL;
    if (line) puts(line);
    free(line);
    json_decref(root);
}

static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; ++i)
        if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "--json=true") == 0) return true;
    return false;
}

/* No command: help, version, a group of commands, or a slip. */
static td_status run_without_command(cli_call *cli, const char **group, td_error *err)
{
    const char *typed = cli->argc > 1 ? cli->argv[1] : "";
    paper page = {0};
    if (strcmp(typed, "--version") == 0 || strcmp(typed, "-V") == 0) return cmd_version(cli, err);
    if (strcmp(typed, "--help") == 0 || strcmp(typed, "-h") == 0 ||
        strcmp(typed, "--help-all") == 0) {
        help_program(&page);
        return cli_out(cli, &page, err);
    }
    if (!*typed) return td_fail(err, TD_E_BAD_ARGUMENT, "which command?");
    if (typed[0] == '-')
        return td_fail(err, TD_E_BAD_ARGUMENT, "unknown flag %s; flags stand after the command",
                       typed);
    help_group(&page, typed);
    if (page.bytes > 0) {
        *group = typed;
        const char *second = cli->argc > 2 ? cli->argv[2] : "";
        if (strcmp(second, "--help") == 0 || strcmp(second, "-h") == 0) {
            return cli_out(cli, &page, err);
        }
        paper_free(&page);
        const char *nearest = NULL;
        char name[FLAG_NAME_MAX];
        if (*second && snprintf(name, sizeof name, "%s %s", typed, second) < (int)sizeof name)
            nearest = command_suggest(name);
        if (!*second) return td_fail(err, TD_E_BAD_ARGUMENT, "which command of %s?", typed);
        return td_fail(err, TD_E_BAD_ARGUMENT, "unknown command \"%s %s\"%s%s%s", typed, second,
                       nearest ? ", did you mean \"" : "", nearest ? nearest : "",
                       nearest ? "\"?" : "");
    }
    paper_free(&page);
    const char *nearest = command_suggest(typed);
    return td_fail(err, TD_E_BAD_ARGUMENT, "unknown command \"%s\"%s%s%s", typed,
                   nearest ? ", did you mean \"" : "", nearest ? nearest : "",
                   nearest ? "\"?" : "");
}

static td_status run_command(cli_call *cli, int first, td_error *err)
{
    bool help = false, all = false;
    const td_status status = args_parse(cli, first, &help, &all, err);
    if (status) return status;
    if (help) {
        paper page = {0};
        help_command(&page, cli->command, all);
        return cli_out(cli, &page, err);
    }
    cli->json = cli_bool(cli, "json");
    cli->quiet = cli_bool(cli, "quiet");
    cli->verbose = cli_bool(cli, "verbose");
    return cli->command->run(cli, err);
}

int main(int argc, char **argv)
{
    cli_call cli = {0};
    td_error err = TD_ERROR_INIT;
    const char *group = NULL;
    int used = 0;
    cli.argc = argc;
    cli.argv = argv;
    signals_start();
    cli.command = command_find(argc, argv, &used);
    td_status status =
        cli.command ? run_command(&cli, used + 1, &err) : run_without_command(&cli, &group, &err);
    if (!status) status = cli_out_bytes(&cli, "", 0, &err);
    if (status) {
        if (cli.command) drop_names(cli.command, &err);
        print_error(&cli, cli.command ? cli.command->name : group, &err, status);
        if (wants_json(argc, argv) && !cli.document_printed) print_error_json(&cli, &err, status);
    }
    free(cli.word);
    free(cli.many);
    if (fflush(stdout) != 0 && !status && !cli.pipe_closed) status = TD_E_IO;
    if (cli.pipe_closed && !status) return EXIT_PIPE;
    return status_exit(status);
}
