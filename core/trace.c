/* trace.c - a bounded record of what happened when. */
#include "core/trace.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "core/engine.h"
#include "core/memory.h"

struct td_trace {
    pthread_mutex_t lock;
    uint64_t capacity, count, dropped;
    td_trace_event *event;
};

double trace_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

td_status td_trace_create(td_engine *engine, uint64_t capacity, td_trace **out, td_error *err)
{
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_trace_create: engine is NULL");
    if (capacity < 1 || capacity > TRACE_CAPACITY_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "td_trace_create: capacity is %llu events, allowed 1 to %llu",
                       (unsigned long long)capacity, (unsigned long long)TRACE_CAPACITY_MAX);
    if (!out) return td_fail(err, TD_E_BAD_ARGUMENT, "td_trace_create: out is NULL");
    td_trace *const trace = td_alloc(engine, sizeof *trace);
    if (trace)
        trace->event = memory_array(engine_allocator(engine), capacity, sizeof *trace->event);
    if (!trace || !trace->event) {
        memory_give(trace);
        return td_fail(err, TD_E_NO_MEMORY, "a trace of %llu events needs %zu bytes each",
                       (unsigned long long)capacity, sizeof *trace->event);
    }
    trace->capacity = capacity;
    pthread_mutex_init(&trace->lock, NULL);
    *out = trace;
    return TD_OK;
}

void td_trace_destroy(td_trace *trace)
{
    if (!trace) return;
    pthread_mutex_destroy(&trace->lock);
    memory_give(trace->event);
    memory_give(trace);
}

void trace_add(td_trace *trace, const td_trace_event *event)
{
    if (!trace) return;
    pthread_mutex_lock(&trace->lock);
    if (trace->count < trace->capacity) trace->event[trace->count++] = *event;
    else trace->dropped += 1;
    pthread_mutex_unlock(&trace->lock);
}

static uint64_t trace_read(const td_trace *trace, const uint64_t *number)
{
    td_trace *const own = (td_trace *)trace;
    pthread_mutex_lock(&own->lock);
    const uint64_t value = *number;
    pthread_mutex_unlock(&own->lock);
    return value;
}

uint64_t td_trace_count(const td_trace *trace)
{
    return trace ? trace_read(trace, &trace->count) : 0;
}

uint64_t td_trace_dropped(const td_trace *trace)
{
    return trace ? trace_read(trace, &trace->dropped) : 0;
}

bool td_trace_at(const td_trace *trace, uint64_t index, td_trace_event *event)
{
    td_trace *const own = (td_trace *)trace;
    if (!trace || !event || event->struct_size < sizeof event->struct_size) return false;
    const uint32_t known = event->struct_size;
    pthread_mutex_lock(&own->lock);
    const bool there = index < trace->count;
    if (there) memcpy(event, &trace->event[index], known < sizeof *event ? known : sizeof *event);
    pthread_mutex_unlock(&own->lock);
    event->struct_size = known;
    return there;
}
