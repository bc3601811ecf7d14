/* test_program_files.c - every strategy of examples/strategies: it says what it is and who
 * published it, it compiles, and so does the grid that its comment proposes. */
#include "modules/market/program.h"

#include "../check.h"

#include <dirent.h>

#define FILES_MAX  200
#define VALUES_MAX 200

typedef struct proposal {
    program_axis axis[TD_AXES_MAX];
    double number[TD_AXES_MAX][VALUES_MAX];
    char name[TD_AXES_MAX][80];
    uint32_t count;
} proposal;

static char names[FILES_MAX][80];
static uint32_t name_count;

static const char *folder(void)
{
    static char path[1000];
    const char *const source = getenv("TANDEM_SOURCE");
    snprintf(path, sizeof(path), "%s/examples/strategies", source ? source : ".");
    return path;
}

static void list_files(void)
{
    DIR *const open_folder = opendir(folder());
    const struct dirent *entry = NULL;
    name_count = 0;
    if (!open_folder) CHECK_FAIL("no folder %s: set TANDEM_SOURCE", folder());
    while ((entry = readdir(open_folder)) != NULL && name_count < FILES_MAX) {
        const char *const suffix = strstr(entry->d_name, ".strategy");
        if (!suffix || strlen(entry->d_name) > 70) continue;
        snprintf(names[name_count++], sizeof(names[0]), "%.*s", (int)(suffix - entry->d_name),
                 entry->d_name);
    }
    closedir(open_folder);
}

static char *read_file(const char *name)
{
    char path[1200];
    snprintf(path, sizeof(path), "%s/%s.strategy", folder(), name);
    FILE *const file = fopen(path, "rb");
    char *const text = calloc(1, PROGRAM_BYTES_MAX);
    if (!file) CHECK_FAIL("cannot read %s", path);
    CHECK(fread(text, 1, PROGRAM_BYTES_MAX - 1, file) > 0);
    fclose(file);
    return text;
}

static program *compile(const char *name, const char *text, const proposal *grid)
{
    td_error err = TD_ERROR_INIT;
    program *made = NULL;
    if (program_compile(name, text, grid ? grid->axis : NULL, grid ? grid->count : 0, NULL, &made,
                        &err))
        CHECK_FAIL("%s", err.message);
    return made;
}

/* "5:30:5" and "2,3,5", each with its values. */
static void read_values(proposal *grid, const char *text)
{
    double *const number = grid->number[grid->count];
    program_axis *const axis = &grid->axis[grid->count];
    double first = 0, last = 0, step = 1;
    uint64_t count = 0;
    if (sscanf(text, "%lf:%lf:%lf", &first, &last, &step) >= 2) {
        for (; count < VALUES_MAX && first + (double)count * step <= last + 1e-9; ++count)
            number[count] = first + (double)count * step;
    } else {
        for (const char *at = text; *at && *at != ' ' && *at != '\n'; ++count) {
            char *end = NULL;
            CHECK(count < VALUES_MAX);
            number[count] = strtod(at, &end);
            CHECK(end > at);
            at = *end == ',' ? end + 1 : end;
        }
    }
    CHECK(count > 1);
    axis->name = grid->name[grid->count];
    axis->count = count;
    axis->number = number;
    grid->count += 1;
}

static void read_proposal(const char *text, proposal *grid)
{
    const char *at = strstr(text, "# Try:");
    grid->count = 0;
    while (at && (at = strstr(at, "--grid ")) != NULL) {
        const char *const name = at + strlen("--grid "), *const sign = strchr(name, '=');
        CHECK(sign && sign - name < 70 && grid->count < TD_AXES_MAX);
        snprintf(grid->name[grid->count], sizeof(grid->name[0]), "%.*s", (int)(sign - name), name);
        read_values(grid, sign + 1);
        at = sign;
    }
}

TEST(every_file_compiles)
{
    list_files();
    CHECK(name_count >= 25);
    for (uint32_t i = 0; i < name_count; ++i) {
        char *const text = read_file(names[i]);
        program *const made = compile(names[i], text, NULL);
        CHECK_INT(1, made->strategy_count);
        CHECK_TEXT(names[i], made->strategy[0].name);
        CHECK(strlen(made->strategy[0].title) > 10);
        program_destroy(made);
        free(text);
    }
}

TEST(every_file_tells_its_source)
{
    list_files();
    for (uint32_t i = 0; i < name_count; ++i) {
        char *const text = read_file(names[i]);
        const char *const code = strstr(text, "\n\n");
        bool year = false;
        for (const char *at = text; code && at < code && !year; ++at)
            year = (strncmp(at, "19", 2) == 0 || strncmp(at, "20", 2) == 0) &&
                   strspn(at, "0123456789") == 4;
        if (!year) CHECK_FAIL("%s does not say when it was published", names[i]);
        if (!strstr(text, "# Try:") && strcmp(names[i], "buy_and_hold") != 0)
            CHECK_FAIL("%s proposes no grid", names[i]);
        free(text);
    }
}

/* Together they are one run: what they share is there once. */
TEST(every_proposed_grid_compiles)
{
    static proposal grid;
    list_files();
    for (uint32_t i = 0; i < name_count; ++i) {
        char *const text = read_file(names[i]);
        read_proposal(text, &grid);
        program *const made = compile(names[i], text, &grid);
        for (uint32_t a = 0; a < grid.count; ++a) {
            bool used = false;
            for (uint32_t s = 0; s < made->slot_count; ++s)
                used |= made->slot[s].stride[a] > 0;
            if (!used) CHECK_FAIL("%s: axis %s changes nothing", names[i], grid.name[a]);
        }
        program_destroy(made);
        free(text);
    }
}

TEST(all_files_in_one_text_share)
{
    static char all[PROGRAM_BYTES_MAX];
    size_t used = 0;
    uint32_t alone = 0;
    list_files();
    for (uint32_t i = 0; i < name_count; ++i) {
        char *const text = read_file(names[i]);
        program *const made = compile(names[i], text, NULL);
        alone += made->call_count;
        program_destroy(made);
        used += (size_t)snprintf(all + used, sizeof(all) - used, "[%s]\n%s\n", names[i], text);
        CHECK(used < sizeof(all));
        free(text);
    }
    program *const made = compile("all", all, NULL);
    CHECK_INT(name_count, made->strategy_count);
    CHECK(made->call_count < alone);
    program_destroy(made);
}

/* The manual lists every strategy and every rule. */
TEST(the_manual_knows_them)
{
    char path[1000], word[100];
    const char *const source = getenv("TANDEM_SOURCE");
    char *const text = calloc(1, PROGRAM_BYTES_MAX);
    snprintf(path, sizeof(path), "%s/docs/STRATEGIES.md", source ? source : ".");
    FILE *const file = fopen(path, "rb");
    if (!file) CHECK_FAIL("cannot read %s", path);
    CHECK(fread(text, 1, PROGRAM_BYTES_MAX - 1, file) > 0);
    fclose(file);
    list_files();
    for (uint32_t i = 0; i < name_count; ++i) {
        snprintf(word, sizeof(word), "| `%.79s` |", names[i]);
        CHECK_HAS(word, text);
    }
    for (int r = 0; r < RULE_COUNT; ++r) {
        snprintf(word, sizeof(word), "| `%s` |", rule_param[r].name);
        CHECK_HAS(word, text);
        CHECK_HAS(rule_param[r].doc, text);
    }
    free(text);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (const check_test[]){RUN(every_file_compiles),
                                           RUN(every_file_tells_its_source),
                                           RUN(every_proposed_grid_compiles),
                                           RUN(all_files_in_one_text_share),
                                           RUN(the_manual_knows_them),
                                           {0}});
}
