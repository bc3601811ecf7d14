/* basic.td - what every workload needs: a fill, a known question, and sums that grow. */

/* target[i] = value for i < count. Any number of groups. */
TD_KERNEL void td_fill(TD_GLOBAL td_u32 *TD_RESTRICT target, const td_u32 value,
                       const td_i64 count TD_ARGS_END)
{
    TD_PHASE
        for (td_i64 i = TD_GID; i < count; i += TD_STRIDE) target[i] = value;
    TD_PHASE_END
}

/* x[i] = x[i] * 2654435761 + i (modulo 2^32) for i < count: the self-test, whose answer is known
 * to whoever knows the question. One group is enough; more do the same. */
TD_KERNEL void td_probe(TD_GLOBAL td_u32 *TD_RESTRICT x, const td_u32 count TD_ARGS_END)
{
    TD_PHASE
        for (td_i64 i = TD_GID; i < (td_i64)count; i += TD_STRIDE) {
            x[i] = x[i] * 2654435761u + (td_u32)i;
        }
    TD_PHASE_END
}

/* total[i] += part[i] and part[i] = 0 for i < count: atomics have 32 bits on most devices, and
 * counts of long recordings need more. Launched often enough that no part[i] overflows. */
TD_KERNEL void td_widen(TD_GLOBAL td_i32 *TD_RESTRICT part, TD_GLOBAL td_i64 *TD_RESTRICT total,
                        const td_i64 count TD_ARGS_END)
{
    TD_PHASE
        for (td_i64 i = TD_GID; i < count; i += TD_STRIDE) {
            total[i] += part[i];
            part[i] = 0;
        }
    TD_PHASE_END
}
