/* stats_op.c - the operation "stats.groups": do groups of subjects differ, test after test.
 *
 * A unit is a run of tests over all observations. It averages the observations of each subject
 * test by test, row after row of the values, and then compares the groups of subjects. */
#include <math.h>
#include <string.h>

#include "study/stats.h"
#include "study/study.h"
#include "tandem/module.h"

#define UNIT_TESTS   512u /* about 5 ms for 61 subjects in three groups */
#define UNITS_AT_ONE 8u   /* so many units with their results should fit the budget */
#define CANCEL_TESTS 64u  /* tests between two looks at the request to stop */

#define COUNT(array) (sizeof(array) / sizeof *(array))
/* clang-format off */
#define INT(value) {TD_INT, {.i = (value)}}
/* clang-format on */

/* ---- The table ----------------------------------------------------------------------------- */

enum { AXIS_PAIR, AXIS_LEVEL };

/* clang-format off */
static const td_param stats_params[] = {
    {"pair", "Which pairs of groups to compare, by number: (0,1), (0,2) .. (1,2) ..", NULL, 1,
     TD_INT, TD_PARAM_SWEEP, INT(0), INT(0), INT(STATS_PAIRS_MAX - 1), INT(1), NULL},
    {"level", "Which groups to give mean and standard deviation of, by number.", NULL, 2,
     TD_INT, TD_PARAM_SWEEP, INT(0), INT(0), INT(STATS_GROUPS_MAX - 1), INT(1), NULL},
};

static const td_port stats_inputs[] = {
    {"value", "What was measured: a row for each observation; NaN where there is no value.",
     NULL, TD_F64, 0, "observation,test"},
    {"subject", "Whose observation it is: 0, 1, 2 ..; a subject's observations are averaged.",
     NULL, TD_I32, 0, "observation"},
    {"group", "The group of the observation's subject: 0, 1, 2 ..",
     NULL, TD_I32, 0, "observation"},
};

enum {
    OUT_ANOVA_F, OUT_ANOVA_P, OUT_ETA2, OUT_KRUSKAL_H, OUT_KRUSKAL_P, OUT_MANNWHITNEY_P,
    OUT_MANNWHITNEY_HOLM, OUT_CLIFF_DELTA, OUT_AUC, OUT_GROUP_MEAN, OUT_GROUP_SD, OUT_COUNT
};

static const td_port stats_outputs[] = {
    {"anova_f", "F of the one-way analysis of variance.", NULL, TD_F64, 0, "test"},
    {"anova_p", "P-value of the analysis of variance.", NULL, TD_F64, 0, "test"},
    {"eta2", "Eta squared: the share of the variance that the groups explain.",
     NULL, TD_F64, 0, "test"},
    {"kruskal_h", "H of Kruskal and Wallis, corrected for ties.", NULL, TD_F64, 0, "test"},
    {"kruskal_p", "P-value of the Kruskal-Wallis test.", NULL, TD_F64, 0, "test"},
    {"mannwhitney_p", "Two-sided p-value of the Mann-Whitney U test of a pair.",
     NULL, TD_F64, 0, "test,pair"},
    {"mannwhitney_holm", "The same after Holm's correction over all pairs of the test.",
     NULL, TD_F64, 0, "test,pair"},
    {"cliff_delta", "Cliff's delta: P(first > second) - P(first < second).",
     NULL, TD_F64, 0, "test,pair"},
    {"auc", "Area under the ROC curve: P(first > second) + P(first = second) / 2.",
     NULL, TD_F64, 0, "test,pair"},
    {"group_mean", "Mean over the group's subjects.", NULL, TD_F64, 0, "test,level"},
    {"group_sd", "Standard deviation over the group's subjects, with n - 1.",
     NULL, TD_F64, 0, "test,level"},
};
/* clang-format on */

static const td_op stats_op = {
    .struct_size = sizeof(td_op),
    .param_size = sizeof(td_param),
    .port_size = sizeof(td_port),
    .since = TD_VERSION,
    .name = "stats.groups",
    .title = "Comparison of groups",
    .doc = "For each test, do the groups of subjects differ? One-way analysis of variance with eta"
           " squared, Kruskal-Wallis, and for each pair of groups the two-sided Mann-Whitney U"
           " test with Holm's correction, Cliff's delta and the area under the ROC curve.\n\n"
           "Observations of one subject are averaged first, those that are NaN left out: they are"
           " not independent. A group with fewer than two subjects that have a value, and groups"
           " without any variance, give NaN. Mann-Whitney is exact when a group has at most 8"
           " subjects and nothing is tied, else normal with tie and continuity correction, as in"
           " SciPy's mannwhitneyu.",
    .item_name = "test",
    .params = stats_params,
    .inputs = stats_inputs,
    .outputs = stats_outputs,
    .param_count = COUNT(stats_params),
    .input_count = COUNT(stats_inputs),
    .output_count = COUNT(stats_outputs),
    .tolerance = 1e-9,
};

/* ---- Opening ------------------------------------------------------------------------------- */

typedef struct stats_state {
    td_engine *engine;
    td_unit whole;
    const double *value;
    int64_t observation_step, test_step; /* in elements */
    uint32_t observations, subjects, groups;
    int32_t *subject; /* of an observation */
    int32_t *group;   /* of a subject */
    const td_axis *axis[2];
} stats_state;

static td_status read_labels(const td_args *args, const char *port, uint32_t count, int32_t max,
                             const int32_t **out, int64_t *step, td_error *err)
{
    const td_array *array = td_args_array(args, port);
    if (!array->data || array->shape[0] != count)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "stats.groups: %s must be on the host and have %u"
                       " values, one for each row of value",
                       port, count);
    *out = array->data;
    *step = array->stride[0] ? array->stride[0] : 1;
    for (uint32_t i = 0; i < count; ++i) {
        const int32_t label = (*out)[i * *step];
        if (label < 0 || label > max)
            return td_fail(err, TD_E_OUT_OF_RANGE, "stats.groups: %s[%u] is %d, allowed 0 to %d",
                           port, i, label, max);
    }
    return TD_OK;
}

static td_status read_subjects(stats_state *state, const td_args *args, td_error *err)
{
    const int32_t *subject = NULL, *group = NULL;
    int64_t subject_step = 1, group_step = 1;
    td_status status = read_labels(args, "subject", state->observations,
                                   (int32_t)state->observations - 1, &subject, &subject_step, err);
    if (!status)
        status = read_labels(args, "group", state->observations, STATS_GROUPS_MAX - 1, &group,
                             &group_step, err);
    for (uint32_t i = 0; i < state->observations; ++i)
        state->group[i] = -1;
    for (uint32_t i = 0; i < state->observations && !status; ++i) {
        const int32_t of = subject[i * subject_step], in = group[i * group_step];
        if (state->group[of] >= 0 && state->group[of] != in)
            status = td_fail(err, TD_E_BAD_ARGUMENT,
                             "stats.groups: subject %d is in the groups %d"
                             " and %d",
                             of, state->group[of], in);
        state->subject[i] = of;
        state->group[of] = in;
        state->subjects = (uint32_t)of >= state->subjects ? (uint32_t)of + 1 : state->subjects;
        state->groups = (uint32_t)in >= state->groups ? (uint32_t)in + 1 : state->groups;
    }
    for (uint32_t i = 0; i < state->subjects && !status; ++i)
        if (state->group[i] < 0)
            status = td_fail(err, TD_E_BAD_ARGUMENT,
                             "stats.groups: subject %u has no observation;"
                             " subjects are numbered 0, 1, 2 .. without a gap",
                             i);
    if (!status && state->groups < 2)
        status = td_fail(err, TD_E_BAD_ARGUMENT,
                         "stats.groups: there is one group; at least two"
                         " are needed");
    return status;
}

static td_status check_axis(const td_axis *axis, uint32_t count, td_error *err)
{
    for (uint64_t i = 0; i < axis->count; ++i)
        if (!(axis->number[i] < count))
            return td_fail(err, TD_E_OUT_OF_RANGE,
                           "stats.groups: %s is %s, allowed 0 to %u with"
                           " these groups",
                           axis->name, axis->text[i], count - 1);
    return TD_OK;
}

static void stats_close(void *opened)
{
    stats_state *state = opened;
    if (!state) return;
    td_engine *engine = state->engine;
    td_free(engine, state->subject);
    td_free(engine, state->group);
    td_free(engine, state);
}

static td_status stats_open(td_engine *engine, const td_args *args, void **out,
                            uint64_t *item_count, td_error *err)
{
    const td_array *value = td_args_array(args, "value");
    if (!value->data && value->shape[0] * value->shape[1] != 0)
        return td_fail(err, TD_E_UNSUPPORTED, "stats.groups: value must be on the host");
    if (value->shape[0] < 2 || value->shape[0] > STATS_VALUES_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "stats.groups: %lld observations, allowed 2 to %u",
                       (long long)value->shape[0], STATS_VALUES_MAX);
    stats_state *state = td_alloc(engine, sizeof *state);
    if (!state) return td_fail(err, TD_E_NO_MEMORY, "stats.groups: the host is out of memory");
    const bool dense = value->stride[0] == 0 && value->stride[1] == 0;
    state->engine = engine;
    state->value = value->data;
    state->observations = (uint32_t)value->shape[0];
    state->observation_step = dense ? value->shape[1] : value->stride[0];
    state->test_step = dense ? 1 : value->stride[1];
    state->subject = td_alloc(engine, state->observations * sizeof *state->subject);
    state->group = td_alloc(engine, state->observations * sizeof *state->group);
    state->axis[AXIS_PAIR] = td_args_axis(args, "pair");
    state->axis[AXIS_LEVEL] = td_args_axis(args, "level");
    td_status status = TD_OK;
    if (!state->subject || !state->group)
        status = td_fail(err, TD_E_NO_MEMORY, "stats.groups: the host is out of memory");
    if (!status) status = read_subjects(state, args, err);
    const uint32_t groups = state->groups;
    if (!status) status = check_axis(state->axis[AXIS_PAIR], groups * (groups - 1) / 2, err);
    if (!status) status = check_axis(state->axis[AXIS_LEVEL], groups, err);
    if (status) {
        stats_close(state);
        return status;
    }
    state->whole = td_unit_whole(args, (uint64_t)value->shape[1]);
    *item_count = (uint64_t)value->shape[1];
    *out = state;
    return TD_OK;
}

/* ---- Running ------------------------------------------------------------------------------- */

static size_t unit_bytes(const stats_state *state, uint64_t tests)
{
    /* The sums, and how many values each has. */
    const size_t means = state->subjects * tests * (sizeof(double) + sizeof(uint32_t));
    return ((means + 63) & ~(size_t)63) + stats_scratch_bytes(state->subjects);
}

/* Half as many until they fit: that costs nothing but more, shorter units. */
static uint64_t tests_of_unit(const stats_state *state, uint64_t host_bytes)
{
    const uint64_t pairs = state->whole.axis[AXIS_PAIR].count;
    const uint64_t levels = state->whole.axis[AXIS_LEVEL].count;
    const uint64_t values = OUT_COUNT + 4 * pairs + 2 * levels;
    uint64_t tests = UNIT_TESTS;
    while (tests > 1 &&
           unit_bytes(state, tests) + tests * values * sizeof(double) > host_bytes / UNITS_AT_ONE)
        tests /= 2;
    return tests;
}

static td_status stats_plan(const void *opened, uint64_t host_bytes, uint64_t device_bytes,
                            td_units *units, td_error *err)
{
    const stats_state *state = opened;
    const uint64_t tests = state->whole.items.count;
    const uint64_t most = tests_of_unit(state, host_bytes);
    (void)device_bytes;
    for (uint64_t first = 0; first < tests; first += most) {
        td_unit unit = state->whole;
        const uint64_t rest = tests - first;
        unit.items = (td_range){first, rest < most ? rest : most};
        unit.host_bytes = unit_bytes(state, unit.items.count);
        unit.cost = (double)unit.items.count;
        td_status status = td_units_add(units, &unit, err);
        if (status) return status;
    }
    return TD_OK;
}

/* mean[subject * tests + test], in the order of the observations. */
static void average_subjects(const stats_state *state, const td_unit *unit, double *mean,
                             uint32_t *count)
{
    const uint64_t tests = unit->items.count;
    memset(mean, 0, state->subjects * tests * sizeof *mean);
    memset(count, 0, state->subjects * tests * sizeof *count);
    for (uint32_t i = 0; i < state->observations; ++i) {
        const double *from = state->value + (int64_t)i * state->observation_step +
                             (int64_t)unit->items.first * state->test_step;
        double *sum = mean + (uint64_t)state->subject[i] * tests;
        uint32_t *counted = count + (uint64_t)state->subject[i] * tests;
        const int64_t step = state->test_step;
        for (uint64_t test = 0; test < tests; ++test) {
            const double value = from[(int64_t)test * step];
            const bool there = value == value;
            sum[test] += there ? value : 0.0;
            counted[test] += there;
        }
    }
    for (uint64_t i = 0; i < state->subjects * tests; ++i)
        mean[i] = count[i] ? mean[i] / count[i] : NAN;
}

static void put(const td_block *block, uint64_t test, uint64_t other, double value)
{
    if (!block->data) return;
    const int64_t at = (int64_t)test * block->stride[0] +
                       (block->rank > 1 ? (int64_t)other * block->stride[1] : 0);
    ((double *)block->data)[at] = value;
}

static void put_result(const stats_state *state, const td_unit *unit, const td_block *block,
                       uint64_t test, const stats_result *result)
{
    put(&block[OUT_ANOVA_F], test, 0, result->anova_f);
    put(&block[OUT_ANOVA_P], test, 0, result->anova_p);
    put(&block[OUT_ETA2], test, 0, result->eta2);
    put(&block[OUT_KRUSKAL_H], test, 0, result->kruskal_h);
    put(&block[OUT_KRUSKAL_P], test, 0, result->kruskal_p);
    const td_range *pairs = &unit->axis[AXIS_PAIR], *levels = &unit->axis[AXIS_LEVEL];
    for (uint64_t i = 0; i < pairs->count; ++i) {
        const stats_pair *pair =
            &result->pair[(uint32_t)state->axis[AXIS_PAIR]->number[pairs->first + i]];
        put(&block[OUT_MANNWHITNEY_P], test, i, pair->mannwhitney_p);
        put(&block[OUT_MANNWHITNEY_HOLM], test, i, pair->mannwhitney_holm);
        put(&block[OUT_CLIFF_DELTA], test, i, pair->cliff_delta);
        put(&block[OUT_AUC], test, i, pair->auc);
    }
    for (uint64_t i = 0; i < levels->count; ++i) {
        const uint32_t group = (uint32_t)state->axis[AXIS_LEVEL]->number[levels->first + i];
        put(&block[OUT_GROUP_MEAN], test, i, result->group_mean[group]);
        put(&block[OUT_GROUP_SD], test, i, result->group_sd[group]);
    }
}

static td_status stats_run(const void *opened, const td_unit *unit, td_work *work,
                           td_result *result, td_error *err)
{
    const stats_state *state = opened;
    const uint64_t tests = unit->items.count;
    const size_t bytes = unit_bytes(state, tests);
    char *memory = td_work_memory(work, bytes);
    if (!memory)
        return td_fail(err, TD_E_NO_MEMORY, "stats.groups: no memory for %llu tests",
                       (unsigned long long)tests);
    double *mean = (double *)memory;
    stats_scratch *scratch =
        stats_scratch_make(memory + bytes - stats_scratch_bytes(state->subjects), state->subjects);
    td_block block[OUT_COUNT];
    for (uint32_t i = 0; i < OUT_COUNT; ++i)
        if (!td_result_block(result, i, &block[i])) block[i].data = NULL;
    average_subjects(state, unit, mean, (uint32_t *)(mean + state->subjects * tests));
    stats_result compared;
    for (uint64_t test = 0; test < tests; ++test) {
        if (test % CANCEL_TESTS == 0 && td_work_cancelled(work))
            return td_fail(err, TD_E_CANCELLED, "stats.groups: cancelled");
        stats_compare(scratch, mean + test, tests, state->group, state->subjects, state->groups,
                      &compared);
        put_result(state, unit, block, test, &compared);
    }
    return TD_OK;
}

const td_op_impl stats_groups_impl = {
    .struct_size = sizeof(td_op_impl),
    .op = &stats_op,
    .open = stats_open,
    .plan = stats_plan,
    .run_cpu = stats_run,
    .close = stats_close,
};
