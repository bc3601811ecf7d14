/* fault_cl.c - see fault_cl.h. FAULT_REAL_LIBRARY is the path of the library it forwards to. */
#include "tests/opencl/fault_cl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "backends/opencl/opencl_library.h"

#define FAULT_API __attribute__((visibility("default")))

#define POSES_MAX 8

typedef struct fault_pose_answer {
    cl_device_info what;
    size_t bytes;
    unsigned char value[128];
} fault_pose_answer;

typedef struct fault_state {
    pthread_mutex_t lock;
    const char *function;
    long nth, count, seen, hits, live;
    long calls[64];
    cl_int code;
    bool lie, twice, opened;
    size_t pose_count;
    fault_pose_answer poses[POSES_MAX];
    ocl_library real;
} fault_state;

static fault_state state = {.lock = PTHREAD_MUTEX_INITIALIZER};

enum {
#define OCL_X(name) CALL_##name,
    OCL_FUNCTIONS(OCL_X)
#undef OCL_X
        CALL_COUNT
};
static const char *const call_names[] = {
#define OCL_X(name) "cl" #name,
    OCL_FUNCTIONS(OCL_X)
#undef OCL_X
};

FAULT_API void fault_arm(const char *function, long nth, long count, int code);
FAULT_API long fault_calls(const char *function);
FAULT_API long fault_hits(void);
FAULT_API long fault_live(void);
FAULT_API void fault_lie(bool lie);
FAULT_API void fault_twice(bool twice);
FAULT_API void fault_pose(unsigned what, const void *value, size_t bytes);

void fault_arm(const char *function, long nth, long count, int code)
{
    pthread_mutex_lock(&state.lock);
    state.function = function;
    state.nth = nth;
    state.count = count;
    state.code = code;
    state.seen = state.hits = 0;
    memset(state.calls, 0, sizeof state.calls);
    pthread_mutex_unlock(&state.lock);
}

long fault_calls(const char *function)
{
    long calls = 0;
    pthread_mutex_lock(&state.lock);
    for (int i = 0; i < CALL_COUNT; ++i)
        if (!function || strcmp(function, call_names[i]) == 0) calls += state.calls[i];
    pthread_mutex_unlock(&state.lock);
    return calls;
}

long fault_hits(void)
{
    return state.hits;
}

long fault_live(void)
{
    return state.live;
}

void fault_lie(bool lie)
{
    state.lie = lie;
}

void fault_pose(unsigned what, const void *value, size_t bytes)
{
    if (!value) state.pose_count = 0;
    if (!value || state.pose_count == POSES_MAX || bytes > sizeof state.poses[0].value) return;
    fault_pose_answer *const pose = &state.poses[state.pose_count++];
    pose->what = what;
    pose->bytes = bytes;
    memcpy(pose->value, value, bytes);
}

void fault_twice(bool twice)
{
    state.twice = twice;
}

/* Looks every call up in the real library once. */
static void real_open(void)
{
    void *const handle = dlopen(FAULT_REAL_LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
#define OCL_X(name)                                       \
    if (handle) {                                         \
        void *const symbol = dlsym(handle, "cl" #name);   \
        memcpy(&state.real.name, &symbol, sizeof symbol); \
    }
    OCL_FUNCTIONS(OCL_X)
#undef OCL_X
    state.opened = true;
}

/* Counts the call; true: it is to fail with *code. */
static bool call_fails(int number, cl_int *code)
{
    bool fails = false;
    pthread_mutex_lock(&state.lock);
    if (!state.opened) real_open();
    state.calls[number] += 1;
    const bool release = strncmp(call_names[number], "clRelease", 9) == 0;
    if (state.nth > 0 && !release &&
        (!state.function || strcmp(state.function, call_names[number]) == 0)) {
        state.seen += 1;
        fails = state.seen >= state.nth && state.seen < state.nth + state.count;
        state.hits += fails;
        *code = state.code;
    }
    pthread_mutex_unlock(&state.lock);
    return fails;
}

static void live_add(long count)
{
    pthread_mutex_lock(&state.lock);
    state.live += count;
    pthread_mutex_unlock(&state.lock);
}

/* A call that answers a code. */
#define CALL(name, params, args)                                             \
    FAULT_API cl_int CL_API_CALL cl##name params                             \
    {                                                                        \
        cl_int code = CL_SUCCESS;                                            \
        return call_fails(CALL_##name, &code) ? code : state.real.name args; \
    }
/* A call that answers a code and may make an event. */
#define CALL_EVENT(name, params, args)                   \
    FAULT_API cl_int CL_API_CALL cl##name params         \
    {                                                    \
        cl_int code = CL_SUCCESS;                        \
        if (call_fails(CALL_##name, &code)) return code; \
        code = state.real.name args;                     \
        if (code == CL_SUCCESS && event) live_add(1);    \
        return code;                                     \
    }
/* A call that makes an object. */
#define CALL_MAKE(type, name, params, args)     \
    FAULT_API type CL_API_CALL cl##name params  \
    {                                           \
        cl_int failed = CL_SUCCESS;             \
        type made = NULL;                       \
        if (call_fails(CALL_##name, &failed)) { \
            if (code) *code = failed;           \
            return NULL;                        \
        }                                       \
        made = state.real.name args;            \
        if (made) live_add(1);                  \
        return made;                            \
    }
/* A call that gives an object back, or (by 1) takes another reference. */
#define CALL_COUNTED(name, type, by)                     \
    FAULT_API cl_int CL_API_CALL cl##name(type object)   \
    {                                                    \
        cl_int code = CL_SUCCESS;                        \
        if (call_fails(CALL_##name, &code)) return code; \
        live_add(by);                                    \
        return state.real.name(object);                  \
    }

CALL(GetPlatformIDs, (cl_uint n, cl_platform_id *out, cl_uint *told), (n, out, told))
CALL(GetPlatformInfo, (cl_platform_id p, cl_platform_info w, size_t n, void *v, size_t *told),
     (p, w, n, v, told))
CALL_MAKE(cl_context, CreateContext,
          (const cl_context_properties *p, cl_uint n, const cl_device_id *d,
           void(CL_CALLBACK *f)(const char *, const void *, size_t, void *), void *c, cl_int *code),
          (p, n, d, f, c, code))
CALL_COUNTED(ReleaseContext, cl_context, -1)
CALL_MAKE(cl_command_queue, CreateCommandQueue,
          (cl_context x, cl_device_id d, cl_command_queue_properties p, cl_int *code),
          (x, d, p, code))
CALL_COUNTED(ReleaseCommandQueue, cl_command_queue, -1)
CALL_MAKE(cl_mem, CreateBuffer, (cl_context x, cl_mem_flags f, size_t n, void *host, cl_int *code),
          (x, f, n, host, code))
CALL_MAKE(cl_mem, CreateSubBuffer,
          (cl_mem m, cl_mem_flags f, cl_buffer_create_type t, const void *r, cl_int *code),
          (m, f, t, r, code))
CALL_COUNTED(ReleaseMemObject, cl_mem, -1)
CALL_MAKE(cl_program, CreateProgramWithSource,
          (cl_context x, cl_uint n, const char **s, const size_t *l, cl_int *code),
          (x, n, s, l, code))
CALL_MAKE(cl_program, CreateProgramWithBinary,
          (cl_context x, cl_uint n, const cl_device_id *d, const size_t *l, const unsigned char **b,
           cl_int *s, cl_int *code),
          (x, n, d, l, b, s, code))
CALL_COUNTED(ReleaseProgram, cl_program, -1)
CALL(BuildProgram,
     (cl_program p, cl_uint n, const cl_device_id *d, const char *o,
      void(CL_CALLBACK *f)(cl_program, void *), void *c),
     (p, n, d, o, f, c))
CALL(GetProgramInfo, (cl_program p, cl_program_info w, size_t n, void *v, size_t *told),
     (p, w, n, v, told))
CALL(GetProgramBuildInfo,
     (cl_program p, cl_device_id d, cl_program_build_info w, size_t n, void *v, size_t *told),
     (p, d, w, n, v, told))
CALL_MAKE(cl_kernel, CreateKernel, (cl_program p, const char *name, cl_int *code), (p, name, code))
CALL_COUNTED(ReleaseKernel, cl_kernel, -1)
CALL(SetKernelArg, (cl_kernel k, cl_uint i, size_t n, const void *v), (k, i, n, v))
CALL(GetKernelInfo, (cl_kernel k, cl_kernel_info w, size_t n, void *v, size_t *told),
     (k, w, n, v, told))
CALL(GetKernelWorkGroupInfo,
     (cl_kernel k, cl_device_id d, cl_kernel_work_group_info w, size_t n, void *v, size_t *told),
     (k, d, w, n, v, told))
CALL(WaitForEvents, (cl_uint n, const cl_event *e), (n, e))
CALL(GetEventInfo, (cl_event e, cl_event_info w, size_t n, void *v, size_t *told),
     (e, w, n, v, told))
CALL_COUNTED(RetainEvent, cl_event, 1)
CALL_COUNTED(ReleaseEvent, cl_event, -1)
CALL(GetEventProfilingInfo, (cl_event e, cl_profiling_info w, size_t n, void *v, size_t *told),
     (e, w, n, v, told))
CALL(Flush, (cl_command_queue q), (q))
CALL(Finish, (cl_command_queue q), (q))
CALL_EVENT(EnqueueWriteBuffer,
           (cl_command_queue q, cl_mem m, cl_bool b, size_t o, size_t s, const void *h, cl_uint n,
            const cl_event *w, cl_event *event),
           (q, m, b, o, s, h, n, w, event))
CALL_EVENT(EnqueueCopyBuffer,
           (cl_command_queue q, cl_mem f, cl_mem t, size_t fo, size_t to, size_t s, cl_uint n,
            const cl_event *w, cl_event *event),
           (q, f, t, fo, to, s, n, w, event))
CALL_EVENT(EnqueueFillBuffer,
           (cl_command_queue q, cl_mem m, const void *p, size_t ps, size_t o, size_t s, cl_uint n,
            const cl_event *w, cl_event *event),
           (q, m, p, ps, o, s, n, w, event))
CALL_EVENT(EnqueueUnmapMemObject,
           (cl_command_queue q, cl_mem m, void *h, cl_uint n, const cl_event *w, cl_event *event),
           (q, m, h, n, w, event))
CALL_EVENT(EnqueueNDRangeKernel,
           (cl_command_queue q, cl_kernel k, cl_uint d, const size_t *o, const size_t *g,
            const size_t *l, cl_uint n, const cl_event *w, cl_event *event),
           (q, k, d, o, g, l, n, w, event))
CALL_EVENT(EnqueueMarkerWithWaitList,
           (cl_command_queue q, cl_uint n, const cl_event *w, cl_event *event), (q, n, w, event))

FAULT_API cl_int CL_API_CALL clGetDeviceIDs(cl_platform_id platform, cl_device_type type,
                                            cl_uint room, cl_device_id *out, cl_uint *told)
{
    cl_uint count = 0;
    cl_int code = CL_SUCCESS;
    if (call_fails(CALL_GetDeviceIDs, &code)) return code;
    code = state.real.GetDeviceIDs(platform, type, room, out, &count);
    for (cl_uint i = 0; code == CL_SUCCESS && state.twice && out && 2 * count <= room && i < count;
         ++i)
        out[count + i] = out[i];
    if (told) *told = state.twice ? 2 * count : count;
    return code;
}

FAULT_API cl_int CL_API_CALL clGetDeviceInfo(cl_device_id device, cl_device_info what, size_t room,
                                             void *value, size_t *told)
{
    cl_int code = CL_SUCCESS;
    if (call_fails(CALL_GetDeviceInfo, &code)) return code;
    for (size_t i = 0; i < state.pose_count; ++i) {
        const fault_pose_answer *const pose = &state.poses[i];
        if (pose->what != what) continue;
        if (value && room < pose->bytes) return CL_INVALID_VALUE;
        if (value) memcpy(value, pose->value, pose->bytes);
        if (told) *told = pose->bytes;
        return CL_SUCCESS;
    }
    return state.real.GetDeviceInfo(device, what, room, value, told);
}

FAULT_API cl_int CL_API_CALL clEnqueueReadBuffer(cl_command_queue q, cl_mem m, cl_bool blocking,
                                                 size_t offset, size_t bytes, void *host, cl_uint n,
                                                 const cl_event *waits, cl_event *event)
{
    cl_int code = CL_SUCCESS;
    if (call_fails(CALL_EnqueueReadBuffer, &code)) return code;
    code = state.real.EnqueueReadBuffer(q, m, blocking, offset, bytes, host, n, waits, event);
    if (code == CL_SUCCESS && event) live_add(1);
    if (code == CL_SUCCESS && blocking && state.lie && bytes > 0) *(unsigned char *)host ^= 1;
    return code;
}

FAULT_API void *CL_API_CALL clEnqueueMapBuffer(cl_command_queue q, cl_mem m, cl_bool b,
                                               cl_map_flags f, size_t offset, size_t bytes,
                                               cl_uint n, const cl_event *waits, cl_event *event,
                                               cl_int *code)
{
    cl_int failed = CL_SUCCESS;
    if (call_fails(CALL_EnqueueMapBuffer, &failed)) {
        if (code) *code = failed;
        return NULL;
    }
    return state.real.EnqueueMapBuffer(q, m, b, f, offset, bytes, n, waits, event, code);
}
