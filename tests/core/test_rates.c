/* test_rates.c - measuring devices: what is there is measured, what is not stays 0, and what fails
 * leaves nothing behind. */
#include "../check.h"
#include "../sweep/plugin.h"
#include "core/engine.h"
#include "core/trace.h"

static td_engine *engine_with(const char *backends)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    config.threads = 1;
    config.backends = backends;
    config.backend_path = plugin_folder();
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    device_list_load(engine_devices(engine));
    return engine;
}

static const backend_test_steer *steer(const backend_test_plan *plan)
{
    const backend_test_steer *const found = plugin_steer();
    CHECK(found != NULL);
    found->set(plan);
    return found;
}

static backend_test_plan plan_of(uint64_t bytes)
{
    return (backend_test_plan){.devices = 1, .bytes = bytes, .fail_device = BACKEND_TEST_EVERY};
}

TEST(a_device_with_all_kernels_has_all_rates)
{
    td_error err = TD_ERROR_INIT;
    td_device_rates rates = TD_DEVICE_RATES_INIT;
    td_engine *const engine = engine_with("plain");
    const td_device *const device = td_device_at(engine, 0);
    CHECK_STATUS(TD_OK, td_device_measure(engine, device, 0.05, &rates, &err), &err);
    CHECK(rates.startup_seconds > 0.0 && rates.launch_seconds > 0.0);
    CHECK(rates.to_device > 0.0 && rates.to_host > 0.0 && rates.on_device > 0.0);
    CHECK(rates.float32 > 0.0 && rates.float64 > 0.0 && rates.int32 > 0.0);
    CHECK_INT(0, device_bytes_used(device));
    td_engine_destroy(engine);
}

/* A known speed: the kernels of the test plug-in take as long as they are told. */
TEST(the_rate_of_a_device_of_known_speed_is_found)
{
    td_error err = TD_ERROR_INIT;
    td_device_rates rates = TD_DEVICE_RATES_INIT;
    backend_test_plan plan = plan_of(1 << 26);
    plan.rate = 1e9;
    steer(&plan);
    td_engine *const engine = engine_with("test");
    const td_device *const device = td_device_at(engine, 0);
    const double start = trace_now();
    CHECK_STATUS(TD_OK, td_device_measure(engine, device, 0.4, &rates, &err), &err);
    CHECK(trace_now() - start < 20.0);
    /* Sleeping takes at least as long as it should, and far longer on a machine that is busy. */
    CHECK(rates.float32 <= 1e9 && rates.float32 > 0.05e9);
    CHECK(rates.int32 <= 1e9 && rates.int32 > 0.05e9);
    CHECK(rates.float64 <= 0.0); /* it has no such kernel */
    CHECK(rates.on_device > 0.0);
    td_engine_destroy(engine);
}

TEST(what_was_measured_is_kept_until_more_is_asked_for)
{
    td_error err = TD_ERROR_INIT;
    backend_test_state one, two;
    td_device_rates first = TD_DEVICE_RATES_INIT, second = TD_DEVICE_RATES_INIT;
    const backend_test_plan plan = plan_of(1 << 26);
    const backend_test_steer *const s = steer(&plan);
    td_engine *const engine = engine_with("test");
    const td_device *const device = td_device_at(engine, 0);
    CHECK_STATUS(TD_OK, td_device_measure(engine, device, 0.1, &first, &err), &err);
    s->get(&one);
    CHECK_STATUS(TD_OK, td_device_measure(engine, device, 0.03, &second, &err), &err);
    s->get(&two);
    CHECK_INT(one.calls[CALL_ANY], two.calls[CALL_ANY]);
    CHECK(memcmp(&first, &second, sizeof first) == 0);
    CHECK_STATUS(TD_OK, td_device_measure(engine, device, 0.12, &second, &err), &err);
    s->get(&two);
    CHECK(two.calls[CALL_ANY] > one.calls[CALL_ANY]);
    second = (td_device_rates)TD_DEVICE_RATES_INIT;
    second.struct_size = offsetof(td_device_rates, to_host);
    CHECK_STATUS(TD_OK, td_device_measure(engine, device, 0.03, &second, &err), &err);
    CHECK(second.to_device > 0.0 && second.to_host <= 0.0);
    td_engine_destroy(engine);
}

TEST(the_cpu_copies_and_launches_nothing)
{
    td_error err = TD_ERROR_INIT;
    td_device_rates rates = TD_DEVICE_RATES_INIT;
    td_engine *const engine = engine_with("cpu");
    CHECK_STATUS(TD_OK, td_device_measure(engine, td_device_at(engine, 0), 0.02, &rates, &err),
                 &err);
    CHECK(rates.to_device > 0.0 && rates.to_host > 0.0 && rates.on_device > 0.0);
    CHECK(rates.launch_seconds <= 0.0 && rates.float32 <= 0.0 && rates.int32 <= 0.0);
    td_engine_destroy(engine);
}

TEST(arguments_are_checked)
{
    td_error err = TD_ERROR_INIT;
    td_device_rates rates = TD_DEVICE_RATES_INIT, none = {0};
    const backend_test_plan plan = plan_of(1 << 20);
    steer(&plan);
    td_engine *const engine = engine_with("test"), *const other = engine_with("test");
    td_device *const device = device_list_at(engine_devices(engine), 0);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_device_measure(NULL, device, 1, &rates, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_device_measure(engine, NULL, 1, &rates, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_device_measure(other, device, 1, &rates, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_device_measure(engine, device, 0.019, &rates, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_device_measure(engine, device, 61, &rates, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_device_measure(engine, device, (double)NAN, &rates, &err),
                 &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_device_measure(engine, device, 1, NULL, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_device_measure(engine, device, 1, &none, &err), &err);
    device_retire(device, "the test says so");
    CHECK_STATUS(TD_E_NO_DEVICE, td_device_measure(engine, device, 1, &rates, &err), &err);
    CHECK(rates.to_host <= 0.0);
    td_engine_destroy(other);
    td_engine_destroy(engine);
}

TEST(too_little_memory_measures_with_less)
{
    td_error err = TD_ERROR_INIT;
    td_device_rates rates = TD_DEVICE_RATES_INIT;
    const backend_test_plan plan = plan_of(300000);
    steer(&plan);
    td_engine *const engine = engine_with("test");
    CHECK_STATUS(TD_OK, td_device_measure(engine, td_device_at(engine, 0), 0.05, &rates, &err),
                 &err);
    CHECK(rates.to_device > 0.0);
    td_engine_destroy(engine);
}

TEST(every_failure_leaves_nothing_behind)
{
    static const td_status kinds[] = {TD_E_DEVICE_LOST, TD_E_NO_DEVICE_MEMORY, TD_E_INTERNAL};
    for (int k = 0; k < 3; ++k)
        for (uint64_t at = 1; at < 400; at += 1 + at / 8) {
            backend_test_plan plan = plan_of(1 << 20);
            backend_test_state state;
            td_error err = TD_ERROR_INIT;
            td_device_rates rates = TD_DEVICE_RATES_INIT;
            const backend_test_steer *const s = steer(&plan);
            td_engine *const engine = engine_with("test");
            td_device *const device = device_list_at(engine_devices(engine), 0);
            plan.rate = 1e12;
            plan.fail_call = CALL_ANY;
            plan.fail_at = at;
            plan.fail_count = UINT64_MAX;
            plan.fail_status = kinds[k];
            plan.lose = k == 0;
            s->set(&plan);
            const td_status status = td_device_measure(engine, device, 0.02, &rates, &err);
            s->get(&state);
            CHECK_STATUS(state.failures ? kinds[k] : TD_OK, status, &err);
            CHECK_INT(!(k == 0 && state.failures > 0), device_is_fit(device));
            CHECK_INT(0, device_bytes_used(device));
            if (status) CHECK(rates.to_device <= 0.0);
            td_engine_destroy(engine);
            s->get(&state);
            CHECK_INT(0, state.live_memory + state.live_streams + state.live_devices);
        }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(a_device_with_all_kernels_has_all_rates),
                                     RUN(the_rate_of_a_device_of_known_speed_is_found),
                                     RUN(what_was_measured_is_kept_until_more_is_asked_for),
                                     RUN(the_cpu_copies_and_launches_nothing),
                                     RUN(arguments_are_checked),
                                     RUN(too_little_memory_measures_with_less),
                                     RUN(every_failure_leaves_nothing_behind),
                                     {0}});
}
