/* words.c - how a view names modes, combinations and files. */
#include "report/view.h"

#include "modules/rqa/rqa.h"

#include <stdio.h>
#include <string.h>

static const char *const signal_words[] = {"x", "y", "amplitude", "xy"};
static const char *const norm_words[] = {"city block", "Euclidean", "maximum norm"};

const char *view_name(const view *v, axis which, uint64_t index, char out[VIEW_LABEL_MAX])
{
    const td_dim *dim = &v->dim[which];
    char number[SHOW_MAX];
    if (dim->text) snprintf(out, VIEW_LABEL_MAX, "%s", dim->text[index]);
    else if (dim->number)
        snprintf(out, VIEW_LABEL_MAX, "%s", show_shortest(number, dim->number[index]));
    else out[0] = 0;
    return out;
}

const char *view_mode_label(const view *v, uint64_t mode, char out[VIEW_LABEL_MAX])
{
    rqa_mode parsed;
    const td_dim *dim = &v->dim[AXIS_MODE];
    if (!dim->text || rqa_mode_parse(dim->text[mode], &parsed, NULL))
        return view_name(v, AXIS_MODE, mode, out);
    snprintf(out, VIEW_LABEL_MAX, "%s (%s)", signal_words[parsed.signal], norm_words[parsed.norm]);
    return out;
}

const char *view_point_label(const view *v, const column *c, const place *at,
                             char out[VIEW_LABEL_MAX])
{
    static const char *const symbol[AXIS_COUNT] = {[AXIS_M] = "m",
                                                   [AXIS_TAU] = "\xCF\x84",
                                                   [AXIS_EPS] = "\xCE\xB5",
                                                   [AXIS_LMIN] = "\xE2\x84\x93min"};
    char name[VIEW_LABEL_MAX];
    int length = 0;
    out[0] = 0;
    for (int a = AXIS_M; a <= AXIS_LMIN; ++a) {
        if (!c->has[a]) continue;
        const int more =
            snprintf(out + length, VIEW_LABEL_MAX - (size_t)length, "%s%s\xC2\xA0%s",
                     length ? ", " : "", symbol[a], view_name(v, (axis)a, at->at[a], name));
        if (more < 0 || length + more >= VIEW_LABEL_MAX) break;
        length += more;
    }
    return out;
}

const char *view_clean(const char *string, char out[VIEW_LABEL_MAX])
{
    size_t used = 0;
    for (const char *c = string; *c && used < VIEW_LABEL_MAX - 1; ++c) {
        char letter = *c;
        if (letter >= 'A' && letter <= 'Z') letter = (char)(letter + 'a' - 'A');
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
        if (plain) out[used++] = letter;
        else if (used && out[used - 1] != '-') out[used++] = '-';
    }
    while (used && out[used - 1] == '-')
        used -= 1;
    out[used] = 0;
    if (!used) snprintf(out, VIEW_LABEL_MAX, "unnamed");
    return out;
}

const char *view_slug(const view *v, uint32_t measure_index, uint64_t mode,
                      char out[VIEW_LABEL_MAX])
{
    char name[VIEW_LABEL_MAX], both[2 * VIEW_LABEL_MAX + 160];
    snprintf(both, sizeof both, "%.150s-%s", v->measure[measure_index].name,
             view_name(v, AXIS_MODE, mode, name));
    return view_clean(both, out);
}

const char *view_setting(const view *v, const char *name, const char *instead,
                         char out[VIEW_LABEL_MAX])
{
    char flag[VIEW_LABEL_MAX];
    const char *given = view_attribute(v, name, NULL);
    if (!given) {
        snprintf(flag, sizeof flag, " --%.100s ", name);
        for (char *c = flag; *c; ++c)
            if (*c == '_') *c = '-';
        const char *at = strstr(view_attribute(v, "command", ""), flag);
        given = at ? at + strlen(flag) : instead;
    }
    snprintf(out, VIEW_LABEL_MAX, "%.*s", (int)strcspn(given, " "), given);
    return out;
}
