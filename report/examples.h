/* examples.h - one recording of each group, for a recurrence plot at the best combination. */
#ifndef TANDEM_REPORT_EXAMPLES_H
#define TANDEM_REPORT_EXAMPLES_H
#include "report/view.h"

#define EXAMPLE_SIDE_MAX 300      /* delay vectors that are drawn: the first ones */

typedef struct example {
    uint64_t recording;           /* of the table */
    uint64_t vectors;             /* that it has; drawn: at most EXAMPLE_SIDE_MAX */
    uint32_t size;
    double   threshold;           /* a distance */
    double   value;               /* of the best measure */
} example;

/* The combination: the best of all, or the first of the grid where nothing was compared. */
best examples_point(const view *v);
/* Chooses the recording of the group whose measure is the nearest to the group's median, among
 * those with two delay vectors or more; distance gets size * size values (room for
 * EXAMPLE_SIDE_MAX of them squared). value: room for one number of each recording. False when
 * there is none, or no recordings were given. */
bool examples_make(const view *v, const best *at, uint64_t group, double *value, example *out,
                   double *distance);
/* Why there can be no example at all, or NULL. */
const char *examples_why_not(const view *v);

#endif
