/* fuzz_strategy.c - random bytes as a strategy. What compiles must be a program as program.h says:
 * stacks that fit, slots and series that are there, nothing that reads a later bar; alone, and over
 * a grid of its own parameters. What does not must say where and why. */
#include "modules/market/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AXES 3

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void require(bool truth)
{
    if (!truth) __builtin_trap();
}

typedef struct stacks {
    int numbers, truths;
} stacks;

static void check_stacks(const stacks *s)
{
    require(s->numbers >= 0 && s->numbers <= PROGRAM_DEPTH_MAX);
    require(s->truths >= 0 && s->truths <= PROGRAM_DEPTH_MAX);
}

/* What a step takes, and whether there was as much. */
static void run_step(stacks *s, const program_step *step)
{
    const uint32_t op = step->op;
    const int numbers = op <= STEP_SERIES        ? 0
                        : op == STEP_NEGATE      ? 1
                        : op == STEP_ABS         ? 1
                        : op <= STEP_CROSS_BELOW ? 2
                                                 : 0;
    const int truths = op == STEP_AND || op == STEP_OR ? 2 : op == STEP_NOT ? 1 : 0;
    s->numbers -= numbers;
    s->truths -= truths;
    check_stacks(s);
    if (op <= STEP_MAX) s->numbers += 1;
    else s->truths += 1;
    check_stacks(s);
}

static void check_root(const program *p, const program_strategy *it, int root)
{
    const program_code code = it->root[root];
    stacks s = {0, 0};
    uint32_t memory = 0;
    require(code.count <= PROGRAM_STEPS_MAX);
    require((uint64_t)code.first + code.count <= p->step_count);
    for (uint32_t i = 0; i < code.count; ++i) {
        const program_step *const step = &p->step[code.first + i];
        if (step->op <= STEP_SERIES) {
            require(step->slot < it->slot_count && step->lag <= PROGRAM_LAG_MAX);
            require(p->slot[it->slot_first + step->slot].is_series == (step->op == STEP_SERIES));
        }
        if (step->op == STEP_CROSS_ABOVE || step->op == STEP_CROSS_BELOW) {
            require(step->memory < PROGRAM_MEMORY_MAX);
            require(!(memory >> step->memory & 1u)); /* each crossing has a bit of its own */
            memory |= 1u << step->memory;
        }
        run_step(&s, step);
    }
    if (code.count == 0) return;
    require(root <= ROOT_SHORT_EXIT ? s.truths == 1 && s.numbers == 0
                                    : s.numbers == 1 && s.truths == 0);
}

static void check_slots(const program *p, const program_axis *axis, uint32_t axis_count)
{
    for (uint32_t s = 0; s < p->slot_count; ++s) {
        const program_slot *const slot = &p->slot[s];
        uint64_t last = slot->first;
        for (uint32_t a = 0; a < TD_AXES_MAX; ++a)
            require(a < axis_count || slot->stride[a] == 0);
        for (uint32_t a = 0; a < axis_count; ++a)
            last += (axis[a].count - 1) * slot->stride[a];
        require(last < (slot->is_series ? p->series_table_count : p->number_table_count));
    }
    for (uint64_t i = 0; i < p->series_table_count; ++i)
        require(p->series_table[i] < p->series_count);
}

/* Series read only those before them. */
static void check_series(const program *p)
{
    for (uint32_t s = 0; s < p->series_count; ++s) {
        const program_series *const it = &p->series[s];
        stacks stack = {0, 0};
        if (it->kind == SERIES_PRICE) require(it->price < TD_PRICES && p->reads[it->price]);
        if (it->kind == SERIES_CALL) {
            require(it->call < p->call_count);
            const program_call *const call = &p->call[it->call];
            require(call->output[it->output] == s);
            require(indicator_check(call->indicator, call->param, NULL) == TD_OK);
            for (uint32_t i = 0; i < call->indicator->input_count; ++i)
                require(call->input[i] < s);
        }
        if (it->kind != SERIES_CODE) continue;
        for (uint32_t i = 0; i < it->code.count; ++i) {
            const program_step *const step = &p->step[it->code.first + i];
            require(step->op <= STEP_MAX);
            require(step->op != STEP_SERIES || (step->slot < s && step->lag <= PROGRAM_LAG_MAX));
            require(step->op != STEP_NUMBER || step->slot < p->constant_count);
            run_step(&stack, step);
        }
        require(stack.numbers == 1);
    }
}

static void compile(const char *text, const program_axis *axis, uint32_t axis_count)
{
    program *p = NULL;
    td_error err = TD_ERROR_INIT;
    const td_status status = program_compile("f", text, axis, axis_count, NULL, &p, &err);
    if (status) {
        require(!p && err.status == status && err.message[0]);
        require(status == TD_E_BAD_ARGUMENT || status == TD_E_OUT_OF_RANGE);
        return;
    }
    require(p->strategy_count > 0);
    check_slots(p, axis, axis_count);
    check_series(p);
    for (uint32_t s = 0; s < p->strategy_count; ++s) {
        const program_strategy *const it = &p->strategy[s];
        require((uint64_t)it->slot_first + it->slot_count <= p->slot_count);
        require(it->slot_count <= PROGRAM_SLOTS_MAX);
        for (int r = 0; r < ROOT_COUNT; ++r)
            check_root(p, it, r);
        for (int r = 0; r < RULE_COUNT; ++r)
            require(it->rule[r] == PROGRAM_NONE || it->rule[r] < it->slot_count);
    }
    program_destroy(p);
}

typedef struct axes {
    program_axis axis[AXES];
    double value[AXES][2];
    char name[AXES][80];
    uint32_t count;
} axes;

/* The first parameters become axes of two values. */
static td_status take_axis(void *context, const program_parameter *parameter, td_error *err)
{
    axes *const a = context;
    (void)err;
    for (uint32_t i = 0; i < a->count; ++i)
        if (strcmp(a->name[i], parameter->name) == 0) return TD_OK;
    if (a->count == AXES) return TD_OK;
    snprintf(a->name[a->count], sizeof(a->name[0]), "%s", parameter->name);
    a->value[a->count][0] = parameter->value;
    a->value[a->count][1] = parameter->value + 1;
    a->axis[a->count] = (program_axis){a->name[a->count], 2, a->value[a->count]};
    a->count += 1;
    return TD_OK;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    axes a;
    td_error err = TD_ERROR_INIT;
    char *const text = malloc(size + 1);
    if (!text) return 0;
    memcpy(text, data, size);
    text[size] = 0;
    memset(&a, 0, sizeof(a));
    compile(text, NULL, 0);
    const td_status status = program_parameters("f", text, take_axis, &a, &err);
    require(status == TD_OK || err.message[0]);
    if (!status && a.count > 0) compile(text, a.axis, a.count);
    free(text);
    return 0;
}
