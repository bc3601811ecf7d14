/* inputs.h - the files of a call as one series set. */
#ifndef TANDEM_CLI_INPUTS_H
#define TANDEM_CLI_INPUTS_H
#include "cli/work.h"

#include "study/study.h"

typedef struct inputs {
    td_series series; /* columns "x" and, if all have it, "y"; items named by path */
    study_input **file;
    uint32_t file_count;
    uint64_t *offset;
    double *column[2];
    const double *column_view[2];
    const char **name;
} inputs;

/* Reads every path: a recording, a manifest, or the folder of a study, a group or a subject. args,
 * of "rqa.measures", or NULL: whether each file must have y, and how decimals are read, as in a
 * study. inputs must be {0}; close it in every case. */
TD_MUST_USE td_status inputs_open(inputs *inputs, cli_call *cli, const td_args *args,
                                  td_error *err);
/* Warns of the files in folders that were no recordings. */
void inputs_warn(const inputs *inputs, cli_work *work);
void inputs_close(inputs *inputs);

#endif
