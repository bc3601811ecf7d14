/* cancel.c - one atomic flag. Lock-free, so that a signal handler may set it. */
#include "core/cancel.h"

#include <stdatomic.h>

#include "core/engine.h"
#include "core/memory.h"

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a signal handler sets the flag");

struct td_cancel {
    atomic_int requested;
};

td_status td_cancel_create(td_engine *engine, td_cancel **out, td_error *err)
{
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_cancel_create: engine is NULL");
    if (!out) return td_fail(err, TD_E_BAD_ARGUMENT, "td_cancel_create: out is NULL");
    td_cancel *cancel = memory_take(engine_allocator(engine), sizeof(*cancel));
    if (!cancel) return td_fail(err, TD_E_NO_MEMORY, "no memory for a cancel request");
    atomic_init(&cancel->requested, 0);
    *out = cancel;
    return TD_OK;
}

void td_cancel_request(td_cancel *cancel)
{
    if (cancel) atomic_store_explicit(&cancel->requested, 1, memory_order_release);
}

bool cancel_requested(const td_cancel *cancel)
{
    return cancel && atomic_load_explicit(&cancel->requested, memory_order_acquire) != 0;
}

void td_cancel_destroy(td_cancel *cancel)
{
    memory_give(cancel);
}
