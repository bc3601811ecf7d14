/* number.c - see number.h. The "C" locale is chosen for this thread only, and put back: the host
 * program may run with a decimal comma. */
#include "core/number.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/* With all categories, the C library answers with a constant: nothing is allocated. */
static locale_t number_locale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

double number_parse(const char *text)
{
    const locale_t c = number_locale();
    const locale_t before = c ? uselocale(c) : (locale_t)0;
    const double value = strtod(text, NULL);
    if (c) {
        uselocale(before);
        freelocale(c);
    }
    return value;
}

void number_text(double value, char text[NUMBER_TEXT_MAX])
{
    const locale_t c = number_locale();
    const locale_t before = c ? uselocale(c) : (locale_t)0;
    for (int digits = 15; digits <= 17; ++digits) {
        snprintf(text, NUMBER_TEXT_MAX, "%.*g", digits, value);
        if (strtod(text, NULL) == value || value != value) break;
    }
    if (c) {
        uselocale(before);
        freelocale(c);
    }
}
