/* write_report.c - writes the report of a made-up study, and its figures, for the tests that look
 * at them: write_report FOLDER [full|small|nasty|single|bare|tiny|long]. */
#include "tests/report/fake_study.h"

static int write_file(const char *folder, const char *name, const char *ending, const char *bytes,
                      size_t count)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    FILE *file = fopen(path, "wb");
    if (!file) return 1;
    const bool bad = fwrite(bytes, 1, count, file) != count;
    return fclose(file) != 0 || bad;
}

static td_status keep(void *context, const char *name, const char *svg, size_t bytes, td_error *err)
{
    if (write_file(context, name, ".svg", svg, bytes))
        return td_fail(err, TD_E_IO, "cannot write %s", name);
    return TD_OK;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    fake_options o = FAKE_FULL, small = FAKE_SMALL;
    const char *kind = argc > 2 ? argv[2] : "full";
    td_error err = TD_ERROR_INIT;
    char *html = NULL;
    size_t bytes = 0;
    if (argc < 2) return 2;
    if (strcmp(kind, "full") != 0) o = small;
    o.nasty = strcmp(kind, "nasty") == 0;
    if (strcmp(kind, "single") == 0) o.groups = 1;
    if (strcmp(kind, "bare") == 0) o.statistics = o.features = false;
    if (strcmp(kind, "tiny") == 0) o.groups = 2, o.m = 2, o.tau = 1, o.eps = 2, o.lmin = 1;
    o.lengthy = strcmp(kind, "long") == 0;
    fake_study *f = fake_open(o);
    if (strcmp(kind, "bare") == 0) f->input = (report_input){.table = f->table};
    const double start = seconds();
    td_status status = report_html(&f->input, &html, &bytes, &err);
    const double made = seconds();
    if (!status && write_file(argv[1], "report", ".html", html, bytes)) status = TD_E_IO;
    if (!status) status = report_figures(&f->input, keep, argv[1], &err);
    printf("report: %zu bytes in %.3f s; figures in %.3f s\n", bytes, made - start,
           seconds() - made);
    if (status) printf("failed: %s: %s\n", td_status_name(status), err.message);
    free(html);
    fake_close(f);
    return status ? 1 : 0;
}
