/* td_kernel.h - the kernel dialect: one source for CUDA, OpenCL C and plain C.
 *
 *     TD_KERNEL void scale(TD_GLOBAL float *TD_RESTRICT x, const float by, const td_i64 count
 *                          TD_ARGS_END)
 *     {
 *         TD_PHASE
 *             for (td_i64 i = TD_GID; i < count; i += TD_STRIDE) x[i] *= by;
 *         TD_PHASE_END
 *     }
 *
 * Rules of the dialect (on at least one target the compiler or a test enforces most of them):
 *   1. A subset of C99: no templates, no recursion, no libc, no pointers to functions, no long
 *      long (td_i64), no literal with LL (TD_U64_C). No double, and no literal without f, outside
 *      of #ifdef TD_HAS_F64.
 *   2. Local memory is declared with TD_LOCAL, only at the top of a kernel, with a constant size.
 *      It starts with any content.
 *   3. A kernel is a sequence of phases; a barrier stands between two of them. Nothing private
 *      lives across a barrier: what must survive goes to local memory. What stands between phases
 *      (loops, ifs) depends on arguments and the group alone, so that all items go the same way.
 *   4. No return, break, continue or goto leads out of a phase: in plain C a phase is a loop.
 *   5. No item reads global memory that another item of the same launch writes, but by atomics.
 *   6. Indices have one dimension; whoever launches flattens grids of two.
 *   7. No name that a target reserves: half, local, global, kernel, constant, private, event_t,
 *      uint, uchar, float4 ... A build with PoCL finds them.
 *   8. Only td_group.h names warp or sub-group hardware.
 *   9. float: +, -, * and comparisons are the same bits on every target (nothing is contracted
 *      to fma, nothing is fast-math), of normal numbers: a device may flush subnormal floats to
 *      zero. Division, square root and functions differ between devices in the last bits. double:
 *      +, -, *, /, TD_SQRT_F64 and comparisons are the same bits on every target.
 *  10. Atomics are of integers, and their result must not depend on the order they come in.
 *  11. Shifts are less than the width; signed integers do not overflow. (UBSan watches.)
 */
#ifndef TANDEM_TD_KERNEL_H
#define TANDEM_TD_KERNEL_H

#ifndef TD_GROUP                       /* work-items in a group: a compile-time constant */
#define TD_GROUP 128
#endif

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)                    /* ---- CUDA ---- */
#define TD_TARGET_CUDA 1
#define TD_HAS_F64     1
#ifdef __cplusplus
#define TD_KERNEL      extern "C" __global__ __launch_bounds__(TD_GROUP)
#else                  /* the CUDA text under a test's threads, in C */
#define TD_KERNEL      __global__ __launch_bounds__(TD_GROUP)
#endif
#define TD_FN          static __device__ __forceinline__
#define TD_GLOBAL
#define TD_CONSTANT    static __device__ const
#define TD_RESTRICT    __restrict__
#define TD_LOCAL(type, name, count) __shared__ type name[count]
#define TD_LOCAL_PTR(type) type *
#define TD_ARGS_END
#define TD_PHASE       { const int td_lid = (int)threadIdx.x; (void)td_lid;
#define TD_PHASE_END   } __syncthreads();
#define TD_GROUP_ID    ((int)blockIdx.x)
#define TD_NUM_GROUPS  ((int)gridDim.x)
typedef int td_i32;
typedef unsigned int td_u32;
typedef long long td_i64;
typedef unsigned long long td_u64;
typedef unsigned char td_u8;
typedef uint4 td_u32x4;
#define TD_U64_C(x) x##ull

#elif defined(__OPENCL_VERSION__) || defined(__OPENCL_C_VERSION__)    /* ---- OpenCL ---- */
#pragma OPENCL FP_CONTRACT OFF
#define TD_TARGET_OPENCL 1
#if defined(cl_khr_fp64) && !defined(TD_NO_F64)
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#define TD_HAS_F64     1
#endif
#define TD_KERNEL      __kernel __attribute__((reqd_work_group_size(TD_GROUP, 1, 1)))
#define TD_FN          static inline
#define TD_GLOBAL      __global
#define TD_CONSTANT    __constant
#define TD_RESTRICT    restrict
#define TD_LOCAL(type, name, count) __local type name[count]
#define TD_LOCAL_PTR(type) __local type *
#define TD_ARGS_END
#define TD_PHASE       { const int td_lid = (int)get_local_id(0); (void)td_lid;
#define TD_PHASE_END   } barrier(CLK_LOCAL_MEM_FENCE);
#define TD_GROUP_ID    ((int)get_group_id(0))
#define TD_NUM_GROUPS  ((int)get_num_groups(0))
typedef int td_i32;
typedef uint td_u32;
typedef long td_i64;
typedef ulong td_u64;
typedef uchar td_u8;
typedef uint4 td_u32x4;
#define TD_U64_C(x) x##ul

#else                                                  /* ---- plain C: the oracle ---- */
#include <stdint.h>
#include <string.h>
#define TD_TARGET_C    1
#define TD_HAS_F64     1
/* static: each order is a compilation of its own. A kernel without a row in list.h is warned of. */
#define TD_KERNEL      static
#define TD_FN          static inline
#define TD_GLOBAL
#define TD_CONSTANT    static const
#define TD_RESTRICT    restrict
#define TD_LOCAL_PTR(type) type *
#define TD_UNUSED      __attribute__((unused))
#define TD_ARGS_END    , TD_UNUSED const int td_group_id, TD_UNUSED const int td_num_groups
#ifdef TD_REVERSE /* the same kernel, items in the opposite order: what differs is a race */
#define TD_PHASE       for (int td_lid = TD_GROUP - 1; td_lid >= 0; --td_lid) {
#define TD_POISON      0x5A
#else
#define TD_PHASE       for (int td_lid = 0; td_lid < TD_GROUP; ++td_lid) {
#define TD_POISON      0xA5
#endif
#define TD_PHASE_END   }
/* Poisoned, in each order in its own way: what reads it before it writes it differs too. */
#define TD_LOCAL(type, name, count) type name[count]; memset(name, TD_POISON, sizeof name)
#define TD_GROUP_ID    td_group_id
#define TD_NUM_GROUPS  td_num_groups
typedef int32_t td_i32;
typedef uint32_t td_u32;
typedef int64_t td_i64;
typedef uint64_t td_u64;
typedef uint8_t td_u8;
typedef struct td_u32x4 { td_u32 x, y, z, w; } __attribute__((aligned(16))) td_u32x4;
#define TD_U64_C(x) x##u
#endif

/* The item within its group, the item within the launch, and the items of the launch. */
#define TD_LID         td_lid
#define TD_GID         ((td_i64)TD_GROUP_ID * TD_GROUP + TD_LID)
#define TD_STRIDE      ((td_i64)TD_NUM_GROUPS * TD_GROUP)

/* Atomics of 32-bit integers in global or local memory: sums, maxima and bits do not depend on
 * the order. TD_ATOMIC_TAKE_I32 answers what was there before it added: who gets which number
 * depends on the order, so only the set of what is written there may matter (a work list). Plain
 * C runs items one after another and needs no atomics. */
#if defined(TD_TARGET_CUDA)
#define TD_ATOMIC_ADD_I32(p, v)  ((void)atomicAdd((p), (v)))
#define TD_ATOMIC_ADD_U32(p, v)  ((void)atomicAdd((p), (v)))
#define TD_ATOMIC_MAX_I32(p, v)  ((void)atomicMax((p), (v)))
#define TD_ATOMIC_MAX_U32(p, v)  ((void)atomicMax((p), (v)))
#define TD_ATOMIC_OR_U32(p, v)   ((void)atomicOr((p), (v)))
#define TD_ATOMIC_TAKE_I32(p, v) atomicAdd((p), (v))
#elif defined(TD_TARGET_OPENCL)
#define TD_ATOMIC_ADD_I32(p, v)  ((void)atomic_add((p), (v)))
#define TD_ATOMIC_ADD_U32(p, v)  ((void)atomic_add((p), (v)))
#define TD_ATOMIC_MAX_I32(p, v)  ((void)atomic_max((p), (v)))
#define TD_ATOMIC_MAX_U32(p, v)  ((void)atomic_max((p), (v)))
#define TD_ATOMIC_OR_U32(p, v)   ((void)atomic_or((p), (v)))
#define TD_ATOMIC_TAKE_I32(p, v) atomic_add((p), (v))
#else
TD_FN void td_max_i32_at(td_i32 *p, td_i32 v) { *p = v > *p ? v : *p; }
TD_FN void td_max_u32_at(td_u32 *p, td_u32 v) { *p = v > *p ? v : *p; }
TD_FN td_i32 td_take_i32_at(td_i32 *p, td_i32 v) { *p += v; return *p - v; }
#define TD_ATOMIC_ADD_I32(p, v)  ((void)(*(p) += (v)))
#define TD_ATOMIC_ADD_U32(p, v)  ((void)(*(p) += (v)))
#define TD_ATOMIC_MAX_I32(p, v)  td_max_i32_at((p), (v))
#define TD_ATOMIC_MAX_U32(p, v)  td_max_u32_at((p), (v))
#define TD_ATOMIC_OR_U32(p, v)   ((void)(*(p) |= (v)))
#define TD_ATOMIC_TAKE_I32(p, v) td_take_i32_at((p), (v))
#endif

/* Bits: how many are set, how many zeros stand before the highest set one (32 for 0), and what
 * the bits of a float are as an integer and back. */
#if defined(TD_TARGET_CUDA)
TD_FN int td_popcount_u32(td_u32 x) { return __popc(x); }
TD_FN int td_clz_u32(td_u32 x) { return __clz((int)x); }
TD_FN int td_clz_u64(td_u64 x) { return __clzll((long long)x); }
TD_FN td_u32 td_f32_bits(float x) { return __float_as_uint(x); }
TD_FN float td_bits_f32(td_u32 x) { return __uint_as_float(x); }
#elif defined(TD_TARGET_OPENCL)
TD_FN int td_popcount_u32(td_u32 x) { return (int)popcount(x); }
TD_FN int td_clz_u32(td_u32 x) { return (int)clz(x); }
TD_FN int td_clz_u64(td_u64 x) { return (int)clz(x); }
TD_FN td_u32 td_f32_bits(float x) { return as_uint(x); }
TD_FN float td_bits_f32(td_u32 x) { return as_float(x); }
#else
TD_FN int td_popcount_u32(td_u32 x) { return __builtin_popcount(x); }
TD_FN int td_clz_u32(td_u32 x) { return x ? __builtin_clz(x) : 32; }
TD_FN int td_clz_u64(td_u64 x) { return x ? __builtin_clzll(x) : 64; }
TD_FN td_u32 td_f32_bits(float x) { td_u32 bits; memcpy(&bits, &x, 4); return bits; }
TD_FN float td_bits_f32(td_u32 x) { float value; memcpy(&value, &x, 4); return value; }
#endif
/* Of doubles, inside of #ifdef TD_HAS_F64 only: correctly rounded on every target, as division. */
#if defined(TD_TARGET_C) || (defined(TD_TARGET_CUDA) && !defined(__cplusplus))
#define TD_SQRT_F64(x)  __builtin_sqrt(x)
#define TD_FLOOR_F64(x) __builtin_floor(x)
#else
#define TD_SQRT_F64(x)  sqrt(x)
#define TD_FLOOR_F64(x) floor(x)
#endif
/* The number of the lowest set bit; 32 for 0. */
TD_FN int td_ctz_u32(td_u32 x) { return x ? 31 - td_clz_u32(x & (~x + 1u)) : 32; }

#endif
