/* measures.c - the words for measures and eye metrics. */
#include "report/measures.h"

#include <string.h>

static const struct {
    const char *name;
    measure_words words;
} known[] = {
    {"rr",
     {"RR", "recurrence rate",
      "Share of all pairs of moments at which the gaze is at the"
      " same place, within the threshold."}},
    {"det",
     {"DET", "determinism",
      "Share of the recurrence points that lie on diagonal lines of"
      " at least \xE2\x84\x93min points: how often a piece of the path is walked again."}},
    {"l",
     {"L", "mean diagonal length",
      "Mean length of the diagonal lines of at least "
      "\xE2\x84\x93min points, in samples: how long a repeated piece of path lasts."}},
    {"lmax",
     {"Lmax", "longest diagonal",
      "Length of the longest diagonal line beside the main"
      " diagonal, in samples."}},
    {"div", {"DIV", "divergence", "The inverse of Lmax: how fast neighbouring paths part."}},
    {"ent",
     {"ENT", "entropy of diagonals",
      "Shannon entropy of the lengths of the diagonal"
      " lines: how varied the repetitions are."}},
    {"lam",
     {"LAM", "laminarity",
      "Share of the recurrence points that lie on vertical lines: how"
      " often the gaze stays where it is."}},
    {"tt",
     {"TT", "trapping time",
      "Mean length of the vertical lines, in samples: how long the"
      " gaze stays."}},
    {"vmax", {"Vmax", "longest vertical", "Length of the longest vertical line, in samples."}},
    {"vent",
     {"VENT", "entropy of verticals",
      "Shannon entropy of the lengths of the vertical"
      " lines."}},
};

const feature_words feature_list[] = {
    {"fixation_duration_ms", "Fixation duration", "ms"},
    {"fixation_count", "Fixations", NULL},
    {"saccade_amplitude_deg", "Saccade amplitude", "\xC2\xB0"},
    {"saccade_peak_velocity_deg_s", "Peak velocity", "\xC2\xB0/s"},
    {"saccade_count", "Saccades", NULL},
    {"regression_count", "Regressions", NULL},
    {"roi_time_s", "Time on regions", "s"},
    {NULL, NULL, NULL},
};

measure_words measure_words_of(const td_var *var)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i)
        if (strcmp(known[i].name, var->name) == 0) return known[i].words;
    return (measure_words){var->name, var->name, var->doc};
}
