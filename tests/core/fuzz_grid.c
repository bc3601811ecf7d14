/* fuzz_grid.c - random bytes as the text of an axis. What is read must be well formed, and its
 * canonical texts must make the same axis again. Built with -DTANDEM_FUZZ=ON (clang's libFuzzer).
 * The first byte chooses the parameter, the rest is the text. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/grid.h"
#include "core/memory.h"

#define FUZZ_TEXT_MAX 4096 /* longer inputs find nothing new */

static const char *const choices[] = {"x:l1", "xy:l2", "amplitude:max", NULL};

static const td_param params[] = {
    {"m",
     "Whole.",
     NULL,
     1,
     TD_INT,
     TD_PARAM_SWEEP,
     {TD_INT, {.i = 1}},
     {TD_INT, {.i = -9}},
     {TD_INT, {.i = INT64_MAX}},
     {TD_INT, {.i = 1}},
     NULL},
    {"eps",
     "Decimal.",
     "px",
     2,
     TD_FLOAT,
     TD_PARAM_SWEEP,
     {TD_FLOAT, {.f = 0.1}},
     {TD_FLOAT, {.f = -INFINITY}},
     {TD_FLOAT, {.f = INFINITY}},
     {TD_FLOAT, {.f = 0.01}},
     NULL},
    {"modes",
     "Choice.",
     NULL,
     3,
     TD_CHOICE,
     TD_PARAM_SWEEP,
     {TD_TEXT, {.s = "x:l1"}},
     {TD_BOOL, {0}},
     {TD_BOOL, {0}},
     {TD_BOOL, {0}},
     choices},
    {"strict",
     "Truth.",
     NULL,
     4,
     TD_BOOL,
     TD_PARAM_SWEEP,
     {TD_BOOL, {.b = false}},
     {TD_BOOL, {0}},
     {TD_BOOL, {0}},
     {TD_BOOL, {0}},
     NULL},
    {"label",
     "Text.",
     NULL,
     5,
     TD_TEXT,
     TD_PARAM_SWEEP,
     {TD_TEXT, {.s = "a"}},
     {TD_BOOL, {0}},
     {TD_BOOL, {0}},
     {TD_BOOL, {0}},
     NULL},
};

static void require(bool truth)
{
    if (!truth) __builtin_trap(); /* libFuzzer keeps the input */
}

/* The texts of the axis with commas between them, when they fit. */
static bool join(const grid_axis *axis, char *text, size_t size)
{
    size_t length = 0;
    for (uint64_t i = 0; i < axis->count; ++i) {
        const size_t more = strlen(axis->text[i]);
        if (length + more + 2 > size) return false;
        if (i) text[length++] = ',';
        memcpy(text + length, axis->text[i], more + 1);
        length += more;
    }
    return true;
}

static void check_axis(const td_param *param, const grid_axis *axis)
{
    static char text[GRID_TEXT_MAX];
    grid_axis again = {0, NULL, NULL};
    require(axis->count > 0 && axis->text);
    require((axis->number != NULL) == (param->type == TD_INT || param->type == TD_FLOAT));
    for (uint64_t i = 0; axis->number && i < axis->count; ++i)
        require(isfinite(axis->number[i]));
    if (!join(axis, text, sizeof(text))) return;
    require(grid_parse(NULL, "fuzz", param, text, &again, NULL) == TD_OK);
    require(again.count == axis->count);
    for (uint64_t i = 0; i < axis->count; ++i) {
        require(strcmp(axis->text[i], again.text[i]) == 0);
        require(!axis->number || axis->number[i] == again.number[i]);
    }
    grid_axis_free(NULL, &again);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char text[FUZZ_TEXT_MAX + 1];
    grid_axis axis = {0, NULL, NULL};
    td_error err = TD_ERROR_INIT;
    if (size == 0 || size - 1 > FUZZ_TEXT_MAX) return 0;
    const td_param *param = &params[data[0] % (sizeof(params) / sizeof(params[0]))];
    memcpy(text, data + 1, size - 1);
    text[size - 1] = 0;
    if (grid_parse(NULL, "fuzz", param, text, &axis, &err)) {
        require(err.status != TD_OK && err.message[0] && !axis.text && !axis.number);
        return 0;
    }
    check_axis(param, &axis);
    grid_axis_free(NULL, &axis);
    return 0;
}
