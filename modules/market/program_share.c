/* program_share.c - each distinct call, series and constant once. What is new is put behind the
 * others first, and looked up there: so it is hashed and compared as they are. */
#include "program_build.h"

#include <string.h>

static program *made(const build *b)
{
    return &b->whole->program;
}

static uint64_t mix(uint64_t hash, const void *data, size_t bytes)
{
    const unsigned char *at = data;
    for (; bytes >= 8; bytes -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    for (; bytes > 0; --bytes)
        hash = (hash ^ *at++) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

static uint64_t share_hash(const build *b, share_kind kind, uint32_t number)
{
    const program *const p = made(b);
    if (kind == SHARE_CONSTANT) return mix(1, &p->constant[number], sizeof(double));
    if (kind == SHARE_SERIES) {
        const program_code code = p->series[number].code;
        return mix(2, p->step + code.first, code.count * sizeof(program_step));
    }
    const program_call *const call = &p->call[number];
    uint64_t hash = mix(3, &call->indicator, sizeof(call->indicator));
    hash = mix(hash, call->param, sizeof(call->param));
    return mix(hash, call->input, sizeof(call->input));
}

static bool share_same(const build *b, share_kind kind, uint32_t x, uint32_t y)
{
    const program *const p = made(b);
    if (kind == SHARE_CONSTANT)
        return memcmp(&p->constant[x], &p->constant[y], sizeof(double)) == 0;
    if (kind == SHARE_SERIES) {
        const program_code c = p->series[x].code, d = p->series[y].code;
        return c.count == d.count &&
               memcmp(p->step + c.first, p->step + d.first, c.count * sizeof(program_step)) == 0;
    }
    return p->call[x].indicator == p->call[y].indicator &&
           memcmp(p->call[x].param, p->call[y].param, sizeof(p->call[x].param)) == 0 &&
           memcmp(p->call[x].input, p->call[y].input, sizeof(p->call[x].input)) == 0;
}

/* Doubles the table; the old one stays with its owner when there is no memory. */
static td_status share_grow(build *b, share_kind kind, td_error *err)
{
    const td_allocator *const a = &b->whole->allocator;
    share_table *const old = &b->share[kind];
    share_table fresh = {NULL, 0, old->count};
    td_status status =
        memory_grow(a, &fresh.entry, &fresh.room, old->room ? old->room * 2 : 64, 4, err);
    if (status) return status;
    memset(fresh.entry, 0, (size_t)fresh.room * 4);
    for (uint64_t i = 0; i < old->room; ++i) {
        if (!old->entry[i]) continue;
        uint64_t at = share_hash(b, kind, old->entry[i] - 1) & (fresh.room - 1);
        while (fresh.entry[at])
            at = (at + 1) & (fresh.room - 1);
        fresh.entry[at] = old->entry[i];
    }
    memory_free(a, old->entry, old->room, 4);
    *old = fresh;
    return TD_OK;
}

/* The number of what equals the candidate, or the candidate's own, which is then taken in. */
static td_status share(build *b, share_kind kind, uint32_t candidate, uint32_t *number,
                       td_error *err)
{
    share_table *const table = &b->share[kind];
    td_status status = table->count * 2 < table->room ? TD_OK : share_grow(b, kind, err);
    if (status) return status;
    uint64_t at = share_hash(b, kind, candidate) & (table->room - 1);
    for (; table->entry[at]; at = (at + 1) & (table->room - 1)) {
        *number = table->entry[at] - 1;
        if (share_same(b, kind, *number, candidate)) return TD_OK;
    }
    table->entry[at] = candidate + 1;
    table->count += 1;
    *number = candidate;
    return TD_OK;
}

void share_end(build *b)
{
    for (int k = 0; k < SHARE_COUNT; ++k)
        memory_free(&b->whole->allocator, b->share[k].entry, b->share[k].room, 4);
}

td_status share_constant(build *b, double number, uint32_t *constant, td_error *err)
{
    program *const p = made(b);
    td_status status = memory_grow(&b->whole->allocator, &p->constant, &b->whole->constant_room,
                                   (uint64_t)p->constant_count + 1, sizeof(p->constant[0]), err);
    if (status) return status;
    p->constant[p->constant_count] = number;
    status = share(b, SHARE_CONSTANT, p->constant_count, constant, err);
    if (!status && *constant == p->constant_count) p->constant_count += 1;
    return status;
}

/* Puts a series behind the others; it counts when the caller says so. */
static td_status series_place(build *b, const program_series *series, td_error *err)
{
    program *const p = made(b);
    if (p->series_count == PROGRAM_SERIES_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "the strategies read more than %d series over the grid: make the grid "
                       "smaller, or run it in parts",
                       PROGRAM_SERIES_MAX);
    td_status status = memory_grow(&b->whole->allocator, &p->series, &b->whole->series_room,
                                   (uint64_t)p->series_count + 1, sizeof(p->series[0]), err);
    if (!status) p->series[p->series_count] = *series;
    return status;
}

td_status share_price(build *b, td_price price, uint32_t *series, td_error *err)
{
    program *const p = made(b);
    program_series wanted;
    if (p->reads[price]) {
        *series = b->price[price]->id[0];
        return TD_OK;
    }
    memset(&wanted, 0, sizeof(wanted));
    wanted.kind = SERIES_PRICE;
    wanted.price = price;
    td_status status = series_place(b, &wanted, err);
    if (!status) status = value_single(b, p->series_count, &b->price[price], err);
    if (status) return status;
    p->reads[price] = true;
    *series = p->series_count++;
    return TD_OK;
}

td_status share_output(build *b, uint32_t call, uint32_t output, uint32_t *series, td_error *err)
{
    program *const p = made(b);
    program_call *const from = &p->call[call];
    program_series wanted;
    if (from->output[output] != PROGRAM_NONE) {
        *series = from->output[output];
        return TD_OK;
    }
    memset(&wanted, 0, sizeof(wanted));
    wanted.kind = SERIES_CALL;
    wanted.call = call;
    wanted.output = output;
    for (uint32_t i = 0; i < from->indicator->input_count; ++i) {
        const uint64_t lookback = p->series[from->input[i]].lookback;
        if (lookback > wanted.lookback) wanted.lookback = lookback;
    }
    wanted.lookback += from->indicator->lookback(from->param);
    td_status status = series_place(b, &wanted, err);
    if (status) return status;
    from->output[output] = p->series_count;
    *series = p->series_count++;
    return TD_OK;
}

td_status share_code(build *b, const program_step *step, uint32_t count, place at, uint32_t *series,
                     td_error *err)
{
    program *const p = made(b);
    program_series wanted;
    (void)at;
    memset(&wanted, 0, sizeof(wanted));
    td_status status = memory_grow(&b->whole->allocator, &p->step, &b->whole->step_room,
                                   (uint64_t)p->step_count + count, sizeof(p->step[0]), err);
    if (status) return status;
    memcpy(p->step + p->step_count, step, count * sizeof(*step));
    wanted.kind = SERIES_CODE;
    wanted.code = (program_code){p->step_count, count};
    for (uint32_t i = 0; i < count; ++i) {
        if (step[i].op != STEP_SERIES) continue;
        const uint64_t lookback = p->series[step[i].slot].lookback + step[i].lag;
        if (lookback > wanted.lookback) wanted.lookback = lookback;
    }
    status = series_place(b, &wanted, err);
    if (!status) status = share(b, SHARE_SERIES, p->series_count, series, err);
    if (status || *series != p->series_count) return status;
    p->series_count += 1;
    p->step_count += count;
    return TD_OK;
}

td_status share_lagged(build *b, uint32_t series, uint32_t lag, place at, uint32_t *lagged,
                       td_error *err)
{
    const program_step step = {STEP_SERIES, series, lag, 0};
    *lagged = series;
    return lag == 0 ? TD_OK : share_code(b, &step, 1, at, lagged, err);
}

/* Says where the call stands, and for which point of the grid its parameters are wrong. */
static td_status check_call(build *b, const program_call *call, const node *it,
                            const grid_walk *walk, td_error *err)
{
    td_error inner = TD_ERROR_INIT;
    char point[200];
    const td_status status = indicator_check(call->indicator, call->param, &inner);
    if (!status) return TD_OK;
    walk_text(b, walk, point, sizeof(point));
    build_fail(b, it->at, err, "%s%s", inner.message, point);
    if (err && err->struct_size >= sizeof(*err)) err->status = status;
    return status;
}

td_status share_call(build *b, const program_call *call, const node *it, const grid_walk *walk,
                     uint32_t *number, td_error *err)
{
    program *const p = made(b);
    td_status status = memory_grow(&b->whole->allocator, &p->call, &b->whole->call_room,
                                   (uint64_t)p->call_count + 1, sizeof(p->call[0]), err);
    if (status) return status;
    p->call[p->call_count] = *call;
    status = share(b, SHARE_CALL, p->call_count, number, err);
    if (status || *number != p->call_count) return status;
    p->call_count += 1;
    return check_call(b, call, it, walk, err);
}
