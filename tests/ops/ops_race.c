/* ops_race.c - launches one kernel of race.td through OpenCL, for the test of the check for races.
 *
 *     ops-race td_kernel.h race.td race_wrong */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT      256
#define GROUP      128
#define SOURCE_MAX 1000000
#define BUILD_LOG  20000

/* The text of a file, or NULL. */
static char *read_text(const char *path)
{
    FILE *const file = fopen(path, "rb");
    char *const text = file ? calloc(1, SOURCE_MAX) : NULL;
    if (text && fread(text, 1, SOURCE_MAX - 1, file) == 0) text[0] = 0;
    if (file) fclose(file);
    return text;
}

static int failed(const char *what, cl_int code)
{
    if (code != CL_SUCCESS) fprintf(stderr, "ops-race: %s: OpenCL error %d\n", what, code);
    return code != CL_SUCCESS;
}

static cl_kernel kernel_make(cl_context context, cl_device_id device, char **files,
                             const char *name)
{
    char *const text[2] = {read_text(files[0]), read_text(files[1])};
    cl_int code = CL_INVALID_VALUE;
    cl_kernel kernel = NULL;
    if (text[0] && text[1]) {
        cl_program program =
            clCreateProgramWithSource(context, 2, (const char **)text, NULL, &code);
        if (!failed("the source", code))
            code = clBuildProgram(program, 1, &device, "-cl-std=CL1.2", NULL, NULL);
        if (code != CL_SUCCESS) {
            char log[BUILD_LOG] = "";
            clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, sizeof log - 1, log, NULL);
            fprintf(stderr, "%s\n", log);
        }
        if (!failed("the build", code)) kernel = clCreateKernel(program, name, &code);
    }
    free(text[0]);
    free(text[1]);
    return failed(name, code) ? NULL : kernel;
}

int main(int argc, char **argv)
{
    const size_t count = COUNT, group = GROUP;
    cl_uint data[COUNT] = {0};
    cl_platform_id platform = NULL;
    cl_device_id device = NULL;
    cl_int code = CL_SUCCESS;
    if (argc != 4) return 2;
    if (failed("platforms", clGetPlatformIDs(1, &platform, NULL))) return 1;
    if (failed("devices", clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL))) return 1;
    cl_context context = clCreateContext(NULL, 1, &device, NULL, NULL, &code);
    if (failed("the context", code)) return 1;
    cl_command_queue queue = clCreateCommandQueue(context, device, 0, &code);
    if (failed("the queue", code)) return 1;
    const cl_kernel kernel = kernel_make(context, device, argv + 1, argv[3]);
    if (!kernel) return 1;
    cl_mem in = clCreateBuffer(context, CL_MEM_COPY_HOST_PTR, sizeof data, data, &code);
    if (failed("memory", code)) return 1;
    cl_mem out = clCreateBuffer(context, CL_MEM_COPY_HOST_PTR, sizeof data, data, &code);
    if (failed("memory", code)) return 1;
    if (failed("argument", clSetKernelArg(kernel, 0, sizeof in, &in))) return 1;
    if (failed("argument", clSetKernelArg(kernel, 1, sizeof out, &out))) return 1;
    code = clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &count, &group, 0, NULL, NULL);
    if (failed("the launch", code)) return 1;
    if (failed("waiting", clFinish(queue))) return 1;
    printf("%s ran\n", argv[3]);
    return 0;
}
