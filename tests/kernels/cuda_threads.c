/* cuda_threads.c - a group of 128 threads for cuda_threads.h. */
#include "cuda_threads.h"

#include <pthread.h>

_Thread_local cuda_place threadIdx;
cuda_place blockIdx, gridDim;

static pthread_barrier_t group_barrier, warp_barrier[CUDA_GROUP / CUDA_WARP];
static uint64_t shuffled[CUDA_GROUP];

typedef struct item {
    pthread_t thread;
    int lid;
    const td_launch_arg *args;
    case_group_fn run_group;
} item;

void cuda_barrier(void)
{
    pthread_barrier_wait(&group_barrier);
}

uint64_t cuda_shuffle(uint64_t mine, int lane)
{
    pthread_barrier_t *const barrier = &warp_barrier[threadIdx.x / CUDA_WARP];
    const int first = threadIdx.x / CUDA_WARP * CUDA_WARP;
    shuffled[threadIdx.x] = mine;
    pthread_barrier_wait(barrier);
    const uint64_t other = shuffled[first + lane];
    pthread_barrier_wait(barrier); /* nobody writes again before all have read */
    return other;
}

static void *run_item(void *data)
{
    const item *const self = data;
    threadIdx.x = self->lid;
    for (int group = 0; group < gridDim.x; ++group) {
        cuda_barrier();
        if (self->lid == 0) blockIdx.x = group;
        cuda_barrier();
        self->run_group(self->args, group, gridDim.x);
    }
    return NULL;
}

/* A thread that cannot be started leaves the others waiting, so it ends the program. */
bool cuda_launch(const kernel_case *one, case_group_fn run_group, case_run *out)
{
    td_launch_arg args[KERNEL_ARGS_MAX];
    item items[CUDA_GROUP];
    case_args(one, out, args);
    gridDim.x = one->groups;
    pthread_barrier_init(&group_barrier, NULL, CUDA_GROUP);
    for (int warp = 0; warp < CUDA_GROUP / CUDA_WARP; ++warp)
        pthread_barrier_init(&warp_barrier[warp], NULL, CUDA_WARP);
    int started = 0;
    for (; started < CUDA_GROUP; ++started) {
        items[started] = (item){.lid = started, .args = args, .run_group = run_group};
        if (pthread_create(&items[started].thread, NULL, run_item, &items[started])) break;
    }
    if (started < CUDA_GROUP) return false;
    for (int i = 0; i < CUDA_GROUP; ++i)
        pthread_join(items[i].thread, NULL);
    pthread_barrier_destroy(&group_barrier);
    for (int warp = 0; warp < CUDA_GROUP / CUDA_WARP; ++warp)
        pthread_barrier_destroy(&warp_barrier[warp]);
    return true;
}
