/* The arguments of a call: defaults, setting, axes, binding, copies, identity. */
#include "core/args.h"
#include "core/array.h"
#include "tests/core/sample.h"

static sample_memory memory;
static td_engine *engine;
static td_args *args;

/* Each test starts here, and ends with finish(), which looks for leaks. */
static void begin(void)
{
    td_error err = TD_ERROR_INIT;
    const td_allocator allocator = sample_allocator(&memory);
    td_args_destroy(args); /* of a test that failed */
    td_engine_destroy(engine);
    args = NULL;
    engine = NULL;
    CHECK_STATUS(TD_OK, sample_engine(&allocator, &engine, &err), &err);
    CHECK_STATUS(TD_OK, td_args_create(engine, "sample.grid", &args, &err), &err);
}

static void finish(void)
{
    td_args_destroy(args);
    td_engine_destroy(engine);
    args = NULL;
    engine = NULL;
    CHECK_INT(0, atomic_load(&memory.pieces));
    CHECK_INT(0, atomic_load(&memory.wrong));
}

static void check_axis(const char *name, uint64_t count, const char *first)
{
    const td_axis *axis = td_args_axis(args, name);
    CHECK(axis != NULL);
    CHECK_INT(count, axis->count);
    CHECK_TEXT(first, axis->text[0]);
    CHECK_TEXT(name, axis->name);
}

TEST(defaults)
{
    begin();
    CHECK_INT(4, td_args_axis_count(args));
    check_axis("m", 1, "1");
    check_axis("eps", 1, "0.1");
    check_axis("modes", 1, "x:l1");
    check_axis("flip", 1, "true");
    CHECK(td_args_axis(args, "eps")->number[0] == 0.1);
    CHECK(td_args_axis(args, "modes")->number == NULL);
    CHECK_INT(TD_CHOICE, td_args_axis(args, "modes")->type);
    CHECK(td_args_axis_at(args, 1) == td_args_axis(args, "eps"));
    CHECK(td_args_axis_at(args, 4) == NULL);
    CHECK(td_args_axis(args, "strict") == NULL && td_args_axis(args, "no") == NULL);
    CHECK(!td_args_get(args, "strict").as.b);
    CHECK_INT(1, td_args_get(args, "theiler").as.i);
    CHECK_TEXT("marwan", td_args_get(args, "profile").as.s);
    CHECK_INT(TD_CHOICE, td_args_get(args, "profile").type);
    CHECK_TEXT("n/a\t\\", td_args_get(args, "label").as.s);
    CHECK_INT(1, td_args_get(args, "m").as.i);
    CHECK(td_args_get(args, "flip").as.b);
    CHECK(td_args_wants(args, "rr") && td_args_wants(args, "lmax") && !td_args_wants(args, "lam"));
    CHECK(!td_args_wants(args, "no"));
    CHECK(args_engine(args) == engine && args_impl(args) == &sample_impl);
    finish();
}

TEST(creation_fails)
{
    td_error err = TD_ERROR_INIT;
    td_args *none = NULL;
    begin();
    CHECK_STATUS(TD_E_NOT_FOUND, td_args_create(engine, "sample.gird", &none, &err), &err);
    CHECK_TEXT("there is no operation \"sample.gird\", did you mean sample.grid", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_create(NULL, "sample.grid", &none, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_create(engine, NULL, &none, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_create(engine, "sample.grid", NULL, &err), &err);
    CHECK(none == NULL);
    finish();
}

TEST(setting_values)
{
    td_error err = TD_ERROR_INIT;
    char label[] = "a label";
    begin();
    CHECK_STATUS(TD_OK, td_args_set(args, "m", td_int(7), &err), &err);
    check_axis("m", 1, "7");
    CHECK_STATUS(TD_OK, td_args_set(args, "eps", td_float(0.057), &err), &err);
    check_axis("eps", 1, "0.057");
    CHECK_STATUS(TD_OK, td_args_set(args, "eps", td_int(2), &err), &err);
    check_axis("eps", 1, "2");
    CHECK_STATUS(TD_OK, td_args_set(args, "eps", td_float(0x1p-40), &err), &err);
    CHECK(td_args_axis(args, "eps")->number[0] == 0x1p-40);
    CHECK_STATUS(TD_OK, td_args_set(args, "modes", td_text("xy:l2"), &err), &err);
    check_axis("modes", 1, "xy:l2");
    CHECK_STATUS(TD_OK, td_args_set(args, "flip", td_bool(false), &err), &err);
    check_axis("flip", 1, "false");
    CHECK_STATUS(TD_OK, td_args_set(args, "theiler", td_int(INT64_MAX), &err), &err);
    CHECK(td_args_get(args, "theiler").as.i == INT64_MAX);
    CHECK_STATUS(TD_OK, td_args_set(args, "profile", td_text("julia"), &err), &err);
    CHECK(td_args_get(args, "profile").as.s == sample_profiles[1]);
    CHECK_STATUS(TD_OK, td_args_set(args, "label", td_text(label), &err), &err);
    label[0] = 'X';
    CHECK_TEXT("a label", td_args_get(args, "label").as.s);
    CHECK_STATUS(TD_OK, td_args_set(args, "label", td_args_get(args, "label"), &err), &err);
    CHECK_TEXT("a label", td_args_get(args, "label").as.s);
    finish();
}

static void check_set(const char *param, td_value value, td_status status, const char *message)
{
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(status, td_args_set(args, param, value, &err), &err);
    CHECK_TEXT(message, err.message);
}

TEST(setting_fails)
{
    td_error err = TD_ERROR_INIT;
    begin();
    check_set("m", td_int(0), TD_E_OUT_OF_RANGE, "sample.grid: m is 0, allowed 1 to 64");
    check_set("m", td_float(2), TD_E_BAD_ARGUMENT,
              "sample.grid: m takes a whole number, not a number");
    check_set("m", td_text("2"), TD_E_BAD_ARGUMENT,
              "sample.grid: m takes a whole number, not a text");
    check_set("eps", td_float((double)NAN), TD_E_OUT_OF_RANGE,
              "sample.grid: eps is nan, allowed 0 to 1000000 px");
    check_set("scale", td_float((double)INFINITY), TD_E_OUT_OF_RANGE,
              "sample.grid: scale is inf, allowed any number");
    check_set("theiler", td_int(-1), TD_E_OUT_OF_RANGE,
              "sample.grid: theiler is -1, allowed 0 samples or more");
    check_set("profile", td_text("proffile"), TD_E_OUT_OF_RANGE,
              "sample.grid: profile is \"proffile\", allowed marwan, julia, profile; did you mean "
              "profile");
    check_set("profile", td_text(NULL), TD_E_BAD_ARGUMENT,
              "sample.grid: profile is a text that is NULL");
    check_set("label", td_int(1), TD_E_BAD_ARGUMENT,
              "sample.grid: label takes a text, not a whole number");
    check_set("strict", td_int(1), TD_E_BAD_ARGUMENT,
              "sample.grid: strict takes true or false, not a whole number");
    check_set("proffile", td_int(1), TD_E_BAD_ARGUMENT,
              "sample.grid: there is no parameter \"proffile\", did you mean profile");
    check_set("qqqqqq", td_int(1), TD_E_BAD_ARGUMENT,
              "sample.grid: there is no parameter \"qqqqqq\"");
    check_set(NULL, td_int(1), TD_E_BAD_ARGUMENT, "sample.grid: no parameter is named");
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_set(NULL, "m", td_int(1), &err), &err);
    td_value unknown = td_int(1);
    unknown.type = (td_type)77;
    check_set("m", unknown, TD_E_BAD_ARGUMENT,
              "sample.grid: m takes a whole number, not a value of a known type");
    check_axis("m", 1, "1");
    check_axis("eps", 1, "0.1");
    finish();
}

TEST(sweeping_and_text)
{
    td_error err = TD_ERROR_INIT;
    begin();
    CHECK_STATUS(TD_OK, td_args_sweep(args, "m", "1:10", &err), &err);
    check_axis("m", 10, "1");
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_sweep(args, "m", "1,1", &err), &err);
    check_axis("m", 10, "1");
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_sweep(args, "strict", "true", &err), &err);
    CHECK_TEXT("sample.grid: strict cannot be an axis: it takes one value", err.message);
    CHECK_STATUS(TD_OK, td_args_set_text(args, "modes", "x:l1,xy:l2", &err), &err);
    check_axis("modes", 2, "x:l1");
    CHECK_STATUS(TD_OK, td_args_set_text(args, "theiler", "9223372036854775807", &err), &err);
    CHECK(td_args_get(args, "theiler").as.i == INT64_MAX);
    CHECK_STATUS(TD_OK, td_args_set_text(args, "theiler", "1e3", &err), &err);
    CHECK_INT(1000, td_args_get(args, "theiler").as.i);
    CHECK_STATUS(TD_OK, td_args_set_text(args, "scale", "-2.5e-3", &err), &err);
    CHECK(td_args_get(args, "scale").as.f == -2.5e-3);
    CHECK_STATUS(TD_OK, td_args_set_text(args, "strict", "yes", &err), &err);
    CHECK(td_args_get(args, "strict").as.b);
    CHECK_STATUS(TD_OK, td_args_set_text(args, "label", "x, y", &err), &err);
    CHECK_TEXT("x, y", td_args_get(args, "label").as.s);
    CHECK_STATUS(TD_OK, td_args_set_text(args, "profile", "julia", &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_set_text(args, "theiler", "1.5", &err), &err);
    CHECK_TEXT("sample.grid: theiler: \"1.5\" is not a whole number", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_set_text(args, "theiler", "1:2", &err), &err);
    CHECK_TEXT("sample.grid: theiler: \"1:2\" is not a number", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_args_set_text(args, "theiler", "-1", &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_set_text(args, "strict", "2", &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_set_text(args, "label", NULL, &err), &err);
    CHECK_TEXT("sample.grid: label has no text", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_set_text(args, "epps", "1", &err), &err);
    CHECK_TEXT("sample.grid: there is no parameter \"epps\", did you mean eps", err.message);
    finish();
}

TEST(outputs)
{
    td_error err = TD_ERROR_INIT;
    begin();
    CHECK_STATUS(TD_OK, td_args_output(args, "lam", true, &err), &err);
    CHECK_STATUS(TD_OK, td_args_output(args, "rr", false, &err), &err);
    CHECK(td_args_wants(args, "lam") && !td_args_wants(args, "rr"));
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_output(args, "lamm", true, &err), &err);
    CHECK_TEXT("sample.grid: there is no output \"lamm\", did you mean lam", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_output(NULL, "lam", true, &err), &err);
    finish();
}

/* ---- Binding --------------------------------------------------------------------------------- */

static double samples_x[6] = {1, 2, 3, 4, 5, 6}, samples_y[6] = {6, 5, 4, 3, 2, 1};
static uint64_t offsets[4] = {0, 2, 2, 6};
static const double *columns[2] = {samples_x, samples_y};
static const char *const column_names[2] = {"x", "y"};
static const char *item_names[3] = {"a", "b", "c"};

static td_series sample_series(void)
{
    td_series series = TD_SERIES_INIT;
    series.column_count = 2;
    series.item_count = 3;
    series.offset = offsets;
    series.column = columns;
    series.column_name = column_names;
    series.item_name = item_names;
    return series;
}

static void check_series(const td_series *series, const char *message)
{
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind_series(args, "recordings", series, &err), &err);
    CHECK_TEXT(message, err.message);
    CHECK(td_args_series(args, "recordings") == NULL);
}

TEST(binding_series_fails)
{
    static const uint64_t falling[4] = {0, 4, 2, 6}, late[4] = {1, 2, 2, 6};
    static const char *const gap[3] = {"a", NULL, "c"};
    static const double *const holes[2] = {samples_x, NULL};
    td_error err = TD_ERROR_INIT;
    td_series series = sample_series();
    begin();
    check_series(NULL, "sample.grid: series recordings: is NULL");
    series.struct_size = 0;
    check_series(&series,
                 "sample.grid: series recordings: no struct_size; set it with TD_SERIES_INIT");
    series = sample_series();
    series.offset = NULL;
    check_series(&series, "sample.grid: series recordings: offset is NULL");
    series.offset = late;
    check_series(&series, "sample.grid: series recordings: offset 0 is 1, must be 0");
    series.offset = falling;
    check_series(&series,
                 "sample.grid: series recordings: offset 2 is 2, below the one before it, 4");
    series = sample_series();
    series.column_count = 0;
    check_series(&series, "sample.grid: series recordings has 0 columns, allowed 1 to 4096");
    series = sample_series();
    series.column = NULL;
    check_series(&series, "sample.grid: series recordings: column is NULL");
    series.column = holes;
    check_series(&series, "sample.grid: series recordings: column 1 is NULL");
    series = sample_series();
    series.column_name = gap;
    check_series(&series, "sample.grid: series recordings: the name of column 1 is NULL");
    series = sample_series();
    series.item_name = gap;
    check_series(&series, "sample.grid: series recordings: the name of item 1 is NULL");
    series = sample_series();
    series.item_count = UINT64_MAX;
    check_series(&series, "sample.grid: series recordings: item_count is larger than memory");
    series = sample_series();
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind_series(args, "weights", &series, &err), &err);
    CHECK_TEXT("sample.grid: input weights is a dense array; bind it with td_args_bind",
               err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind_series(args, "recording", &series, &err), &err);
    CHECK_TEXT("sample.grid: there is no input \"recording\", did you mean recordings",
               err.message);
    finish();
}

TEST(binding_series)
{
    td_error err = TD_ERROR_INIT;
    td_series series = sample_series();
    begin();
    CHECK_STATUS(TD_E_BAD_ARGUMENT, args_complete(args, &err), &err);
    CHECK_TEXT("sample.grid: input recordings is not bound; bind it with td_args_bind_series",
               err.message);
    CHECK_STATUS(TD_OK, td_args_bind_series(args, "recordings", &series, &err), &err);
    series.item_count = 77; /* the view was copied */
    CHECK_INT(3, td_args_series(args, "recordings")->item_count);
    CHECK(td_args_array(args, "recordings") == NULL);
    CHECK_STATUS(TD_OK, args_complete(args, &err), &err);
    series = sample_series();
    series.item_count = 0;
    series.item_name = NULL;
    series.column_name = NULL;
    CHECK_STATUS(TD_OK, td_args_bind_series(args, "recordings", &series, &err), &err);
    finish();
}

TEST(binding_arrays)
{
    td_error err = TD_ERROR_INIT;
    float data[6] = {1, 2, 3, 4, 5, 6};
    td_array array = TD_ARRAY_INIT;
    begin();
    array.rank = 2;
    array.shape[0] = 2;
    array.shape[1] = 3;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind(args, "weights", &array, &err), &err);
    CHECK_TEXT("weights: has neither data nor a buffer", err.message);
    array.data = data;
    CHECK_STATUS(TD_OK, td_args_bind(args, "weights", &array, &err), &err);
    CHECK(td_args_array(args, "weights")->data == data);
    CHECK(td_args_series(args, "weights") == NULL);
    array.dtype = TD_F64;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind(args, "weights", &array, &err), &err);
    CHECK_TEXT("sample.grid: input weights is f64, must be f32", err.message);
    array.dtype = TD_F32;
    array.rank = 1;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind(args, "weights", &array, &err), &err);
    CHECK_TEXT("sample.grid: input weights has 1 dimensions, must have 2: lag,column", err.message);
    array.rank = 5;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind(args, "weights", &array, &err), &err);
    array.rank = 2;
    array.shape[0] = -1;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind(args, "weights", &array, &err), &err);
    array.shape[0] = INT64_MAX;
    array.shape[1] = INT64_MAX;
    CHECK_STATUS(TD_E_NO_MEMORY, td_args_bind(args, "weights", &array, &err), &err);
    array.shape[0] = 0;
    array.data = NULL;
    CHECK_STATUS(TD_OK, td_args_bind(args, "weights", &array, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind(args, "recordings", &array, &err), &err);
    CHECK_TEXT("sample.grid: input recordings is ragged; bind it with td_args_bind_series",
               err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind(args, "weights", NULL, &err), &err);
    array.struct_size = 3;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_args_bind(args, "weights", &array, &err), &err);
    finish();
}

/* ---- Copies and identity --------------------------------------------------------------------- */

static char *identity(const td_args *of)
{
    td_error err = TD_ERROR_INIT;
    char *text = NULL;
    CHECK_STATUS(TD_OK, args_identity(of, &text, &err), &err);
    return text;
}

TEST(copies_are_their_own)
{
    td_error err = TD_ERROR_INIT;
    td_series series = sample_series();
    td_args *copy = NULL;
    begin();
    CHECK_STATUS(TD_OK, td_args_sweep(args, "eps", "0.05:0.1:0.01", &err), &err);
    CHECK_STATUS(TD_OK, td_args_set_text(args, "label", "mine", &err), &err);
    CHECK_STATUS(TD_OK, td_args_output(args, "lam", true, &err), &err);
    CHECK_STATUS(TD_OK, td_args_bind_series(args, "recordings", &series, &err), &err);
    CHECK_STATUS(TD_OK, args_copy(args, &copy, &err), &err);
    char *first = identity(args), *second = identity(copy);
    CHECK_TEXT(first, second);
    td_free(engine, first);
    td_args_destroy(args);
    args = copy;
    char *third = identity(args);
    CHECK_TEXT(second, third);
    CHECK_TEXT("mine", td_args_get(args, "label").as.s);
    CHECK(td_args_axis(args, "eps")->number[1] == 0.06);
    td_free(engine, second);
    td_free(engine, third);
    finish();
}

/* Binds the sample, and answers whether the identity is another one than before. */
static bool identity_differs(const char *before)
{
    td_error err = TD_ERROR_INIT;
    td_series series = sample_series();
    CHECK_STATUS(TD_OK, td_args_bind_series(args, "recordings", &series, &err), &err);
    char *now = identity(args);
    const bool differs = strcmp(before, now) != 0;
    td_free(engine, now);
    return differs;
}

TEST(identity_tells_everything)
{
    td_error err = TD_ERROR_INIT;
    begin();
    char *bare = identity(args);
    CHECK_TEXT("{\"op\":\"sample.grid\",\"since\":1000,\"version\":1000,"
               "\"params\":{\"strict\":\"false\","
               "\"theiler\":\"1\",\"scale\":\"1\",\"profile\":\"marwan\","
               "\"label\":\"n/a\\u0009\\\\\"},\"axes\":{\"m\":[\"1\"],\"eps\":[\"0.1\"],"
               "\"modes\":[\"x:l1\"],\"flip\":[\"true\"]},\"outputs\":[\"rr\",\"lmax\"],"
               "\"data\":{\"recordings\":null,\"weights\":null}}",
               bare);
    CHECK(identity_differs(bare));
    td_free(engine, bare);

    char *base = identity(args);
    CHECK(!identity_differs(base));
    samples_y[5] = nextafter(1.0, 2.0);
    CHECK(identity_differs(base));
    samples_y[5] = 1;
    offsets[1] = 1;
    CHECK(identity_differs(base));
    offsets[1] = 2;
    item_names[1] = "B";
    CHECK(identity_differs(base));
    item_names[1] = "b";
    CHECK(!identity_differs(base));
    CHECK_STATUS(TD_OK, td_args_set(args, "scale", td_float(nextafter(1.0, 2.0)), &err), &err);
    CHECK(identity_differs(base));
    CHECK_STATUS(TD_OK, td_args_set(args, "scale", td_float(1.0), &err), &err);
    CHECK_STATUS(TD_OK, td_args_sweep(args, "eps", "1e-1", &err), &err);
    CHECK_STATUS(TD_OK, td_args_set(args, "m", td_int(1), &err), &err);
    CHECK(!identity_differs(base));
    CHECK_STATUS(TD_OK, td_args_sweep(args, "m", "1,2", &err), &err);
    CHECK(identity_differs(base));
    td_free(engine, base);
    finish();
}

/* FNV-1a as its authors write it, but in words of eight bytes while there are eight; "a" gives
 * af63dc4c8601ec8c in their test vectors. */
static uint64_t fnv(uint64_t hash, const void *data, size_t bytes)
{
    const unsigned char *next = data;
    for (; bytes >= 8; bytes -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        hash = (hash ^ word) * UINT64_C(1099511628211);
        hash ^= hash >> 32;
    }
    for (; bytes > 0; --bytes)
        hash = (hash ^ *next++) * UINT64_C(1099511628211);
    return hash;
}

/* The bytes are taken in row order, whatever the strides are. */
TEST(identity_of_strided_arrays)
{
    const uint64_t basis = UINT64_C(14695981039346656037);
    const int64_t shape[2] = {2, 3};
    const uint32_t head[2] = {TD_F32, 2};
    char expected[64];

    td_error err = TD_ERROR_INIT;
    float rows[6] = {1, 2, 3, 4, 5, 6}, padded[8] = {1, 2, 3, 99, 4, 5, 6, 99};
    float turned[6] = {1, 4, 2, 5, 3, 6};
    const struct {
        float *data;
        int64_t stride[2];
    } layouts[] = {{rows, {0, 0}}, {rows, {3, 1}}, {padded, {4, 1}}, {turned, {1, 2}}};
    char *first = NULL;
    begin();
    for (size_t i = 0; i < 4; ++i) {
        td_array array = TD_ARRAY_INIT;
        array.rank = 2;
        array.shape[0] = 2;
        array.shape[1] = 3;
        array.stride[0] = layouts[i].stride[0];
        array.stride[1] = layouts[i].stride[1];
        array.data = layouts[i].data;
        CHECK_STATUS(TD_OK, td_args_bind(args, "weights", &array, &err), &err);
        char *text = identity(args);
        if (first) CHECK_TEXT(first, text);
        if (first) td_free(engine, text);
        else first = text;
    }
    CHECK(fnv(basis, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
    unsigned char whole[6 + sizeof(head) + sizeof(shape) + sizeof(rows)];
    memcpy(whole, "array", 6);
    memcpy(whole + 6, head, sizeof(head));
    memcpy(whole + 6 + sizeof(head), shape, sizeof(shape));
    memcpy(whole + 6 + sizeof(head) + sizeof(shape), rows, sizeof(rows));
    const uint64_t hash = fnv(basis, whole, sizeof(whole));
    snprintf(expected, sizeof(expected), "\"weights\":\"fnv1a64w:%016" PRIx64 "\"", hash);
    CHECK_HAS(expected, first);
    td_free(engine, first);
    finish();
}

static void visit_nothing(void *context, const void *data, size_t bytes)
{
    (void)data;
    *(size_t *)context += bytes;
}

/* An array without elements may have other dimensions whose product does not fit. */
TEST(empty_arrays_of_any_shape)
{
    td_error err = TD_ERROR_INIT;
    td_array given = TD_ARRAY_INIT, array;
    size_t bytes = 0;
    given.rank = 3;
    given.shape[1] = given.shape[2] = INT64_MAX;
    CHECK_STATUS(TD_OK, array_read(&given, "empty", &array, &err), &err);
    CHECK_INT(0, array_count(&array));
    array_visit(&array, visit_nothing, &bytes);
    CHECK_INT(0, bytes);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(defaults),
                                     RUN(creation_fails),
                                     RUN(setting_values),
                                     RUN(setting_fails),
                                     RUN(sweeping_and_text),
                                     RUN(outputs),
                                     RUN(binding_series_fails),
                                     RUN(binding_series),
                                     RUN(binding_arrays),
                                     RUN(copies_are_their_own),
                                     RUN(identity_tells_everything),
                                     RUN(identity_of_strided_arrays),
                                     RUN(empty_arrays_of_any_shape),
                                     {0}});
}
