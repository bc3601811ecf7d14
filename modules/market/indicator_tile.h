/* indicator_tile.h - prices on their way to steps and back: TD_LANES series side by side, gaps
 * taken out.
 *
 * A block of symbols has sources (its inputs) and targets (its outputs), one series a lane,
 * anywhere in memory. A map says which bar each step of each lane is. Where no input is NaN step t
 * is bar t in all lanes (direct), and loading is a transposition, or nothing. Else, by td_gaps:
 *
 *   skip        step i of a lane is its i-th bar at which all sources are numbers
 *   propagate   each stretch of such bars is a round of its own: the first stretches of all lanes
 *               are run side by side, then the second ones ..
 *   fill        from the first bar at which every source has had a number; then the last one
 * stands in
 *
 * A lane that is shorter than the longest repeats its last value, one without any step is a copy of
 * the longest: steps always see numbers. Infinities are numbers. */
#ifndef TANDEM_MODULES_MARKET_INDICATOR_TILE_H
#define TANDEM_MODULES_MARKET_INDICATOR_TILE_H
#include "indicator.h"

/* Bar b of a lane is lane[l][b * stride]; a lane that is NULL holds no symbol. */
typedef struct indicator_source {
    const double *lane[TD_LANES];
    uint64_t      stride;
} indicator_source;

/* Likewise; TD_F64 or TD_I32. lane NULL: not wanted. */
typedef struct indicator_target {
    void    *lane[TD_LANES];
    uint64_t stride;
    td_dtype dtype;
} indicator_target;

typedef struct indicator_map {
    td_gaps  gaps;
    bool     direct;                 /* step t is bar t in every lane */
    bool     begun;
    uint32_t source_count;
    const indicator_source *const *source;
    uint64_t bar_count[TD_LANES];    /* 0: the lane holds no symbol */
    uint64_t count;                  /* steps of the longest lane in this round */
    uint64_t steps[TD_LANES];
    uint64_t first[TD_LANES];        /* bar of step 0, where bars follow one another */
    uint64_t longest;                /* of bar_count */
    uint32_t *memory;                /* longest for each lane; NULL: there is no need */
    const uint32_t *bar[TD_LANES];   /* of each step; NULL: first + step */
} indicator_map;

/* Bytes of memory for a map of as many bars. */
size_t indicator_map_bytes(uint64_t bar_count);
/* bar_count: of each lane, at most UINT32_MAX; sources are borrowed. memory: 8-byte aligned,
 * indicator_map_bytes of the largest bar_count. */
void indicator_map_begin(indicator_map *map, td_gaps gaps, indicator_isa isa,
                         const indicator_source *const *source, uint32_t source_count,
                         const uint64_t bar_count[TD_LANES], void *memory);
/* The first round, then the next; false when there is none. */
bool indicator_map_next(indicator_map *map);
/* The bar of a step. */
static inline uint64_t indicator_map_bar(const indicator_map *map, uint32_t lane, uint64_t step)
{
    return map->bar[lane] ? map->bar[lane][step] : map->first[lane] + step;
}

/* Steps first .. end - 1 of a source into to[0 .. end - first - 1]. last: of this source, kept by
 * the caller from call to call of a round (TD_GAPS_FILL). */
void indicator_load(const indicator_map *map, indicator_isa isa, const indicator_source *source,
                    uint64_t first, uint64_t end, double last[TD_LANES], vec *to);
/* Steps first .. end - 1, from[0 ..], to their bars; those before drop[lane] are left out (NULL:
 * none). Other bars are not touched. TD_I32 takes whole numbers that fit. */
void indicator_store(const indicator_map *map, indicator_isa isa, const vec *from, uint64_t first,
                     uint64_t end, const uint64_t *drop, const indicator_target *target);
/* NaN (0 for TD_I32) into every bar of each lane. */
void indicator_blank(const indicator_map *map, const indicator_target *target);

/* ---- Many calls on one block ----------------------------------------------------------------- */

typedef struct indicator_job {
    const indicator *it;
    const double    *param;
    const indicator_source *in[TD_INDICATOR_INPUTS_MAX];
    indicator_target out[TD_INDICATOR_OUTPUTS_MAX];
} indicator_job;

/* Bytes of scratch for the jobs on a block of at most bar_count bars. */
TD_MUST_USE td_status indicator_block_bytes(const indicator_job *jobs, uint32_t count,
                                            uint64_t bar_count, size_t *bytes, td_error *err);
/* Runs all jobs; those that read the same sources share their loads. drop: see indicator_store, for
 * lanes that are pieces of one series; then nothing is written and false is returned when an input
 * is NaN, and true elsewhere. memory: 64-byte aligned. */
bool indicator_block(const indicator_job *jobs, uint32_t count, td_gaps gaps, indicator_isa isa,
                     const uint64_t bar_count[TD_LANES], const uint64_t *drop, void *memory);

/* ---- What is compiled for each instruction set ----------------------------------------------- */

typedef struct indicator_moves {
    bool (*has_nan)(const double *values, uint64_t count);
    /* count bars, a multiple of 8, of 8 series to count vec, and back. */
    void (*gather)(const double *const *lane, uint64_t count, vec *to);
    void (*scatter)(const vec *from, uint64_t count, double *const *lane);
} indicator_moves;
extern const indicator_moves indicator_moves_plain, indicator_moves_avx2, indicator_moves_avx512;

#endif
