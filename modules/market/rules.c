/* rules.c - the rules of rules.h as parameters. */
#include "program.h"

#include <stddef.h>

/* The words of rules.h, one by one; a test holds them to its text. Their order is for ever. */
const char *const rule_choices_fill[] = {"open", "close", NULL};
const char *const rule_choices_direction[] = {"long", "short", "both", NULL};
const char *const rule_choices_worst[] = {"stop", "profit", NULL};
const char *const rule_choices_size_by[] = {"fraction",   "cash",  "shares",
                                            "volatility", "kelly", NULL};
const char *const rule_choices_account[] = {"symbol", "portfolio", NULL};
const char *const rule_choices_rebalance[] = {"none",    "daily",     "weekly",
                                              "monthly", "quarterly", NULL};
const char *const rule_choices_prices[] = {"raw", "adjusted", NULL};
const char *const rule_choices_returns[] = {"simple", "log", NULL};

/* clang-format off */
#define FLOAT(number) {TD_FLOAT, {.f = (number)}}
#define WHOLE(number) {TD_INT, {.i = (number)}}
#define CHOICE(word)  {TD_CHOICE, {.s = (word)}}
#define NOTHING       {TD_BOOL, {0}}

const td_param rule_param[RULE_COUNT] = {
#define RULE_NUMBER(name, number, value, min, max, unit, doc)                               \
    {#name, doc ".", unit, number, TD_FLOAT, 0, FLOAT(value), FLOAT(min), FLOAT(max), FLOAT(0.01), \
     NULL},
#define RULE_WHOLE(name, number, value, min, max, unit, doc)                                \
    {#name, doc ".", unit, number, TD_INT, 0, WHOLE(value), WHOLE((int64_t)(min)),           \
     WHOLE((int64_t)(max)), WHOLE(1), NULL},
#define RULE_CHOICE(name, number, value, choices, doc)                                      \
    {#name, doc ".", NULL, number, TD_CHOICE, 0, CHOICE(value), NOTHING, NOTHING, NOTHING,   \
     rule_choices_##name},
#include "rules.h"
};
/* clang-format on */
