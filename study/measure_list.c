/* measure_list.c - the variables of a study's table that are measures or eye metrics. */
#include "study/measure_list.h"

const char *const measure_list[MEASURE_COUNT] = {"rr",  "det", "l",  "lmax", "div",
                                                 "ent", "lam", "tt", "vmax", "vent"};

const char *const eye_metric_list[EYE_METRIC_COUNT] = {"fixation_duration_ms",
                                                       "fixation_count",
                                                       "saccade_amplitude_deg",
                                                       "saccade_peak_velocity_deg_s",
                                                       "saccade_count",
                                                       "regression_count",
                                                       "roi_time_s"};
