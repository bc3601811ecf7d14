/* test_trace_sum.c - what made-up traces add up to. */
#include "cli/trace_sum.h"

#include "../check.h"

#define CUDA "cuda:0"

static td_trace_event event(td_trace_kind kind, double begin, double end, const char *device,
                            const char *name)
{
    td_trace_event e = TD_TRACE_EVENT_INIT;
    e.kind = kind;
    e.begin = begin;
    e.end = end;
    snprintf(e.device, sizeof e.device, "%s", device);
    snprintf(e.name, sizeof e.name, "%s", name);
    return e;
}

static void check_parts(const double expected[TRACE_PARTS], const trace_share *share)
{
    double sum = 0.0;
    for (int part = 0; part < TRACE_PARTS; ++part) {
        if (fabs(expected[part] - share->part[part]) > 1e-9)
            CHECK_FAIL("%s: expected %g, got %g", trace_part_name[part], expected[part],
                       share->part[part]);
        sum += share->part[part];
    }
    CHECK_NEAR(share->end - share->begin, sum, 1e-9);
}

/* One unit of ten seconds with every kind of wait in it, in no order, beside another run. */
TEST(every_part_is_found)
{
    const td_trace_event events[] = {
        event(TD_TRACE_KERNEL, 103.0, 104.0, CUDA, "rqa_many_f32"),
        event(TD_TRACE_UNIT, 100.0, 109.0, CUDA, "rqa.measures"),
        event(TD_TRACE_UNIT, 100.5, 110.0, "cpu", "rqa.measures"),
        event(TD_TRACE_TO_DEVICE, 102.0, 103.5, CUDA, "to device"),
        event(TD_TRACE_HOST, 101.0, 102.5, CUDA, "rqa.measures"),
        event(TD_TRACE_IDLE, 104.0, 105.0, "", "memory of cuda:0"),
        event(TD_TRACE_IDLE, 103.0, 105.5, "", "results to be stored"),
        event(TD_TRACE_IDLE, 105.0, 106.0, "", "a faster device"),
        event(TD_TRACE_KERNEL, 107.0, 108.0, CUDA, "rqa_pack"),
        event(TD_TRACE_KERNEL, 107.5, 108.0, CUDA, "rqa_pack"),
        /* What is no business of this device. */
        event(TD_TRACE_IDLE, 106.0, 107.0, "", "memory of cuda:1"),
        event(TD_TRACE_KERNEL, 106.0, 107.0, "cuda:1", "rqa_pack"),
        event(TD_TRACE_UNIT, 200.0, 300.0, "cpu", "stats.groups"),
    };
    const uint64_t count = sizeof events / sizeof *events;
    static const double expected[TRACE_PARTS] = {
        [TRACE_PART_KERNEL] = 2.0, [TRACE_PART_COPY] = 1.0,  [TRACE_PART_HOST] = 1.0,
        [TRACE_PART_MEMORY] = 1.0, [TRACE_PART_STORE] = 0.5, [TRACE_PART_YIELD] = 0.5,
        [TRACE_PART_START] = 1.0,  [TRACE_PART_GAP] = 1.0,   [TRACE_PART_TAIL] = 2.0,
    };
    trace_share share;
    CHECK(trace_sum(events, count, CUDA, &share));
    CHECK_NEAR(100.0, share.begin, 1e-12);
    CHECK_NEAR(110.0, share.end, 1e-12);
    check_parts(expected, &share);
}

TEST(a_device_without_events_has_no_share)
{
    const td_trace_event events[] = {event(TD_TRACE_UNIT, 1.0, 2.0, "cpu", "rqa.measures")};
    trace_share share;
    const char *name[TRACE_DEVICES_MAX];
    CHECK(trace_sum(events, 1, CUDA, &share));
    CHECK(share.end <= share.begin);
    CHECK(trace_sum(NULL, 0, CUDA, &share));
    CHECK_INT(0, trace_devices(events, 1, name));
}

/* Random intervals, against a count of small steps. */
TEST(parts_agree_with_counting)
{
    enum { EVENTS = 60, STEPS = 1000 };
    static const td_trace_kind kinds[] = {TD_TRACE_KERNEL, TD_TRACE_TO_HOST, TD_TRACE_HOST};
    td_trace_event events[EVENTS + 1];
    events[EVENTS] = event(TD_TRACE_UNIT, 0.0, STEPS, CUDA, "op");
    for (int i = 0; i < EVENTS; ++i) {
        const double begin = (double)(check_random() % (STEPS - 50)) + 10.0;
        events[i] =
            event(kinds[i % 3], begin, begin + (double)(check_random() % 12), CUDA, "something");
    }
    double expected[TRACE_PARTS] = {0}, first = STEPS, last = 0.0;
    for (int i = 0; i < EVENTS; ++i) {
        if (events[i].kind == TD_TRACE_HOST || events[i].end <= events[i].begin) continue;
        first = events[i].begin < first ? events[i].begin : first;
        last = events[i].end > last ? events[i].end : last;
    }
    for (int step = 0; step < STEPS; ++step) {
        uint32_t part = step < first  ? TRACE_PART_START
                        : step < last ? TRACE_PART_GAP
                                      : TRACE_PART_TAIL;
        for (int k = 2; k >= 0; --k)
            for (int i = 0; i < EVENTS; ++i)
                if (events[i].kind == kinds[k] && events[i].begin <= step && events[i].end > step)
                    part = (uint32_t)k;
        expected[part] += 1.0;
    }
    trace_share share;
    CHECK(trace_sum(events, EVENTS + 1, CUDA, &share));
    check_parts(expected, &share);
}

TEST(the_slowest_come_first)
{
    const td_trace_event events[] = {
        event(TD_TRACE_UNIT, 0, 1, "cpu", "a"),       event(TD_TRACE_UNIT, 0, 3, "cpu", "b"),
        event(TD_TRACE_KERNEL, 0, 9, CUDA, "k"),      event(TD_TRACE_UNIT, 5, 7, "cpu", "c"),
        event(TD_TRACE_UNIT, 1, 4, "cpu", "d"),       event(TD_TRACE_TO_HOST, 0, 2, CUDA, "get"),
        event(TD_TRACE_TO_DEVICE, 0, 4, CUDA, "put"),
    };
    const uint64_t count = sizeof events / sizeof *events;
    const td_trace_event *slowest[8];
    CHECK_INT(3, trace_slowest(events, count, 1u << TD_TRACE_UNIT, 3, slowest));
    CHECK_TEXT("b", slowest[0]->name);
    CHECK_TEXT("d", slowest[1]->name);
    CHECK_TEXT("c", slowest[2]->name);
    CHECK_INT(4, trace_slowest(events, count, 1u << TD_TRACE_UNIT, 8, slowest));
    CHECK_TEXT("a", slowest[3]->name);
    CHECK_INT(2, trace_slowest(events, count, TRACE_COPIES, 8, slowest));
    CHECK_TEXT("put", slowest[0]->name);
    CHECK_INT(0, trace_slowest(events, count, TRACE_COPIES, 0, slowest));
}

TEST(kernels_are_added_up)
{
    const td_trace_event events[] = {
        event(TD_TRACE_KERNEL, 0, 1, CUDA, "a"),     event(TD_TRACE_KERNEL, 1, 3, CUDA, "b"),
        event(TD_TRACE_KERNEL, 3, 5, CUDA, "a"),     event(TD_TRACE_KERNEL, 3, 5, "cuda:1", "a"),
        event(TD_TRACE_TO_HOST, 0, 99, CUDA, "get"),
    };
    trace_kernel kernel[TRACE_KERNELS_MAX];
    const char *name[TRACE_DEVICES_MAX];
    CHECK_INT(3, trace_kernels(events, 5, kernel));
    CHECK_TEXT("a", kernel[0].name);
    CHECK_TEXT(CUDA, kernel[0].device);
    CHECK_INT(2, kernel[0].launches);
    CHECK_NEAR(3.0, kernel[0].seconds, 1e-12);
    CHECK_NEAR(2.0, kernel[0].longest, 1e-12);
    CHECK_INT(2, trace_devices(events, 5, name));
    CHECK_TEXT(CUDA, name[0]);
    CHECK_TEXT("cuda:1", name[1]);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(every_part_is_found),
                                     RUN(a_device_without_events_has_no_share),
                                     RUN(parts_agree_with_counting),
                                     RUN(the_slowest_come_first),
                                     RUN(kernels_are_added_up),
                                     {0}});
}
