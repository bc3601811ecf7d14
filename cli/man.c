/* man.c - the manual page in roff, from the tables. */
#include "cli/cli.h"

#include "core/op.h"

#include <string.h>

/* Text between macros: backslashes and hyphens are escaped, and a line never starts with a dot or
 * an apostrophe by chance. */
static void add_roff(paper *page, const char *words)
{
    bool start = true;
    for (const char *c = words; *c; ++c) {
        if (start && (*c == '.' || *c == '\'')) paper_add(page, "\\&");
        if (*c == '\\') paper_add(page, "\\e");
        else if (*c == '-') paper_add(page, "\\-");
        else if (*c != '`') paper_add_bytes(page, c, 1);
        start = *c == '\n';
    }
}

/* A paragraph in lines of the width that roff sources have. */
static void add_words(paper *page, const char *words)
{
    paper lines = {0};
    paper_wrap(&lines, words, 0, 70);
    if (lines.data) add_roff(page, lines.data);
    paper_add(page, "\n");
    paper_free(&lines);
}

static void add_paragraphs(paper *page, const char *words)
{
    bool first = true;
    while (words && *words) {
        const size_t bytes = strcspn(words, "\n");
        if (bytes) {
            paper line = {0};
            paper_add_bytes(&line, words, bytes);
            if (!first) paper_add(page, ".PP\n");
            if (line.data) add_words(page, line.data);
            paper_free(&line);
            first = false;
        }
        words += bytes;
        words += *words == '\n';
    }
}

static void add_flag(paper *page, const cli_flag *flag)
{
    const char *value = flag_value_name(flag);
    paper limits = {0};
    paper_add(page, ".TP\n");
    if (strcmp(flag->name, "output") == 0) paper_add(page, ".BR \\-o \", \" ");
    else paper_add(page, ".B ");
    paper_add(page, "\\-\\-");
    add_roff(page, flag->name);
    if (*value) paper_addf(page, strcmp(flag->name, "output") == 0 ? " \" %s\"" : " %s", value);
    paper_add(page, "\n");
    add_words(page, flag->param->doc);
    flag_add_limits(&limits, flag);
    if (limits.data) add_words(page, limits.data);
    paper_free(&limits);
}

static bool is_common(const cli_flag *flag)
{
    return strcmp(flag->op->name, "tandem.common") == 0;
}

static void add_command(paper *page, const cli_command *command)
{
    flag_list flags;
    flags_derive(command, &flags);
    paper_add(page, ".SS \"");
    add_roff(page, PROGRAM);
    paper_addf(page, " %s", command->name);
    if (*command->words) paper_addf(page, " %s", command->words);
    paper_add(page, "\"\n");
    add_paragraphs(page, command->doc);
    if (command->note) paper_add(page, ".PP\n");
    add_paragraphs(page, command->note);
    paper common = {0};
    for (uint32_t i = 0; i < flags.count; ++i) {
        if (!is_common(&flags.item[i])) add_flag(page, &flags.item[i]);
        else
            paper_addf(&common, "%s --%s", common.bytes ? "," : "Also the common flags",
                       flags.item[i].name);
    }
    if (common.data) {
        paper_add(&common, ".");
        paper_add(page, ".PP\n");
        add_words(page, common.data);
    }
    paper_free(&common);
    paper_add(page, ".PP\nExamples:\n.PP\n.nf\n.RS 4\n");
    for (uint32_t i = 0; command->examples && command->examples[i]; ++i) {
        add_roff(page, command->examples[i]);
        paper_add(page, "\n");
    }
    paper_add(page, ".RE\n.fi\n");
}

static void add_common(paper *page)
{
    const td_op *op = op_find("tandem.common");
    paper_add(page, ".SH COMMON FLAGS\n");
    for (uint32_t i = 0; i < op->param_count; ++i) {
        cli_flag flag = {{0}, op_param(op, i), op, FLAG_SWEEP, NULL};
        for (size_t c = 0; c + 1 < sizeof flag.name && flag.param->name[c]; ++c)
            flag.name[c] = flag.param->name[c];
        add_flag(page, &flag);
    }
    paper_add(page,
              ".TP\n.BR \\-h \", \" \\-\\-help\nShow the flags of a command with their ranges, "
              "units and defaults.\n");
    paper_add(page, ".PP\n");
    add_words(page, "A GRID is one value or many: a list 2,3,5, a range 1:10, a range with a step "
                    "0.05:0.1:0.001 (both ends are in), or a mixture. Decimals are exact.");
    add_words(page, "A flag takes its value as the next word or after =. The flags end at --.");
}

static void add_exits(paper *page)
{
    paper_add(page, ".SH EXIT STATUS\n");
    int shown[32];
    uint32_t count = 0;
#define TD_X(name, value, http, grpc, exit, text) shown[count++] = (value);
    TD_STATUS_TABLE(TD_X)
#undef TD_X
    for (uint32_t i = 0; i < count; ++i) {
        const td_status status = (td_status)shown[i];
        paper_addf(page, ".TP\n.B %d\n", status_exit(status));
        add_roff(page, status_text(status));
        paper_addf(page, " (%s)\n", td_status_name(status));
    }
    paper_add(page, ".TP\n.B 141\nthe reader of standard output went away\n");
}

void man_page(paper *page)
{
    paper_addf(page, ".TH TANDEM 1 \"\" \"tandem %d.%d.%d\" \"User Commands\"\n", TD_VERSION_MAJOR,
               TD_VERSION_MINOR, TD_VERSION_PATCH);
    paper_add(page, ".SH NAME\ntandem \\- numeric sweeps on every core and device\n");
    paper_add(page, ".SH SYNOPSIS\n.B tandem\n.I COMMAND\n[arguments] [flags]\n.SH DESCRIPTION\n");
    add_paragraphs(page, program_doc);
    paper_add(page, ".PP\n");
    add_words(page, "Results go to standard output; progress, warnings and errors to standard "
                    "error. On a terminal progress is one line that is erased at the end; "
                    "elsewhere a plain line every five seconds. With --json standard output holds "
                    "one JSON document: the result, or {\"error\": {...}}; the error's text is on "
                    "standard error all the same.");
    paper_add(page, ".PP\n");
    add_words(page, "Ctrl-C or SIGTERM stops cleanly and tells how to go on; the second one ends "
                    "the program at once.");
    paper_add(page, ".SH COMMANDS\n");
    for (const cli_command *command = commands; command->name; ++command)
        add_command(page, command);
    add_common(page);
    add_exits(page);
    paper_add(page, ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nWhen set and not empty, nothing is "
                    "coloured.\n.TP\n.B TERM\nWhen it is dumb or not set, progress is plain "
                    "lines.\n");
}
