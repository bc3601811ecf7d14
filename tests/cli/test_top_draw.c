/* test_top_draw.c - what `tandem top` draws, from made-up devices and runs, at any size. */
#include "cli/top.h"
#include "cli/top_text.h"

#include "tests/check.h"

#define DEVICES 9
#define SAMPLES 64

typedef struct scene {
    top_device device[DEVICES];
    td_sample sample[DEVICES][SAMPLES];
    publish_run run[40];
    top_view view;
} scene;

static void make_sample(td_sample *out, uint64_t number, double busy, uint64_t used, uint64_t total)
{
    *out = (td_sample){.struct_size = sizeof *out,
                       .number = number,
                       .time = (double)number,
                       .utilisation = busy,
                       .memory_utilisation = 25.0,
                       .memory_bytes_used = used << 30,
                       .memory_bytes_total = total << 30,
                       .pressure = td_pressure_of(used, total),
                       .temperature = 55.0,
                       .power = 312.4,
                       .power_limit = 700.0,
                       .clock = 1755.0,
                       .clock_max = 1980.0,
                       .memory_clock = 2619.0};
}

/* count devices, the last of which is a CPU that tells nothing but its memory and clock. */
static scene *make_scene(uint32_t count, uint32_t runs)
{
    scene *s = calloc(1, sizeof *s);
    for (uint32_t d = 0; s && d < count; ++d) {
        top_device *device = &s->device[d];
        device->about = (td_monitor_device)TD_MONITOR_DEVICE_INIT;
        device->about.kind = d + 1 < count ? TD_GPU : TD_CPU;
        snprintf(device->about.title, sizeof device->about.title,
                 d + 1 < count ? "Board %u" : "Processor", d);
        snprintf(device->about.pci, sizeof device->about.pci, "0000:%02x:00.0", d);
        device->about.cores = 64;
        device->history = s->sample[d];
        device->count = SAMPLES;
        for (uint32_t i = 0; i < SAMPLES; ++i)
            make_sample(&s->sample[d][i], i, 100.0 * i / (SAMPLES - 1), 10 * d, 80);
        if (device->about.kind == TD_GPU) continue;
        td_sample *last = &s->sample[d][SAMPLES - 1];
        last->utilisation = last->temperature = last->power = last->power_limit = NAN;
        last->clock_max = last->memory_clock = last->memory_utilisation = NAN;
    }
    for (uint32_t r = 0; s && r < runs; ++r) {
        publish_run *run = &s->run[r];
        *run = (publish_run){.pid = 1000 + r, .begun = 100.0, .updated = 172.0, .share = 0.48};
        snprintf(run->command, sizeof run->command, "rqa study");
        snprintf(run->input, sizeof run->input, "recordings%u", r);
        snprintf(run->step, sizeof run->step, "measures");
        snprintf(run->devices, sizeof run->devices, "cuda:0,cpu");
        run->rate = 1234.0;
        run->seconds_left = 65.0;
        run->units_done = 1234;
        run->units_total = 2550;
        run->units_running = 12;
        run->history_count = PUBLISH_HISTORY_MAX;
        for (uint32_t i = 0; i < PUBLISH_HISTORY_MAX; ++i)
            run->history[i] = i;
    }
    if (s) s->view = (top_view){s->device, count, s->run, runs, "", "host", "12:34:56", 172.5, 1.0};
    return s;
}

static uint32_t columns_of(const char *line, size_t bytes)
{
    uint32_t columns = 0;
    for (size_t at = 0; at < bytes;) {
        uint32_t number = 0;
        if (line[at] == '\033') {
            while (at < bytes && line[at] != 'm')
                ++at;
            ++at;
            continue;
        }
        const size_t length = top_text_next(line + at, bytes - at, &number);
        CHECK(length > 0 && number >= 0x20 && number != 0x7f);
        columns += top_text_columns(number);
        at += length;
    }
    return columns;
}

/* Draws, and checks that every line fits and that they are not too many. */
static const char *draw(const scene *s, top_style style, paper *page)
{
    uint32_t rows = 0;
    paper_free(page);
    top_draw(page, &s->view, &style);
    CHECK(!page->failed);
    const char *at = page->data ? page->data : "";
    for (; *at; ++rows) {
        const size_t bytes = strcspn(at, "\n");
        const uint32_t columns = columns_of(at, bytes);
        if (columns > style.columns)
            CHECK_FAIL("%u columns of %u: %.*s", columns, style.columns, (int)bytes, at);
        CHECK(at[bytes] == '\n');
        at += bytes + 1;
    }
    if (style.rows && rows > style.rows) CHECK_FAIL("%u rows of %u", rows, style.rows);
    for (const char *c = page->data; c && !style.utf8 && *c; ++c)
        CHECK((unsigned char)*c < 0x80);
    for (const char *c = page->data; c && !style.colour && *c; ++c)
        CHECK(*c != '\033');
    return page->data ? page->data : "";
}

static const top_style usual = {80, 24, false, true, true};
static const top_style plain = {80, 24, false, false, true};

TEST(one_gpu_shows_everything)
{
    paper page = {0};
    scene *s = make_scene(2, 1);
    CHECK(s);
    make_sample(&s->sample[0][SAMPLES - 1], SAMPLES - 1, 62.0, 74, 80);
    const char *text = draw(s, usual, &page);
    CHECK_HAS("Board 0", text);
    CHECK_HAS("0000:00:00.0", text);
    CHECK_HAS("  62 %", text);
    CHECK_HAS("  92 %  74.0 of 80.0 GiB CRITICAL", text);
    CHECK_HAS("temp 55 \xc2\xb0"
              "C   power 312 of 700 W   clock 1755 of 1980 MHz   memory 2619 MHz",
              text);
    CHECK_HAS("64 cores", text);
    CHECK_HAS("   - %", text);
    CHECK_HAS("temp -   power -   clock 1755 MHz\n", text);
    CHECK(strstr(text, "Board 0") < strstr(text, "Processor"));
    CHECK_HAS("rqa study recordings0", text);
    CHECK_HAS("pid 1000 on cuda:0,cpu", text);
    CHECK_HAS("  48 %  1,234 of 2,550 units, 12 in flight", text);
    CHECK_HAS("1.23 k units/s   left 1:05   ran 1:13", text);
    CHECK_HAS("q quits", text);
    CHECK(!strstr(text, "no GPU"));
    paper_free(&page);
    free(s);
}

TEST(bars_and_histories_show_their_values)
{
    paper page = {0};
    scene *s = make_scene(1, 0);
    CHECK(s);
    for (uint32_t i = 0; i < SAMPLES; ++i)
        make_sample(&s->sample[0][i], i, i % 2 ? 100.0 : 0.0, 40, 80);
    make_sample(&s->sample[0][SAMPLES - 3], SAMPLES - 3, NAN, 40, 80);
    const char *text = draw(s, plain, &page);
    CHECK_HAS("busy       ######################## 100 %", text);
    CHECK_HAS("memory     ############............  50 %  40.0 of 80.0 GiB LOW", text);
    CHECK_HAS("#_#_#_ _#\n", text);
    text = draw(s, usual, &page);
    CHECK_HAS("\xe2\x96\x88\xe2\x96\x81 \xe2\x96\x81\xe2\x96\x88\n", text);
    /* Eighths of a cell: 1/24 + 1/48 of 24 cells is one and a half. */
    make_sample(&s->sample[0][SAMPLES - 1], SAMPLES - 1, 6.25, 40, 80);
    text = draw(s, usual, &page);
    CHECK_HAS("busy       \xe2\x96\x88\xe2\x96\x8c\xe2\x96\x91\xe2\x96\x91", text);
    paper_free(&page);
    free(s);
}

TEST(wider_terminals_have_longer_histories)
{
    paper page = {0};
    scene *s = make_scene(2, 1);
    CHECK(s);
    size_t before = 0;
    for (uint32_t columns = 110; columns <= 150; columns += 20) {
        size_t dots = 0;
        top_style style = plain;
        style.columns = columns;
        style.rows = 40;
        const char *text = draw(s, style, &page);
        const char *line = strstr(text, "  busy");
        CHECK(line);
        for (const char *c = line; *c && *c != '\n'; ++c)
            dots += strchr("_.:-=+*", *c) != NULL;
        CHECK(dots > before);
        before = dots;
        CHECK_HAS("bandwidth 25 %", text);
    }
    paper_free(&page);
    free(s);
}

/* Pressure is told by a colour too, and the colours are only there when they are asked for. */
TEST(pressure_has_a_name_and_a_colour)
{
    static const struct {
        uint64_t used;
        const char *plain, *coloured;
    } cases[] = {{20, " LOW", "\033[32m LOW"},
                 {50, " MEDIUM", "\033[33m MEDIUM"},
                 {70, " HIGH", "\033[31m HIGH"},
                 {75, " CRITICAL", "\033[1;31m CRITICAL"}};
    paper page = {0};
    scene *s = make_scene(1, 0);
    CHECK(s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        top_style style = usual;
        make_sample(&s->sample[0][SAMPLES - 1], SAMPLES - 1, 50.0, cases[i].used, 80);
        CHECK_HAS(cases[i].plain, draw(s, style, &page));
        style.colour = true;
        CHECK_HAS(cases[i].coloured, draw(s, style, &page));
    }
    paper_free(&page);
    free(s);
}

TEST(eight_gpus_fit_a_usual_terminal)
{
    paper page = {0};
    char name[32];
    scene *s = make_scene(9, 2);
    CHECK(s);
    const char *text = draw(s, usual, &page);
    for (int d = 0; d < 8; ++d) {
        snprintf(name, sizeof name, "Board %d", d);
        CHECK_HAS(name, text);
    }
    CHECK_HAS("Processor", text);
    CHECK_HAS("2 runs", text);
    CHECK_HAS("recordings0", text);
    CHECK_HAS("recordings1", text);
    CHECK_HAS("MEDIUM", text);
    paper_free(&page);
    free(s);
}

TEST(what_does_not_fit_is_counted)
{
    paper page = {0};
    scene *s = make_scene(9, 40);
    CHECK(s);
    top_style style = usual;
    style.rows = 12;
    const char *text = draw(s, style, &page);
    CHECK_HAS("and 5 more devices", text);
    CHECK_HAS("and 36 more runs", text);
    style.rows = 0;
    text = draw(s, style, &page);
    CHECK_HAS("recordings39", text);
    CHECK(!strstr(text, " more "));
    paper_free(&page);
    free(s);
}

TEST(every_size_is_drawn)
{
    static const uint32_t devices[] = {1, 2, 3, 9}, runs[] = {0, 1, 3, 40};
    paper page = {0};
    for (size_t i = 0; i < 16; ++i) {
        scene *s = make_scene(devices[i / 4], runs[i % 4]);
        CHECK(s);
        if (i & 1) s->view.note = "libnvidia-ml.so.1 cannot be opened: there is no such file";
        for (uint32_t columns = 1; columns <= 200; columns += columns < 90 ? 1 : 11)
            for (uint32_t rows = 1; rows <= 60; rows += rows < 26 ? 1 : 9) {
                const top_style style = {columns, rows, (columns ^ rows) & 1, columns & 2, true};
                draw(s, style, &page);
            }
        free(s);
    }
    paper_free(&page);
}

TEST(unknown_and_wild_values_are_drawn)
{
    static const double wild[] = {NAN, INFINITY, -INFINITY, -1.0, 1e300, 101.0, 0.0};
    paper page = {0};
    scene *s = make_scene(3, 2);
    CHECK(s);
    for (size_t i = 0; i < 400; ++i) {
        td_sample *now = &s->sample[i % 3][SAMPLES - 1 - i % 5];
        publish_run *run = &s->run[i % 2];
        const double value = wild[check_random() % 7];
        double *const of[] = {&now->utilisation,  &now->temperature,
                              &now->power,        &now->power_limit,
                              &now->clock,        &now->clock_max,
                              &now->memory_clock, &now->memory_utilisation,
                              &run->rate,         &run->seconds_left,
                              &run->share,        &run->begun,
                              &run->updated,      &run->history[i % PUBLISH_HISTORY_MAX]};
        *of[check_random() % (sizeof of / sizeof *of)] = value;
        now->memory_bytes_used = check_random() >> (check_random() & 63);
        now->memory_bytes_total = check_random() >> (check_random() & 63);
        run->units_done = check_random();
        run->history_count = (uint32_t)(check_random() % (PUBLISH_HISTORY_MAX + 1));
        const top_style style = {(uint32_t)(check_random() % 160) + 1, 24, i & 1, i & 2, false};
        draw(s, style, &page);
    }
    paper_free(&page);
    free(s);
}

TEST(names_from_outside_stay_harmless)
{
    paper page = {0};
    scene *s = make_scene(2, 1);
    CHECK(s);
    snprintf(s->device[0].about.title, sizeof s->device[0].about.title,
             "evil\033[2J\nboard\x9b"
             "31m\xe2\x80\xae"
             "x");
    memset(s->run[0].input, 'y', sizeof s->run[0].input - 1);
    snprintf(s->run[0].command, sizeof s->run[0].command, "a\tb\r\x7f");
    snprintf(s->run[0].devices, sizeof s->run[0].devices, "\xe6\xbc\xa2\xe5\xad\x97");
    const char *text = draw(s, usual, &page);
    CHECK_HAS("evil?[2J?board?31m?x", text);
    CHECK_HAS("a?b??", text);
    CHECK_HAS("yyyy\xe2\x80\xa6", text);
    CHECK_HAS("on \xe6\xbc\xa2\xe5\xad\x97", text);
    text = draw(s, plain, &page);
    CHECK_HAS("on ??", text);
    CHECK_HAS("yyyy~", text);
    for (uint32_t columns = 1; columns < 100; ++columns) {
        const top_style style = {columns, 24, true, true, true};
        draw(s, style, &page);
    }
    paper_free(&page);
    free(s);
}

TEST(a_run_that_is_silent_says_so)
{
    paper page = {0};
    scene *s = make_scene(1, 1);
    CHECK(s);
    s->view.now = s->run[0].updated + 42.0;
    s->run[0].units_running = 0;
    const char *text = draw(s, usual, &page);
    CHECK_HAS("1,234 of 2,550 units, silent 42 s", text);
    CHECK_HAS("left 0:23", text);
    s->view.note = "libnvidia-ml.so.1 cannot be opened";
    CHECK_HAS(" no GPU: libnvidia-ml.so.1 cannot be opened\n", draw(s, usual, &page));
    s->view.run_count = 0;
    CHECK_HAS("no run of tandem is under way", draw(s, usual, &page));
    paper_free(&page);
    free(s);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(one_gpu_shows_everything),
                                     RUN(bars_and_histories_show_their_values),
                                     RUN(wider_terminals_have_longer_histories),
                                     RUN(pressure_has_a_name_and_a_colour),
                                     RUN(eight_gpus_fit_a_usual_terminal),
                                     RUN(what_does_not_fit_is_counted),
                                     RUN(every_size_is_drawn),
                                     RUN(unknown_and_wild_values_are_drawn),
                                     RUN(names_from_outside_stay_harmless),
                                     RUN(a_run_that_is_silent_says_so),
                                     {0}});
}
