/* flag_table.h - macros for tables of flags: td_param rows that only the command line knows.
 *
 * A file that holds such tables includes this, defines rows NAME_params[] and then
 * OWN_OP(NAME, "tandem.name", title, doc), which defines NAME_op; own_flags.c lists it. */
#ifndef TANDEM_CLI_FLAG_TABLE_H
#define TANDEM_CLI_FLAG_TABLE_H
#include "cli/cli.h"

/* clang-format off */
#define NO_VALUE \
    {            \
        TD_INT,  \
        {        \
            0    \
        }        \
    }
#define VALUE_B(x)   \
    {                \
        TD_BOOL,     \
        {            \
            .b = (x) \
        }            \
    }
#define VALUE_I(x)   \
    {                \
        TD_INT,      \
        {            \
            .i = (x) \
        }            \
    }
#define VALUE_F(x)   \
    {                \
        TD_FLOAT,    \
        {            \
            .f = (x) \
        }            \
    }
#define VALUE_S(type, x) \
    {                    \
        type,            \
        {                \
            .s = (x)     \
        }                \
    }

#define BOOL_PARAM(name, number, doc) \
    {name, doc, NULL, number, TD_BOOL, 0, VALUE_B(false), NO_VALUE, NO_VALUE, NO_VALUE, NULL}
#define INT_PARAM(name, number, unit, flags, value, min, max, doc) \
    {name, doc, unit, number, TD_INT, flags, VALUE_I(value), VALUE_I(min), VALUE_I(max), \
     VALUE_I(1), NULL}
#define FLOAT_PARAM(name, number, unit, flags, value, min, max, doc) \
    {name, doc, unit, number, TD_FLOAT, flags, VALUE_F(value), VALUE_F(min), VALUE_F(max), \
     VALUE_F(1.0), NULL}
#define TEXT_PARAM(name, number, unit, flags, value, doc) \
    {name, doc, unit, number, TD_TEXT, flags, VALUE_S(TD_TEXT, value), NO_VALUE, NO_VALUE, \
     NO_VALUE, NULL}
#define CHOICE_PARAM(name, number, flags, value, choices, doc) \
    {name, doc, NULL, number, TD_CHOICE, flags, VALUE_S(TD_CHOICE, value), NO_VALUE, NO_VALUE, \
     NO_VALUE, choices}
#define OWN_OP(var, name, title, doc) \
    const td_op var##_op = {sizeof(td_op), sizeof(td_param), sizeof(td_port), TD_VERSION, \
        name, title, doc, NULL, var##_params, NULL, NULL, \
        sizeof var##_params / sizeof *var##_params, 0, 0, 0.0}
/* clang-format on */

/* What own_flags.c lists, by the file that holds it. */
extern const td_op common_op, place_op, measures_op, output_op, export_op, run_op, plot_op,
    recommend_op, bench_op, devices_op, top_op, describe_op; /* own_flags.c */

#endif
