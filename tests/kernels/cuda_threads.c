/* cuda_threads.c - a group of 128 threads for cuda_threads.h. */
#include "cuda_threads.h"

#include <pthread.h>

_Thread_local cuda_place threadIdx;
cuda_place blockIdx, gridDim;

static pthread_barrier_t group_barrier, warp_barrier[CUDA_GROUP / CUDA_WARP];
static uint64_t shuffled[CUDA_GROUP];
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static bool go;

typedef struct item {
    pthread_t thread;
    int lid;
    const td_launch_arg *args;
    cuda_group_fn run_group;
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
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    if (!go) return NULL;
    threadIdx.x = self->lid;
    for (int group = 0; group < gridDim.x; ++group) {
        cuda_barrier();
        if (self->lid == 0) blockIdx.x = group;
        cuda_barrier();
        self->run_group(self->args, group, gridDim.x);
    }
    return NULL;
}

/* Threads wait at the gate until all are there: one that is missing would stop the others at the
 * first barrier for ever. */
static bool run_items(item *items)
{
    int started = 0;
    pthread_mutex_lock(&gate);
    while (started < CUDA_GROUP &&
           pthread_create(&items[started].thread, NULL, run_item, &items[started]) == 0)
        started += 1;
    go = started == CUDA_GROUP;
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < started; ++i)
        pthread_join(items[i].thread, NULL);
    return started == CUDA_GROUP;
}

bool cuda_run(const td_launch_arg *args, cuda_group_fn run_group, int groups)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    item items[CUDA_GROUP];
    pthread_mutex_lock(&one_at_a_time);
    gridDim.x = groups;
    pthread_barrier_init(&group_barrier, NULL, CUDA_GROUP);
    for (int warp = 0; warp < CUDA_GROUP / CUDA_WARP; ++warp)
        pthread_barrier_init(&warp_barrier[warp], NULL, CUDA_WARP);
    for (int i = 0; i < CUDA_GROUP; ++i)
        items[i] = (item){.lid = i, .args = args, .run_group = run_group};
    const bool done = run_items(items);
    pthread_barrier_destroy(&group_barrier);
    for (int warp = 0; warp < CUDA_GROUP / CUDA_WARP; ++warp)
        pthread_barrier_destroy(&warp_barrier[warp]);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}
