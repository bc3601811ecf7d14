/* td_group.h - group primitives: the only place where warp hardware is named.
 *
 * Each works on scratch, local memory of TD_GROUP elements of type, one of each item, filled in an
 * earlier phase. It stands between phases, where all items of the group come by:
 *
 *     TD_LOCAL(td_i32, count, TD_GROUP);
 *     TD_PHASE count[TD_LID] = ...; TD_PHASE_END
 *     TD_GROUP_SUM(td_i32, count)
 *     TD_PHASE if (TD_LID == 0) TD_ATOMIC_ADD_I32(total, count[0]); TD_PHASE_END
 *
 *   TD_GROUP_SUM(type, scratch)             scratch[0] is the sum
 *   TD_GROUP_MAX(type, scratch)             scratch[0] is the largest
 *   TD_GROUP_SCAN(type, scratch)            scratch[i] is the sum of what 0 .. i had
 *   TD_GROUP_SCAN_BEFORE(type, scratch)     scratch[i] is the sum of what 0 .. i - 1 had; 0 at 0
 *
 * type: td_i32, td_u32, td_i64, td_u64; of sum and max also float and double (max: no NaN).
 * The other elements of scratch hold anything after a sum or a maximum.
 * A sum adds scratch[i] + scratch[i + reach] for reach TD_GROUP / 2, .. 2, 1: a tree whose order
 * TD_GROUP alone fixes, so that a sum of floats too has the same bits on every target. CUDA does
 * the last five steps of the same tree by shuffles, without a barrier. Scans are of integers, whose
 * sums do not depend on the order. */
#ifndef TANDEM_TD_GROUP_H
#define TANDEM_TD_GROUP_H
#include "td_kernel.h"

#if TD_GROUP < 32 || (TD_GROUP & (TD_GROUP - 1)) != 0
#error "TD_GROUP must be a power of two and a whole number of warps"
#endif

#define TD_JOIN_ADD(a, b) ((a) + (b))
#define TD_JOIN_MAX(a, b) ((b) > (a) ? (b) : (a))

#define TD_GROUP_SUM(type, scratch) TD_GROUP_TREE(type, scratch, TD_JOIN_ADD)
#define TD_GROUP_MAX(type, scratch) TD_GROUP_TREE(type, scratch, TD_JOIN_MAX)

/* Steps of the tree down to, and without, the reach last. */
#define TD_GROUP_TREE_STEPS(scratch, join, last)                                           \
    for (int td_reach = TD_GROUP / 2; td_reach > (last); td_reach /= 2) {                  \
        TD_PHASE                                                                           \
            if (TD_LID < td_reach) {                                                       \
                scratch[TD_LID] = join(scratch[TD_LID], scratch[TD_LID + td_reach]);       \
            }                                                                              \
        TD_PHASE_END                                                                       \
    }

#if defined(TD_TARGET_CUDA)
#define TD_GROUP_TREE(type, scratch, join)                                                 \
    TD_GROUP_TREE_STEPS(scratch, join, 16)                                                 \
    TD_PHASE                                                                               \
        if (TD_LID < 32) {                                                                 \
            type td_mine = scratch[TD_LID];                                                \
            for (int td_reach = 16; td_reach > 0; td_reach /= 2) {                         \
                const type td_other = __shfl_down_sync(0xffffffffu, td_mine, td_reach);    \
                td_mine = join(td_mine, td_other);                                         \
            }                                                                              \
            if (TD_LID == 0) scratch[0] = td_mine;                                         \
        }                                                                                  \
    TD_PHASE_END

/* Each warp scans its own 32 by shuffles, then adds the last elements of the warps before it. They
 * are read by all before anything is written: td_mine lives across the barrier in between, which
 * a kernel may not, and this file may. */
#define TD_GROUP_SCAN_CUDA(type, scratch, whole)                                           \
    {                                                                                      \
        const int td_lid = (int)threadIdx.x, td_lane = td_lid & 31;                        \
        const type td_own = scratch[td_lid];                                               \
        type td_mine = td_own;                                                             \
        for (int td_reach = 1; td_reach < 32; td_reach *= 2) {                             \
            const type td_other = __shfl_up_sync(0xffffffffu, td_mine, td_reach);          \
            if (td_lane >= td_reach) td_mine += td_other;                                  \
        }                                                                                  \
        __syncthreads();                                                                   \
        scratch[td_lid] = td_mine;                                                         \
        __syncthreads();                                                                   \
        for (int td_warp = 31; td_warp < td_lid - td_lane; td_warp += 32) {                \
            td_mine += scratch[td_warp];                                                   \
        }                                                                                  \
        __syncthreads();                                                                   \
        scratch[td_lid] = (whole) ? td_mine : td_mine - td_own;                            \
        __syncthreads();                                                                   \
    }
#define TD_GROUP_SCAN(type, scratch) TD_GROUP_SCAN_CUDA(type, scratch, 1)
#define TD_GROUP_SCAN_BEFORE(type, scratch) TD_GROUP_SCAN_CUDA(type, scratch, 0)

#else
#define TD_GROUP_TREE(type, scratch, join) TD_GROUP_TREE_STEPS(scratch, join, 0)

/* Blelloch's scan ("Prefix sums and their applications", 1990): sums go up a binary tree that lies
 * in scratch, and what stands before each node comes down it. In a phase every item works on a
 * pair that no other item of the phase touches. */
#define TD_GROUP_SCAN_UP(scratch)                                                          \
    for (int td_reach = 1; td_reach < TD_GROUP; td_reach *= 2) {                           \
        TD_PHASE                                                                           \
            const int td_at = (TD_LID + 1) * td_reach * 2 - 1;                             \
            if (td_at < TD_GROUP) scratch[td_at] += scratch[td_at - td_reach];             \
        TD_PHASE_END                                                                       \
    }
#define TD_GROUP_SCAN_BEFORE(type, scratch)                                                \
    TD_GROUP_SCAN_UP(scratch)                                                              \
    TD_PHASE                                                                               \
        if (TD_LID == 0) scratch[TD_GROUP - 1] = 0;                                        \
    TD_PHASE_END                                                                           \
    for (int td_reach = TD_GROUP / 2; td_reach > 0; td_reach /= 2) {                       \
        TD_PHASE                                                                           \
            const int td_at = (TD_LID + 1) * td_reach * 2 - 1;                             \
            if (td_at < TD_GROUP) {                                                        \
                const type td_left = scratch[td_at - td_reach];                            \
                scratch[td_at - td_reach] = scratch[td_at];                                \
                scratch[td_at] += td_left;                                                 \
            }                                                                              \
        TD_PHASE_END                                                                       \
    }
#define TD_GROUP_SCAN(type, scratch)                                                       \
    TD_GROUP_SCAN_UP(scratch)                                                              \
    for (int td_reach = TD_GROUP / 4; td_reach > 0; td_reach /= 2) {                       \
        TD_PHASE                                                                           \
            const int td_at = (TD_LID + 1) * td_reach * 2 - 1;                             \
            if (td_at + td_reach < TD_GROUP) scratch[td_at + td_reach] += scratch[td_at];  \
        TD_PHASE_END                                                                       \
    }
#endif

#endif
