/* own.td - kernels of the tests: the group primitives, the atomics, and three kernels that are
 * wrong on purpose. */

#define OWN_GROUP_KERNEL(name, type, primitive)                                            \
    TD_KERNEL void name(TD_GLOBAL const type *TD_RESTRICT in, TD_GLOBAL type *TD_RESTRICT out \
                        TD_ARGS_END)                                                       \
    {                                                                                      \
        TD_LOCAL(type, scratch, TD_GROUP);                                                 \
        TD_PHASE                                                                           \
            scratch[TD_LID] = in[TD_GID];                                                  \
        TD_PHASE_END                                                                       \
        primitive(type, scratch)                                                           \
        TD_PHASE                                                                           \
            out[TD_GID] = OWN_RESULT(primitive, scratch);                                  \
        TD_PHASE_END                                                                       \
    }
/* A sum and a maximum have one result, which every item writes; a scan has one of each item. */
#define OWN_RESULT(primitive, scratch) OWN_RESULT_##primitive(scratch)
#define OWN_RESULT_TD_GROUP_SUM(scratch) scratch[0]
#define OWN_RESULT_TD_GROUP_MAX(scratch) scratch[0]
#define OWN_RESULT_TD_GROUP_SCAN(scratch) scratch[TD_LID]
#define OWN_RESULT_TD_GROUP_SCAN_BEFORE(scratch) scratch[TD_LID]

OWN_GROUP_KERNEL(own_sum_i32, td_i32, TD_GROUP_SUM)
OWN_GROUP_KERNEL(own_sum_u64, td_u64, TD_GROUP_SUM)
OWN_GROUP_KERNEL(own_sum_f32, float, TD_GROUP_SUM)
OWN_GROUP_KERNEL(own_max_i32, td_i32, TD_GROUP_MAX)
OWN_GROUP_KERNEL(own_max_f32, float, TD_GROUP_MAX)
OWN_GROUP_KERNEL(own_scan_i32, td_i32, TD_GROUP_SCAN)
OWN_GROUP_KERNEL(own_scan_u64, td_u64, TD_GROUP_SCAN)
OWN_GROUP_KERNEL(own_before_i32, td_i32, TD_GROUP_SCAN_BEFORE)
OWN_GROUP_KERNEL(own_before_u64, td_u64, TD_GROUP_SCAN_BEFORE)
#ifdef TD_HAS_F64
OWN_GROUP_KERNEL(own_sum_f64, double, TD_GROUP_SUM)
OWN_GROUP_KERNEL(own_max_f64, double, TD_GROUP_MAX)
#endif

/* Two primitives after another on one scratch, in a loop that all items go: out[g] is the sum of
 * the maxima of the rounds, in[round * groups * TD_GROUP + item]. */
TD_KERNEL void own_rounds(TD_GLOBAL const td_i32 *TD_RESTRICT in, TD_GLOBAL td_i32 *TD_RESTRICT out,
                          const td_i32 rounds TD_ARGS_END)
{
    TD_LOCAL(td_i32, scratch, TD_GROUP);
    TD_LOCAL(td_i32, total, 1);
    TD_PHASE
        if (TD_LID == 0) total[0] = 0;
    TD_PHASE_END
    for (int round = 0; round < rounds; ++round) {
        TD_PHASE
            scratch[TD_LID] = in[(td_i64)round * TD_STRIDE + TD_GID];
        TD_PHASE_END
        TD_GROUP_MAX(td_i32, scratch)
        TD_PHASE
            if (TD_LID == 0) total[0] += scratch[0];
        TD_PHASE_END
    }
    TD_PHASE
        if (TD_LID == 0) out[TD_GROUP_ID] = total[0];
    TD_PHASE_END
}

/* Every atomic, on local and on global memory: out[0] the sum, [1] the maximum, [2] all bits, [3]
 * the maximum without sign, [4] how many were taken; list holds what is odd, in any order, from 0
 * on: in[i] of in[0 .. count-1] at most 0x7fff. out starts with zeros. */
TD_KERNEL void own_atomics(TD_GLOBAL const td_i32 *TD_RESTRICT in,
                           TD_GLOBAL td_i32 *TD_RESTRICT out, TD_GLOBAL td_u32 *TD_RESTRICT bits,
                           TD_GLOBAL td_i32 *TD_RESTRICT seen, const td_i64 count TD_ARGS_END)
{
    TD_LOCAL(td_i32, sums, 2);
    TD_LOCAL(td_u32, flags, 3);
    TD_PHASE
        if (TD_LID < 2) sums[TD_LID] = 0;
        if (TD_LID < 3) flags[TD_LID] = 0;
    TD_PHASE_END
    TD_PHASE
        for (td_i64 i = TD_GID; i < count; i += TD_STRIDE) {
            TD_ATOMIC_ADD_I32(&sums[0], in[i]);
            TD_ATOMIC_MAX_I32(&sums[1], in[i]);
            TD_ATOMIC_OR_U32(&flags[0], (td_u32)in[i]);
            TD_ATOMIC_MAX_U32(&flags[1], (td_u32)in[i]);
            TD_ATOMIC_ADD_U32(&flags[2], 1u);
            /* Which place an item takes depends on the order; that every place is taken once does
             * not, so each is only counted. */
            TD_ATOMIC_ADD_I32(&seen[TD_ATOMIC_TAKE_I32(&out[2], 1)], 1);
        }
    TD_PHASE_END
    TD_PHASE
        if (TD_LID == 0) {
            TD_ATOMIC_ADD_I32(&out[0], sums[0]);
            TD_ATOMIC_MAX_I32(&out[1], sums[1]);
            TD_ATOMIC_OR_U32(&bits[0], flags[0]);
            TD_ATOMIC_MAX_U32(&bits[1], flags[1]);
            TD_ATOMIC_ADD_U32(&bits[2], flags[2]);
        }
    TD_PHASE_END
}

/* Bits: out[4 * i ..] = set bits, leading zeros, lowest set bit, leading zeros of 64 of in[i]. */
TD_KERNEL void own_bits(TD_GLOBAL const td_u32 *TD_RESTRICT in, TD_GLOBAL td_i32 *TD_RESTRICT out,
                        const td_i64 count TD_ARGS_END)
{
    TD_PHASE
        for (td_i64 i = TD_GID; i < count; i += TD_STRIDE) {
            out[4 * i] = td_popcount_u32(in[i]);
            out[4 * i + 1] = td_clz_u32(in[i]);
            out[4 * i + 2] = td_ctz_u32(in[i]);
            out[4 * i + 3] = td_clz_u64((td_u64)in[i] << 17);
        }
    TD_PHASE_END
}

/* out[i] = sum, product of a[i] and b[i] in td_double.h's arithmetic, interleaved. */
TD_KERNEL void own_soft(TD_GLOBAL const td_u64 *TD_RESTRICT a,
                        TD_GLOBAL const td_u64 *TD_RESTRICT b,
                        TD_GLOBAL td_u64 *TD_RESTRICT out, const td_i64 count TD_ARGS_END)
{
    TD_PHASE
        for (td_i64 i = TD_GID; i < count; i += TD_STRIDE) {
            out[2 * i] = td_soft_add(a[i], b[i]);
            out[2 * i + 1] = td_soft_mul(a[i], b[i]);
        }
    TD_PHASE_END
}

/* Wrong: reads a neighbour's place in the phase that writes it. */
TD_KERNEL void own_race_neighbour(TD_GLOBAL const td_i32 *TD_RESTRICT in,
                                  TD_GLOBAL td_i32 *TD_RESTRICT out TD_ARGS_END)
{
    TD_LOCAL(td_i32, scratch, TD_GROUP);
    TD_PHASE
        scratch[TD_LID] = 0;
    TD_PHASE_END
    TD_PHASE
        scratch[TD_LID] = in[TD_GID];
        out[TD_GID] = scratch[TD_LID] + scratch[(TD_LID + 1) % TD_GROUP];
    TD_PHASE_END
}

/* Wrong: reads local memory that nobody wrote. */
TD_KERNEL void own_race_unset(TD_GLOBAL const td_i32 *TD_RESTRICT in,
                              TD_GLOBAL td_i32 *TD_RESTRICT out TD_ARGS_END)
{
    TD_LOCAL(td_u32, scratch, TD_GROUP);
    TD_PHASE
        if (TD_LID < TD_GROUP - 1) scratch[TD_LID] = (td_u32)in[TD_GID];
    TD_PHASE_END
    TD_PHASE
        out[TD_GID] = (td_i32)(scratch[TD_GROUP - 1 - TD_LID] & 0xffu);
    TD_PHASE_END
}

/* Wrong: reads what another group of the same launch writes. */
TD_KERNEL void own_race_groups(TD_GLOBAL const td_i32 *TD_RESTRICT in,
                               TD_GLOBAL td_i32 *TD_RESTRICT out TD_ARGS_END)
{
    TD_PHASE
        if (TD_LID == 0 && TD_GROUP_ID == 0) out[0] = in[0] & 0xff;
        if (TD_LID == 0 && TD_GROUP_ID > 0) out[TD_GROUP_ID] = out[0];
    TD_PHASE_END
}
