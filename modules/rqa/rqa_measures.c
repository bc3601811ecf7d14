/* rqa_measures.c - the operation "rqa.measures": recurrence measures on a whole grid. The work is
 * in rqa_open.c (data), rqa_plan.c (units), rqa_unit.c (a unit); this file ties them together and
 * says at the end what about the data deserves a warning. */
#include <stdio.h>
#include <string.h>

#include "rqa_device.h"

#define NAMES_MAX   8 /* recordings that one warning names */
#define NAMES_BYTES 512

/* A growing list "a, b, c and 4 more" in a fixed buffer. */
typedef struct names {
    char text[NAMES_BYTES];
    size_t used;
    uint64_t count;
} names;

static void names_add(names *list, const rqa_state *state, uint64_t item)
{
    const size_t room = sizeof list->text - list->used;
    list->count += 1;
    if (list->count > NAMES_MAX) return;
    const char *comma = list->used ? ", " : "";
    const int length =
        state->item_name
            ? snprintf(list->text + list->used, room, "%s%s", comma, state->item_name[item])
            : snprintf(list->text + list->used, room, "%s%llu", comma, (unsigned long long)item);
    if (length > 0) list->used += (size_t)length < room ? (size_t)length : room - 1;
}

static const char *names_end(names *list)
{
    const size_t room = sizeof list->text - list->used;
    if (list->count > NAMES_MAX)
        snprintf(list->text + list->used, room, " and %llu more",
                 (unsigned long long)(list->count - NAMES_MAX));
    return list->text;
}

static uint64_t short_count(const rqa_state *state, uint64_t item)
{
    const td_axis *m = &state->axis[RQA_AXIS_M], *tau = &state->axis[RQA_AXIS_TAU];
    uint64_t found = 0;
    for (uint64_t i = 0; i < m->count; ++i)
        for (uint64_t j = 0; j < tau->count; ++j)
            found += rqa_vector_count(state->count[item], (uint64_t)m->number[i],
                                      (uint64_t)tau->number[j]) < 2;
    return found;
}

static td_status warn_short(const rqa_state *state, td_table *table, td_error *err)
{
    names list = {{0}, 0, 0};
    uint64_t found = 0;
    for (uint64_t i = 0; i < state->item_count; ++i) {
        const uint64_t here = short_count(state, i);
        found += here;
        if (here) names_add(&list, state, i);
    }
    if (found == 0) return TD_OK;
    const uint64_t all =
        state->item_count * state->axis[RQA_AXIS_M].count * state->axis[RQA_AXIS_TAU].count;
    return td_table_warn(table, err,
                         "%llu of %llu combinations of recording, m and tau have fewer "
                         "than two delay vectors: %s",
                         (unsigned long long)found, (unsigned long long)all, names_end(&list));
}

static td_status warn_missing(const rqa_state *state, td_table *table, td_error *err)
{
    names list = {{0}, 0, 0};
    uint64_t samples = 0;
    for (uint64_t i = 0; i < state->item_count; ++i) {
        samples += state->nan_count[i];
        if (state->nan_count[i]) names_add(&list, state, i);
    }
    if (samples == 0) return TD_OK;
    return td_table_warn(table, err,
                         samples == 1 ? "%llu sample of %llu recording%s is no finite number and "
                                        "recurs with nothing: %s"
                                      : "%llu samples of %llu recording%s are not finite numbers "
                                        "and recur with nothing: %s",
                         (unsigned long long)samples, (unsigned long long)list.count,
                         list.count == 1 ? "" : "s", names_end(&list));
}

static td_status warn_constant(const rqa_state *state, uint64_t mode, td_table *table,
                               td_error *err)
{
    names list = {{0}, 0, 0};
    for (uint64_t i = 0; i < state->item_count; ++i)
        if (rqa_samples_of(state, i, state->mode[mode].signal)->constant)
            names_add(&list, state, i);
    if (list.count == 0) return TD_OK;
    return td_table_warn(table, err, "%llu recording%s constant in mode %s: %s",
                         (unsigned long long)list.count, list.count == 1 ? " is" : "s are",
                         state->axis[RQA_AXIS_MODE].text[mode], names_end(&list));
}

static td_status rqa_finish(const void *memory, td_table *table, td_error *err)
{
    const rqa_state *state = memory;
    td_status status = warn_short(state, table, err);
    if (!status) status = warn_missing(state, table, err);
    for (uint64_t mode = 0; !status && mode < state->axis[RQA_AXIS_MODE].count; ++mode)
        status = warn_constant(state, mode, table, err);
    return status;
}

extern const td_op_impl rqa_measures_impl;

const td_op_impl rqa_measures_impl = {
    .struct_size = sizeof(td_op_impl),
    .op = &rqa_measures_op,
    .kernels = rqa_kernels,
    .open = rqa_open,
    .plan = rqa_plan,
    .split = rqa_split,
    .run_cpu = rqa_run_cpu,
    .run_device = rqa_run_device,
    .finish = rqa_finish,
    .close = rqa_close,
    .estimate = rqa_estimate,
};
