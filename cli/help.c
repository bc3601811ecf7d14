/* help.c - help as plain text, from the command table and the tables of parameters. */
#include "cli/cli.h"

#include <string.h>

#define WIDTH       92
#define FLAG_COLUMN 26
#define NAME_COLUMN 20

static void add_notes(paper *page, const char *note)
{
    while (note && *note) {
        const size_t bytes = strcspn(note, "\n");
        paper line = {0};
        paper_add_bytes(&line, note, bytes);
        paper_add(page, "\n");
        if (line.data) paper_wrap(page, line.data, 0, WIDTH);
        paper_add(page, "\n");
        paper_free(&line);
        note += bytes;
        note += *note == '\n';
    }
}

static void add_flag(paper *page, const cli_flag *flag)
{
    const char *value = flag_value_name(flag);
    paper_addf(page, "  %s--%s%s%s", strcmp(flag->name, "output") == 0 ? "-o, " : "", flag->name,
               *value ? " " : "", value);
    paper_pad(page, FLAG_COLUMN);
    paper words = {0};
    paper_add(&words, flag->param->doc);
    paper_add(&words, " ");
    flag_add_limits(&words, flag);
    if (words.data) paper_wrap(page, words.data, FLAG_COLUMN, WIDTH);
    paper_add(page, "\n");
    paper_free(&words);
}

static bool is_hidden(const cli_flag *flag, bool all)
{
    return !all && (flag->param->flags & TD_PARAM_ADVANCED);
}

/* The flags of one table, under its title. */
static void add_section(paper *page, const flag_list *flags, const td_op *op, bool all)
{
    bool titled = false;
    for (uint32_t i = 0; i < flags->count; ++i) {
        const cli_flag *flag = &flags->item[i];
        if (flag->op != op || is_hidden(flag, all)) continue;
        if (!titled) paper_addf(page, "\n%s:\n", op->title);
        titled = true;
        add_flag(page, flag);
    }
}

static void add_flags(paper *page, const cli_command *command, bool all)
{
    flag_list flags;
    flags_derive(command, &flags);
    uint32_t hidden = 0;
    bool grid = false;
    const td_op *last = NULL;
    for (uint32_t i = 0; i < flags.count; ++i) {
        const cli_flag *flag = &flags.item[i];
        hidden += is_hidden(flag, all);
        grid |= flag_is_axis(flag);
        if (flag->op != last) add_section(page, &flags, flag->op, all);
        last = flag->op;
    }
    paper_add(page, "\n  -h, --help");
    paper_pad(page, FLAG_COLUMN);
    paper_add(page, "Show this.\n");
    if (hidden) {
        paper_add(page, "      --help-all");
        paper_pad(page, FLAG_COLUMN);
        paper_addf(page, "Show also the %u flags for experts.\n", hidden);
    }
    if (grid) {
        paper_add(page, "\n");
        paper_wrap(page,
                   "GRID is one value or many: a list 2,3,5, a range 1:10, a range with a step "
                   "0.05:0.1:0.001 (both ends are in), or a mixture. Decimals are exact.",
                   0, WIDTH);
        paper_add(page, "\n");
    }
}

void help_command(paper *page, const cli_command *command, bool all)
{
    paper_addf(page, "%s\n\nUsage: %s %s%s%s [flags]\n", command->doc, PROGRAM, command->name,
               *command->words ? " " : "", command->words);
    add_notes(page, command->note);
    add_flags(page, command, all);
    if (command->examples && command->examples[0]) paper_add(page, "\nExamples:\n");
    for (uint32_t i = 0; command->examples && command->examples[i]; ++i)
        paper_addf(page, "  %s\n", command->examples[i]);
}

static void add_command_line(paper *page, const cli_command *command)
{
    paper_addf(page, "  %s", command->name);
    paper_pad(page, NAME_COLUMN);
    paper_wrap(page, command->doc, NAME_COLUMN, WIDTH);
    paper_add(page, "\n");
}

void help_group(paper *page, const char *group)
{
    const size_t bytes = strlen(group);
    for (const cli_command *command = commands; command->name; ++command) {
        if (strncmp(command->name, group, bytes) != 0 || command->name[bytes] != ' ') continue;
        if (page->bytes == 0) paper_addf(page, "Usage: %s %s COMMAND [flags]\n\n", PROGRAM, group);
        add_command_line(page, command);
    }
}

void help_program(paper *page)
{
    paper_wrap(page, program_doc, 0, WIDTH);
    paper_addf(page, "\n\nUsage: %s COMMAND [arguments] [flags]\n\nCommands:\n", PROGRAM);
    for (const cli_command *command = commands; command->name; ++command)
        add_command_line(page, command);
    paper_addf(page, "\n  -h, --help");
    paper_pad(page, NAME_COLUMN);
    paper_add(page,
              "Show this, or after a command its flags, ranges and examples.\n      --version");
    paper_pad(page, NAME_COLUMN);
    paper_add(page, "Show the version.\n\n");
    paper_wrap(page,
               "Results go to standard output; progress, warnings and errors to standard error. "
               "Exit codes: 0 success, 2 a wrong argument, 3 not found, 65 damaged data, 74 a file "
               "failed, 124 out of time, 130 stopped; all are in the manual page.",
               0, WIDTH);
    paper_addf(page, "\n\nA first step:\n  %s doctor\n", PROGRAM);
}
