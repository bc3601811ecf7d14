/* test_plan.c - plans: covered exactly once or refused, ordered by cost, numbered for ever. */
#include "sweep/plan.h"

#include "core/memory.h"
#include "sweep_check.h"

static td_unit box(uint64_t i0, uint64_t ic, uint64_t a0, uint64_t ac, uint64_t b0, uint64_t bc)
{
    td_unit unit = {.items = {i0, ic}, .cost = 1.0};
    unit.axis[0] = (td_range){a0, ac};
    unit.axis[1] = (td_range){b0, bc};
    return unit;
}

static void add(td_units *units, td_unit unit)
{
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, td_units_add(units, &unit, &err), &err);
}

/* ---- Random plans ---------------------------------------------------------------------------- */

/* Cuts a block at random places until the pieces are small or chance has it. */
static void cut(td_units *units, td_unit unit, int depth)
{
    td_range *const ranges[3] = {&unit.items, &unit.axis[0], &unit.axis[1]};
    td_range *const range = ranges[check_random() % 3];
    if (depth == 0 || range->count < 2 || check_random() % 8 == 0) {
        add(units, unit);
        return;
    }
    const td_range whole = *range;
    const uint64_t first = 1 + check_random() % (whole.count - 1);
    range->count = first;
    cut(units, unit, depth - 1);
    *range = (td_range){whole.first + first, whole.count - first};
    cut(units, unit, depth - 1);
}

static void shuffle(td_units *units)
{
    for (uint64_t i = units->count; i > 1; --i) {
        const uint64_t j = check_random() % i;
        const td_unit unit = units->unit[i - 1];
        units->unit[i - 1] = units->unit[j];
        units->unit[j] = unit;
    }
}

TEST(any_cutting_covers_and_any_change_of_it_does_not)
{
    const td_unit region = box(0, 40, 0, 9, 0, 12);
    for (int round = 0; round < 300; ++round) {
        td_error err = TD_ERROR_INIT;
        td_units units;
        units_init(&units, NULL);
        cut(&units, region, 1 + (int)(check_random() % 10));
        shuffle(&units);
        CHECK_STATUS(TD_OK, units_check("test", &units, &region, 2, &err), &err);
        td_unit *const victim = &units.unit[check_random() % units.count];
        td_range *const ranges[3] = {&victim->items, &victim->axis[0], &victim->axis[1]};
        td_range *const range = ranges[check_random() % 3];
        switch (check_random() % 4) {
        case 0: range->first += 1; break;
        case 1: range->count += 1; break;
        case 2: range->count -= 1; break;
        default: range->first -= 1; break;
        }
        CHECK_STATUS(TD_E_INTERNAL, units_check("test", &units, &region, 2, &err), &err);
        CHECK_HAS("test: ", err.message);
        units_free(&units);
    }
}

TEST(a_unit_too_few_or_twice_is_told)
{
    const td_unit region = box(0, 40, 0, 9, 0, 12);
    for (int round = 0; round < 50; ++round) {
        td_error err = TD_ERROR_INIT;
        td_units units;
        units_init(&units, NULL);
        cut(&units, region, 10);
        const td_unit last = units.unit[units.count - 1];
        units.count -= 1;
        CHECK_STATUS(TD_E_INTERNAL, units_check("test", &units, &region, 2, &err), &err);
        CHECK_HAS("leave out", err.message);
        add(&units, last);
        CHECK_STATUS(TD_OK, units_check("test", &units, &region, 2, &err), &err);
        add(&units, last);
        CHECK_STATUS(TD_E_INTERNAL, units_check("test", &units, &region, 2, &err), &err);
        CHECK_HAS("overlap", err.message);
        units_free(&units);
    }
}

/* No straight cut goes through: the five pieces turn around the one in the middle. */
TEST(a_pinwheel_covers)
{
    td_error err = TD_ERROR_INIT;
    const td_unit region = box(0, 30, 0, 30, 0, 8);
    td_units units;
    units_init(&units, NULL);
    for (uint64_t b = 0; b < 8; ++b) {
        add(&units, box(0, 20, 0, 10, b, 1));
        add(&units, box(20, 10, 0, 20, b, 1));
        add(&units, box(10, 20, 20, 10, b, 1));
        add(&units, box(0, 10, 10, 20, b, 1));
        add(&units, box(10, 10, 10, 10, b, 1));
    }
    CHECK_STATUS(TD_OK, units_check("test", &units, &region, 2, &err), &err);
    units.unit[4].items.count = 11;
    CHECK_STATUS(TD_E_INTERNAL, units_check("test", &units, &region, 2, &err), &err);
    CHECK_HAS("overlap", err.message);
    units_free(&units);
}

TEST(a_large_plan_is_checked_in_little_time)
{
    td_error err = TD_ERROR_INIT;
    const td_unit region = box(0, 1, 0, 400, 0, 400);
    const clock_t start = clock();
    td_units units;
    units_init(&units, NULL);
    for (uint64_t a = 0; a < 400; ++a)
        for (uint64_t b = 0; b < 400; ++b)
            add(&units, box(0, 1, a, 1, b, 1));
    CHECK_STATUS(TD_OK, units_check("test", &units, &region, 2, &err), &err);
    CHECK((double)(clock() - start) / CLOCKS_PER_SEC < 10.0);
    units_free(&units);
}

TEST(units_that_cannot_be_are_told)
{
    static const struct {
        uint64_t first, count;
        double cost;
    } rows[] = {
        {0, 0, 1},          {0, 11, 1},  {10, 1, 1},           {5, UINT64_MAX, 1},
        {UINT64_MAX, 1, 1}, {0, 10, -1}, {0, 10, (double)NAN}, {0, 10, (double)INFINITY},
    };
    const td_unit region = box(0, 10, 0, 1, 0, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) {
        td_error err = TD_ERROR_INIT;
        td_units units;
        units_init(&units, NULL);
        td_unit unit = region;
        unit.items = (td_range){rows[i].first, rows[i].count};
        unit.cost = rows[i].cost;
        add(&units, unit);
        CHECK_STATUS(TD_E_INTERNAL, units_check("test", &units, &region, 2, &err), &err);
        units_free(&units);
    }
}

TEST(a_grid_of_no_items_needs_no_units)
{
    td_error err = TD_ERROR_INIT;
    const td_unit region = box(0, 0, 0, 5, 0, 5);
    td_unit huge = box(0, UINT64_MAX, 0, 2, 0, 1);
    td_units units;
    units_init(&units, NULL);
    CHECK_STATUS(TD_OK, units_check("test", &units, &region, 2, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, units_check("test", &units, &huge, 2, &err), &err);
    units_free(&units);
}

/* ---- Order ----------------------------------------------------------------------------------- */

TEST(the_dearest_comes_first_and_equals_keep_their_order)
{
    td_error err = TD_ERROR_INIT;
    td_units units;
    uint64_t *order = NULL;
    units_init(&units, NULL);
    for (uint64_t i = 0; i < 1000; ++i) {
        td_unit unit = box(i, 1, 0, 1, 0, 1);
        unit.cost = (double)(check_random() % 20);
        unit.number = 77;
        add(&units, unit);
        CHECK_INT(i, units.unit[i].number);
    }
    CHECK_STATUS(TD_OK, units_order(&units, &order, &err), &err);
    for (uint64_t i = 1; i < 1000; ++i) {
        const double before = units.unit[order[i - 1]].cost, now = units.unit[order[i]].cost;
        CHECK(before > now || (before == now && order[i - 1] < order[i]));
    }
    memory_give(order);
    units_free(&units);
}

/* ---- Through a run --------------------------------------------------------------------------- */

static void spoil_hole(td_units *units)
{
    units->count -= 1;
}
static void spoil_twice(td_units *units)
{
    (void)!td_units_add(units, &units->unit[0], NULL);
}
static void spoil_all(td_units *units)
{
    units->count = 0;
}

TEST(a_run_with_a_wrong_plan_is_an_internal_error)
{
    static void (*const spoils[])(td_units *) = {spoil_hole, spoil_twice, spoil_all};
    static const char *const words[] = {"leave out", "overlap", "leave out"};
    const sum_call call = {.a = "0:4", .b = "1,2"};
    for (size_t i = 0; i < 3; ++i) {
        sum_hooks_clear();
        td_error err = TD_ERROR_INIT;
        td_table *table = NULL;
        td_report report = TD_REPORT_INIT;
        sum_data data = data_make(7, 5);
        td_engine *const engine = engine_make(2, 0, "cpu");
        td_args *const args = args_make(engine, &data, &call);
        hooks.spoil = spoils[i];
        CHECK_STATUS(TD_E_INTERNAL, td_run(engine, args, NULL, &table, NULL, &err), &err);
        CHECK_HAS(words[i], err.message);
        CHECK_STATUS(TD_E_INTERNAL, td_plan(engine, args, NULL, &report, &err), &err);
        CHECK(table == NULL && report.units == 0);
        check_clean(engine);
        td_args_destroy(args);
        td_engine_destroy(engine);
        data_free(&data);
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(any_cutting_covers_and_any_change_of_it_does_not),
                                     RUN(a_unit_too_few_or_twice_is_told),
                                     RUN(a_pinwheel_covers),
                                     RUN(a_large_plan_is_checked_in_little_time),
                                     RUN(units_that_cannot_be_are_told),
                                     RUN(a_grid_of_no_items_needs_no_units),
                                     RUN(the_dearest_comes_first_and_equals_keep_their_order),
                                     RUN(a_run_with_a_wrong_plan_is_an_internal_error),
                                     {0}});
}
