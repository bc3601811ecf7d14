/* test_golden.c - every function of TA-Lib against values that TA-Lib gave (tests/market/golden).
 * TANDEM_GOLDEN=rsi compares only the functions with that in their names. */
#include "golden/golden.h"
#include "golden/noise.h"

static void compare(const char *name)
{
    golden_set set = {.count = 0};
    golden_state state = {.set = &set, .noise = golden_noises, .ties = golden_ties};
    golden_set_make(&set);
    golden_set_candles(&set);
    golden_file(&state, name);
    golden_set_free(&set);
    CHECK_INT(0, state.differences);
    CHECK_INT(0, state.missing);
    CHECK(state.values > 0);
}

TEST(functions_equal_talib)
{
    compare("talib.txt");
}

TEST(candles_equal_talib)
{
    compare("talib_candles.txt");
}

TEST(rolling_equals_pandas)
{
    compare("pandas.txt");
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){
            RUN(functions_equal_talib), RUN(candles_equal_talib), RUN(rolling_equals_pandas), {0}});
}
