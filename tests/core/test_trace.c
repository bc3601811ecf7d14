/* test_trace.c - a bounded record that many threads write. */
#include "core/trace.h"

#include <pthread.h>

#include "../check.h"
#include "core/engine.h"

static td_engine *engine_make(void)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    config.threads = 1;
    config.backends = "cpu";
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    return engine;
}

TEST(events_come_back_and_what_does_not_fit_is_counted)
{
    td_error err = TD_ERROR_INIT;
    td_trace *trace = NULL;
    td_trace_event event = TD_TRACE_EVENT_INIT;
    td_engine *const engine = engine_make();
    CHECK_STATUS(TD_OK, td_trace_create(engine, 3, &trace, &err), &err);
    CHECK_INT(0, td_trace_count(trace));
    CHECK(!td_trace_at(trace, 0, &event));
    for (uint64_t i = 0; i < 5; ++i) {
        event.kind = TD_TRACE_KERNEL;
        event.unit = i;
        snprintf(event.name, sizeof event.name, "kernel %d", (int)i);
        trace_add(trace, &event);
    }
    CHECK_INT(3, td_trace_count(trace));
    CHECK_INT(2, td_trace_dropped(trace));
    for (uint64_t i = 0; i < 3; ++i) {
        CHECK(td_trace_at(trace, i, &event));
        CHECK_INT(i, event.unit);
        CHECK_INT(TD_TRACE_KERNEL, event.kind);
    }
    CHECK(!td_trace_at(trace, 3, &event));
    event.struct_size = offsetof(td_trace_event, name);
    event.name[0] = 'Z';
    CHECK(td_trace_at(trace, 0, &event));
    CHECK_INT('Z', event.name[0]);
    CHECK_INT(0, event.unit);
    td_trace_destroy(trace);
    td_engine_destroy(engine);
}

TEST(nothing_is_fine_and_wrong_sizes_are_not)
{
    td_error err = TD_ERROR_INIT;
    td_trace *trace = NULL;
    td_trace_event event = TD_TRACE_EVENT_INIT;
    td_engine *const engine = engine_make();
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_trace_create(NULL, 1, &trace, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_trace_create(engine, 0, &trace, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_trace_create(engine, (1 << 24) + 1, &trace, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_trace_create(engine, 1, NULL, &err), &err);
    CHECK(trace == NULL);
    CHECK_INT(0, td_trace_count(NULL) + td_trace_dropped(NULL));
    CHECK(!td_trace_at(NULL, 0, &event));
    trace_add(NULL, &event);
    td_trace_destroy(NULL);
    td_engine_destroy(engine);
}

#define THREADS 4
#define EVENTS  5000

static void *write_events(void *context)
{
    td_trace_event event = TD_TRACE_EVENT_INIT;
    for (uint64_t i = 0; i < EVENTS; ++i) {
        event.begin = trace_now();
        event.end = event.begin;
        event.unit = i;
        trace_add(context, &event);
    }
    return NULL;
}

TEST(many_threads_lose_nothing)
{
    td_error err = TD_ERROR_INIT;
    td_trace *trace = NULL;
    td_trace_event event = TD_TRACE_EVENT_INIT;
    pthread_t thread[THREADS];
    uint64_t sum = 0;
    td_engine *const engine = engine_make();
    CHECK_STATUS(TD_OK, td_trace_create(engine, THREADS * EVENTS, &trace, &err), &err);
    for (int i = 0; i < THREADS; ++i)
        CHECK_INT(0, pthread_create(&thread[i], NULL, write_events, trace));
    for (int i = 0; i < THREADS; ++i)
        pthread_join(thread[i], NULL);
    CHECK_INT(THREADS * EVENTS, td_trace_count(trace));
    CHECK_INT(0, td_trace_dropped(trace));
    for (uint64_t i = 0; td_trace_at(trace, i, &event); ++i)
        sum += event.unit;
    CHECK_INT((uint64_t)THREADS * EVENTS * (EVENTS - 1) / 2, sum);
    td_trace_destroy(trace);
    td_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(events_come_back_and_what_does_not_fit_is_counted),
                                     RUN(nothing_is_fine_and_wrong_sizes_are_not),
                                     RUN(many_threads_lose_nothing),
                                     {0}});
}
