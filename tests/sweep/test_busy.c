/* test_busy.c - the union of intervals against a count of ticks, and what is left beyond its room.
 */
#include "sweep/busy.h"

#include "../check.h"

#define TICKS 2000

TEST(the_union_is_that_of_a_count)
{
    for (int round = 0; round < 200; ++round) {
        busy b = {0};
        bool tick[TICKS] = {false};
        double wanted = 0.0;
        for (uint64_t i = check_random() % 60; i > 0; --i) {
            const uint64_t first = check_random() % TICKS;
            const uint64_t count = check_random() % 50;
            const uint64_t end = first + count < TICKS ? first + count : TICKS;
            for (uint64_t t = first; t < end; ++t)
                tick[t] = true;
            busy_add(&b, NULL, (busy_span){(double)first, (double)end});
        }
        for (int t = 0; t < TICKS; ++t)
            wanted += tick[t];
        CHECK_NEAR(wanted, busy_seconds(&b), 0.0);
        for (uint32_t i = 1; i < b.count; ++i)
            CHECK(b.span[i - 1].end < b.span[i].begin);
        busy_free(&b);
        CHECK(busy_seconds(&b) <= 0.0);
    }
}

/* Far more gaps than there is room for, nearly in order: nothing is counted twice or lost. */
TEST(more_gaps_than_room_are_summed_up)
{
    busy b = {0};
    const int count = 10 * BUSY_SPANS_MAX;
    for (int i = 0; i < count; ++i) {
        const int place = i % 2 == 0 ? i + 1 : i - 1; /* each pair in the wrong order */
        busy_add(&b, NULL, (busy_span){place + 0.25, place + 0.75});
        CHECK(b.count <= BUSY_SPANS_MAX);
    }
    CHECK_NEAR(count * 0.5, busy_seconds(&b), 1e-6);
    /* What is too old is not counted. */
    busy_add(&b, NULL, (busy_span){0.0, 1.0});
    CHECK_NEAR(count * 0.5, busy_seconds(&b), 1e-6);
    busy_free(&b);
}

TEST(what_is_no_span_is_left_out)
{
    busy b = {0};
    busy_add(&b, NULL, (busy_span){2.0, 1.0});
    busy_add(&b, NULL, (busy_span){2.0, 2.0});
    busy_add(&b, NULL, (busy_span){(double)NAN, 2.0});
    CHECK_INT(0, b.count);
    busy_free(&b);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(the_union_is_that_of_a_count),
                                     RUN(more_gaps_than_room_are_summed_up),
                                     RUN(what_is_no_span_is_left_out),
                                     {0}});
}
