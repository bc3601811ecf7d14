/* The engine handle: its memory, log, registry, runs and cancel requests. */
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "core/cancel.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/op.h"
#include "core/text.h"
#include "tests/core/sample.h"

static sample_memory memory;

static void check_no_leak(void)
{
    CHECK_INT(0, atomic_load(&memory.pieces));
    CHECK_INT(0, atomic_load(&memory.bytes));
    CHECK_INT(0, atomic_load(&memory.wrong));
}

TEST(default_engine)
{
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    CHECK_STATUS(TD_OK, td_engine_create(NULL, &engine, &err), &err);
    CHECK(engine_pool(engine) && engine_budget(engine) && engine_devices(engine));
    CHECK(pool_threads(engine_pool(engine)) >= 1);
    CHECK(pool_threads(engine_pool(engine)) <= (uint32_t)sysconf(_SC_NPROCESSORS_CONF));
    CHECK(td_device_find(engine, "cpu") != NULL);
    for (size_t i = 0; td_builtin_ops[i]; ++i) {
        CHECK(td_op_at(engine, i) == td_builtin_ops[i]->op);
        CHECK(td_op_find(engine, td_builtin_ops[i]->op->name) == td_builtin_ops[i]->op);
    }
    CHECK(td_op_find(engine, "no.such") == NULL && td_op_find(engine, NULL) == NULL);
    CHECK(td_op_at(engine, 1000000) == NULL && td_op_at(NULL, 0) == NULL);
    td_engine_destroy(engine);
    td_engine_destroy(NULL);
}

TEST(bad_configurations)
{
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    config.struct_size = 0;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_engine_create(&config, &engine, &err), &err);
    CHECK_HAS("TD_ENGINE_CONFIG_INIT", err.message);
    config.struct_size = sizeof(config);
    config.threads = POOL_THREADS_MAX + 1;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_engine_create(&config, &engine, &err), &err);
    CHECK_TEXT("td_engine_config: threads is 1025, allowed 0 to 1024", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_engine_create(NULL, NULL, &err), &err);
    CHECK(engine == NULL);
    /* An older caller knows less of the struct: what lies behind it is not read. */
    config = (td_engine_config)TD_ENGINE_CONFIG_INIT;
    config.struct_size = offsetof(td_engine_config, backends);
    config.threads = 1;
    config.backends = (const char *)1;
    config.allocator.resize = NULL;
    config.ops = (const td_op_impl *const *)1;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    CHECK_INT(1, pool_threads(engine_pool(engine)));
    td_engine_destroy(engine);
}

/* ---- Memory ---------------------------------------------------------------------------------- */

TEST(memory_is_aligned_and_zero)
{
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    const td_allocator allocator = sample_allocator(&memory);
    CHECK_STATUS(TD_OK, sample_engine(&allocator, &engine, &err), &err);
    const long long before = atomic_load(&memory.pieces);
    for (size_t bytes = 0; bytes < 700; bytes += 7) {
        unsigned char *piece = td_alloc(engine, bytes);
        CHECK(piece != NULL);
        CHECK_INT(0, (uintptr_t)piece % MEMORY_ALIGN);
        for (size_t i = 0; i < bytes; ++i)
            CHECK_INT(0, piece[i]);
        memset(piece, 0xff, bytes);
        td_free(engine, piece);
    }
    CHECK_INT(before, atomic_load(&memory.pieces));
    CHECK(td_alloc(engine, SIZE_MAX) == NULL && td_alloc(engine, PTRDIFF_MAX) == NULL);
    CHECK(td_alloc(NULL, 1) == NULL);
    CHECK(memory_array(engine_allocator(engine), UINT64_MAX, 2) == NULL);
    td_free(engine, NULL);
    td_engine_destroy(engine);
    check_no_leak();
}

TEST(default_memory_is_zero_after_reuse)
{
    const size_t sizes[] = {1, 100, 5000, 3 << 20};
    for (int round = 0; round < 20; ++round)
        for (size_t k = 0; k < 4; ++k) {
            unsigned char *piece = memory_take(NULL, sizes[k]);
            CHECK(piece != NULL);
            for (size_t i = 0; i < sizes[k]; i += k == 3 ? 997 : 1)
                CHECK_INT(0, piece[i]);
            memset(piece, 0xff, sizes[k]);
            memory_give(piece);
        }
}

TEST(texts_are_copied_in_one_piece)
{
    const td_allocator allocator = sample_allocator(&memory);
    const char *const texts[] = {"", "one", "two \xc3\xa9"};
    char **copy = memory_texts(&allocator, texts, 3);
    CHECK(copy != NULL);
    CHECK_INT(1, atomic_load(&memory.pieces));
    for (size_t i = 0; i < 3; ++i)
        CHECK_TEXT(texts[i], copy[i]);
    memory_give((void *)copy);
    check_no_leak();
}

/* ---- Log and locale -------------------------------------------------------------------------- */

static char logged[2048];
static int logged_level = -1;

static void log_line(void *context, int level, const char *line)
{
    CHECK(context == logged);
    snprintf(logged, sizeof(logged), "%s", line);
    logged_level = level;
}

TEST(log_goes_to_the_hook)
{
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    config.threads = 1;
    config.backends = "cpu";
    config.log = log_line;
    config.log_context = logged;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    engine_log(engine, TD_LOG_WARN, "%d of %s", 3, "them");
    CHECK_TEXT("3 of them", logged);
    CHECK_INT(TD_LOG_WARN, logged_level);
    engine_log(engine, TD_LOG_INFO, "%2000d", 1);
    CHECK(strlen(logged) == 1023);
    td_engine_destroy(engine);
    config = (td_engine_config)TD_ENGINE_CONFIG_INIT;
    config.threads = 1;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    logged[0] = 0;
    engine_log(engine, TD_LOG_ERROR, "nobody listens");
    CHECK_TEXT("", logged);
    td_engine_destroy(engine);
}

/* Chooses a locale with a decimal comma: an installed one, or one that is made for the test. */
static bool choose_comma(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "fr_FR"};
    char folder[] = "/tmp/tandem-locale-XXXXXX", command[256];
    for (size_t i = 0; i < 4; ++i)
        if (setlocale(LC_NUMERIC, names[i])) return true;
    if (!mkdtemp(folder)) return false;
    snprintf(command, sizeof(command), "localedef -i de_DE -f UTF-8 '%s/de_DE.UTF-8' 2>&1", folder);
    FILE *output = popen(command, "r");
    while (output && fgetc(output) != EOF) {}
    const bool made = output && pclose(output) == 0 && setenv("LOCPATH", folder, 1) == 0;
    const bool chosen = made && setlocale(LC_NUMERIC, "de_DE.UTF-8");
    unsetenv("LOCPATH");
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command) == 0 && chosen;
}

TEST(numbers_do_not_follow_the_locale)
{
    char text[NUMBER_TEXT_MAX], comma[16];
    if (!choose_comma()) SKIP("there is no locale with a decimal comma, and none can be made");
    snprintf(comma, sizeof(comma), "%.1f", 0.5);
    number_text(0.057, text);
    const double value = number_parse("0.057");
    setlocale(LC_NUMERIC, "C");
    CHECK_TEXT("0,5", comma);
    CHECK_TEXT("0.057", text);
    CHECK(value == 0.057);
}

/* ---- Words ----------------------------------------------------------------------------------- */

TEST(distances_of_words)
{
    CHECK_INT(0, text_distance("eps", "eps"));
    CHECK_INT(1, text_distance("eps", "epss"));
    CHECK_INT(1, text_distance("eps", "esp"));
    CHECK_INT(3, text_distance("", "eps"));
    CHECK_INT(3, text_distance("kitten", "sitting"));
    char longer[200];
    memset(longer, 'a', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = 0;
    CHECK(text_distance(longer, "a") == UINT32_MAX);
    char quote[TEXT_QUOTE_MAX];
    text_quote("a\n\"b\"", 5, quote);
    CHECK_TEXT("\"a?\"b\"\"", quote);
    text_quote(longer, 199, quote);
    CHECK_INT(53, strlen(quote));
    CHECK_HAS("a...\"", quote);
}

/* ---- The registry ---------------------------------------------------------------------------- */

/* A copy of the sample whose parts a test may spoil. */
typedef struct spoiled {
    td_param params[9];
    td_port inputs[2], outputs[3];
    td_op op;
    td_op_impl impl;
    const td_op_impl *ops[3];
} spoiled;

static spoiled spoil;

static void reset(void)
{
    memcpy(spoil.params, sample_params, sizeof(sample_params));
    memcpy(spoil.inputs, sample_inputs, sizeof(sample_inputs));
    memcpy(spoil.outputs, sample_outputs, sizeof(sample_outputs));
    spoil.op = sample_op;
    spoil.op.params = spoil.params;
    spoil.op.inputs = spoil.inputs;
    spoil.op.outputs = spoil.outputs;
    spoil.impl = sample_impl;
    spoil.impl.op = &spoil.op;
    spoil.ops[0] = &spoil.impl;
    spoil.ops[1] = NULL;
    spoil.ops[2] = NULL;
}

static td_status create_spoiled(td_error *err)
{
    td_engine *engine = NULL;
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    config.threads = 1;
    config.backends = "cpu";
    config.ops = spoil.ops;
    config.allocator = sample_allocator(&memory);
    const td_status status = td_engine_create(&config, &engine, err);
    td_engine_destroy(engine);
    return status;
}

static void check_spoiled(const char *message)
{
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, create_spoiled(&err), &err);
    CHECK_TEXT(message, err.message);
    check_no_leak();
    reset();
}

TEST(good_tables)
{
    td_error err = TD_ERROR_INIT;
    reset();
    CHECK_STATUS(TD_OK, create_spoiled(&err), &err);
    spoil.impl.open = NULL; /* a description only: its dimensions are its own */
    spoil.outputs[0].shape = "recording,pair";
    CHECK_STATUS(TD_OK, create_spoiled(&err), &err);
    for (size_t i = 0; td_builtin_ops[i]; ++i)
        CHECK_STATUS(TD_OK, op_check(td_builtin_ops[i], TD_E_INTERNAL, &err), &err);
    check_no_leak();
}

TEST(bad_operations)
{
    td_error err = TD_ERROR_INIT;
    reset();
    spoil.ops[1] = &spoil.impl;
    check_spoiled("two operations are named sample.grid");
    spoil.impl.struct_size = 8;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, create_spoiled(&err), &err);
    CHECK_HAS("struct_size below", err.message);
    reset();
    spoil.op.struct_size = 8;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, create_spoiled(&err), &err);
    CHECK_HAS("has the struct_size 8", err.message);
    reset();
    spoil.op.name = "Sample";
    check_spoiled("an operation has no name of a-z, 0-9, _ and dots");
    spoil.op.title = NULL;
    check_spoiled("operation sample.grid: has no title or no documentation");
    spoil.op.item_name = NULL;
    check_spoiled("operation sample.grid: item_name is no snake_case name");
    spoil.impl.plan = NULL;
    check_spoiled("operation sample.grid: has no plan or no run_cpu");
    spoil.impl.run_cpu = NULL;
    check_spoiled("operation sample.grid: has no plan or no run_cpu");
    spoil.op.tolerance = (double)NAN;
    check_spoiled("operation sample.grid: tolerance is not 0 or above");
    CHECK_INT(TD_E_INTERNAL, op_check(NULL, TD_E_INTERNAL, &err));
}

TEST(bad_parameters)
{
    td_error err = TD_ERROR_INIT;
    reset();
    spoil.op.param_size = 4;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, create_spoiled(&err), &err);
    CHECK_HAS("operation sample.grid: param_size is 4, must be at least", err.message);
    reset();
    spoil.op.params = NULL;
    check_spoiled("operation sample.grid: there are 9 parameters, allowed 0 to 1024");
    spoil.params[2].number = 0;
    check_spoiled("operation sample.grid: modes: its number is 0");
    spoil.params[2].number = 1;
    check_spoiled("operation sample.grid: m and modes have the same number 1");
    spoil.params[2].name = "m";
    check_spoiled("operation sample.grid: two parameters are named m");
    spoil.params[2].name = "Bad Name";
    check_spoiled("operation sample.grid: parameter 2 has no snake_case name");
    spoil.params[2].doc = "";
    check_spoiled("operation sample.grid: modes: has no sentence");
    spoil.params[0].value.as.i = 65;
    check_spoiled("operation sample.grid: m: the default is out of range");
    spoil.params[1].value.as.f = -1;
    check_spoiled("operation sample.grid: eps: the default is out of range");
    spoil.params[1].value = td_int(1);
    check_spoiled("operation sample.grid: eps: default, min and max are not of the parameter's "
                  "type");
    spoil.params[1].min.as.f = (double)NAN;
    check_spoiled("operation sample.grid: eps: min is not below max");
    spoil.params[0].step = td_int(0);
    check_spoiled("operation sample.grid: m: step is not above 0");
    spoil.params[0].step = td_float(1);
    check_spoiled("operation sample.grid: m: step is not of the parameter's type");
    spoil.params[0].type = (td_type)9;
    check_spoiled("operation sample.grid: m: type 9 is unknown");
    spoil.params[3].value = td_int(1);
    check_spoiled("operation sample.grid: strict: the default is not of the parameter's type");
    spoil.params[7].flags = TD_PARAM_SWEEP;
    spoil.params[7].value.as.s = "";
    check_spoiled("operation sample.grid: label: the default of an axis is empty");
    for (size_t i = 0; i < 9; ++i)
        spoil.params[i].flags = TD_PARAM_SWEEP;
    check_spoiled("operation sample.grid: 9 parameters are axes, allowed 0 to 8");
}

TEST(bad_choices)
{
    static const char *const none[] = {NULL}, *const comma[] = {"x:l1", "a,b", NULL};
    static const char *const twice[] = {"x:l1", "y", "y", NULL};
    reset();
    spoil.params[2].choices = NULL;
    check_spoiled("operation sample.grid: modes: there are no choices, or they do not end with "
                  "NULL");
    spoil.params[2].choices = none;
    check_spoiled("operation sample.grid: modes: there are no choices, or they do not end with "
                  "NULL");
    spoil.params[2].choices = comma;
    check_spoiled("operation sample.grid: modes: \"a,b\" is no good choice");
    spoil.params[2].choices = twice;
    check_spoiled("operation sample.grid: modes: the choice \"y\" is there twice");
    spoil.params[2].value.as.s = "z";
    check_spoiled("operation sample.grid: modes: the default is none of the choices");
}

TEST(bad_ports)
{
    reset();
    spoil.outputs[0].shape = "recording,tau";
    check_spoiled("operation sample.grid: output rr has the unknown dimension \"tau\"; known are "
                  "the item dimension, the sweepable parameters and the dimensions of dense "
                  "inputs");
    spoil.outputs[0].shape = "recording,strict";
    check_spoiled("operation sample.grid: output rr has the unknown dimension \"strict\"; known "
                  "are the item dimension, the sweepable parameters and the dimensions of dense "
                  "inputs");
    spoil.outputs[0].shape = "m,m";
    check_spoiled("operation sample.grid: output rr has the dimension \"m\" twice");
    spoil.outputs[0].shape = "m,m,m,m,m,m,m,m,m,m";
    check_spoiled("operation sample.grid: output rr has more than 9 dimensions");
    spoil.outputs[0].shape = NULL;
    check_spoiled("operation sample.grid: output rr: has no shape");
    spoil.outputs[0].dtype = (td_dtype)9;
    check_spoiled("operation sample.grid: output rr: dtype 9 is unknown");
    spoil.outputs[1].name = "rr";
    check_spoiled("operation sample.grid: two outputs are named rr");
    spoil.inputs[1].name = "recordings";
    check_spoiled("operation sample.grid: two inputs are named recordings");
    spoil.inputs[1].shape = "a,b,c,d,e";
    check_spoiled("operation sample.grid: input weights has more than 4 dimensions");
    spoil.inputs[0].doc = NULL;
    check_spoiled("operation sample.grid: input recordings: has no sentence");
    spoil.op.outputs = NULL;
    check_spoiled("operation sample.grid: there are 2 inputs and 3 outputs, allowed 0 to 1024");
}

/* A table of a later header has longer structs: its own sizes are the strides. */
TEST(longer_structs_are_stepped_over)
{
    struct later {
        td_param param;
        char more[40];
    } later[9];
    td_error err = TD_ERROR_INIT;
    memset(later, 0x77, sizeof(later));
    reset();
    for (size_t i = 0; i < 9; ++i)
        later[i].param = sample_params[i];
    spoil.op.params = &later[0].param;
    spoil.op.param_size = sizeof(later[0]);
    CHECK_STATUS(TD_OK, create_spoiled(&err), &err);
    CHECK_TEXT("flip", op_param(&spoil.op, 8)->name);
    CHECK_INT(5, op_find_param(&spoil.op, "scale"));
    reset();
}

/* ---- Runs and cancel requests ---------------------------------------------------------------- */

static atomic_int left;

static void *leave_later(void *context)
{
    usleep(50000);
    atomic_store(&left, 1);
    engine_leave(context);
    return NULL;
}

TEST(destroy_waits_for_runs)
{
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    pthread_t thread;
    atomic_store(&left, 0);
    CHECK_STATUS(TD_OK, sample_engine(NULL, &engine, &err), &err);
    engine_enter(engine);
    engine_enter(engine);
    engine_leave(engine);
    CHECK_INT(0, pthread_create(&thread, NULL, leave_later, engine));
    td_engine_destroy(engine);
    CHECK_INT(1, atomic_load(&left));
    pthread_join(thread, NULL);
}

static td_cancel *signalled;

static void on_signal(int number)
{
    (void)number;
    td_cancel_request(signalled);
}

TEST(cancel_from_a_signal)
{
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    td_cancel *cancel = NULL;
    const td_allocator allocator = sample_allocator(&memory);
    CHECK_STATUS(TD_OK, sample_engine(&allocator, &engine, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_cancel_create(NULL, &cancel, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_cancel_create(engine, NULL, &err), &err);
    CHECK_STATUS(TD_OK, td_cancel_create(engine, &cancel, &err), &err);
    CHECK(!cancel_requested(cancel) && !cancel_requested(NULL));
    signalled = cancel;
    void (*before)(int) = signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    signal(SIGUSR1, before);
    CHECK(cancel_requested(cancel));
    td_cancel_request(NULL);
    td_cancel_destroy(NULL);
    td_cancel_destroy(cancel);
    td_engine_destroy(engine);
    check_no_leak();
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(default_engine),
                                     RUN(bad_configurations),
                                     RUN(memory_is_aligned_and_zero),
                                     RUN(default_memory_is_zero_after_reuse),
                                     RUN(texts_are_copied_in_one_piece),
                                     RUN(log_goes_to_the_hook),
                                     RUN(numbers_do_not_follow_the_locale),
                                     RUN(distances_of_words),
                                     RUN(good_tables),
                                     RUN(bad_operations),
                                     RUN(bad_parameters),
                                     RUN(bad_choices),
                                     RUN(bad_ports),
                                     RUN(longer_structs_are_stepped_over),
                                     RUN(destroy_waits_for_runs),
                                     RUN(cancel_from_a_signal),
                                     {0}});
}
