/* Every kernel of the table that has a maker of inputs, on the first device against the answers
 * of plain C. Buffers lie in memory of exactly their size, and what is beside them is unharmed. */
#include "tests/kernels/cases.h"
#include "tests/opencl/opencl_test.h"

typedef struct place {
    const td_backend *cl;
    td_backend_device *device;
    td_stream *stream;
} place;

/* Launches the case on the device; got gets what the buffers then hold. */
static td_status case_on_device(const place *on, const kernel_case *one, case_run *got,
                                td_error *err)
{
    td_launch_arg args[KERNEL_ARGS_MAX];
    void *memory[KERNEL_ARGS_MAX] = {NULL};
    td_status status = TD_OK;
    case_args(one, got, args);
    for (uint32_t i = 0; !status && i < one->row->arg_count; ++i) {
        if (!args[i].is_buffer) continue;
        status = on->cl->alloc(on->device, one->bytes[i], &memory[i], err);
        if (!status)
            status = on->cl->copy(on->stream, memory[i], got->buffer[i], one->bytes[i],
                                  TD_TO_DEVICE, err);
        args[i].data = memory[i];
    }
    const td_launch launch = {sizeof launch, (uint32_t)one->groups, one->row->name,
                              one->row->arg_count, args};
    if (!status) status = on->cl->launch(on->stream, &launch, err);
    for (uint32_t i = 0; !status && i < one->row->arg_count; ++i)
        if (memory[i])
            status =
                on->cl->copy(on->stream, got->buffer[i], memory[i], one->bytes[i], TD_TO_HOST, err);
    if (!status) status = on->cl->stream_wait(on->stream, err);
    for (uint32_t i = 0; i < one->row->arg_count; ++i)
        on->cl->free(on->device, memory[i], on->stream);
    return status;
}

static size_t row_run(const place *on, const kernel_row *row, uint64_t seed)
{
    size_t ran = 0;
    for (int variant = 0; variant < CASE_VARIANTS; ++variant) {
        td_error err = TD_ERROR_INIT;
        kernel_case one;
        case_run got;
        char text[256];
        if (!case_make(&one, row, variant, seed)) return ran;
        CHECK_OK(case_on_device(on, &one, &got, &err));
        if (!case_same(&one, NULL, &got, text, sizeof text))
            CHECK_FAIL("%s, variant %d: %s", row->name, variant, text);
        case_run_free(&got);
        case_free(&one);
        ran += 1;
    }
    return ran;
}

TEST(kernels_answer_as_plain_c_does)
{
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    place on = {opencl_table(), NULL, NULL};
    size_t ran = 0;
    on.device = opencl_device(on.cl);
    CHECK_OK(on.cl->device_describe(on.device, &info, &err));
    CHECK_OK(on.cl->stream_open(on.device, &on.stream, &err));
    for (size_t i = 0; kernel_at(i); ++i) {
        const kernel_row *const row = kernel_at(i);
        /* Kernels of float64 are there exactly when the device has float64. */
        CHECK_INT(!row->float64 || info.float64_cost > 0, on.cl->has_kernel(on.device, row->name));
        if (!on.cl->has_kernel(on.device, row->name)) continue;
        const size_t cases = row_run(&on, row, check_random());
        printf("  %s: %zu cases\n", row->name, cases);
        ran += cases;
    }
    CHECK(ran >= 3 * CASE_VARIANTS);
    on.cl->stream_close(on.stream);
    on.cl->device_close(on.device);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv, (check_test[]){RUN(kernels_answer_as_plain_c_does), {0}});
}
