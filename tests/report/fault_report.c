/* fault_report.c - every allocation of the report fails once, by turns: each time the answer is
 * NO_MEMORY, nothing leaks (under a sanitizer), nothing is given out in part. The linker puts the
 * functions here in front of malloc, calloc and realloc. */
#include "tests/report/fake_study.h"

#include "modules/rqa/rqa.h"

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);

static int64_t fault_after = -1, fault_seen; /* fails the allocation of that number; -1: none */

static bool fails(void)
{
    return fault_seen++ == fault_after;
}

void *__wrap_malloc(size_t bytes)
{
    return fails() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return fails() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *memory, size_t bytes)
{
    return fails() ? NULL : __real_realloc(memory, bytes);
}

static td_status ignore(void *context, const char *name, const char *svg, size_t bytes,
                        td_error *err)
{
    (void)context;
    (void)name;
    (void)svg;
    (void)bytes;
    (void)err;
    return TD_OK;
}

typedef td_status (*attempt_fn)(const report_input *input, td_error *err);

static td_status attempt_html(const report_input *input, td_error *err)
{
    char *html = NULL;
    const td_status status = report_html(input, &html, NULL, err);
    if (status && html) return TD_E_INTERNAL; /* given out in part */
    free(html);
    return status;
}

static td_status attempt_figures(const report_input *input, td_error *err)
{
    return report_figures(input, ignore, NULL, err);
}

static td_status attempt_plot(const report_input *input, td_error *err)
{
    const double distance[4] = {0, 1, 1, 0};
    char *svg = NULL;
    (void)input;
    const td_status status = report_recurrence_svg(distance, 2, 0.5, "t", &svg, NULL, err);
    if (status && svg) return TD_E_INTERNAL;
    free(svg);
    return status;
}

static void every_fault(attempt_fn attempt)
{
    fake_options o = {2, 3, 2, 2, 3, 2, 1, true, true, false, false};
    fake_study *f = fake_open(o);
    td_error err = TD_ERROR_INIT;
    fault_seen = 0;
    fault_after = -1;
    td_status status = attempt(&f->input, &err);
    const int64_t total = fault_seen;
    int64_t number = 0;
    for (; number < total && !status; ++number) {
        err = (td_error)TD_ERROR_INIT;
        fault_seen = 0;
        fault_after = number;
        const td_status got = attempt(&f->input, &err);
        fault_after = -1;
        if (got != TD_E_NO_MEMORY || !err.message[0]) status = got ? got : TD_E_INTERNAL;
    }
    fake_close(f);
    printf("  %lld allocations\n", (long long)total);
    CHECK(total > 0);
    if (status)
        CHECK_FAIL("fault %lld: %s: %s", (long long)number - 1, td_status_name(status),
                   err.message);
}

TEST(page_survives_every_fault)
{
    every_fault(attempt_html);
}
TEST(figures_survive_every_fault)
{
    every_fault(attempt_figures);
}
TEST(plot_survives_every_fault)
{
    every_fault(attempt_plot);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(page_survives_every_fault),
                                     RUN(figures_survive_every_fault),
                                     RUN(plot_survives_every_fault),
                                     {0}});
}
