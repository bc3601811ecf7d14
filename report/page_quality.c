/* page_quality.c - the data: recordings, lengths, gaps, what was left out, warnings. */
#include "report/estimate.h"
#include "report/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LINES_MAX 200 /* of skipped files, duplicates and warnings that are listed */

static void put_count(text *out, uint64_t count)
{
    char number[SHOW_MAX];
    text_format(out, "<td class=\"n\">%s</td>", show_count(number, count));
}

static void put_number(text *out, double value)
{
    char number[SHOW_MAX];
    if (isnan(value) || value < 0) text_add(out, "<td class=\"n\">\xE2\x80\x93</td>");
    else text_format(out, "<td class=\"n\">%s</td>", show_shortest(number, value));
}

typedef struct quality_row {
    uint64_t recordings, subjects, gaps, missing, constant;
    double least, middle, most;
} quality_row;

/* Of a group, or of all for group -1. */
static quality_row quality_of(page *p, int64_t group)
{
    const view *v = &p->v;
    quality_row row = {0};
    place at = {{0}};
    uint64_t used = 0;
    for (uint64_t i = 0; i < v->recordings; ++i) {
        if (group >= 0 && v->group_of[i] != group) continue;
        at.at[AXIS_RECORDING] = i;
        row.recordings += 1;
        p->value[used++] = column_at(&v->samples, &at);
        const double missing = column_at(&v->nan_samples, &at);
        row.gaps += missing > 0;
        row.missing += missing > 0 ? (uint64_t)missing : 0;
        bool flat = false;
        for (uint64_t mode = 0; mode < v->count[AXIS_MODE]; ++mode) {
            at.at[AXIS_MODE] = mode;
            flat = flat || column_at(&v->constant, &at) > 0;
        }
        row.constant += flat;
    }
    const uint64_t count = estimate_sort(p->value, used);
    row.least = estimate_quantile(p->value, count, 0);
    row.middle = estimate_quantile(p->value, count, 0.5);
    row.most = estimate_quantile(p->value, count, 1);
    row.subjects = v->subjects;
    if (group >= 0) row.subjects = v->subjects_in[group];
    return row;
}

static void put_row(page *p, const char *name, int64_t group)
{
    const quality_row row = quality_of(p, group);
    text *out = &p->out;
    text_add(out, "<tr><th scope=\"row\">");
    if (group >= 0)
        text_format(out, "<span class=\"sw g%u\"></span>", (uint32_t)group % COLOUR_GROUPS);
    text_escape(out, name);
    text_add(out, "</th>");
    put_count(out, row.subjects);
    put_count(out, row.recordings);
    put_number(out, row.least);
    put_number(out, row.middle);
    put_number(out, row.most);
    put_count(out, row.gaps);
    put_count(out, row.missing);
    put_count(out, row.constant);
    text_add(out, "</tr>\n");
}

static void put_overview(page *p)
{
    const view *v = &p->v;
    text_add(&p->out,
             "<div class=\"scroll\"><table id=\"quality-table\"><thead><tr><th>group</th>"
             "<th class=\"n\">subjects</th><th class=\"n\">recordings</th>"
             "<th class=\"n\">fewest samples</th><th class=\"n\">median</th>"
             "<th class=\"n\">most</th><th class=\"n\">with missing samples</th>"
             "<th class=\"n\">samples missing</th><th class=\"n\">constant signals</th></tr>"
             "</thead><tbody>\n");
    for (uint64_t g = 0; g < v->groups; ++g)
        put_row(p, v->group_name[g], (int64_t)g);
    put_row(p, "all", -1);
    text_add(&p->out, "</tbody></table></div>\n");
}

static void put_tasks(page *p)
{
    const view *v = &p->v;
    text *out = &p->out;
    if (v->tasks < 1 || v->groups < 1) return;
    text_add(out, "<h3>Recordings by task</h3>\n<div class=\"scroll\"><table><thead><tr>"
                  "<th>group</th>");
    for (uint64_t t = 0; t < v->tasks && t < LINES_MAX; ++t) {
        text_add(out, "<th class=\"n\">");
        text_escape_cut(out, *v->task_name[t] ? v->task_name[t] : "(none)", 32);
        text_add(out, "</th>");
    }
    text_add(out, "</tr></thead><tbody>\n");
    for (uint64_t g = 0; g < v->groups; ++g) {
        text_add(out, "<tr><th scope=\"row\">");
        text_escape(out, v->group_name[g]);
        text_add(out, "</th>");
        for (uint64_t t = 0; t < v->tasks && t < LINES_MAX; ++t) {
            uint64_t count = 0;
            for (uint64_t i = 0; i < v->recordings; ++i)
                count += v->group_of[i] == (int32_t)g && v->task_of[i] == (int32_t)t;
            put_count(out, count);
        }
        text_add(out, "</tr>\n");
    }
    text_add(out, "</tbody></table></div>\n");
}

static void put_more(text *out, uint64_t shown, uint64_t count)
{
    char number[SHOW_MAX];
    if (count > shown)
        text_format(out, "<p class=\"note\">and %s more.</p>\n", show_count(number, count - shown));
}

static void put_skipped(page *p)
{
    const report_input *input = p->v.input;
    text *out = &p->out;
    text_add(out, "<h3>Files left out</h3>\n");
    if (input->skipped_count == 0) {
        text_add(out, "<p>None: every file was read.</p>\n");
        return;
    }
    text_add(out, "<div class=\"scroll\"><table id=\"skipped\"><thead><tr><th>file</th>"
                  "<th class=\"n\">line</th><th>reason</th></tr></thead><tbody>\n");
    uint64_t i = 0;
    for (; i < input->skipped_count && i < LINES_MAX; ++i) {
        const report_problem *problem = &input->skipped[i];
        text_add(out, "<tr><td><code>");
        text_escape(out, problem->path);
        text_add(out, "</code></td>");
        if (problem->line) put_count(out, problem->line);
        else text_add(out, "<td class=\"n\">\xE2\x80\x93</td>");
        text_add(out, "<td>");
        text_escape(out, problem->message);
        text_add(out, "</td></tr>\n");
    }
    text_add(out, "</tbody></table></div>\n");
    put_more(out, i, input->skipped_count);
}

static void put_duplicates(page *p)
{
    const report_input *input = p->v.input;
    text *out = &p->out;
    text_add(out, "<h3>Names that occur more than once</h3>\n");
    if (input->duplicate_count == 0) {
        text_add(out, "<p>None.</p>\n");
        return;
    }
    text_add(out, "<p>The files below have the same name in different folders. All were kept, and "
                  "told apart by their subject.</p><ul>");
    uint64_t i = 0;
    for (; i < input->duplicate_count && i < LINES_MAX; ++i) {
        text_add(out, "<li>");
        text_escape(out, input->duplicate[i]);
        text_add(out, "</li>");
    }
    text_add(out, "</ul>\n");
    put_more(out, i, input->duplicate_count);
}

/* The attribute holds a line for each warning. */
static void put_warnings(page *p)
{
    text *out = &p->out;
    const char *at = view_attribute(&p->v, "warnings", NULL);
    text_add(out, "<h3>Warnings</h3>\n");
    if (!at) {
        text_add(out, "<p>None.</p>\n");
        return;
    }
    uint64_t shown = 0, count = 0;
    text_add(out, "<ul class=\"warn\">");
    while (*at) {
        char line[600];
        const size_t bytes = strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", bytes > 599 ? 599 : (int)bytes, at);
        at += bytes + (at[bytes] == '\n');
        if (!line[0]) continue;
        count += 1;
        if (shown == LINES_MAX) continue;
        shown += 1;
        text_add(out, "<li>");
        text_escape(out, line);
        text_add(out, "</li>");
    }
    text_add(out, "</ul>\n");
    put_more(out, shown, count);
}

void page_quality(page *p)
{
    svg s = {&p->out, false};
    page_section(p, "quality", "The data");
    put_overview(p);
    if (p->v.samples.data) {
        page_figure_begin(p, "wide");
        fig_samples(&s, &p->v);
        page_figure_end(p, "Each mark is one recording. Short recordings give few delay vectors at "
                           "large m and \xCF\x84, and noisy measures.");
    }
    put_tasks(p);
    put_skipped(p);
    put_duplicates(p);
    put_warnings(p);
    page_section_end(p);
}
