/* place.c - the devices of a run: what each may hold, how many units at a time, how fast it is. */
#include "sweep/place.h"

#include "sweep/sweep.h"

/* ---- Life ------------------------------------------------------------------------------------ */

uint64_t place_bytes(const sweep *run, const td_device *device)
{
    const uint64_t given = run->options.device_bytes_max;
    const uint64_t available = device_bytes_available(device);
    if (device_is_cpu(device)) return UINT64_MAX;
    if (given > 0) return given < available || available < PLACE_BYTES_MIN ? given : available;
    return available < PLACE_BYTES_MIN ? PLACE_BYTES_MIN : available;
}

sweep_place *place_of(sweep *run, const td_device *device)
{
    return &run->place[device_number(device)];
}

static void place_init(sweep *run, td_device *device)
{
    sweep_place *const place = place_of(run, device);
    if (place->device) return;
    *place = (sweep_place){.device = device, .fit_before = device_is_fit(device)};
    place->bytes_max = place->bytes_now = UINT64_MAX;
    place->memory.max = run->options.device_bytes_max;
    place->allowed = pool_threads(engine_pool(run->engine));
}

void place_init_all(sweep *run)
{
    const device_list *const list = engine_devices(run->engine);
    td_device *device = NULL;
    place_init(run, run->cpu);
    if (!device_list_loaded(list)) return;
    for (size_t i = 0; (device = device_list_at(list, i)) != run->cpu; ++i)
        place_init(run, device);
}

void place_choose(sweep *run, td_device *device)
{
    sweep_place *const place = place_of(run, device);
    place->chosen = true;
    place->bytes_max = place->bytes_now = place_bytes(run, device);
    if (!device_is_cpu(device)) device_run_begins(device, run->options.device_bytes_max);
    run->chosen[run->chosen_count++] = place;
}

void place_free_all(sweep *run)
{
    for (uint32_t i = 0; i < run->chosen_count; ++i)
        if (!device_is_cpu(run->chosen[i]->device))
            device_run_ends(run->chosen[i]->device, run->options.device_bytes_max);
    for (size_t i = 0; i < DEVICES_MAX; ++i)
        busy_free(&run->place[i].busy);
}

/* ---- Dealing; under the lock ------------------------------------------------------------------
 */

bool place_admits(const sweep_place *place, const td_unit *unit)
{
    if (device_is_cpu(place->device) || place->running == 0) return true;
    if (place->running >= place->allowed) return false;
    return unit->device_bytes <= place->bytes_now &&
           place->used <= place->bytes_now - unit->device_bytes;
}

/* Cost per second of one of the units there; 0: not yet known. */
static double place_rate(const sweep_place *place)
{
    return place->seconds > 0.0 ? place->cost / place->seconds : 0.0;
}

bool place_leaves(const sweep *run, const sweep_place *place, const td_unit *unit)
{
    const double own = place_rate(place);
    if (run->chosen_count < 2 || own <= 0.0) return false;
    for (uint32_t i = 0; i < run->chosen_count; ++i) {
        const sweep_place *const other = run->chosen[i];
        const double rate = place_rate(other);
        /* One with nothing on it may not come back for the unit. */
        if (rate <= own || other->running == 0 || !device_is_fit(other->device)) continue;
        const double wait = run->cost_pending / (rate * other->running);
        if (wait + unit->cost / rate < unit->cost / own) return true;
    }
    return false;
}

void place_enter(sweep_place *place, const td_unit *unit)
{
    if (__builtin_add_overflow(place->used, unit->device_bytes, &place->used))
        place->used = UINT64_MAX;
    place->running += 1;
    if (place->running > place->running_max) place->running_max = place->running;
}

void place_leave(sweep_place *place, const td_unit *unit)
{
    place->running -= 1;
    place->used = unit->device_bytes < place->used ? place->used - unit->device_bytes : 0;
    if (place->running == 0) place->used = 0;
}

/* ---- What units found ------------------------------------------------------------------------ */

void place_squeezed(sweep *run, sweep_place *place)
{
    uint64_t there = device_bytes_available(place->device);
    if (__builtin_add_overflow(there, atomic_load(&place->memory.used), &there)) there = UINT64_MAX;
    pthread_mutex_lock(&run->lock);
    const uint32_t limit = place->running > 1 ? place->running - 1 : 1;
    if (place->allowed > limit) place->allowed = limit;
    place->bytes_now = there < place->bytes_max ? there : place->bytes_max;
    place->calm = 0;
    pthread_mutex_unlock(&run->lock);
}

static void place_ease(const sweep *run, sweep_place *place)
{
    const uint64_t step = place->bytes_max / 8;
    if (++place->calm < PLACE_CALM) return;
    place->calm = 0;
    if (place->allowed < pool_threads(engine_pool(run->engine))) place->allowed += 1;
    if (place->bytes_now < place->bytes_max - step) place->bytes_now += step;
    else place->bytes_now = place->bytes_max;
}

void place_done(sweep *run, sweep_place *place, const td_unit *part, busy_span time)
{
    pthread_mutex_lock(&run->lock);
    place->units += 1;
    place->cost += part->cost;
    place->seconds += time.end - time.begin;
    if (device_is_cpu(place->device)) busy_add(&place->busy, engine_allocator(run->engine), time);
    else place_ease(run, place);
    pthread_mutex_unlock(&run->lock);
}

void place_work_add(sweep *run, sweep_place *place, place_work *work, busy_span *span,
                    uint32_t *span_count)
{
    pthread_mutex_lock(&run->lock);
    place->work.seconds_copy += work->seconds_copy;
    place->work.seconds_kernel += work->seconds_kernel;
    place->work.bytes_to_device += work->bytes_to_device;
    place->work.bytes_to_host += work->bytes_to_host;
    place->work.launches += work->launches;
    for (uint32_t i = 0; i < *span_count; ++i)
        busy_add(&place->busy, engine_allocator(run->engine), span[i]);
    pthread_mutex_unlock(&run->lock);
    *work = (place_work){0};
    *span_count = 0;
}
