/* check.h - the whole test framework: plain C, so that it runs under every sanitizer and on a
 * bare machine. A test file is a program:
 *
 *     TEST(pool_runs_every_index) { CHECK(sum == 10); CHECK_STATUS(TD_OK, status, &err); }
 *     int main(int argc, char **argv) { return check_main(argc, argv, (check_test[]){
 *         RUN(pool_runs_every_index), {0}}); }
 *
 * A failed CHECK prints place and values and ends the test, not the program. Zero tests run is a
 * failure. argv[1] runs only the tests whose name contains it. TANDEM_SEED sets the seed, which
 * is printed. SKIP(reason) says why a test could not run. */
#ifndef TANDEM_CHECK_H
#define TANDEM_CHECK_H
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct check_test { const char *name; void (*run)(void); } check_test;

static jmp_buf check_jump;
static uint64_t check_seed_value;

#define TEST(name) static void name(void)
#define RUN(name) {#name, name}
#define CHECK_FAIL(...)                                                                    \
    do {                                                                                   \
        printf("  %s:%d: ", __FILE__, __LINE__);                                           \
        printf(__VA_ARGS__);                                                               \
        printf("\n");                                                                      \
        longjmp(check_jump, 1);                                                            \
    } while (0)
#define SKIP(...)                                                                          \
    do {                                                                                   \
        printf("  skipped: ");                                                             \
        printf(__VA_ARGS__);                                                               \
        printf("\n");                                                                      \
        longjmp(check_jump, 2);                                                            \
    } while (0)
#define CHECK(condition)                                                                   \
    do {                                                                                   \
        if (!(condition)) CHECK_FAIL("not true: %s", #condition);                          \
    } while (0)
#define CHECK_INT(expected, actual)                                                        \
    do {                                                                                   \
        const long long check_e = (long long)(expected), check_a = (long long)(actual);    \
        if (check_e != check_a)                                                            \
            CHECK_FAIL("%s: expected %lld, got %lld", #actual, check_e, check_a);          \
    } while (0)
#define CHECK_NEAR(expected, actual, tolerance)                                            \
    do {                                                                                   \
        const double check_e = (expected), check_a = (actual);                             \
        if (!(fabs(check_e - check_a) <= (tolerance)) && !(isnan(check_e) && isnan(check_a))) \
            CHECK_FAIL("%s: expected %.17g, got %.17g", #actual, check_e, check_a);        \
    } while (0)
#define CHECK_TEXT(expected, actual)                                                       \
    do {                                                                                   \
        const char *check_e = (expected), *check_a = (actual);                             \
        if (!check_a || strcmp(check_e, check_a) != 0)                                     \
            CHECK_FAIL("%s: expected \"%s\", got \"%s\"", #actual, check_e,                \
                       check_a ? check_a : "(null)");                                      \
    } while (0)
#define CHECK_HAS(part, text)                                                              \
    do {                                                                                   \
        const char *check_t = (text);                                                      \
        if (!check_t || !strstr(check_t, (part)))                                          \
            CHECK_FAIL("\"%s\" is not in \"%s\"", (part), check_t ? check_t : "(null)");   \
    } while (0)
/* err: a td_error *, shown when the status is another one. */
#define CHECK_STATUS(expected, actual, err)                                                \
    do {                                                                                   \
        const int check_e = (int)(expected), check_a = (int)(actual);                      \
        if (check_e != check_a)                                                            \
            CHECK_FAIL("%s: expected %s, got %s: %s", #actual,                             \
                       td_status_name((td_status)check_e), td_status_name((td_status)check_a), \
                       (err)->message);                                                    \
    } while (0)

/* splitmix64: fresh inputs from the printed seed. */
static inline uint64_t check_random(void)
{
    uint64_t z = (check_seed_value += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline double check_random_unit(void)
{
    return (double)(check_random() >> 11) * 0x1p-53;
}

/* Apart from check_main, whose counters a longjmp could otherwise spoil. */
static inline int check_once(void (*run)(void))
{
    const int how = setjmp(check_jump);
    if (how == 0) run();
    return how;
}

static inline int check_main(int argc, char **argv, const check_test *tests)
{
    const char *only = argc > 1 ? argv[1] : "";
    const char *seed = getenv("TANDEM_SEED");
    const uint64_t first = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
    int failed = 0, skipped = 0, run = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("seed TANDEM_SEED=%" PRIu64 "\n", first);
    for (const check_test *test = tests; test->name; ++test) {
        if (!strstr(test->name, only)) continue;
        printf("%s\n", test->name);
        check_seed_value = first;
        run += 1;
        const int how = check_once(test->run);
        failed += how == 1;
        skipped += how == 2;
    }
    printf("%d run, %d failed, %d skipped\n", run, failed, skipped);
    return failed || run == 0 ? 1 : run == skipped ? 77 : 0;
}

#endif
