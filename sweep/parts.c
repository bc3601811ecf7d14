/* parts.c - work of a function that is no operation, on the engine's workers. */
#include "core/engine.h"
#include "sweep/work.h"

#define PARTS_KEEP_MAX ((size_t)64 << 20) /* scratch of one worker that outlives a part */

td_status td_engine_parts(td_engine *engine, uint64_t count, td_part_fn part, void *context,
                          td_error *err)
{
    sweep_stop stop = {.caller = NULL, .job = NULL};
    work_crew crew = {.pool = NULL};
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_engine_parts: engine is NULL");
    atomic_init(&stop.now, false);
    engine_enter(engine);
    td_status status = work_crew_init(&crew, engine_pool(engine), engine_allocator(engine), &stop,
                                      PARTS_KEEP_MAX, err);
    if (!status) status = td_work_parts(work_at(&crew, 0, 0), count, part, context, err);
    work_crew_free(&crew);
    engine_leave(engine);
    return status;
}
