/* param.c - one value against its parameter: the range, the choices, and the messages. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"
#include "core/op.h"
#include "core/text.h"

#define PARAM_RANGE_MAX    128
#define PARAM_CHOICES_TEXT 320 /* of the list of choices in a message */

/* "1 to 64 px", "0 or more", "any number". */
static void range_text(const char *least, const char *most, const char *unit,
                       char text[PARAM_RANGE_MAX])
{
    const char *space = unit ? " " : "";
    if (!unit) unit = "";
    if (least && most) snprintf(text, PARAM_RANGE_MAX, "%s to %s%s%.40s", least, most, space, unit);
    else if (least) snprintf(text, PARAM_RANGE_MAX, "%s%s%.40s or more", least, space, unit);
    else if (most) snprintf(text, PARAM_RANGE_MAX, "at most %s%s%.40s", most, space, unit);
    else snprintf(text, PARAM_RANGE_MAX, "any number");
}

td_status param_check_int(const char *op_name, const td_param *param, int64_t value, td_error *err)
{
    char range[PARAM_RANGE_MAX], least[24], most[24];
    if (value >= param->min.as.i && value <= param->max.as.i) return TD_OK;
    snprintf(least, sizeof(least), "%lld", (long long)param->min.as.i);
    snprintf(most, sizeof(most), "%lld", (long long)param->max.as.i);
    range_text(param->min.as.i == INT64_MIN ? NULL : least,
               param->max.as.i == INT64_MAX ? NULL : most, param->unit, range);
    return td_fail(err, TD_E_OUT_OF_RANGE, "%s: %s is %lld, allowed %s", op_name, param->name,
                   (long long)value, range);
}

/* NaN compares false, so it is out of every range; an infinity is in none, since no axis can be
 * written with it. */
td_status param_check_float(const char *op_name, const td_param *param, double value, td_error *err)
{
    char range[PARAM_RANGE_MAX], text[NUMBER_TEXT_MAX], least[NUMBER_TEXT_MAX],
        most[NUMBER_TEXT_MAX];
    if (value >= param->min.as.f && value <= param->max.as.f && isfinite(value)) return TD_OK;
    number_text(value, text);
    number_text(param->min.as.f, least);
    number_text(param->max.as.f, most);
    range_text(isfinite(param->min.as.f) ? least : NULL, isfinite(param->max.as.f) ? most : NULL,
               param->unit, range);
    return td_fail(err, TD_E_OUT_OF_RANGE, "%s: %s is %s, allowed %s", op_name, param->name, text,
                   range);
}

uint32_t param_choice_count(const td_param *param)
{
    uint32_t count = 0;
    while (param->choices && count < OP_CHOICES_MAX && param->choices[count])
        count += 1;
    return count;
}

static void choices_text(const td_param *param, char text[PARAM_CHOICES_TEXT])
{
    size_t length = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < param_choice_count(param); ++i) {
        const size_t more = strlen(param->choices[i]) + 2;
        if (length + more + sizeof(", ...") > PARAM_CHOICES_TEXT) {
            snprintf(text + length, PARAM_CHOICES_TEXT - length, ", ...");
            return;
        }
        length += (size_t)snprintf(text + length, PARAM_CHOICES_TEXT - length, "%s%s",
                                   i ? ", " : "", param->choices[i]);
    }
}

td_status param_check_choice(const char *op_name, const td_param *param, const char *text,
                             size_t length, const char **choice, td_error *err)
{
    char quote[TEXT_QUOTE_MAX], word[TEXT_NEAR_MAX + 2], list[PARAM_CHOICES_TEXT];
    const char *near = NULL;
    uint32_t best = UINT32_MAX;

    const size_t take = length < TEXT_NEAR_MAX + 1 ? length : TEXT_NEAR_MAX + 1;
    memcpy(word, text, take);
    word[take] = 0;
    for (uint32_t i = 0; i < param_choice_count(param); ++i) {
        const char *candidate = param->choices[i];
        if (strlen(candidate) == length && memcmp(candidate, text, length) == 0) {
            *choice = candidate;
            return TD_OK;
        }
        if (text_nearer(word, candidate, &best)) near = candidate;
    }
    text_quote(text, length, quote);
    choices_text(param, list);
    return td_fail(err, TD_E_OUT_OF_RANGE, "%s: %s is %s, allowed %s%s%s", op_name, param->name,
                   quote, list, near ? "; did you mean " : "", near ? near : "");
}

td_status param_check_bool(const char *op_name, const td_param *param, const char *text,
                           size_t length, bool *value, td_error *err)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    char quote[TEXT_QUOTE_MAX];
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); ++i) {
        if (strlen(words[i]) != length || memcmp(words[i], text, length) != 0) continue;
        *value = i % 2 == 1;
        return TD_OK;
    }
    text_quote(text, length, quote);
    return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %s is %s, allowed true or false", op_name,
                   param->name, quote);
}
