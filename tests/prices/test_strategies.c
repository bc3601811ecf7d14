/* test_strategies.c - strategies by name and by path, in the folders where they are looked for. */
#include "market/strategies.h"

#include "../check.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void put_file(const char *name, const char *text, size_t bytes)
{
    char path[200];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *const file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(fwrite(text, 1, bytes, file) == bytes);
    fclose(file);
}

static void make_folder(void)
{
    snprintf(folder, sizeof(folder), "/tmp/tandem-strategies-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    put_file("mine.strategy", "entry = true\n", 13);
    put_file("ma_cross.strategy", "entry = false\n", 14);
    put_file("zero.strategy", "a\0b", 3);
    put_file("other.txt", "x", 1);
    CHECK(setenv("TANDEM_STRATEGIES", folder, 1) == 0);
}

static void remove_folder(void)
{
    static const char *const files[] = {"mine.strategy", "ma_cross.strategy", "zero.strategy",
                                        "other.txt"};
    char path[200];
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); ++i) {
        snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
    unsetenv("TANDEM_STRATEGIES");
}

static void expect_found(const char *which, const char *name, const char *text)
{
    strategy_source source = {NULL, NULL, NULL};
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, strategy_find(which, &source, &err), &err);
    CHECK_TEXT(name, source.name);
    CHECK_HAS(text, source.text);
    CHECK(access(source.path, R_OK) == 0);
    strategy_free(&source);
    CHECK(!source.name && !source.path && !source.text);
}

static void expect_missing(const char *which, td_status status, const char *part)
{
    strategy_source source = {NULL, NULL, NULL};
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(status, strategy_find(which, &source, &err), &err);
    CHECK_HAS(part, err.message);
    CHECK(!source.name && !source.path && !source.text);
}

TEST(those_that_ship_are_found_by_name)
{
    unsetenv("TANDEM_STRATEGIES");
    expect_found("ma_cross", "ma_cross", "crosses_above");
    expect_found("golden_cross", "golden_cross", "200");
}

TEST(own_folders_come_first)
{
    char path[200];
    make_folder();
    expect_found("mine", "mine", "entry = true");
    expect_found("ma_cross", "ma_cross", "entry = false");
    expect_found("rsi_reversion", "rsi_reversion", "oversold");
    snprintf(path, sizeof(path), "%s/mine.strategy", folder);
    expect_found(path, "mine", "entry = true");
    snprintf(path, sizeof(path), "%s/other.txt", folder);
    expect_found(path, "other.txt", "x");
    snprintf(path, sizeof(path), "/nowhere::%s:", folder);
    CHECK(setenv("TANDEM_STRATEGIES", path, 1) == 0);
    expect_found("mine", "mine", "entry = true");
    remove_folder();
}

TEST(what_is_missing_is_told)
{
    make_folder();
    expect_missing("ma_crss", TD_E_NOT_FOUND, "no strategy \"ma_crss\", is \"ma_cross\" meant?");
    expect_missing("xyzxyzxyz", TD_E_NOT_FOUND, "there are ");
    expect_missing("", TD_E_NOT_FOUND, "no strategy \"\"");
    expect_missing("./nothing.strategy", TD_E_IO, "./nothing.strategy");
    expect_missing(folder, TD_E_IO, folder);
    expect_missing("zero", TD_E_CORRUPT, "a 0 byte in the text");
    remove_folder();
}

TEST(names_are_sorted_and_single)
{
    char **names = NULL;
    uint32_t count = 0, found = 0;
    td_error err = TD_ERROR_INIT;
    make_folder();
    CHECK_STATUS(TD_OK, strategy_names(&names, &count, &err), &err);
    remove_folder();
    CHECK(count >= 25);
    for (uint32_t i = 0; i < count; ++i) {
        CHECK(i == 0 || strcmp(names[i - 1], names[i]) < 0);
        found += strcmp(names[i], "mine") == 0 || strcmp(names[i], "ma_cross") == 0;
        CHECK(strcmp(names[i], "other") != 0);
    }
    CHECK_INT(2, found);
    strategy_names_free(names, count);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (const check_test[]){RUN(those_that_ship_are_found_by_name),
                                           RUN(own_folders_come_first),
                                           RUN(what_is_missing_is_told),
                                           RUN(names_are_sorted_and_single),
                                           {0}});
}
