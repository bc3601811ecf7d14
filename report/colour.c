/* colour.c - colour scales: a few anchors, straight lines between them in OKLab. */
#include "report/colour.h"

#include <math.h>
#include <string.h>

typedef struct lab {
    double l, a, b;
} lab;

/* From pale sand over teal and blue to deep indigo. */
static const lab sequential_anchor[] = {
    {0.955, -0.012, 0.026},  {0.830, -0.068, 0.026},  {0.705, -0.086, -0.018},
    {0.580, -0.056, -0.078}, {0.455, -0.008, -0.120}, {0.330, 0.028, -0.110},
};
#define ANCHORS (sizeof sequential_anchor / sizeof sequential_anchor[0])

/* Ends of the diverging scale: blue for less, orange for more, equally light. */
static const lab less_end = {0.55, -0.045, -0.125}, more_end = {0.55, 0.110, 0.105};
static const lab middle_light = {0.955, 0.000, 0.004}, middle_dark = {0.275, 0.000, -0.006};
/* On dark paper the ends are lighter than the middle. */
static const lab less_dark = {0.74, -0.055, -0.095}, more_dark = {0.74, 0.085, 0.085};

static const uint32_t group_light[COLOUR_GROUPS] = {0x0072B2, 0xD55E00, 0x009E73, 0xB0578D,
                                                    0xB87F00, 0x3A8FC7, 0x8A8400, 0x4A4A4A};
static const uint32_t group_dark[COLOUR_GROUPS] = {0x56B4E9, 0xF08A3C, 0x2BC49A, 0xDB8FBB,
                                                   0xE9B43C, 0x8FCBEF, 0xD8D04A, 0xBDBDBD};

static double clamp(double value, double lo, double hi)
{
    return value < lo ? lo : value > hi ? hi : value; /* NaN stays; the callers have none */
}

static lab lab_mix(lab from, lab to, double t)
{
    return (lab){from.l + (to.l - from.l) * t, from.a + (to.a - from.a) * t,
                 from.b + (to.b - from.b) * t};
}

static uint32_t channel(double linear)
{
    const double value = clamp(linear, 0, 1);
    const double encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055;
    return (uint32_t)lround(255 * encoded);
}

/* OKLab to sRGB: https://bottosson.github.io/posts/oklab/ */
static uint32_t lab_rgb(lab c)
{
    const double l = pow(c.l + 0.3963377774 * c.a + 0.2158037573 * c.b, 3);
    const double m = pow(c.l - 0.1055613458 * c.a - 0.0638541728 * c.b, 3);
    const double s = pow(c.l - 0.0894841775 * c.a - 1.2914855480 * c.b, 3);
    const uint32_t red = channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
    const uint32_t green = channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
    const uint32_t blue = channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    return red << 16 | green << 8 | blue;
}

static double linear_channel(uint32_t byte)
{
    const double value = (byte & 255u) / 255.0;
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

double colour_lightness(uint32_t rgb)
{
    const double r = linear_channel(rgb >> 16), g = linear_channel(rgb >> 8);
    const double b = linear_channel(rgb);
    const double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
}

uint32_t colour_sequential(double t, bool dark)
{
    const double value = clamp(dark ? 1 - t : t, 0, 1) * (ANCHORS - 1);
    const size_t first = value >= ANCHORS - 1 ? ANCHORS - 2 : (size_t)value;
    return lab_rgb(
        lab_mix(sequential_anchor[first], sequential_anchor[first + 1], value - (double)first));
}

uint32_t colour_diverging(double t, bool dark)
{
    const double value = clamp(t, -1, 1);
    const lab end = value < 0 ? (dark ? less_dark : less_end) : (dark ? more_dark : more_end);
    return lab_rgb(lab_mix(dark ? middle_dark : middle_light, end, fabs(value)));
}

uint32_t colour_group(uint32_t group, bool dark)
{
    return (dark ? group_dark : group_light)[group % COLOUR_GROUPS];
}

uint32_t colour_step(double value, double lo, double hi, uint32_t steps)
{
    if (!(hi > lo) || !(value > lo)) return 0;
    const double step = (value - lo) / (hi - lo) * steps;
    return step >= steps - 1 ? steps - 1 : (uint32_t)step;
}

/* ---- The style sheet --------------------------------------------------------------------- */

typedef struct ink {
    const char *name;
    uint32_t light, dark;
} ink;

static const ink inks[] = {
    {"ink", 0x1D2228, 0xE6E4DF},   /* text and outlines */
    {"soft", 0x5C6570, 0xA3A7AD},  /* secondary text */
    {"hair", 0xE3E1DB, 0x33383F},  /* grid lines and rules */
    {"axis", 0xA9ABA8, 0x5E646C},  /* axis lines */
    {"none", 0xECEBE7, 0x24282E},  /* cells without a value */
    {"paper", 0xFFFFFF, 0x191C20}, /* behind figures */
};
#define INKS (sizeof inks / sizeof inks[0])

static uint32_t sequential_of(uint32_t step, bool dark)
{
    return colour_sequential((double)step / (COLOUR_LEVELS - 1), dark);
}

static uint32_t diverging_of(uint32_t step, bool dark)
{
    return colour_diverging(2.0 * step / (COLOUR_SIGNED - 1) - 1, dark);
}

void colour_variables(text *out, bool dark)
{
    for (size_t i = 0; i < INKS; ++i)
        text_format(out, "--%s:#%06x;", inks[i].name, dark ? inks[i].dark : inks[i].light);
    for (uint32_t i = 0; i < COLOUR_LEVELS; ++i)
        text_format(out, "--s%u:#%06x;", i, sequential_of(i, dark));
    for (uint32_t i = 0; i < COLOUR_SIGNED; ++i)
        text_format(out, "--d%u:#%06x;", i, diverging_of(i, dark));
    for (uint32_t i = 0; i < COLOUR_GROUPS; ++i)
        text_format(out, "--g%u:#%06x;", i, colour_group(i, dark));
}

/* A colour by name, as a variable or as its light value. */
static void put_ink(text *out, const char *property, const char *name, bool variables)
{
    for (size_t i = 0; i < INKS; ++i) {
        if (strcmp(inks[i].name, name) != 0) continue;
        if (variables) text_format(out, "%s:var(--%s)", property, name);
        else text_format(out, "%s:#%06x", property, inks[i].light);
    }
}

static void put_rule(text *out, const char *selector, const char *property, const char *name,
                     bool variables, const char *rest)
{
    text_format(out, "%s{", selector);
    put_ink(out, property, name, variables);
    text_format(out, "%s}", rest);
}

static void put_steps(text *out, char letter, uint32_t steps, bool variables,
                      uint32_t (*colour)(uint32_t, bool))
{
    for (uint32_t i = 0; i < steps; ++i) {
        if (variables) text_format(out, ".%c%u{fill:var(--%c%u)}", letter, i, letter, i);
        else text_format(out, ".%c%u{fill:#%06x}", letter, i, colour(i, false));
    }
}

void colour_style(text *out, bool variables)
{
    text_add(out, ".fig text{font-family:system-ui,sans-serif;font-size:11.5px;"
                  "font-variant-numeric:tabular-nums;stroke:none}");
    put_rule(out, ".fig text", "fill", "ink", variables, "");
    put_rule(out, ".fig .tl", "fill", "soft", variables, ";font-size:11px");
    put_rule(out, ".fig .ts", "fill", "soft", variables, "");
    put_rule(out, ".fig .tt", "fill", "ink", variables, ";font-size:13px;font-weight:600");
    put_rule(out, ".ax", "stroke", "axis", variables, ";fill:none;stroke-width:1");
    put_rule(out, ".gr", "stroke", "hair", variables, ";fill:none;stroke-width:1");
    put_rule(out, ".ol", "stroke", "ink", variables, ";fill:none;stroke-width:1.6");
    put_rule(out, ".halo", "stroke", "paper", variables,
             ";fill:none;stroke-width:4;stroke-opacity:.75");
    put_rule(out, ".sig", "stroke", "ink", variables,
             ";fill:none;stroke-width:1.1;stroke-dasharray:3 2");
    put_rule(out, ".dot", "fill", "ink", variables, "");
    put_rule(out, ".rp", "stroke", "ink", variables, ";fill:none;stroke-width:1");
    put_rule(out, ".line", "stroke", "ink", variables, ";fill:none;stroke-width:1.6");
    put_rule(out, ".na", "fill", "none", variables, "");
    put_rule(out, ".bg", "fill", "paper", variables, "");
    put_steps(out, 's', COLOUR_LEVELS, variables, sequential_of);
    put_steps(out, 'd', COLOUR_SIGNED, variables, diverging_of);
    put_steps(out, 'g', COLOUR_GROUPS, variables, colour_group);
    for (uint32_t i = 0; i < COLOUR_GROUPS; ++i) {
        if (variables) text_format(out, ".l%u{stroke:var(--g%u)", i, i);
        else text_format(out, ".l%u{stroke:#%06x", i, colour_group(i, false));
        text_add(out, ";fill:none;stroke-width:1.8;stroke-linejoin:round}");
    }
    text_add(out, ".band{fill-opacity:.16;stroke:none}.box{fill-opacity:.14}"
                  ".pt{fill-opacity:.62;stroke:none}");
}
