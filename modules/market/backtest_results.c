/* backtest_results.c - puts the measures of a point and a symbol into their places in the results.
 */
#include "backtest_op.h"

void backtest_results_open(backtest_results *results, const backtest_state *state,
                           const td_unit *unit, td_result *result)
{
    results->state = state;
    results->unit = unit;
    for (uint32_t m = 0; m < MEASURE_COUNT; ++m)
        results->has[m] = td_result_block(result, m, &results->block[m]);
}

/* Where the first symbol of a point lies in an output. */
static int64_t block_offset(const backtest_results *results, const td_block *block,
                            const uint64_t *index)
{
    int64_t offset = 0;
    for (uint32_t a = 0; a < results->state->axis_count; ++a)
        offset += (int64_t)(index[a] - results->unit->axis[a].first) * block->stride[a];
    return offset;
}

void backtest_results_put(const backtest_results *results, const uint64_t *index, uint64_t symbol,
                          const double *value)
{
    const uint32_t last = results->state->axis_count;
    for (uint32_t m = 0; m < MEASURE_COUNT; ++m) {
        if (!results->has[m]) continue;
        const td_block *block = &results->block[m];
        const int64_t at =
            block_offset(results, block, index) + (int64_t)symbol * block->stride[last];
        if (results->state->op->outputs[m].dtype == TD_I32)
            ((int32_t *)block->data)[at] = (int32_t)value[m];
        else ((double *)block->data)[at] = value[m];
    }
}
