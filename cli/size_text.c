/* size_text.c - see size_text.h. */
#include "cli/size_text.h"

#include <string.h>
#include <strings.h>

#define DIGITS_MAX 20

/* Reads digits into value; answers how many there were. Stops growing where it passes any size. */
static size_t read_digits(const char *text, double *value, double *scale)
{
    size_t count = 0;
    for (; text[count] >= '0' && text[count] <= '9' && count < DIGITS_MAX; ++count) {
        *value = *value * 10.0 + (text[count] - '0');
        *scale *= 10.0;
    }
    return count;
}

static bool read_unit(const char *text, double *unit)
{
    static const struct {
        const char *name;
        double bytes;
    } units[] = {{"B", 1.0},
                 {"KiB", 1024.0},
                 {"MiB", 1048576.0},
                 {"GiB", 1073741824.0},
                 {"TiB", 1099511627776.0}};
    for (size_t i = 0; i < sizeof units / sizeof *units; ++i)
        if (strcasecmp(text, units[i].name) == 0) {
            *unit = units[i].bytes;
            return true;
        }
    return false;
}

td_status size_parse(const char *name, const char *text, uint64_t *bytes, td_error *err)
{
    double whole = 0.0, part = 0.0, scale = 1.0, part_scale = 1.0, unit = 1.0;
    const char *at = text;
    const size_t digits = read_digits(at, &whole, &scale);
    bool good = digits > 0;
    at += digits;
    if (good && *at == '.') {
        const size_t places = read_digits(at + 1, &part, &part_scale);
        good = places > 0;
        at += 1 + places;
    }
    at += *at == ' ';
    const bool nothing = good && !*at && whole <= 0.0 && part <= 0.0;
    if (!nothing && (!good || !read_unit(at, &unit)))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s is \"%.80s\", must be a size with its unit: B, KiB, MiB, GiB or TiB, "
                       "as in 512MiB or 4GiB",
                       name, text);
    const double size = (whole + part / part_scale) * unit;
    if (size > (double)SIZE_BYTES_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s is %.80s, allowed 0 to 1048576TiB", name, text);
    *bytes = (uint64_t)size;
    return TD_OK;
}
