/* cli.h - the command line: one table of commands, flags derived from the tables of operations.
 *
 * Standard output is for results, standard error for progress, warnings and errors. With --json
 * standard output holds one JSON document: the result, or {"error": {...}}; the error's text is on
 * standard error all the same. Exit codes are those of TD_STATUS_TABLE. */
#ifndef TANDEM_CLI_CLI_H
#define TANDEM_CLI_CLI_H
#include "tandem/module.h"

#include "cli/paper.h"

#define PROGRAM             "tandem"
#define FLAGS_MAX           160
#define FLAG_NAME_MAX       64
#define COMMAND_SOURCES_MAX 20
#define WORDS_MAX           100000 /* positional arguments of one call */

typedef struct cli_call cli_call;

/* ---- Flags ------------------------------------------------------------------------------ */

typedef enum flag_use {
    FLAG_SWEEP = 0, /* a sweepable parameter takes a grid */
    FLAG_ONE = 1,   /* it takes one value */
    FLAG_PICK = 2,  /* it takes one value and has no default: it picks from a file */
    FLAG_MANY = 3   /* texts that may be given again and again: see cli_given_at */
} flag_use;

typedef struct cli_flag {
    char name[FLAG_NAME_MAX]; /* "theiler-diagonal" */
    const td_param *param;
    const td_op *op; /* the table that holds param */
    flag_use use;
    const char *value; /* as given; NULL: it was not */
} cli_flag;

typedef struct flag_list {
    cli_flag item[FLAGS_MAX];
    uint32_t count;
} flag_list;

/* Which parameters of which table become flags of a command. */
typedef struct flag_source {
    const char *op;   /* "rqa.measures"; see op_find */
    const char *pick; /* "m,tau,eps"; NULL: every parameter; "-input": every other one */
    flag_use use;
} flag_source;

/* ---- Commands --------------------------------------------------------------------------- */

typedef struct cli_command {
    const char *name;  /* "rqa study" */
    const char *words; /* positional arguments: "DIR|MANIFEST"; "" for none */
    uint32_t words_min, words_max;
    const char *doc;  /* one sentence */
    const char *note; /* what else there is to know; paragraphs; may be NULL */
    flag_source source[COMMAND_SOURCES_MAX];
    const char *const *examples; /* ended by NULL */
    td_status (*run)(cli_call *cli, td_error *err);
} cli_command;

/* One value of a flag that may be given again. */
typedef struct cli_value {
    const td_param *param;
    const char *value;
} cli_value;

struct cli_call {
    const cli_command *command;
    flag_list flags;
    const char **word; /* positional arguments */
    uint32_t word_count;
    cli_value *many; /* values of FLAG_MANY flags, as they stood */
    uint32_t many_count;
    int argc;
    char **argv;
    bool json, quiet, verbose;
    bool pipe_closed;      /* the reader of standard output went away */
    bool document_printed; /* the one JSON document is out */
    bool resumable;        /* it failed, and the same call goes on from what is kept */
};

extern const cli_command commands[];  /* ended by a NULL name: command_table.c */
extern const char *const program_doc; /* one sentence */

/* The command whose words argv[1..] starts with, the longest name first, or NULL; *used counts
 * its words. */
const cli_command *command_find(int argc, char **argv, int *used);
const cli_command *command_named(const char *name);
/* The nearest command name to what was typed, or NULL. */
const char *command_suggest(const char *typed);

/* A table by its name: built into the library, of the study, or of the command line itself. */
const td_op *op_find(const char *name);
const td_op *op_listed_at(uint32_t index); /* what `describe` lists; NULL past the end */
/* An output over the whole grid is a measure; others tell about the data. */
bool op_output_is_measure(const td_port *output);
extern const td_op *const cli_ops[]; /* flags of the command line's own: own_flags.c */

/* ---- Flags of a command (flags.c), their values (args_parse.c) -------------------------- */

void flags_derive(const cli_command *command, flag_list *flags);
cli_flag *flags_find(flag_list *flags, const char *name, size_t bytes);
const char *flags_suggest(const flag_list *flags, const char *name);
bool flag_is_bool(const cli_flag *flag);
bool flag_takes_path(const cli_flag *flag);
bool flag_is_axis(const cli_flag *flag);        /* takes a grid */
bool flag_is_many(const cli_flag *flag);        /* may be given again and again */
bool flag_lists_measures(const cli_flag *flag); /* takes names of an operation's outputs */
void flag_add_measures(paper *page, const cli_flag *flag, const char *gap);
/* "GRID", "NUMBER", "NAME", "FILE" ..: what stands after the flag in a usage line. */
const char *flag_value_name(const cli_flag *flag);
/* Range, unit, choices and default of the flag, as one sentence or more without a line break. */
void flag_add_limits(paper *page, const cli_flag *flag);

/* Fills flags and words of cli->command from argv[first..]. *help is set by -h, --help and
 * --help-all (*all). Names what is wrong and the nearest that would be right. */
TD_MUST_USE td_status args_parse(cli_call *cli, int first, bool *help, bool *all, td_error *err);

/* The engine's errors name the operation; where the command stands in front already, it goes. */
void error_drop_prefix(td_error *err, const char *op);

/* Values of a flag by its parameter's name: as given, else the table's default. The flags were
 * checked against their ranges when they were parsed. */
const char *cli_given(const cli_call *cli, const char *param); /* NULL: not given */
/* Value number index of a flag that may be given again; NULL past the last. */
const char *cli_given_at(const cli_call *cli, const char *param, uint32_t index);
const char *cli_text(const cli_call *cli, const char *param);  /* NULL: no value, or an empty one */
bool cli_bool(const cli_call *cli, const char *param);
int64_t cli_int(const cli_call *cli, const char *param);
double cli_float(const cli_call *cli, const char *param);

/* ---- Output ----------------------------------------------------------------------------- */

/* Writes to standard output; frees the text's memory in every case. */
TD_MUST_USE td_status cli_out(cli_call *cli, paper *page, td_error *err);
TD_MUST_USE td_status cli_out_bytes(cli_call *cli, const char *data, size_t bytes, td_error *err);
/* One line on standard error: "warning: ..."; kept quiet by nothing but --quiet. */
void cli_warn(const cli_call *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
int status_exit(td_status status);
const char *status_text(td_status status);
/* The call as a shell would take it back. */
void cli_add_command(paper *page, int argc, char **argv);

/* ---- Generators: all from the tables ---------------------------------------------------- */

void help_program(paper *page);
void help_command(paper *page, const cli_command *command, bool all);
void help_group(paper *page, const char *group); /* the commands that start with a word */
void complete_bash(paper *page);
void complete_zsh(paper *page);
void man_page(paper *page);
void describe_text(paper *page, const td_op *op);
void describe_markdown(paper *page, const td_op *op);
void markdown_add_cell(paper *page, const char *words);
/* Writes the pages into a folder that exists. */
TD_MUST_USE td_status reference_write(const char *folder, td_error *err);

/* ---- Commands --------------------------------------------------------------------------- */

td_status cmd_help(cli_call *cli, td_error *err);
td_status cmd_version(cli_call *cli, td_error *err);
td_status cmd_devices(cli_call *cli, td_error *err);
td_status cmd_doctor(cli_call *cli, td_error *err);
td_status cmd_top(cli_call *cli, td_error *err);
td_status cmd_describe(cli_call *cli, td_error *err);
td_status cmd_study(cli_call *cli, td_error *err);
td_status cmd_export(cli_call *cli, td_error *err);
td_status cmd_run(cli_call *cli, td_error *err);
td_status cmd_plot(cli_call *cli, td_error *err);
td_status cmd_recommend(cli_call *cli, td_error *err);
td_status cmd_bench(cli_call *cli, td_error *err);
td_status cmd_market_load(cli_call *cli, td_error *err);
td_status cmd_market_audit(cli_call *cli, td_error *err);
td_status cmd_market_publish(cli_call *cli, td_error *err);
td_status cmd_market_backtest(cli_call *cli, td_error *err);
td_status cmd_market_compute(cli_call *cli, td_error *err);
td_status cmd_completion(cli_call *cli, td_error *err);
td_status cmd_man(cli_call *cli, td_error *err);
td_status cmd_reference(cli_call *cli, td_error *err);

#endif
