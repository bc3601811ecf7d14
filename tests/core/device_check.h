/* device_check.h - engines with the test plug-in, and what they log. */
#ifndef TANDEM_TEST_DEVICE_CHECK_H
#define TANDEM_TEST_DEVICE_CHECK_H
#include "../check.h"
#include "../sweep/plugin.h"
#include "core/device.h"
#include "core/engine.h"

/* ---- An engine with the test plug-in, and its log -------------------------------------------- */

static char log_text[16384];

static inline void log_line(void *context, int level, const char *line)
{
    (void)context;
    const size_t used = strlen(log_text);
    snprintf(log_text + used, sizeof log_text - used, "%d %s\n", level, line);
}

static inline const backend_test_steer *steer(const backend_test_plan *plan)
{
    const backend_test_steer *const found = plugin_steer();
    CHECK(found != NULL);
    found->set(plan);
    return found;
}

static inline backend_test_plan plan_of(uint32_t devices)
{
    return (backend_test_plan){
        .devices = devices, .bytes = 1 << 20, .fail_device = BACKEND_TEST_EVERY};
}

static inline td_engine *engine_with(const char *backends, const char *path)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    config.threads = 1;
    config.backends = backends;
    config.backend_path = path;
    config.log = log_line;
    log_text[0] = 0;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    device_list_load(engine_devices(engine));
    return engine;
}

static inline td_device *device_of(const td_engine *engine, const char *name)
{
    td_device *const device = device_list_find(engine_devices(engine), name);
    CHECK(device != NULL);
    return device;
}

static inline void nothing_is_live(const backend_test_steer *s)
{
    backend_test_state state;
    s->get(&state);
    CHECK_INT(0, state.live_memory);
    CHECK_INT(0, state.live_streams);
    CHECK_INT(0, state.live_devices);
}

#endif
