/* cuda_threads.h - the words of CUDA that kernels use, for a C compiler: one thread of this machine
 * to each item of a group. With it the CUDA text of the kernels, shuffles and all, runs without a
 * GPU, and under TSan. It shows that the text is right, not that a GPU runs it. */
#ifndef TANDEM_TEST_CUDA_THREADS_H
#define TANDEM_TEST_CUDA_THREADS_H
#include <stdint.h>
#include <string.h>

#include "kernels/kernels.h"

#define CUDA_GROUP 128
#define CUDA_WARP  32

#define __CUDACC__ 1
#define __global__ static
#define __device__
#define __forceinline__ inline
#define __restrict__ restrict
#define __launch_bounds__(items)
/* One group runs at a time, so one array serves them all. */
#define __shared__ static

typedef struct uint4 { unsigned x, y, z, w; } __attribute__((aligned(16))) uint4;
typedef struct cuda_place { int x; } cuda_place;
extern _Thread_local cuda_place threadIdx;
extern cuda_place blockIdx, gridDim;

void cuda_barrier(void);                             /* all items of the group come by */
/* What item lane of the caller's warp gave; all 32 of the warp come by, or none. */
uint64_t cuda_shuffle(uint64_t mine, int lane);

#define __syncthreads() cuda_barrier()
#define CUDA_SHUFFLE(value, lane, outside)                                         \
    ({                                                                             \
        const int cuda_lane = (lane);                                              \
        __typeof__(value) cuda_value = (value);                                    \
        uint64_t cuda_bits = 0;                                                    \
        memcpy(&cuda_bits, &cuda_value, sizeof cuda_value);                        \
        cuda_bits = cuda_shuffle(cuda_bits, (outside) ? threadIdx.x % CUDA_WARP : cuda_lane); \
        memcpy(&cuda_value, &cuda_bits, sizeof cuda_value);                        \
        cuda_value;                                                                \
    })
/* Beyond the warp's ends an item gets its own value back. */
#define __shfl_down_sync(mask, value, reach)                            \
    CUDA_SHUFFLE(value, threadIdx.x % CUDA_WARP + (reach),              \
                 threadIdx.x % CUDA_WARP + (reach) >= CUDA_WARP)
#define __shfl_up_sync(mask, value, reach) \
    CUDA_SHUFFLE(value, threadIdx.x % CUDA_WARP - (reach), threadIdx.x % CUDA_WARP < (reach))

#define atomicAdd(p, v) __atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
#define atomicOr(p, v)  __atomic_fetch_or((p), (v), __ATOMIC_RELAXED)
#define atomicMax(p, v)                                                                     \
    ({                                                                                      \
        __typeof__(*(p)) cuda_old = __atomic_load_n((p), __ATOMIC_RELAXED);                 \
        const __typeof__(*(p)) cuda_new = (v);                                              \
        while (cuda_new > cuda_old &&                                                       \
               !__atomic_compare_exchange_n((p), &cuda_old, cuda_new, 0, __ATOMIC_RELAXED,  \
                                            __ATOMIC_RELAXED)) {                            \
        }                                                                                   \
        cuda_old;                                                                           \
    })

static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __clz(int x) { return x ? __builtin_clz((unsigned)x) : 32; }
static inline int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }
static inline unsigned __float_as_uint(float x) { unsigned y; memcpy(&y, &x, 4); return y; }
static inline float __uint_as_float(unsigned x) { float y; memcpy(&y, &x, 4); return y; }

typedef void (*cuda_group_fn)(const td_launch_arg *args, int group, int groups);
/* Runs a launch with the CUDA text, one at a time. False when the threads cannot be had. */
bool cuda_run(const td_launch_arg *args, cuda_group_fn run_group, int groups);

cuda_group_fn cuda_product_find(const char *name);   /* the table's kernels; NULL: no such */
cuda_group_fn cuda_own_find(const char *name);       /* the tests' */

#endif
