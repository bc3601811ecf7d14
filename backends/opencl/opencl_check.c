/* opencl_check.c - the known question that a device answers before it is listed as fit.
 *
 * Equal answers on every device rest on few things, and a compiler that is told nothing may break
 * each: a * b + c is rounded twice, never once; sums and products are rounded to nearest; 64-bit
 * integers are whole; a barrier separates what it should; atomics add. float32 may flush
 * subnormal numbers to zero; float64 may not. The inputs come from memory, so that nothing is
 * computed by the compiler. */
#include <stdlib.h>
#include <string.h>

#include "backends/opencl/opencl_internal.h"

#define CHECK_ITEMS 256u /* two groups */
#define CHECK_F64   "tandem_check_f64"

/* clang-format off */
const char ocl_check_text[] =
"\n#pragma OPENCL FP_CONTRACT OFF\n"
"__kernel __attribute__((reqd_work_group_size(128, 1, 1)))\n"
"void tandem_check(__global const float *x, __global float *y, __global ulong *words,\n"
"                  __global int *sum)\n"
"{\n"
"    __local float turned[128];\n"
"    const int lid = (int)get_local_id(0);\n"
"    const int i = (int)get_global_id(0);\n"
"    const float a = x[3 * i], b = x[3 * i + 1], c = x[3 * i + 2];\n"
"    turned[lid] = a * b;\n"
"    barrier(CLK_LOCAL_MEM_FENCE);\n"
"    y[3 * i] = a * b + c;\n"
"    y[3 * i + 1] = a + b;\n"
"    y[3 * i + 2] = turned[127 - lid];\n"
"    words[i] = words[i] * 6364136223846793005UL + (ulong)i;\n"
"    atomic_add(sum, i);\n"
"}\n"
"#ifdef TD_HAS_F64\n"
"__kernel __attribute__((reqd_work_group_size(128, 1, 1)))\n"
"void tandem_check_f64(__global const double *x, __global double *y)\n"
"{\n"
"    const int i = (int)get_global_id(0);\n"
"    const double a = x[3 * i], b = x[3 * i + 1], c = x[3 * i + 2];\n"
"    y[3 * i] = a * b + c;\n"
"    y[3 * i + 1] = a + b;\n"
"    y[3 * i + 2] = a * 0x1p-1060;\n"
"}\n"
"#endif\n";
/* clang-format on */

typedef struct check_data {
    float x[3 * CHECK_ITEMS], y[3 * CHECK_ITEMS];
    double wide_x[3 * CHECK_ITEMS], wide_y[3 * CHECK_ITEMS];
    uint64_t words[CHECK_ITEMS], start[CHECK_ITEMS];
    int32_t sum;
} check_data;

/* Numbers between 1 and 2 with all their bits in use; every third is near minus the product of
 * the two before, where a contracted a * b + c differs most. */
static void check_fill(check_data *data)
{
    uint64_t state = 0x2545f4914f6cdd1du;
    for (uint32_t i = 0; i < CHECK_ITEMS; ++i) {
        float *const x = &data->x[3 * i];
        double *const wide = &data->wide_x[3 * i];
        for (int k = 0; k < 2; ++k) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            x[k] = 1.0f + (float)(state >> 41) * 0x1p-23f;
            wide[k] = 1.0 + (double)(state >> 12) * 0x1p-52;
        }
        x[2] = i % 2 ? -(x[0] * x[1]) : x[0];
        wide[2] = i % 2 ? -(wide[0] * wide[1]) : wide[0];
        data->start[i] = data->words[i] = state;
    }
    data->sum = 0;
}

/* What is wrong, or NULL. */
static const char *check_compare(const check_data *data, bool wide)
{
    for (uint32_t i = 0; i < CHECK_ITEMS; ++i) {
        const float *const x = &data->x[3 * i], *const y = &data->y[3 * i];
        const double *const wx = &data->wide_x[3 * i], *const wy = &data->wide_y[3 * i];
        const uint32_t other = i / OCL_GROUP * OCL_GROUP + OCL_GROUP - 1 - i % OCL_GROUP;
        const float product = x[0] * x[1], turned = data->x[3 * other] * data->x[3 * other + 1];
        const double wide_product = wx[0] * wx[1];
        if (y[0] != product + x[2]) return "float32 a * b + c";
        if (y[1] != x[0] + x[1]) return "float32 a + b";
        if (y[2] != turned) return "local memory behind a barrier";
        if (data->words[i] != data->start[i] * 6364136223846793005u + i) return "64-bit integers";
        if (!wide) continue;
        if (wy[0] != wide_product + wx[2]) return "float64 a * b + c";
        if (wy[1] != wx[0] + wx[1]) return "float64 a + b";
        if (wy[2] != wx[0] * 0x1p-1060) return "float64 subnormal numbers";
    }
    return data->sum == (int32_t)(CHECK_ITEMS * (CHECK_ITEMS - 1) / 2) ? NULL : "atomic additions";
}

/* One buffer of the check: there, and back again. */
typedef struct check_buffer {
    void *host;
    size_t bytes;
    cl_mem memory;
} check_buffer;

static cl_int check_launch(td_backend_device *device, const char *name, check_buffer *buffers,
                           cl_uint count)
{
    const ocl_library *const cl = &device->cl;
    const size_t items = CHECK_ITEMS, group = OCL_GROUP;
    cl_int code = CL_SUCCESS;
    cl_kernel kernel = cl->CreateKernel(device->program, name, &code);
    for (cl_uint i = 0; code == CL_SUCCESS && i < count; ++i) {
        check_buffer *const buffer = &buffers[i];
        buffer->memory =
            cl->CreateBuffer(device->context, CL_MEM_READ_WRITE, buffer->bytes, NULL, &code);
        if (code == CL_SUCCESS)
            code = cl->EnqueueWriteBuffer(device->queue, buffer->memory, CL_TRUE, 0, buffer->bytes,
                                          buffer->host, 0, NULL, NULL);
        if (code == CL_SUCCESS)
            code = cl->SetKernelArg(kernel, i, sizeof buffer->memory, &buffer->memory);
    }
    if (code == CL_SUCCESS)
        code =
            cl->EnqueueNDRangeKernel(device->queue, kernel, 1, NULL, &items, &group, 0, NULL, NULL);
    for (cl_uint i = 0; code == CL_SUCCESS && i < count; ++i)
        code = cl->EnqueueReadBuffer(device->queue, buffers[i].memory, CL_TRUE, 0, buffers[i].bytes,
                                     buffers[i].host, 0, NULL, NULL);
    for (cl_uint i = 0; i < count; ++i)
        if (buffers[i].memory) cl->ReleaseMemObject(buffers[i].memory);
    if (kernel) cl->ReleaseKernel(kernel);
    return code;
}

td_status ocl_check(td_backend_device *device, td_error *err)
{
    const bool wide = device->what.float64;
    td_status status = TD_OK;
    check_data *const data = calloc(1, sizeof *data);
    if (!data) return backend_fail(err, TD_E_NO_MEMORY, "no host memory for the self-test");
    check_fill(data);
    check_buffer narrow[4] = {{data->x, sizeof data->x, NULL},
                              {data->y, sizeof data->y, NULL},
                              {data->words, sizeof data->words, NULL},
                              {&data->sum, sizeof data->sum, NULL}};
    check_buffer broad[2] = {{data->wide_x, sizeof data->wide_x, NULL},
                             {data->wide_y, sizeof data->wide_y, NULL}};
    cl_int code = check_launch(device, OCL_CHECK_KERNEL, narrow, 4);
    if (code == CL_SUCCESS && wide) code = check_launch(device, CHECK_F64, broad, 2);
    if (code != CL_SUCCESS) {
        status = ocl_device_fail(device, err, code, OCL_AT_WAIT, "the self-test");
    } else {
        const char *const wrong = check_compare(data, wide);
        if (wrong)
            status = backend_fail(err, TD_E_UNSUPPORTED,
                                  "it fails its self-test: wrong answers for %s", wrong);
    }
    free(data);
    return status;
}
