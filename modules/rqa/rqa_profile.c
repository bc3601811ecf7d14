/* rqa_profile.c - profiles by name. Each is held by a test to the values that its program gave. */
#include "rqa_profile.h"

#include <string.h>

const char *const rqa_profile_names[] = {
    "marwan", "julia", "crqa", "pyunicorn", "accrqa", "pyrqa", "gaze", NULL,
};

static const rqa_profile profiles[] = {
    {"marwan", 1, 1, 1, false, false}, {"julia", 1, 1, 1, false, false},
    {"crqa", 1, 1, 1, true, false},    {"pyunicorn", 0, 1, 0, true, false},
    {"accrqa", 0, 0, 0, true, false},  {"pyrqa", 0, 1, 0, true, false},
    {"gaze", 0, 0, 0, true, true},
};

const rqa_profile *rqa_profile_find(const char *name)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; ++i)
        if (strcmp(profiles[i].name, name) == 0) return &profiles[i];
    return NULL;
}
