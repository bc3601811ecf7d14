/* test_trace_file.c - made-up traces as files: JSON that has every event at its place. */
#include "cli/trace_file.h"

#include "../check.h"

#include <jansson.h>
#include <unistd.h>

#define NONE 0xffffffffu

static td_trace_event event(td_trace_kind kind, double begin, double end, const char *device,
                            uint32_t worker, uint32_t stream)
{
    td_trace_event e = TD_TRACE_EVENT_INIT;
    e.kind = kind;
    e.begin = begin;
    e.end = end;
    e.worker = worker;
    e.stream = stream;
    e.unit = 7;
    e.bytes = 1024;
    snprintf(e.device, sizeof e.device, "%s", device);
    snprintf(e.name, sizeof e.name, "work");
    return e;
}

static json_t *written(const td_trace_event *events, uint64_t count, uint64_t dropped)
{
    char folder[] = "/tmp/tandem-trace-XXXXXX", path[64];
    td_error err = TD_ERROR_INIT;
    json_error_t bad;
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/trace.json", folder);
    const td_status status = trace_file_write(path, events, count, dropped, &err);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &bad);
    unlink(path);
    CHECK_INT(0, rmdir(folder)); /* and nothing else was left there */
    CHECK_STATUS(TD_OK, status, &err);
    if (!root) CHECK_FAIL("line %d: %s", bad.line, bad.text);
    return root;
}

static const char *text_of(const json_t *event, const char *key)
{
    const char *text = json_string_value(json_object_get(event, key));
    return text ? text : "";
}

static double number_of(const json_t *event, const char *key)
{
    return json_number_value(json_object_get(event, key));
}

/* Number index of the events with that phase, or NULL. */
static const json_t *nth(const json_t *root, const char *phase, size_t index)
{
    const json_t *list = json_object_get(root, "traceEvents");
    for (size_t i = 0; i < json_array_size(list); ++i) {
        const json_t *one = json_array_get(list, i);
        if (strcmp(text_of(one, "ph"), phase) == 0 && index-- == 0) return one;
    }
    return NULL;
}

static size_t count_of(const json_t *root, const char *phase)
{
    size_t count = 0;
    while (nth(root, phase, count))
        count += 1;
    return count;
}

/* The name that a "M" event of that kind gives the process and thread of an event. */
static const char *named(const json_t *root, const char *kind, const json_t *event)
{
    const json_t *meta = NULL;
    for (size_t i = 0; (meta = nth(root, "M", i)); ++i) {
        if (strcmp(text_of(meta, "name"), kind) != 0) continue;
        if (number_of(meta, "pid") != number_of(event, "pid")) continue;
        if (strcmp(kind, "process_name") != 0 && number_of(meta, "tid") != number_of(event, "tid"))
            continue;
        return text_of(json_object_get(meta, "args"), "name");
    }
    return "";
}

TEST(events_stand_at_their_places)
{
    const td_trace_event events[] = {
        event(TD_TRACE_KERNEL, 10.5, 10.75, "cuda:0", 1, 2),
        event(TD_TRACE_UNIT, 10.0, 11.0, "cuda:0", 1, 2),
        event(TD_TRACE_WAIT, 10.5, 10.9, "cuda:0", 1, 2),
        event(TD_TRACE_STORE, 11.0, 11.5, "", NONE, NONE),
        event(TD_TRACE_RESCUE, 10.6, 10.6, "cuda:0", NONE, NONE),
        event(TD_TRACE_UNIT, 10.25, 10.5, "cpu", 0, NONE),
    };
    json_t *root = written(events, 6, 3);
    CHECK_INT(3, (int)number_of(json_object_get(root, "otherData"), "dropped"));
    CHECK_INT(5, (int)count_of(root, "X"));
    CHECK_INT(1, (int)count_of(root, "i"));
    const json_t *unit = nth(root, "X", 1);
    CHECK_TEXT("unit 7", text_of(unit, "name"));
    CHECK_TEXT("worker 1", named(root, "thread_name", unit));
    CHECK_TEXT("host", named(root, "process_name", unit));
    CHECK_NEAR(0.0, number_of(unit, "ts"), 1e-3);
    CHECK_NEAR(1e6, number_of(unit, "dur"), 1e-3);
    CHECK_INT(1024, (int)number_of(json_object_get(unit, "args"), "bytes"));
    CHECK_INT(7, (int)number_of(json_object_get(unit, "args"), "unit"));
    CHECK_TEXT("worker 0", named(root, "thread_name", nth(root, "X", 0)));
    /* The wait lies in the unit, on the same thread. */
    CHECK_TEXT("worker 1", named(root, "thread_name", nth(root, "X", 2)));
    const json_t *kernel = nth(root, "X", 4);
    CHECK_TEXT("work", text_of(kernel, "name"));
    CHECK_TEXT("stream 2", named(root, "thread_name", kernel));
    CHECK_TEXT("cuda:0", named(root, "process_name", kernel));
    CHECK_TEXT("cuda:0", named(root, "process_name", nth(root, "i", 0)));
    json_decref(root);
}

TEST(memory_is_a_running_sum)
{
    const td_trace_event events[] = {
        event(TD_TRACE_FREE, 3.0, 3.0, "cuda:0", 0, 0),
        event(TD_TRACE_ALLOC, 1.0, 1.0, "cuda:0", 0, 0),
        event(TD_TRACE_ALLOC, 2.0, 2.0, "cuda:0", 1, 1),
        event(TD_TRACE_ALLOC, 3.0, 3.0, "cuda:0", 1, 1), /* takes what was just given back */
        event(TD_TRACE_ALLOC, 2.5, 2.5, "cuda:1", 1, 1),
    };
    static const int expected[] = {1024, 2048, 1024, 2048, 1024};
    json_t *root = written(events, 5, 0);
    CHECK_INT(5, (int)count_of(root, "C"));
    for (size_t i = 0; i < 5; ++i) {
        const json_t *counter = nth(root, "C", i);
        CHECK_INT(expected[i], (int)number_of(json_object_get(counter, "args"), "bytes"));
        CHECK_TEXT(i < 4 ? "cuda:0" : "cuda:1", named(root, "process_name", counter));
    }
    json_decref(root);
}

/* Viewers take events of a thread for nested: none may reach beyond the one that it starts in. */
TEST(no_thread_has_events_that_cross)
{
    enum { EVENTS = 400 };
    td_trace_event *events = calloc(EVENTS, sizeof *events);
    CHECK(events != NULL);
    for (int i = 0; i < EVENTS; ++i) {
        const double begin = (double)(check_random() % 2000);
        events[i] = event(i % 2 ? TD_TRACE_IDLE : TD_TRACE_KERNEL, begin,
                          begin + (double)(check_random() % 100), i % 2 ? "" : "cuda:0", 0, 0);
    }
    json_t *root = written(events, EVENTS, 0);
    CHECK_INT(EVENTS, (int)count_of(root, "X"));
    const json_t *list = json_object_get(root, "traceEvents");
    for (size_t i = 0; i < json_array_size(list); ++i)
        for (size_t k = 0; k < json_array_size(list); ++k) {
            const json_t *a = json_array_get(list, i), *b = json_array_get(list, k);
            if (strcmp(text_of(a, "ph"), "X") != 0 || strcmp(text_of(b, "ph"), "X") != 0) continue;
            if (number_of(a, "pid") != number_of(b, "pid")) continue;
            if (number_of(a, "tid") != number_of(b, "tid")) continue;
            const double a0 = number_of(a, "ts"), a1 = a0 + number_of(a, "dur");
            const double b0 = number_of(b, "ts"), b1 = b0 + number_of(b, "dur");
            CHECK(!(a0 < b0 && b0 < a1 && a1 < b1));
        }
    json_decref(root);
    free(events);
}

TEST(any_text_is_json)
{
    td_trace_event events[2] = {event(TD_TRACE_KERNEL, 0, 1, "a\"\\\n\x01", 0, 0),
                                event(TD_TRACE_KERNEL, 0, 1, "b", 0, NONE)};
    snprintf(events[0].name, sizeof events[0].name, "cut \xc3");
    json_t *root = written(events, 2, 0);
    CHECK_TEXT("cut ?", text_of(nth(root, "X", 0), "name"));
    CHECK_TEXT("a\"\\\n\x01", named(root, "process_name", nth(root, "X", 0)));
    CHECK_TEXT("stream", named(root, "thread_name", nth(root, "X", 1)));
    json_decref(root);
}

TEST(an_empty_trace_is_a_file)
{
    json_t *root = written(NULL, 0, 0);
    CHECK_INT(0, (int)count_of(root, "X"));
    CHECK(json_array_size(json_object_get(root, "traceEvents")) > 0);
    json_decref(root);
}

TEST(what_cannot_be_written_is_told)
{
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_E_IO, trace_file_write("/nowhere/trace.json", NULL, 0, 0, &err), &err);
    CHECK(strstr(err.message, "/nowhere/trace.json"));
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(events_stand_at_their_places),
                                     RUN(memory_is_a_running_sum),
                                     RUN(no_thread_has_events_that_cross),
                                     RUN(any_text_is_json),
                                     RUN(an_empty_trace_is_a_file),
                                     RUN(what_cannot_be_written_is_told),
                                     {0}});
}
