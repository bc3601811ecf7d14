/* test_report.c - the report and its figures on a made-up study: structure, numbers, names from
 * outside, what is missing, and plots. */
#include "tests/report/fake_study.h"

#include "modules/rqa/rqa.h"

#define OUTLINE_MAX 16384

static fake_study *open_small(uint32_t groups, bool statistics, bool nasty)
{
    fake_options o = FAKE_SMALL;
    o.groups = groups;
    o.statistics = statistics;
    o.nasty = nasty;
    return fake_open(o);
}

/* Not inlined: gcc 12 then takes the text for a pointer to the variable that held it. */
static __attribute__((noinline)) char *report_of(const report_input *input, size_t *bytes)
{
    char *html = NULL;
    td_error err = TD_ERROR_INIT;
    if (report_html(input, &html, bytes, &err)) CHECK_FAIL("%s", err.message);
    return html;
}

/* The headings and ids of a page, a line each. */
static void outline_of(const char *html, char *out)
{
    size_t used = 0;
    for (const char *at = html; (at = strchr(at, '<')) != NULL; ++at) {
        const bool heading = at[1] == 'h' && at[2] >= '1' && at[2] <= '3' && at[3] == '>';
        const char *end = strchr(at, '>');
        if (!end) return;
        if (heading) {
            const size_t text_bytes = strcspn(end + 1, "<");
            used += (size_t)snprintf(out + used, OUTLINE_MAX - used, "h%c %.*s\n", at[2],
                                     (int)text_bytes, end + 1);
            continue;
        }
        const char *id = strstr(at, " id=\"");
        if (!id || id > end) continue;
        const size_t id_bytes = strcspn(id + 5, "\"");
        used += (size_t)snprintf(out + used, OUTLINE_MAX - used, "#%.*s\n", (int)id_bytes, id + 5);
    }
}

TEST(structure_is_the_golden_one)
{
    char path[1024], expected[OUTLINE_MAX] = "", got[OUTLINE_MAX] = "";
    const char *source = getenv("TANDEM_SOURCE");
    fake_study *f = open_small(3, true, false);
    char *html = report_of(&f->input, NULL);
    outline_of(html, got);
    free(html);
    fake_close(f);
    snprintf(path, sizeof path, "%s/tests/report/golden_outline.txt", source ? source : ".");
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    const size_t bytes = fread(expected, 1, sizeof expected - 1, file);
    fclose(file);
    expected[bytes] = 0;
    if (strcmp(expected, got) != 0)
        CHECK_FAIL("the outline is another one; if that is meant, %s becomes:\n%s", path, got);
}

TEST(same_study_same_bytes)
{
    size_t first_bytes = 0, second_bytes = 0;
    fake_study *f = open_small(3, true, false);
    char *first = report_of(&f->input, &first_bytes);
    char *second = report_of(&f->input, &second_bytes);
    CHECK_INT(first_bytes, second_bytes);
    CHECK(memcmp(first, second, first_bytes) == 0);
    CHECK_INT(strlen(first), first_bytes);
    free(first);
    free(second);
    fake_close(f);
}

static void copy_from(const char *html, const char *mark, char *out, size_t bytes)
{
    const char *at = strstr(html, mark);
    if (at) snprintf(out, bytes, "%.*s", (int)bytes - 1, at);
}

/* The best combination, found again with nothing of report/. */
TEST(best_row_is_the_smallest_p)
{
    fake_study *f = open_small(3, true, false);
    const fake_options *o = &f->o;
    double least = INFINITY;
    uint32_t best_measure = 0, mode = 0, m = 0, tau = 0, eps = 0;
    for (uint32_t k = 0; k < FAKE_MEASURES; ++k) {
        char name[64];
        snprintf(name, sizeof name, "%s_anova_p", fake_measure[k]);
        const double *p = td_table_data(f->table, name);
        const uint64_t lengths = fake_has_lmin(k) ? o->lmin : 1;
        for (uint64_t i = 0; i < 2 * lengths * o->m * o->tau * o->eps; ++i) {
            if (!(p[i] < least)) continue;
            least = p[i];
            best_measure = k;
            eps = (uint32_t)(i / lengths % o->eps);
            tau = (uint32_t)(i / lengths / o->eps % o->tau);
            m = (uint32_t)(i / lengths / o->eps / o->tau % o->m);
            mode = (uint32_t)(i / lengths / o->eps / o->tau / o->m);
        }
    }
    char *html = report_of(&f->input, NULL);
    char want[256], label[16], got[400] = "";
    copy_from(html, "<tr class=\"first\">", got, sizeof got);
    snprintf(label, sizeof label, "%s", fake_measure[best_measure]);
    for (char *c = label; *c && best_measure != 3; ++c)
        *c = (char)(*c - 'a' + 'A');
    snprintf(want, sizeof want,
             "<th scope=\"row\">%s</th><td class=\"w\">%s</td><td class=\"n\" data-v=\"%u\">%u</td>"
             "<td class=\"n\" data-v=\"%u\">%u</td><td class=\"n\" data-v=\"%.15g\">",
             best_measure == 3 ? "Lmax" : label, mode ? "xy (Euclidean)" : "x (city block)", m + 1,
             m + 1, tau + 1, tau + 1, 0.05 + 0.001 * eps);
    CHECK_HAS(want, got);
    free(html);
    fake_close(f);
}

/* One value of m and tau: the maps are over eps and lmin, and the explorer stays away. */
TEST(a_grid_of_thresholds_is_mapped)
{
    fake_options o = {3, 4, 2, 1, 1, 7, 2, true, false, false, false};
    fake_study *f = fake_open(o);
    char *html = report_of(&f->input, NULL);
    CHECK(strstr(html, "id=\"grid\"") == NULL && strstr(html, "All measures at a glance") == NULL);
    CHECK_HAS("The slice over \xCE\xB5 and \xE2\x84\x93min", html);
    CHECK_HAS("<title>\xE2\x84\x93min 3, \xCE\xB5 0.056: ", html);
    CHECK_HAS("<title>m 1, \xCE\xB5 0.05: ", html);
    free(html);
    fake_close(f);
}

/* Longer recordings in one group: the summary says so before anything else. */
TEST(unequal_lengths_are_warned_about)
{
    fake_study *f = open_small(3, true, false);
    char *html = report_of(&f->input, NULL);
    CHECK(strstr(html, "length-warning") == NULL);
    free(html);
    double *samples = td_table_data(f->table, "samples");
    for (uint32_t i = 0; i < f->recordings; ++i)
        samples[i] = i < f->recordings / 3 ? 400 : 100 + i % 7;
    html = report_of(&f->input, NULL);
    CHECK_HAS("<li id=\"length-warning\">", html);
    CHECK_HAS("lengths is 400 samples in ad, 10", html);
    CHECK_HAS("The rank correlation of length with", html);
    free(html);
    fake_close(f);
}

static bool is_utf8(const char *string)
{
    for (const unsigned char *s = (const unsigned char *)string; *s;) {
        const int more = *s < 0x80 ? 0 : *s >= 0xF0 ? 3 : *s >= 0xE0 ? 2 : *s >= 0xC2 ? 1 : -1;
        if (more < 0) return false;
        s += 1;
        for (int i = 0; i < more; ++i, ++s)
            if ((*s & 0xC0) != 0x80) return false;
    }
    return true;
}

TEST(names_from_outside_are_only_text)
{
    fake_study *f = open_small(3, true, true);
    char *html = report_of(&f->input, NULL);
    CHECK(is_utf8(html));
    static const char *const live[] = {"<script>alert",     "<img", "<b>&", "</style>, ", "<i>1",
                                       "onerror=alert(4)>", "'b'"};
    for (size_t i = 0; i < sizeof live / sizeof live[0]; ++i)
        if (strstr(html, live[i])) CHECK_FAIL("\"%s\" is live", live[i]);
    CHECK_HAS("&lt;script&gt;alert(1)&lt;/script&gt;", html);
    CHECK_HAS("&lt;script&gt;alert(3)&lt;/script&gt;.csv", html);
    CHECK_HAS("bad \xEF\xBF\xBD byte &amp; &quot;quote&quot;", html);
    free(html);
    fake_close(f);
}

TEST(one_group_says_why_nothing_was_compared)
{
    fake_study *f = open_small(1, true, false);
    char *html = report_of(&f->input, NULL);
    const char *why = "fewer than two groups";
    int count = 0;
    for (const char *at = html; (at = strstr(at, why)) != NULL; ++at)
        count += 1;
    CHECK(count >= 4);
    CHECK(strstr(html, "id=\"best-table\"") == NULL);
    CHECK(strstr(html, "id=\"grid\"") == NULL);
    CHECK_HAS("Recurrence plots of one recording", html);
    CHECK_HAS("id=\"eye-table\"", html);
    free(html);
    fake_close(f);
}

TEST(a_bare_table_makes_a_report_too)
{
    fake_options o = FAKE_SMALL;
    o.statistics = o.features = false;
    fake_study *f = fake_open(o);
    const report_input bare = {.table = f->table};
    char *html = report_of(&bare, NULL);
    CHECK_HAS("without group statistics", html);
    CHECK_HAS("from the table alone", html);
    CHECK_HAS("no events or regions of interest", html);
    CHECK_HAS("tandem rqa study recordings", html); /* the table's own command */
    free(html);
    fake_close(f);
}

/* A table of other things, of nothing, and none at all. */
TEST(what_is_no_study_is_refused)
{
    char *html = NULL;
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    const report_input none = {0};
    CHECK_STATUS(TD_E_BAD_ARGUMENT, report_html(&none, &html, NULL, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, report_html(NULL, &html, NULL, &err), &err);
    CHECK_STATUS(TD_OK, td_table_create(NULL, &table, &err), &err);
    const report_input empty = {.table = table};
    CHECK_STATUS(TD_E_BAD_ARGUMENT, report_html(&empty, &html, NULL, &err), &err);
    CHECK_HAS("no recordings", err.message);
    const td_dim dim = {"recording", NULL, NULL, 3, NULL, false, NULL};
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &dim, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, report_html(&empty, &html, NULL, &err), &err);
    CHECK_HAS("no measure", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, report_figures(&empty, NULL, NULL, &err), &err);
    CHECK(html == NULL);
    td_table_destroy(table);
}

/* All NaN, one combination, no group names: whatever is there, no crash and no "nan". */
TEST(a_study_without_values_is_reported)
{
    fake_options o = {2, 2, 1, 1, 1, 1, 1, true, true, false, false};
    fake_study *f = fake_open(o);
    td_var var;
    for (uint32_t i = 0; td_table_var(f->table, i, &var); ++i) {
        double *data = td_table_data(f->table, var.name);
        for (uint64_t k = 0; k < var.count; ++k)
            data[k] = NAN;
    }
    char *html = report_of(&f->input, NULL);
    CHECK(strstr(html, "=\"nan") == NULL && strstr(html, "=\"-nan") == NULL);
    CHECK(strstr(html, ">nan") == NULL && strstr(html, " inf") == NULL);
    free(html);
    fake_close(f);
}

typedef struct gallery {
    int count;
    td_status fail;
    bool overview, pairs, recurrence;
} gallery;

static td_status look(void *context, const char *name, const char *svg, size_t bytes, td_error *err)
{
    gallery *g = context;
    g->count += 1;
    CHECK(strlen(svg) == bytes && strncmp(svg, "<svg xmlns=", 11) == 0);
    CHECK(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name));
    CHECK_HAS("<style>", svg);
    g->overview = g->overview || strcmp(name, "overview") == 0;
    g->pairs = g->pairs || strcmp(name, "pairs-det-xy-l2") == 0;
    g->recurrence = g->recurrence || strcmp(name, "recurrence-control") == 0;
    return g->fail ? td_fail(err, g->fail, "the disk is full") : TD_OK;
}

TEST(figures_come_one_by_one)
{
    fake_study *f = open_small(3, true, false);
    gallery g = {0}, full = {.fail = TD_E_IO};
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, report_figures(&f->input, look, &g, &err), &err);
    /* samples, overview, five for each measure and mode, seven eye metrics, three plots */
    CHECK_INT(2 + 5 * 10 + 7 + 3, g.count);
    CHECK(g.overview && g.pairs && g.recurrence);
    CHECK_STATUS(TD_E_IO, report_figures(&f->input, look, &full, &err), &err);
    CHECK_TEXT("the disk is full", err.message);
    CHECK_INT(1, full.count);
    fake_close(f);
}

/* Area of the black runs of a thresholded plot: "M1 2h3v1h-3z" is three pixels. */
static uint64_t black_area(const char *svg)
{
    uint64_t area = 0;
    const char *at = strstr(svg, "<path class=\"dot\" d=\"");
    for (; at && (at = strchr(at, 'h')) != NULL; ++at) {
        if (at[1] >= '0' && at[1] <= '9') area += strtoull(at + 1, NULL, 10);
        if (strncmp(at, "h>", 2) == 0) break;
    }
    return area;
}

TEST(recurrence_plot_has_every_point)
{
    enum { SIZE = 60 };
    static double distance[SIZE * SIZE];
    static uint8_t pixels[3 * SIZE * SIZE];
    uint64_t points = 0, black = 0;
    char *svg = NULL;
    td_error err = TD_ERROR_INIT;
    for (int i = 0; i < SIZE * SIZE; ++i) {
        distance[i] = check_random_unit() < 0.05 ? NAN : check_random_unit();
        points += distance[i] <= 0.25;
    }
    CHECK_STATUS(TD_OK, report_recurrence_svg(distance, SIZE, 0.25, "a <b>", &svg, NULL, &err),
                 &err);
    CHECK_INT(points, black_area(svg));
    CHECK_HAS("a &lt;b&gt;", svg);
    free(svg);
    report_recurrence_pixels(distance, SIZE, 0.25, pixels);
    for (int j = 0; j < SIZE; ++j)
        for (int i = 0; i < SIZE; ++i) {
            const uint8_t *pixel = pixels + 3 * ((SIZE - 1 - j) * SIZE + i);
            const bool recurs = distance[j * SIZE + i] <= 0.25;
            CHECK(pixel[0] == (recurs ? 0 : 255) && pixel[1] == pixel[0] && pixel[2] == pixel[0]);
            black += recurs;
        }
    CHECK_INT(points, black);
}

TEST(distances_become_colours)
{
    const double distance[4] = {0, 1, NAN, 2};
    uint8_t pixels[12];
    char *svg = NULL;
    td_error err = TD_ERROR_INIT;
    report_recurrence_pixels(distance, 2, NAN, pixels);
    /* Row 0 is the lowest: pixels 2 and 3 hold distances 0 and 1, pixel 0 is not there. */
    CHECK(pixels[0] == 255 && pixels[1] == 255 && pixels[2] == 255);
    CHECK(pixels[6] > pixels[9] && pixels[9] > pixels[3]);
    CHECK_STATUS(TD_OK, report_recurrence_svg(distance, 2, NAN, "t", &svg, NULL, &err), &err);
    CHECK_HAS("class=\"s0\"", svg);
    CHECK_HAS(">distance<", svg);
    free(svg);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, report_recurrence_svg(distance, 0, 1, "t", &svg, NULL, &err),
                 &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE,
                 report_recurrence_svg(distance, REPORT_PLOT_MAX + 1, 1, "t", &svg, NULL, &err),
                 &err);
    CHECK_HAS("4096", err.message);
}

TEST(embedding_figure_shows_what_was_chosen)
{
    double information[9] = {3, 2, 1.2, 1.4, 1.3, 1.2, 1.1, 1, 1};
    double correlation[9] = {1, 0.6, 0.2, -0.1, -0.3, NAN, NAN, -0.1, 0};
    double wrong[4] = {0.8, 0.2, 0.004, NAN};
    const rqa_embedding e = {8, 4, information, correlation, wrong, 2, 3, 2, 3};
    char *svg = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, report_embedding_svg(&e, "n1q1 & co", &svg, NULL, &err), &err);
    CHECK_HAS("n1q1 &amp; co", svg);
    CHECK_HAS("\xCF\x84 = 2, m = 3", svg);
    CHECK_HAS("False nearest neighbours", svg);
    CHECK(strstr(svg, "nan") == NULL);
    free(svg);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, report_embedding_svg(NULL, "t", &svg, NULL, &err), &err);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(structure_is_the_golden_one),
                                     RUN(same_study_same_bytes),
                                     RUN(best_row_is_the_smallest_p),
                                     RUN(unequal_lengths_are_warned_about),
                                     RUN(a_grid_of_thresholds_is_mapped),
                                     RUN(names_from_outside_are_only_text),
                                     RUN(one_group_says_why_nothing_was_compared),
                                     RUN(a_bare_table_makes_a_report_too),
                                     RUN(what_is_no_study_is_refused),
                                     RUN(a_study_without_values_is_reported),
                                     RUN(figures_come_one_by_one),
                                     RUN(recurrence_plot_has_every_point),
                                     RUN(distances_become_colours),
                                     RUN(embedding_figure_shows_what_was_chosen),
                                     {0}});
}
