/* device_scene.h - an engine with the test plug-in's devices, and a run whose answer is known. */
#ifndef TANDEM_TEST_DEVICE_SCENE_H
#define TANDEM_TEST_DEVICE_SCENE_H
#include "sweep_check.h"

static const backend_test_steer *steer;

static inline backend_test_plan plan_of(uint32_t devices, uint64_t bytes)
{
    return (backend_test_plan){
        .devices = devices, .bytes = bytes, .fail_device = BACKEND_TEST_EVERY};
}

/* One scene: an engine with test devices, arguments, and the right table from the CPU. */
typedef struct scene {
    sum_data data;
    td_engine *engine;
    td_args *args;
    td_table *right;
    td_run_options options; /* test:0 */
} scene;

static const sum_call small_call = {
    .a = "1:4", .b = "2,5", .f = "0.5,2", .items_per_unit = 2, .a_per_unit = 4};

/* small_call over seven items: four units. */
#define SMALL_UNITS 4

/* No backend is loaded yet. */
static inline void scene_open_asleep(scene *s, uint32_t threads, const backend_test_plan *plan,
                                     const sum_call *call)
{
    td_run_options options = TD_RUN_OPTIONS_INIT;
    sum_hooks_clear();
    steer = plugin_steer();
    CHECK(steer != NULL);
    steer->set(plan);
    *s = (scene){.data = data_make(7, 12)};
    s->engine = engine_make(threads, 0, "test,cpu");
    s->options = (td_run_options)TD_RUN_OPTIONS_INIT;
    s->options.device = "test:0";
    s->args = args_make(s->engine, &s->data, call);
    options.device = "cpu";
    s->right = run_well(s->engine, s->args, &options, NULL);
    check_closed_form(s->right, s->args);
    sum_hooks_clear();
    steer->set(plan);
}

/* All calls that are counted from here on are the run's. */
static inline void scene_open(scene *s, uint32_t threads, const backend_test_plan *plan,
                              const sum_call *call)
{
    scene_open_asleep(s, threads, plan, call);
    device_list_load(engine_devices(s->engine));
    steer->set(plan);
}

static inline void scene_close(scene *s)
{
    backend_test_state state;
    check_clean(s->engine);
    for (size_t i = 0; device_list_at(engine_devices(s->engine), i); ++i)
        CHECK_INT(0, device_bytes_used(device_list_at(engine_devices(s->engine), i)));
    td_table_destroy(s->right);
    td_args_destroy(s->args);
    td_engine_destroy(s->engine);
    data_free(&s->data);
    steer->get(&state);
    CHECK_INT(0, state.live_memory);
    CHECK_INT(0, state.live_streams);
    CHECK_INT(0, state.live_devices);
}

#endif
