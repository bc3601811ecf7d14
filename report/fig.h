/* fig.h - the figures, each a whole drawing: for the page (single false) or a file. */
#ifndef TANDEM_REPORT_FIG_H
#define TANDEM_REPORT_FIG_H
#include "report/svg.h"

/* side: pixels of the plot itself. subtitle may be NULL. */
void fig_recurrence(svg *s, const double *distance, uint32_t size, double threshold, double side,
                    const char *title, const char *subtitle);

#endif
