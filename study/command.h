/* command.h - what was computed, as attributes of the table: the same text whatever the machine,
 * the folder that the files lay in, and the number of threads. */
#ifndef TANDEM_STUDY_COMMAND_H
#define TANDEM_STUDY_COMMAND_H
#include "study/study.h"

/* Sets title, command, version, profile and unit. args: of "rqa.measures". */
TD_MUST_USE td_status command_describe(td_engine *engine, const td_args *args,
                                       const study_config *config, td_table *table,
                                       td_error *err);

#endif
