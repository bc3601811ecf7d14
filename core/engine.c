/* engine.c - the engine handle: what td_engine_create puts together, and takes apart in the
 * reverse order. There are no globals: everything hangs on the handle. */
#include "core/engine.h"

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/op.h"
#include "core/text.h"

#define ENGINE_OPS_MAX      4096 /* built in and given, together */
#define ENGINE_LOG_LINE_MAX 1024

struct td_engine {
    td_allocator allocator;
    void (*log)(void *context, int level, const char *line);
    void *log_context;
    budget *budget;
    pool *pool;
    device_list *devices;
    const td_op_impl **ops; /* op_count of them, in the order of registration */
    size_t op_count;
    pthread_mutex_t lock; /* of runs */
    pthread_cond_t idle;
    uint64_t runs;
};

/* ---- What the engine is asked ------------------------------------------------------------ */

pool *engine_pool(td_engine *engine)
{
    return engine->pool;
}

budget *engine_budget(td_engine *engine)
{
    return engine->budget;
}

device_list *engine_devices(const td_engine *engine)
{
    return engine->devices;
}

const td_allocator *engine_allocator(const td_engine *engine)
{
    return &engine->allocator;
}

void engine_log(td_engine *engine, td_log_level level, const char *format, ...)
{
    char line[ENGINE_LOG_LINE_MAX];
    va_list list;
    if (!engine->log) return;
    va_start(list, format);
    if (vsnprintf(line, sizeof(line), format, list) < 0) line[0] = 0;
    va_end(list);
    engine->log(engine->log_context, (int)level, line);
}

const td_op_impl *engine_find_impl(const td_engine *engine, const char *op_name)
{
    for (size_t i = 0; op_name && i < engine->op_count; ++i)
        if (strcmp(engine->ops[i]->op->name, op_name) == 0) return engine->ops[i];
    return NULL;
}

td_status engine_unknown_op(const td_engine *engine, const char *op_name, td_error *err)
{
    char quote[TEXT_QUOTE_MAX];
    const char *near = NULL;
    uint32_t best = UINT32_MAX;
    for (size_t i = 0; i < engine->op_count; ++i)
        if (text_nearer(op_name, engine->ops[i]->op->name, &best)) near = engine->ops[i]->op->name;
    text_quote(op_name, strlen(op_name), quote);
    return td_fail(err, TD_E_NOT_FOUND, "there is no operation %s%s%s", quote,
                   near ? ", did you mean " : "", near ? near : "");
}

const td_op *td_op_at(const td_engine *engine, size_t index)
{
    return engine && index < engine->op_count ? engine->ops[index]->op : NULL;
}

const td_op *td_op_find(const td_engine *engine, const char *name)
{
    const td_op_impl *impl = engine ? engine_find_impl(engine, name) : NULL;
    return impl ? impl->op : NULL;
}

void *td_alloc(td_engine *engine, size_t bytes)
{
    return engine ? memory_take(&engine->allocator, bytes) : NULL;
}

void td_free(td_engine *engine, void *memory)
{
    (void)engine; /* each piece knows where it came from */
    memory_give(memory);
}

void engine_enter(td_engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->runs += 1;
    pthread_mutex_unlock(&engine->lock);
}

void engine_leave(td_engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->runs -= 1;
    if (engine->runs == 0) pthread_cond_broadcast(&engine->idle);
    pthread_mutex_unlock(&engine->lock);
}

/* ---- The registry -------------------------------------------------------------------------- */

static size_t ops_count(const td_op_impl *const *ops)
{
    size_t count = 0;
    while (ops && count <= ENGINE_OPS_MAX && ops[count])
        count += 1;
    return count;
}

/* A fault in a table that is linked in is ours; one in a table that was given is the caller's. */
static td_status engine_register(td_engine *engine, const td_op_impl *const *ops, size_t count,
                                 td_status blame, td_error *err)
{
    for (size_t i = 0; i < count; ++i) {
        const td_status status = op_check(ops[i], blame, err);
        if (status) return status;
        if (engine_find_impl(engine, ops[i]->op->name))
            return td_fail(err, blame, "two operations are named %s", ops[i]->op->name);
        engine->ops[engine->op_count++] = ops[i];
    }
    return TD_OK;
}

static td_status engine_make_registry(td_engine *engine, const td_engine_config *config,
                                      td_error *err)
{
    const size_t built_in = ops_count(td_builtin_ops), given = ops_count(config->ops);
    if (built_in > ENGINE_OPS_MAX || given > ENGINE_OPS_MAX - built_in)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "td_engine_config: ops are more than %d or not "
                       "ended by NULL",
                       ENGINE_OPS_MAX);
    engine->ops = memory_array(&engine->allocator, built_in + given, sizeof(td_op_impl *));
    if (!engine->ops) return td_fail(err, TD_E_NO_MEMORY, "no memory for the operations");
    const td_status status = engine_register(engine, td_builtin_ops, built_in, TD_E_INTERNAL, err);
    return status ? status : engine_register(engine, config->ops, given, TD_E_BAD_ARGUMENT, err);
}

/* ---- Its life -------------------------------------------------------------------------------- */

/* The processors that this process may run on: a container or taskset may allow fewer than the
 * machine has. */
static uint32_t engine_processors(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set)) return 1;
    const int count = CPU_COUNT(&set);
    return count < 1 ? 1 : count > POOL_THREADS_MAX ? POOL_THREADS_MAX : (uint32_t)count;
}

static td_status engine_read_config(const td_engine_config *given, td_engine_config *config,
                                    td_error *err)
{
    const td_engine_config fresh = TD_ENGINE_CONFIG_INIT;
    *config = fresh;
    if (!given) return TD_OK;
    if (given->struct_size < offsetof(td_engine_config, backends))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "td_engine_config: struct_size is %u; set the "
                       "struct with TD_ENGINE_CONFIG_INIT",
                       given->struct_size);
    const size_t known =
        given->struct_size < sizeof(*config) ? given->struct_size : sizeof(*config);
    memcpy(config, given, known);
    config->struct_size = (uint32_t)sizeof(*config);
    if (config->threads > POOL_THREADS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "td_engine_config: threads is %u, allowed 0 to %d",
                       config->threads, POOL_THREADS_MAX);
    return TD_OK;
}

static td_status engine_start(td_engine *engine, const td_engine_config *config, td_error *err)
{
    const uint32_t threads = config->threads ? config->threads : engine_processors();
    td_status status = engine_make_registry(engine, config, err);
    if (status) return status;
    status = budget_create(&engine->allocator, config->host_bytes_max, &engine->budget, err);
    if (status) return status;
    status = pool_create(&engine->allocator, threads, &engine->pool, err);
    if (status) return status;
    /* Without the CPU, what all work falls back to, an engine could start but never run. */
    return device_list_create(engine, config, &engine->devices, err);
}

td_status td_engine_create(const td_engine_config *config, td_engine **out, td_error *err)
{
    td_engine_config known;
    td_status status = engine_read_config(config, &known, err);
    if (status) return status;
    if (!out) return td_fail(err, TD_E_BAD_ARGUMENT, "td_engine_create: out is NULL");

    td_engine *engine = memory_take(&known.allocator, sizeof(*engine));
    if (!engine) return td_fail(err, TD_E_NO_MEMORY, "no memory for an engine");
    engine->allocator = memory_allocator(&known.allocator);
    engine->log = known.log;
    engine->log_context = known.log_context;
    pthread_mutex_init(&engine->lock, NULL);
    pthread_cond_init(&engine->idle, NULL);
    status = engine_start(engine, &known, err);
    if (status) {
        td_engine_destroy(engine);
        return status;
    }
    *out = engine;
    return TD_OK;
}

void td_engine_destroy(td_engine *engine)
{
    if (!engine) return;
    pthread_mutex_lock(&engine->lock);
    while (engine->runs > 0)
        pthread_cond_wait(&engine->idle, &engine->lock);
    pthread_mutex_unlock(&engine->lock);

    device_list_destroy(engine->devices);
    pool_destroy(engine->pool);
    budget_destroy(engine->budget);
    memory_give((void *)engine->ops);
    pthread_cond_destroy(&engine->idle);
    pthread_mutex_destroy(&engine->lock);
    memory_give(engine);
}
