/* test_loading.c - backends are loaded when a device is first asked for, once, and what was found
 * is told with reasons. */
#include <pthread.h>

#include "device_check.h"

static uint64_t opens(const backend_test_steer *s)
{
    backend_test_state state;
    s->get(&state);
    return state.opens;
}

static td_engine *engine_asleep(const char *backends)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    char names[32] = "", path[PATH_MAX];
    config.threads = 2;
    if (backends) snprintf(names, sizeof names, "%s", backends);
    snprintf(path, sizeof path, "%s", plugin_folder());
    config.backends = backends ? names : NULL;
    config.backend_path = path;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    /* The texts are the caller's, and are gone before anything is loaded. */
    memset(names, 'x', sizeof names - 1);
    memset(path, 'x', sizeof path - 1);
    return engine;
}

TEST(nothing_is_loaded_until_a_device_is_asked_for)
{
    const backend_test_plan plan = plan_of(2);
    const backend_test_steer *const s = steer(&plan);
    const uint64_t before = opens(s);
    td_engine *const engine = engine_asleep("test");
    CHECK(!device_list_loaded(engine_devices(engine)));
    CHECK(device_is_cpu(td_device_find(engine, "cpu")));
    CHECK(td_device_find(engine, NULL) == NULL);
    CHECK(device_list_load_seconds(engine_devices(engine)) <= 0.0);
    CHECK_INT(before, opens(s));
    CHECK(td_device_at(engine, 7) == NULL);
    CHECK_INT(before + 1, opens(s));
    CHECK(device_list_loaded(engine_devices(engine)));
    CHECK(device_list_load_seconds(engine_devices(engine)) > 0.0);
    CHECK(td_device_find(engine, "test:1") == td_device_at(engine, 1));
    CHECK(td_device_find(engine, "cpu") == td_device_at(engine, 2));
    CHECK_INT(before + 1, opens(s));
    td_engine_destroy(engine);
    nothing_is_live(s);
}

TEST(an_engine_that_never_asks_loads_nothing)
{
    const backend_test_plan plan = plan_of(1);
    td_backend_info info = TD_BACKEND_INFO_INIT;
    const backend_test_steer *const s = steer(&plan);
    const uint64_t before = opens(s);
    td_engine_destroy(engine_asleep(NULL));
    td_engine *const engine = engine_asleep("cpu");
    CHECK(device_is_cpu(td_device_at(engine, 0)) && !td_device_at(engine, 1));
    CHECK(!td_backend_at(engine, 0, &info));
    td_engine_destroy(engine);
    CHECK_INT(before, opens(s));
    CHECK(td_device_at(NULL, 0) == NULL && td_device_find(NULL, "cpu") == NULL);
    CHECK(!td_backend_at(NULL, 0, &info));
}

static void *ask(void *context)
{
    return (void *)td_device_at(context, 0);
}

TEST(threads_that_ask_at_one_time_load_once)
{
    const backend_test_plan plan = plan_of(1);
    const backend_test_steer *const s = steer(&plan);
    for (int round = 0; round < 10; ++round) {
        const uint64_t before = opens(s);
        td_engine *const engine = engine_asleep("test");
        pthread_t thread[4];
        for (int i = 0; i < 4; ++i)
            CHECK_INT(0, pthread_create(&thread[i], NULL, ask, engine));
        for (int i = 0; i < 4; ++i) {
            void *found = NULL;
            pthread_join(thread[i], &found);
            CHECK(found == td_device_find(engine, "test:0"));
        }
        CHECK_INT(before + 1, opens(s));
        td_engine_destroy(engine);
    }
    nothing_is_live(s);
}

TEST(what_was_found_is_told_with_reasons)
{
    backend_test_plan plan = plan_of(3);
    td_backend_info info = TD_BACKEND_INFO_INIT;
    steer(&plan);
    td_engine *engine = engine_with("nosuch,empty,test", plugin_folder());
    CHECK(td_backend_at(engine, 0, &info));
    CHECK_TEXT("empty", info.name);
    CHECK_INT(0, info.usable + info.device_count);
    CHECK_HAS("has no td_backend_open", info.reason);
    CHECK_HAS("/tandem-backend-empty.so", info.path);
    CHECK(td_backend_at(engine, 1, &info));
    CHECK_TEXT("test", info.name);
    CHECK_INT(1, info.usable);
    CHECK_INT(3, info.device_count);
    CHECK_TEXT("", info.reason);
    CHECK(!td_backend_at(engine, 2, &info));
    CHECK(!td_backend_at(engine, 0, NULL));
    info.struct_size = offsetof(td_backend_info, name);
    info.name[0] = 'Z';
    CHECK(td_backend_at(engine, 0, &info));
    CHECK_INT('Z', info.name[0]);
    CHECK_INT(0, info.usable);
    td_engine_destroy(engine);
    plan.devices = 0;
    steer(&plan);
    engine = engine_with("test", plugin_folder());
    info = (td_backend_info)TD_BACKEND_INFO_INIT;
    CHECK(td_backend_at(engine, 0, &info));
    CHECK_INT(0, info.usable);
    CHECK_TEXT("it has no device", info.reason);
    td_engine_destroy(engine);
    plan = plan_of(1);
    plan.refuses = true;
    steer(&plan);
    engine = engine_with("test", plugin_folder());
    CHECK(td_backend_at(engine, 0, &info));
    CHECK_TEXT("the test plug-in was told to refuse", info.reason);
    /* It says that there is no device: to be known, not to be warned of. */
    CHECK_HAS("2 backend test is not used", log_text);
    td_engine_destroy(engine);
}

TEST(several_plug_ins_bring_the_preferred_devices_first)
{
    static const char *const names[] = {"falling:0", "plain:0", "test:0", "test:1", "cpu"};
    backend_test_plan plan = plan_of(2);
    plan.not_preferred = true;
    const backend_test_steer *const s = steer(&plan);
    td_engine *const engine = engine_with("test,falling,plain", plugin_folder());
    for (size_t i = 0; i < 5; ++i) {
        td_error err = TD_ERROR_INIT;
        td_device_info info = TD_DEVICE_INFO_INIT;
        const td_device *const device = td_device_at(engine, i);
        CHECK(device != NULL);
        CHECK_TEXT(names[i], device_name(device));
        CHECK(td_device_find(engine, names[i]) == device);
        CHECK_STATUS(TD_OK, td_device_describe(device, &info, &err), &err);
        CHECK_INT(1, info.fit);
        CHECK_INT(i != 2 && i != 3, info.preferred);
    }
    CHECK(td_device_at(engine, 5) == NULL);
    td_engine_destroy(engine);
    nothing_is_live(s);
}

TEST(a_plug_in_of_the_older_abi_still_works)
{
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    backend_test_plan plan = plan_of(1);
    plan.old_abi = plan.not_preferred = true;
    steer(&plan);
    td_engine *const engine = engine_with("test", plugin_folder());
    td_device *const device = device_of(engine, "test:0");
    CHECK(device_is_fit(device));
    CHECK(device_backend(device)->stream_records == NULL);
    CHECK_STATUS(TD_OK, td_device_describe(device, &info, &err), &err);
    CHECK_INT(1, info.preferred); /* it is no CPU, and cannot say more */
    td_engine_destroy(engine);
}

TEST(a_device_says_why_it_is_out_of_use)
{
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_backend_info backend = TD_BACKEND_INFO_INIT;
    backend_test_plan plan = plan_of(1);
    plan.wrong = true;
    steer(&plan);
    td_engine *engine = engine_with("test", plugin_folder());
    CHECK_STATUS(TD_OK, td_device_describe(td_device_at(engine, 0), &info, &err), &err);
    CHECK_INT(0, info.fit);
    CHECK_HAS("fails its self-test", info.reason);
    CHECK(td_backend_at(engine, 0, &backend));
    CHECK_HAS("test:0: device test:0 fails its self-test", backend.reason);
    td_engine_destroy(engine);
    plan = plan_of(1);
    steer(&plan);
    engine = engine_with("test", plugin_folder());
    CHECK_STATUS(TD_OK, td_device_describe(td_device_at(engine, 0), &info, &err), &err);
    CHECK_TEXT("", info.reason);
    device_retire(device_of(engine, "test:0"), "the test says so");
    CHECK_STATUS(TD_OK, td_device_describe(td_device_at(engine, 0), &info, &err), &err);
    CHECK_TEXT("the test says so", info.reason);
    td_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(nothing_is_loaded_until_a_device_is_asked_for),
                                     RUN(an_engine_that_never_asks_loads_nothing),
                                     RUN(threads_that_ask_at_one_time_load_once),
                                     RUN(what_was_found_is_told_with_reasons),
                                     RUN(several_plug_ins_bring_the_preferred_devices_first),
                                     RUN(a_plug_in_of_the_older_abi_still_works),
                                     RUN(a_device_says_why_it_is_out_of_use),
                                     {0}});
}
