/* report_html.c - the whole report: one page, part after part. */
#include "report/page.h"

#include <stdlib.h>

td_status report_html(const report_input *input, char **html, size_t *bytes, td_error *err)
{
    page p = {.out = TEXT_INIT};
    td_status status = view_open(&p.v, input, err);
    if (status) return status;
    p.value = calloc(p.v.recordings, PAGE_ROOM * sizeof *p.value);
    if (!p.value) {
        status = td_fail(err, TD_E_NO_MEMORY, "report: no memory for %llu recordings",
                         (unsigned long long)p.v.recordings);
        goto out;
    }
    page_begin(&p);
    page_summary(&p);
    page_quality(&p);
    page_space(&p);
    page_best(&p);
    page_groups(&p);
    page_trend(&p);
    page_plots(&p);
    page_eye(&p);
    page_methods(&p);
    page_command(&p);
    page_end(&p);
    status = text_take(&p.out, html, bytes, err);
out:
    text_free(&p.out);
    free(p.value);
    view_close(&p.v);
    return status;
}
