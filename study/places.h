/* places.h - can a study write where it is told to? Asked before anything is computed. */
#ifndef TANDEM_STUDY_PLACES_H
#define TANDEM_STUDY_PLACES_H
#include "study/arena.h"
#include "study/study.h"

/* Checks output, report, figures and checkpoint of the configuration: named, in a folder that is
 * there and can be written, no folder themselves, and none of them a file that is read or that
 * another of them names. Makes the folder of the figures. TD_E_BAD_ARGUMENT or TD_E_IO, naming the
 * file. *checkpoint is the name to use. */
TD_MUST_USE td_status places_check(const study_config *config, arena *texts,
                                   const char **checkpoint, td_error *err);

#endif
