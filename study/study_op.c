/* study_op.c - the parameters of a study beside those of "rqa.measures", in one table: flags of
 * the command line, help, forms and reference pages are made from it. */
#include "study/study.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
/* clang-format off */
#define TEXT(value) {TD_TEXT, {.s = (value)}}
#define BOOL(value) {TD_BOOL, {.b = (value)}}
#define NONE        {TD_TEXT, {0}}
/* clang-format on */

static const char *const unit_choices[] = {"subject", "recording", NULL};

/* clang-format off */
static const td_param study_params[] = {
    {"input", "The folder of recordings, laid out GROUP/SUBJECT/FILE.csv, or a manifest: a CSV file"
     " with the columns path, group, subject and task.",
     "folder", 1, TD_TEXT, 0, TEXT(""), NONE, NONE, NONE, NULL},
    {"columns", "Names of the columns that hold x and y, as in \"x,y\"; empty: the usual names are"
     " looked for.",
     NULL, 2, TD_TEXT, 0, TEXT(""), NONE, NONE, NONE, NULL},
    {"events", "A CSV file of fixations and saccades (All_Events.csv) to join to the measures;"
     " empty: none.",
     "file", 3, TD_TEXT, 0, TEXT(""), NONE, NONE, NONE, NULL},
    {"roi", "A CSV file of times on regions of interest (All_ROI_Summary.csv) to join to the"
     " measures; empty: none.",
     "file", 4, TD_TEXT, 0, TEXT(""), NONE, NONE, NONE, NULL},
    {"output", "The netCDF file that gets the whole table of results.",
     "file", 5, TD_TEXT, 0, TEXT("study.nc"), NONE, NONE, NONE, NULL},
    {"report", "The HTML file that gets the report; empty: none.",
     "file", 6, TD_TEXT, 0, TEXT(""), NONE, NONE, NONE, NULL},
    {"figures", "A folder that gets the figures of the report as SVG files; empty: none.",
     "folder", 7, TD_TEXT, 0, TEXT(""), NONE, NONE, NONE, NULL},
    {"checkpoint", "The file that keeps finished work until the output is written; empty: the"
     " output's name with .checkpoint added.",
     "file", 8, TD_TEXT, TD_PARAM_ADVANCED, TEXT(""), NONE, NONE, NONE, NULL},
    {"skip_bad", "Leave out recordings that cannot be read and list them, instead of stopping at"
     " the first.",
     NULL, 9, TD_BOOL, 0, BOOL(false), NONE, NONE, NONE, NULL},
    {"unit", "What the statistics count as one observation: a subject (the mean over its"
     " recordings) or each recording, though recordings of one person are not independent.",
     NULL, 10, TD_CHOICE, 0, TEXT("subject"), NONE, NONE, NONE, unit_choices},
    {"statistics", "Compare the groups after the measures are computed.",
     NULL, 11, TD_BOOL, 0, BOOL(true), NONE, NONE, NONE, NULL},
};
/* clang-format on */

const td_op study_op = {
    .struct_size = sizeof(td_op),
    .param_size = sizeof(td_param),
    .port_size = sizeof(td_port),
    .since = TD_VERSION,
    .name = "rqa.study",
    .title = "Recurrence study",
    .doc = "Runs a whole study of recurrence: reads the recordings of a folder, computes every"
           " measure of `rqa.measures` over the grid, joins fixations, saccades and regions of"
           " interest, compares the groups at every point of the grid, and writes one labelled"
           " table and a report.\n\n"
           "Groups are compared on subjects: a subject's value is the mean over its recordings."
           " Tests at a point: one-way ANOVA, Kruskal-Wallis, and for each pair of groups the"
           " Mann-Whitney U test with Holm's correction over the pairs, Cliff's delta and the area"
           " under the ROC curve. P-values of the whole study are corrected together after"
           " Benjamini and Hochberg (1995). Stability is the share of the neighbouring points of"
           " the grid at which the effect holds.\n\n"
           "Finished work is kept in a checkpoint: a study that was stopped goes on where it was"
           " and ends with the same file.",
    .item_name = "recording",
    .params = study_params,
    .inputs = NULL,
    .outputs = NULL,
    .param_count = COUNT(study_params),
    .input_count = 0,
    .output_count = 0,
    .tolerance = 0.0,
};
