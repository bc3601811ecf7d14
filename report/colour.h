/* colour.h - colour scales and group colours.
 *
 * The scales are straight between a few anchors in OKLab (B. Ottosson, 2020), with lightness
 * that changes at a constant rate, so equal steps of the value look like equal steps. High values
 * stand out from the paper: the sequential scale runs from pale to deep on white, and the other
 * way round on dark paper. Group colours are those of Okabe and Ito (2008), told apart with every
 * common kind of colour blindness; groups also differ in the shape of their marks. */
#ifndef TANDEM_REPORT_COLOUR_H
#define TANDEM_REPORT_COLOUR_H
#include "report/text.h"

#define COLOUR_LEVELS 32      /* steps of the sequential scale */
#define COLOUR_SIGNED 21      /* steps of the diverging one; the middle one is 0 */
#define COLOUR_GROUPS 8       /* then they repeat */

/* 0xRRGGBB; t is cut to 0..1, or to -1..1. */
uint32_t colour_sequential(double t, bool dark);
uint32_t colour_diverging(double t, bool dark);
uint32_t colour_group(uint32_t group, bool dark);
/* OKLab's lightness of 0xRRGGBB, 0 black to 1 white. */
double colour_lightness(uint32_t rgb);
/* The step that value has in the scale of that many steps from lo to hi. */
uint32_t colour_step(double value, double lo, double hi, uint32_t steps);

/* The style sheet of all figures: classes with colours as var(--name), and the names' values.
 * A single file has the light values written into the classes instead, since not every viewer
 * of SVG knows variables. */
void colour_variables(text *out, bool dark);
void colour_style(text *out, bool variables);

#endif
