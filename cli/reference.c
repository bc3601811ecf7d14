/* reference.c - the reference pages in Markdown: one a command, one an operation, and an index. */
#include "cli/cli.h"

#include "io/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_BYTES_MAX 4096

static const char made[] =
    "<!-- Made by \"tandem reference\" from the tables of the program: do not "
    "edit. -->\n";

/* "rqa study" as "rqa-study.md". */
static void command_file(const cli_command *command, char *out, size_t size)
{
    snprintf(out, size, "%s.md", command->name);
    for (char *c = out; *c; ++c)
        if (*c == ' ') *c = '-';
}

static td_status write_page(const char *folder, const char *name, paper *page, td_error *err)
{
    char path[PATH_BYTES_MAX];
    td_status status = paper_check(page, err);
    const int bytes = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!status && (bytes < 0 || (size_t)bytes >= sizeof path))
        status = td_fail(err, TD_E_BAD_ARGUMENT, "%s: the path is too long", folder);
    if (!status) status = file_write(path, page->data, page->bytes, err);
    paper_free(page);
    return status;
}

static void add_flags(paper *page, const cli_command *command)
{
    flag_list flags;
    flags_derive(command, &flags);
    paper_add(page, "\n| Flag | Meaning | Allowed and default |\n|---|---|---|\n");
    for (uint32_t i = 0; i < flags.count; ++i) {
        const cli_flag *flag = &flags.item[i];
        const char *value = flag_value_name(flag);
        paper limits = {0};
        paper_addf(page, "| `%s--%s%s", strcmp(flag->name, "output") == 0 ? "-o, " : "", flag->name,
                   *value ? " " : "");
        markdown_add_cell(page, value);
        paper_add(page, "` | ");
        markdown_add_cell(page, flag->param->doc);
        paper_add(page, " | ");
        flag_add_limits(&limits, flag);
        markdown_add_cell(page, limits.data);
        paper_add(page, " |\n");
        paper_free(&limits);
    }
}

static void add_command(paper *page, const cli_command *command)
{
    paper_addf(page, "%s# %s %s\n\n%s\n\n    %s %s%s%s [flags]\n", made, PROGRAM, command->name,
               command->doc, PROGRAM, command->name, *command->words ? " " : "", command->words);
    for (const char *note = command->note; note && *note;) {
        const size_t bytes = strcspn(note, "\n");
        paper_addf(page, "\n%.*s\n", (int)bytes, note);
        note += bytes;
        note += *note == '\n';
    }
    add_flags(page, command);
    paper_add(page, "\n## Examples\n\n");
    for (uint32_t i = 0; command->examples && command->examples[i]; ++i)
        paper_addf(page, "    %s\n", command->examples[i]);
}

static void add_exits(paper *page)
{
    paper_add(page, "\n## Exit codes\n\n| Code | Status | Meaning |\n|---|---|---|\n");
#define TD_X(name, value, http, grpc, exit, text) \
    paper_addf(page, "| %d | %s | %s |\n", exit, #name, text);
    TD_STATUS_TABLE(TD_X)
#undef TD_X
    paper_add(page, "| 141 | | the reader of standard output went away |\n");
}

static void add_index(paper *page)
{
    char file[FLAG_NAME_MAX];
    paper_addf(page, "%s# Reference\n\n%s\n\n## Commands\n\n| Command | |\n|---|---|\n", made,
               program_doc);
    for (const cli_command *command = commands; command->name; ++command) {
        command_file(command, file, sizeof file);
        paper_addf(page, "| [`%s %s`](%s) | %s |\n", PROGRAM, command->name, file, command->doc);
    }
    paper_add(page, "\n## Operations\n\n| Operation | |\n|---|---|\n");
    const td_op *op = NULL;
    for (uint32_t i = 0; (op = op_listed_at(i)); ++i)
        paper_addf(page, "| [`%s`](%s.md) | %s |\n", op->name, op->name, op->title);
    paper_add(
        page,
        "\n## Grids\n\nA flag marked GRID takes one value or many: a list `2,3,5`, a range "
        "`1:10`, a range with a step `0.05:0.1:0.001` (both ends are in), or a mixture "
        "`1:5,10,20`. Decimals are exact: each value is the number nearest to its text.\n"
        "\n## Output\n\nResults go to standard output; progress, warnings and errors to "
        "standard error. With `--json` standard output holds one JSON document: the result, "
        "or `{\"error\": {\"status\", \"exit\", \"message\", \"resumable\"}}`; the error's "
        "text is on standard error all the same. On a terminal progress is one line, erased "
        "at the end; elsewhere, and when `TERM` is `dumb`, a plain line every five seconds; "
        "with `--quiet` none. `NO_COLOR` is respected.\n\nCtrl-C and SIGTERM stop cleanly and "
        "tell how to go on; the second one ends the program at once.\n");
    add_exits(page);
}

td_status reference_write(const char *folder, td_error *err)
{
    struct stat info;
    char file[FLAG_NAME_MAX + 8];
    if (stat(folder, &info) != 0) return td_fail(err, TD_E_IO, "%s: %s", folder, strerror(errno));
    if (!S_ISDIR(info.st_mode)) return td_fail(err, TD_E_IO, "%s: is no folder", folder);
    paper page = {0};
    add_index(&page);
    td_status status = write_page(folder, "README.md", &page, err);
    for (const cli_command *command = commands; command->name && !status; ++command) {
        add_command(&page, command);
        command_file(command, file, sizeof file);
        status = write_page(folder, file, &page, err);
    }
    const td_op *op = NULL;
    for (uint32_t i = 0; (op = op_listed_at(i)) && !status; ++i) {
        paper_add(&page, made);
        describe_markdown(&page, op);
        snprintf(file, sizeof file, "%s.md", op->name);
        status = write_page(folder, file, &page, err);
    }
    return status;
}
