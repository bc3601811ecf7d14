/* number.h - numbers to text and back, whatever the locale of the program is. */
#ifndef TANDEM_CORE_NUMBER_H
#define TANDEM_CORE_NUMBER_H
#include "tandem/tandem.h"

#define NUMBER_TEXT_MAX 40

/* The double nearest to the decimal text; the text was checked by the caller. */
double number_parse(const char *text);
/* The shortest text that number_parse turns into value again: "0.1", "1e-09", "nan", "inf". */
void   number_text(double value, char text[NUMBER_TEXT_MAX]);

#endif
