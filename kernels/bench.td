/* bench.td - how fast a device is at what the kernels of this project do.
 *
 * Nothing here is contracted to fused multiply-add, as nowhere in this project, so the float rates
 * count a multiply and an add as the two operations that they are. A data sheet counts a fused one
 * as two operations: the most that td_bench_f32 and td_bench_f64 can reach is half of its figure.
 * Integers are exact either way, so that a device may do td_bench_i32's multiply and add in one
 * instruction, and then reaches the whole of a figure that counts such an instruction as two.
 *
 * Work that is timed:
 *   td_bench_copy   count * 32 bytes: count * 16 read and count * 16 written
 *   td_bench_f32, td_bench_f64, td_bench_i32
 *                   groups * TD_GROUP * rounds * TD_BENCH_OPS operations (the steps of a round's
 *                   loop are not counted; they are about one in a hundred)
 * out has groups * TD_GROUP elements. */
#define TD_BENCH_CHAINS 8       /* independent, so that one's latency hides behind the others */
#define TD_BENCH_STEPS  8       /* of every chain in a round: a multiply and an add each */
#define TD_BENCH_OPS    (TD_BENCH_CHAINS * TD_BENCH_STEPS * 2)

/* out[i] = in[i] for i < count, 16 bytes to an element. Any number of groups. */
TD_KERNEL void td_bench_copy(TD_GLOBAL const td_u32x4 *TD_RESTRICT in,
                             TD_GLOBAL td_u32x4 *TD_RESTRICT out, const td_i64 count TD_ARGS_END)
{
    TD_PHASE
        for (td_i64 i = TD_GID; i < count; i += TD_STRIDE) out[i] = in[i];
    TD_PHASE_END
}

/* One step of all eight chains. They start apart, so that none can be computed from another. */
#define TD_BENCH_STEP                                                                      \
    a = a * factor + term; b = b * factor + term; c = c * factor + term;                   \
    d = d * factor + term; e = e * factor + term; f = f * factor + term;                   \
    g = g * factor + term; h = h * factor + term;
#define TD_BENCH_ROUND                                                                     \
    TD_BENCH_STEP TD_BENCH_STEP TD_BENCH_STEP TD_BENCH_STEP                                \
    TD_BENCH_STEP TD_BENCH_STEP TD_BENCH_STEP TD_BENCH_STEP
/* Chain number k of item i starts at i + k; out[i] is the sum of the chains after all rounds. */
#define TD_BENCH_BODY(type)                                                                \
    TD_PHASE                                                                               \
        const td_i64 item = TD_GID;                                                        \
        const type first = (type)item;                                                     \
        type a = first, b = first + (type)1, c = first + (type)2, d = first + (type)3;     \
        type e = first + (type)4, f = first + (type)5, g = first + (type)6;                \
        type h = first + (type)7;                                                          \
        for (int round = 0; round < rounds; ++round) { TD_BENCH_ROUND }                    \
        out[item] = ((a + b) + (c + d)) + ((e + f) + (g + h));                             \
    TD_PHASE_END

/* Give factor 0.5 and term 1, say: the chains stay near 2 and no number is subnormal. */
TD_KERNEL void td_bench_f32(TD_GLOBAL float *TD_RESTRICT out, const float factor, const float term,
                            const td_i32 rounds TD_ARGS_END)
{
    TD_BENCH_BODY(float)
}

/* Modulo 2^32. Give an odd factor, say 1664525, and term 1013904223. */
TD_KERNEL void td_bench_i32(TD_GLOBAL td_u32 *TD_RESTRICT out, const td_u32 factor,
                            const td_u32 term, const td_i32 rounds TD_ARGS_END)
{
    TD_BENCH_BODY(td_u32)
}

#ifdef TD_HAS_F64
TD_KERNEL void td_bench_f64(TD_GLOBAL double *TD_RESTRICT out, const double factor,
                            const double term, const td_i32 rounds TD_ARGS_END)
{
    TD_BENCH_BODY(double)
}
#endif
