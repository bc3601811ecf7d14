/* command_table.c - every command: its name, words, flags, examples and function. Nothing about a
 * command is written anywhere else; help, completion, man page and reference read this. */
#include "cli/cli.h"

#include "core/op.h"
#include "core/text.h"
#include "study/study.h"

#include <stdio.h>
#include <string.h>

const char *const program_doc =
    "Tandem runs heavy numeric sweeps on every core, and on the GPU when there is one, with the "
    "same answer on each.";

/* clang-format off */
#define PLAIN {"tandem.common", "json,quiet,verbose", FLAG_SWEEP}
#define COMMON {"tandem.common", NULL, FLAG_SWEEP}
#define TIMED {"tandem.common", "timeout,json,quiet,verbose", FLAG_SWEEP}
#define PLACE {"tandem.place", NULL, FLAG_SWEEP}
#define COLUMNS {"rqa.study", "columns", FLAG_SWEEP}
#define COLUMNS_OR_BAD {"rqa.study", "columns,skip_bad", FLAG_SWEEP}
#define POINT "m,tau,eps,lmin"
#define PANEL {"tandem.panel", NULL, FLAG_SWEEP}
#define POINTS {"tandem.point", NULL, FLAG_MANY}
#define EXAMPLES(...) (const char *const[]){__VA_ARGS__, NULL}

const cli_command commands[] = {
    {"rqa study", "DIR|MANIFEST", 1, 1,
     "Compute every measure of every recording over a grid, the group statistics and a report.",
     "DIR holds GROUP/SUBJECT/RECORDING.csv; a manifest is a CSV file with the columns path, "
     "group, subject, task.\n"
     "The result is one netCDF-4 file. A study that was stopped, killed or cut off goes on where "
     "it was when the same command is run again, and ends with the same file bit for bit.",
     {{"rqa.study", "-input", FLAG_SWEEP}, {"rqa.measures", NULL, FLAG_SWEEP},
      {"tandem.measures", NULL, FLAG_SWEEP}, PLACE, COMMON},
     EXAMPLES("tandem rqa study recordings -o study.nc --report study.html",
              "tandem rqa study recordings --modes x:l1,xy:l2 --m 1:10 --tau 1:10 "
              "--eps 0.05:0.1:0.001 --lmin 2:3 --profile gaze -o study.nc --report study.html"),
     cmd_study},
    {"rqa run", "FILE...", 1, WORDS_MAX,
     "Compute the measures of single recordings and print them.",
     "A file has a header line and a column x, for some modes also y; a folder stands for the "
     "recordings in it, be it that of a study, a group or a subject. One row a recording and mode "
     "at one point of the grid; over a grid there are also the columns m, tau, eps, lmin.",
     {{"tandem.run", NULL, FLAG_SWEEP}, {"rqa.measures", NULL, FLAG_SWEEP},
      {"tandem.measures", NULL, FLAG_SWEEP}, COLUMNS, PLACE, COMMON},
     EXAMPLES("tandem rqa run series.csv --m 5 --tau 3 --eps 1.2",
              "tandem rqa run series.csv --modes x:l2 --m 5 --tau 3 --eps 1.2 --lmin 2 "
              "--profile accrqa --measures all --csv"),
     cmd_run},
    {"rqa export", "STUDY.nc", 1, 1,
     "Write the measures of one point of a study's grid as CSV, one row a recording and mode.",
     "Flags pick the point; one that the study did not vary may be left out. Without -o the table "
     "goes to standard output.",
     {{"rqa.measures", POINT, FLAG_PICK}, {"tandem.export", NULL, FLAG_SWEEP},
      {"tandem.output", NULL, FLAG_SWEEP}, PLAIN},
     EXAMPLES("tandem rqa export study.nc --m 1 --tau 1 --eps 0.051 --lmin 2 -o one.csv"),
     cmd_export},
    {"rqa plot", "FILE", 1, 1,
     "Draw the recurrence plot of a recording as PNG or SVG.",
     "A series with more delay vectors than --size is drawn in square blocks: a pixel is black "
     "when any pair in its block recurs; unthresholded, it shows the block's mean distance.",
     {{"tandem.output", NULL, FLAG_SWEEP}, {"tandem.plot", NULL, FLAG_SWEEP},
      {"rqa.measures", "mode,m,tau,eps,eps_unit", FLAG_ONE}, COLUMNS, COMMON},
     EXAMPLES("tandem rqa plot series.csv --m 3 --tau 6 --eps 1.2 -o plot.png",
              "tandem rqa plot series.csv --unthresholded -o plot.svg"),
     cmd_plot},
    {"rqa recommend", "FILE|DIR", 1, 1,
     "Propose the delay tau and the dimension m of each recording.",
     "tau is the first minimum of the mutual information; the first zero of the autocorrelation is "
     "shown beside it. m is where the false nearest neighbours vanish. DIR is the folder of a "
     "study, a group or a subject.",
     {{"tandem.recommend", NULL, FLAG_SWEEP}, COLUMNS_OR_BAD, COMMON},
     EXAMPLES("tandem rqa recommend series.csv", "tandem rqa recommend recordings --figures out"),
     cmd_recommend},
    {"market load", "FILE|DIR|URL...", 1, WORDS_MAX,
     "Load prices from CSV files, folders of them, or PostgreSQL into one panel.",
     "A file has rows of many symbols (date,symbol,open,high,low,close,volume), of the one that it "
     "is called after (000020.csv), or one price with a column for each symbol. The header tells "
     "which, in English, Korean, Chinese or Japanese; --map names columns that it does not tell. "
     "gzip, xz and zstd are unpacked. A folder stands for the .csv, .txt and .tsv files in it; "
     "postgresql:// for a table or query of a server. Symbols are text.\n"
     "Dates are 2024-01-31, 2024/01/31, 2024.01.31, 20240131 or 31.01.2024, with 09:30[:00] behind "
     "and an offset, or seconds or milliseconds since 1970. Times of day without an offset need "
     "--zone.\n"
     "The panel is a netCDF-4 file over (symbol, date) that other commands map into memory, and "
     "xarray opens.",
     {{"tandem.output", NULL, FLAG_SWEEP}, {"tandem.market_load", NULL, FLAG_SWEEP},
      {"tandem.common", "memory,timeout,json,quiet,verbose", FLAG_SWEEP}},
     EXAMPLES("tandem market load krx.csv.xz -o prices.nc",
              "tandem market load folder_of_symbols -o prices.nc --duplicates last --skip-bad",
              "tandem market load bars.csv -o bars.nc --map date=Stamp,close=Px --zone Asia/Seoul",
              "tandem market load 'postgresql://desk@db/market?table=daily' -o prices.nc"),
     cmd_market_load},
    {"market audit", "PRICES.nc", 1, 1,
     "Tell what is wrong with prices, and mend them as told.",
     "Halts, gaps, moves and other faults are counted in rows and in symbols, with examples. Each "
     "has a policy of its own: keep, drop the row, fill it, or leave the symbol out; with -o the "
     "mended prices are written, and what was done stands in the attributes of the file.\n"
     "Symbols are left out first, then rows dropped, then splits adjusted, then rows filled. A "
     "move counts when it reaches the limit, from bar to bar of the symbol, halted bars included.",
     {{"tandem.market_audit", NULL, FLAG_SWEEP}, {"tandem.output", NULL, FLAG_SWEEP}, TIMED},
     EXAMPLES("tandem market audit prices.nc",
              "tandem market audit prices.nc --halts fill --short exclude -o clean.nc",
              "tandem market audit prices.nc --moves drop --move-limit 0.5 --csv findings.csv "
              "-o clean.nc"),
     cmd_market_audit},
    {"market publish", "FILE.nc postgresql://...", 2, 2,
     "Write a panel of prices, or a table of results, into PostgreSQL.",
     "Prices become the columns date (time, when they have a time of day), symbol, open .. volume; "
     "results a column for each dimension and each variable. What is NaN is NULL. Either all rows "
     "are there in the end, or the server is as it was.\n"
     "A password is better left to PGPASSWORD, .pgpass or a service file than put into the URL, "
     "where other users of this machine can see it; it is never shown or recorded.",
     {{"tandem.market_publish", NULL, FLAG_SWEEP}, TIMED},
     EXAMPLES("tandem market publish prices.nc postgresql://desk@db/market --table prices",
              "tandem market publish bt.nc postgresql://desk@db/market --table runs.crosses "
              "--replace"),
     cmd_market_publish},
    {"market backtest", "PRICES.nc", 1, 1,
     "Trade strategies on every symbol of a panel, over a grid, and measure each account.",
     "A strategy is a file, or expressions in flags; see docs/STRATEGIES.md. --grid makes one of "
     "its parameters, or a rule such as stop_loss, an axis; the flags below under Orders, Stops, "
     "Size, Costs and Account are the rules. Unless told otherwise there is one account for each "
     "symbol, all of it goes in, and a signal is filled at the next open.\n"
     "The netCDF file has one variable for each measure over (axes, symbol); the CSV one row for "
     "each point and symbol. A run that was stopped, killed or cut off goes on where it was when "
     "the same command is run again; those of some seconds start over.",
     {{"tandem.strategy", NULL, FLAG_MANY}, {"tandem.roots", NULL, FLAG_SWEEP}, POINTS,
      {"tandem.orders", NULL, FLAG_SWEEP}, {"tandem.stops", NULL, FLAG_SWEEP},
      {"tandem.size", NULL, FLAG_SWEEP}, {"tandem.costs", NULL, FLAG_SWEEP},
      {"tandem.account", NULL, FLAG_SWEEP}, {"tandem.ratios", NULL, FLAG_SWEEP},
      {"tandem.outcomes", NULL, FLAG_SWEEP}, PANEL, {"tandem.output", NULL, FLAG_SWEEP},
      {"tandem.backtest", NULL, FLAG_SWEEP}, {"tandem.look", NULL, FLAG_SWEEP}, PLACE, COMMON},
     EXAMPLES("tandem market backtest prices.nc --strategy ma_cross --grid fast=5:30:5 "
              "--grid slow=40,60,100 --fee 0.0015 --slippage 0.0005 -o bt.nc --report bt.html",
              "tandem market backtest prices.nc --strategy ma_cross --strategy rsi_reversion "
              "--benchmark equal --csv bt.csv",
              "tandem market backtest prices.nc --entry 'rsi(close, n) < 30' "
              "--exit 'rsi(close, n) > 70' --param n=14 --grid n=5:25:5 --account portfolio"),
     cmd_market_backtest},
    {"market compute", "PRICES.nc INDICATOR...", 2, WORDS_MAX,
     "Compute technical indicators on every symbol of a panel.",
     "An indicator is an operation of the library, named with or without market. before it; behind "
     "the name may stand parameters, each a value or a grid, and which price an input is: "
     "sma:timeperiod=5:50:5, correl:real0=high:real1=low. --set and --grid give a parameter to "
     "every indicator that has it.\n"
     "The netCDF file has one variable for each output over (symbol, parameters, bar); of several "
     "indicators those over (symbol, bar), where a parameter with several values is a dimension "
     "INDICATOR_PARAMETER. Without -o and --csv the last values are printed.",
     {PANEL, POINTS, {"tandem.compute", NULL, FLAG_SWEEP}, {"tandem.output", NULL, FLAG_SWEEP},
      PLACE, COMMON},
     EXAMPLES("tandem market compute prices.nc rsi --set timeperiod=14 --symbols 005930,000660",
              "tandem market compute prices.nc sma --grid timeperiod=5:50:5 -o sma.nc",
              "tandem market compute prices.nc rsi sma:timeperiod=20 bbands --csv values.csv"),
     cmd_market_compute},
    {"devices", "", 0, 0, "List the devices that work can run on, and measure them.",
     "A device that is not fit, or used only by name, has the reason beside it; below stand the "
     "backends that found no device. With --device only that device is shown.\n"
     "--bench: a multiply and an add count as one operation each, and are two instructions, as in "
     "everything that Tandem computes; a data sheet counts a fused multiply-add as two operations, "
     "so that half of its figure is the most there is. That share is shown where the device tells "
     "its clocks and its kind is known. Launches and operations are measured where kernels run: "
     "not for the CPU, and null in JSON, as is all that a device does not tell.",
     {{"tandem.devices", NULL, FLAG_SWEEP}, COMMON},
     EXAMPLES("tandem devices", "tandem devices --bench --device cuda:0",
              "tandem devices --bench --json"),
     cmd_devices},
    {"doctor", "", 0, 0,
     "Show what works on this machine, what is missing, and how to get it.", NULL,
     {COMMON}, EXAMPLES("tandem doctor"), cmd_doctor},
    {"top", "", 0, 0,
     "Watch the devices of this machine and the runs that are under way.",
     "On a terminal it is drawn again and again until q or Ctrl-C is pressed; elsewhere it is "
     "printed once. GPUs are read through NVIDIA's management library, if there is one; the CPU "
     "comes last. Runs are those of this user, on this machine. What is not known is shown as -.\n"
     "With --json there is a line for each sample, and what is not known is null.",
     {{"tandem.top", NULL, FLAG_SWEEP}, PLAIN},
     EXAMPLES("tandem top", "tandem top --once", "tandem top --json --interval 0.5 --count 10"),
     cmd_top},
    {"describe", "[OPERATION|STRATEGY]", 0, 1,
     "List the operations, or describe one: parameters, inputs, outputs.",
     "market. before an indicator may be left out. \"strategies\" lists the strategies that come "
     "with the program, and the name of one shows its text.",
     {{"tandem.describe", NULL, FLAG_SWEEP}, PLAIN},
     EXAMPLES("tandem describe", "tandem describe rqa.measures --json", "tandem describe rsi",
              "tandem describe strategies", "tandem describe ma_cross"),
     cmd_describe},
    {"bench", "", 0, 0,
     "Measure where the time goes on this machine, and how near that is to its limits.",
     "Absolute times mislead on a machine that others use at the same time: compare the ratios.",
     {{"tandem.bench", NULL, FLAG_SWEEP}, COMMON},
     EXAMPLES("tandem bench --quick"), cmd_bench},
    {"completion", "bash|zsh", 1, 1, "Print the completion script of a shell.",
     "bash: source <(tandem completion bash). zsh: put it as _tandem into a folder of $fpath.",
     {PLAIN}, EXAMPLES("source <(tandem completion bash)"), cmd_completion},
    {"man", "", 0, 0, "Print the manual page.", NULL,
     {PLAIN}, EXAMPLES("tandem man | man -l -"), cmd_man},
    {"reference", "DIR", 1, 1, "Write the reference pages, in Markdown, into a folder.", NULL,
     {PLAIN}, EXAMPLES("tandem reference docs/reference"), cmd_reference},
    {"help", "[COMMAND...]", 0, 2, "Show the commands, or one command's flags.", NULL,
     {PLAIN}, EXAMPLES("tandem help rqa study"), cmd_help},
    {"version", "", 0, 0, "Show the version.", NULL,
     {PLAIN}, EXAMPLES("tandem version --json"), cmd_version},
    {NULL, NULL, 0, 0, NULL, NULL, {{NULL, NULL, FLAG_SWEEP}}, NULL, NULL},
};
/* clang-format on */

const cli_command *command_named(const char *name)
{
    for (const cli_command *command = commands; command->name; ++command)
        if (strcmp(command->name, name) == 0) return command;
    return NULL;
}

const cli_command *command_find(int argc, char **argv, int *used)
{
    char name[FLAG_NAME_MAX];
    const cli_command *found = NULL;
    *used = 0;
    if (argc > 2) {
        const int bytes = snprintf(name, sizeof name, "%s %s", argv[1], argv[2]);
        if (bytes > 0 && (size_t)bytes < sizeof name) found = command_named(name);
        if (found) *used = 2;
    }
    if (!found && argc > 1) {
        found = command_named(argv[1]);
        if (found) *used = 1;
    }
    return found;
}

const char *command_suggest(const char *typed)
{
    const char *nearest = NULL;
    uint32_t best = UINT32_MAX;
    for (const cli_command *command = commands; command->name; ++command) {
        const char *last = strrchr(command->name, ' ');
        if (text_nearer(typed, command->name, &best)) nearest = command->name;
        /* "tandem study" is meant as "tandem rqa study". */
        if (last && text_nearer(typed, last + 1, &best)) nearest = command->name;
    }
    return nearest;
}

/* ---- Tables of operations --------------------------------------------------------------- */

const td_op *op_listed_at(uint32_t index)
{
    uint32_t count = 0;
    for (uint32_t i = 0; td_builtin_ops[i]; ++i)
        if (count++ == index) return td_builtin_ops[i]->op;
    const td_op *const more[] = {stats_groups_impl.op, &study_op};
    return index - count < 2 ? more[index - count] : NULL;
}

const td_op *op_find(const char *name)
{
    const td_op *op = NULL;
    for (uint32_t i = 0; (op = op_listed_at(i)); ++i)
        if (strcmp(op->name, name) == 0) return op;
    for (uint32_t i = 0; cli_ops[i]; ++i)
        if (strcmp(cli_ops[i]->name, name) == 0) return cli_ops[i];
    return NULL;
}

bool op_output_is_measure(const td_port *output)
{
    /* eps_used tells what a threshold came to; it measures nothing. */
    return output->shape && word_in_list(output->shape, "eps") &&
           strcmp(output->name, "eps_used") != 0;
}
