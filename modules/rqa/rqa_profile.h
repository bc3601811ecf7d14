/* rqa_profile.h - the conventions in which programs for recurrence analysis differ. */
#ifndef TANDEM_RQA_PROFILE_H
#define TANDEM_RQA_PROFILE_H
#include "rqa.h"

/* A window of w leaves out the points with |i - j| < w: 0 keeps the main diagonal, 1 does not. The
 * longest diagonal line never counts the main diagonal: it would always be the answer. */
typedef struct rqa_profile {
    const char *name;
    uint8_t window_rate;     /* of RR */
    uint8_t window_diagonal; /* of DET, L, ENT */
    uint8_t window_vertical; /* of LAM, TT, Vmax, VENT */
    bool whole_rate;         /* RR is over n * n points, whatever is left out */
    bool binary;             /* entropies in bits, not nats */
} rqa_profile;

/* The names, ended by NULL, and the profile of a name (NULL: no such). */
extern const char *const rqa_profile_names[];
const rqa_profile *rqa_profile_find(const char *name);

#endif
