/* indicator_tile.c - maps, loads and stores: the gap policies, once for all indicators. */
#include "indicator_tile.h"

#include <math.h>
#include <string.h>

static const indicator_moves *moves_of(indicator_isa isa)
{
    switch (isa) {
    case ISA_AVX512: return &indicator_moves_avx512;
    case ISA_AVX2: return &indicator_moves_avx2;
    case ISA_PLAIN:
    case ISA_COUNT: break;
    }
    return &indicator_moves_plain;
}

size_t indicator_map_bytes(uint64_t bar_count)
{
    return ((size_t)bar_count * TD_LANES * sizeof(uint32_t) + 63) / 64 * 64;
}

/* ---- Finding gaps ---------------------------------------------------------------------------- */

/* All lanes lie side by side, as in TD_BY_LANES: one run of memory. */
static bool is_by_lanes(const indicator_source *source)
{
    if (source->stride != TD_LANES) return false;
    for (int l = 0; l < TD_LANES; ++l)
        if (source->lane[l] != source->lane[0] + l) return false;
    return true;
}

static bool lane_has_nan(const indicator_source *source, uint32_t lane, uint64_t count,
                         const indicator_moves *moves)
{
    const double *const x = source->lane[lane];
    if (source->stride == 1) return moves->has_nan(x, count);
    for (uint64_t b = 0; b < count; ++b)
        if (isnan(x[b * source->stride])) return true;
    return false;
}

static bool source_has_nan(const indicator_source *source, const uint64_t *bar_count,
                           const indicator_moves *moves)
{
    bool equal = is_by_lanes(source);
    for (uint32_t l = 1; l < TD_LANES; ++l)
        equal = equal && bar_count[l] == bar_count[0];
    if (equal) return moves->has_nan(source->lane[0], bar_count[0] * TD_LANES);
    for (uint32_t l = 0; l < TD_LANES; ++l)
        if (bar_count[l] && lane_has_nan(source, l, bar_count[l], moves)) return true;
    return false;
}

static bool bar_is_whole(const indicator_map *map, uint32_t lane, uint64_t bar)
{
    for (uint32_t i = 0; i < map->source_count; ++i)
        if (isnan(map->source[i]->lane[lane][bar * map->source[i]->stride])) return false;
    return true;
}

void indicator_map_begin(indicator_map *map, td_gaps gaps, indicator_isa isa,
                         const indicator_source *const *source, uint32_t source_count,
                         const uint64_t bar_count[TD_LANES], void *memory)
{
    const indicator_moves *const moves = moves_of(isa);
    *map = (indicator_map){.gaps = gaps, .source_count = source_count, .source = source};
    map->direct = true;
    for (uint32_t l = 0; l < TD_LANES; ++l) {
        map->bar_count[l] = bar_count[l];
        if (bar_count[l] > map->longest) map->longest = bar_count[l];
    }
    for (uint32_t i = 0; i < source_count && map->direct; ++i)
        map->direct = !source_has_nan(source[i], bar_count, moves);
    map->memory = map->direct || gaps != TD_GAPS_SKIP ? NULL : memory;
}

/* ---- Rounds ---------------------------------------------------------------------------------- */

static void lane_skip(indicator_map *map, uint32_t lane)
{
    uint32_t *const bar = map->memory + lane * map->longest;
    uint64_t steps = 0;
    for (uint64_t b = 0; b < map->bar_count[lane]; ++b) {
        bar[steps] = (uint32_t)b;
        steps += bar_is_whole(map, lane, b);
    }
    /* A symbol that is listed late, or not to the end, has no gap in between. */
    const bool together = steps > 0 && bar[steps - 1] - bar[0] == steps - 1;
    map->steps[lane] = steps;
    map->first[lane] = together ? bar[0] : 0;
    map->bar[lane] = together ? NULL : bar;
}

/* The next stretch behind the one that was last run. */
static void lane_propagate(indicator_map *map, uint32_t lane)
{
    const uint64_t count = map->bar_count[lane];
    uint64_t b = map->first[lane] + map->steps[lane];
    while (b < count && !bar_is_whole(map, lane, b))
        b += 1;
    map->first[lane] = b;
    while (b < count && bar_is_whole(map, lane, b))
        b += 1;
    map->steps[lane] = b - map->first[lane];
}

static void lane_fill(indicator_map *map, uint32_t lane)
{
    uint64_t first = 0;
    for (uint32_t i = 0; i < map->source_count; ++i) {
        const double *const x = map->source[i]->lane[lane];
        uint64_t b = 0;
        while (b < map->bar_count[lane] && isnan(x[b * map->source[i]->stride]))
            b += 1;
        first = b > first ? b : first;
    }
    map->first[lane] = first;
    map->steps[lane] = map->bar_count[lane] - first;
}

bool indicator_map_next(indicator_map *map)
{
    if (map->begun && (map->direct || map->gaps != TD_GAPS_PROPAGATE)) return false;
    map->begun = true;
    map->count = 0;
    for (uint32_t l = 0; l < TD_LANES; ++l) {
        if (map->direct) map->steps[l] = map->bar_count[l];
        else if (map->bar_count[l] == 0) map->steps[l] = 0;
        else if (map->gaps == TD_GAPS_SKIP) lane_skip(map, l);
        else if (map->gaps == TD_GAPS_PROPAGATE) lane_propagate(map, l);
        else lane_fill(map, l);
        if (map->steps[l] > map->count) map->count = map->steps[l];
    }
    return map->count > 0;
}

/* ---- Loads ----------------------------------------------------------------------------------- */

/* Every lane has steps first .. end - 1, and each is the bar of its number. */
static bool range_is_direct(const indicator_map *map, uint64_t end)
{
    bool all = map->direct;
    for (uint32_t l = 0; l < TD_LANES; ++l)
        all = all && map->steps[l] >= end;
    return all;
}

/* The value that stands in before the first step of a lane: it may be that of an earlier bar. */
static double value_before(const indicator_map *map, const indicator_source *source, uint32_t lane)
{
    uint64_t b = map->first[lane];
    while (b > 0 && isnan(source->lane[lane][b * source->stride]))
        b -= 1;
    return source->lane[lane][b * source->stride];
}

static void load_lane(const indicator_map *map, const indicator_source *source, uint32_t lane,
                      uint64_t first, uint64_t end, double *last, vec *to)
{
    const double *const x = source->lane[lane];
    const uint64_t stride = source->stride, steps = map->steps[lane];
    const bool fill = map->gaps == TD_GAPS_FILL && !map->direct;
    const bool follow = !fill && !map->bar[lane];
    uint64_t i = first;
    if (first == 0) *last = fill ? value_before(map, source, lane) : 0;
    for (; follow && i < end && i < steps; ++i)
        to[i - first][lane] = x[(map->first[lane] + i) * stride];
    if (follow && i > first) *last = to[i - 1 - first][lane];
    for (; i < end && i < steps; ++i) {
        const double value = x[indicator_map_bar(map, lane, i) * stride];
        if (!(fill && isnan(value))) *last = value;
        to[i - first][lane] = *last;
    }
    for (; i < end; ++i)
        to[i - first][lane] = *last;
}

static uint32_t longest_lane(const indicator_map *map)
{
    uint32_t lane = 0;
    while (lane + 1 < TD_LANES && map->steps[lane] < map->count)
        lane += 1;
    return lane;
}

void indicator_load(const indicator_map *map, indicator_isa isa, const indicator_source *source,
                    uint64_t first, uint64_t end, double last[TD_LANES], vec *to)
{
    const uint32_t model = longest_lane(map);
    if (range_is_direct(map, end) && is_by_lanes(source)) {
        memcpy(to, source->lane[0] + first * TD_LANES, (end - first) * sizeof(vec));
        return;
    }
    if (range_is_direct(map, end) && source->stride == 1) {
        const uint64_t whole = (end - first) / TD_LANES * TD_LANES;
        const double *lane[TD_LANES];
        for (int l = 0; l < TD_LANES; ++l)
            lane[l] = source->lane[l] + first;
        moves_of(isa)->gather(lane, whole, to);
        for (uint64_t i = whole; i < end - first; ++i)
            for (int l = 0; l < TD_LANES; ++l)
                to[i][l] = lane[l][i];
        for (int l = 0; l < TD_LANES; ++l)
            last[l] = lane[l][end - first - 1];
        return;
    }
    for (uint32_t l = 0; l < TD_LANES; ++l)
        if (map->steps[l]) load_lane(map, source, l, first, end, &last[l], to);
    for (uint32_t l = 0; l < TD_LANES; ++l)
        for (uint64_t i = 0; !map->steps[l] && i < end - first; ++i)
            to[i][l] = to[i][model];
}

/* ---- Stores ---------------------------------------------------------------------------------- */

/* Steps least .. end - 1 of one lane; from[0] is step first. */
static void store_lane(const indicator_map *map, const vec *from, uint32_t lane, uint64_t first,
                       uint64_t least, uint64_t end, const indicator_target *target)
{
    const uint64_t stride = target->stride;
    double *const real = target->lane[lane];
    int32_t *const whole = target->lane[lane];
    if (end > map->steps[lane]) end = map->steps[lane];
    for (uint64_t i = least; i < end; ++i) {
        const uint64_t bar = indicator_map_bar(map, lane, i);
        const double value = from[i - first][lane];
        if (target->dtype == TD_F64) real[bar * stride] = value;
        else whole[bar * stride] = (int32_t)value;
    }
}

void indicator_store(const indicator_map *map, indicator_isa isa, const vec *from, uint64_t first,
                     uint64_t end, const uint64_t *drop, const indicator_target *target)
{
    double *lane[TD_LANES];
    bool fast = range_is_direct(map, end) && target->stride == 1 && target->dtype == TD_F64;
    for (uint32_t l = 0; l < TD_LANES; ++l) {
        fast = fast && target->lane[l] && !(drop && drop[l] > first);
        lane[l] = fast ? (double *)target->lane[l] + first : NULL;
    }
    const uint64_t whole = fast ? (end - first) / TD_LANES * TD_LANES : 0;
    if (fast) moves_of(isa)->scatter(from, whole, lane);
    for (uint32_t l = 0; l < TD_LANES; ++l) {
        const uint64_t least = drop && drop[l] > first + whole ? drop[l] : first + whole;
        if (target->lane[l]) store_lane(map, from, l, first, least, end, target);
    }
}

void indicator_blank(const indicator_map *map, const indicator_target *target)
{
    for (uint32_t l = 0; l < TD_LANES; ++l) {
        double *const real = target->lane[l];
        int32_t *const whole = target->lane[l];
        for (uint64_t b = 0; real && b < map->bar_count[l]; ++b) {
            if (target->dtype == TD_F64) real[b * target->stride] = NAN;
            else whole[b * target->stride] = 0;
        }
    }
}
