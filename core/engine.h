/* engine.h - the engine, as sweep/ and core/ see it. */
#ifndef TANDEM_CORE_ENGINE_H
#define TANDEM_CORE_ENGINE_H
#include "tandem/module.h"

#include "core/budget.h"
#include "core/device.h"
#include "core/pool.h"

pool               *engine_pool(td_engine *engine);
budget             *engine_budget(td_engine *engine);
device_list        *engine_devices(const td_engine *engine);
const td_allocator *engine_allocator(const td_engine *engine);  /* never NULL, never empty */
/* Calls the configured log, if there is one; prints nothing otherwise. */
void engine_log(td_engine *engine, td_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const td_op_impl *engine_find_impl(const td_engine *engine, const char *op_name);  /* or NULL */
/* TD_E_NOT_FOUND, naming the operation and the one that was perhaps meant. */
td_status engine_unknown_op(const td_engine *engine, const char *op_name, td_error *err);
/* Jobs and runs register, so that td_engine_destroy can wait for them. */
void engine_enter(td_engine *engine);
void engine_leave(td_engine *engine);

#endif
