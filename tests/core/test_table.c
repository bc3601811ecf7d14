/* Labelled tables: what they are made of, slices, merging, and many threads at once. */
#include "core/table_internal.h"
#include "tests/core/sample.h"

static sample_memory memory;
static td_table *table;

static td_dim make_dim(const char *name, uint64_t count, const double *number,
                       const char *const *text)
{
    const td_dim dim = {name, NULL, NULL, count, number, false, text};
    return dim;
}

static void begin(void)
{
    static const char *const names[3] = {"ann", "bob", "cy"};
    static const double eps[4] = {0.05, 0.06, 0.07, 0.08};
    td_error err = TD_ERROR_INIT;
    const td_allocator allocator = sample_allocator(&memory);
    td_dim dims[3] = {make_dim("recording", 3, NULL, names), make_dim("m", 2, NULL, NULL),
                      make_dim("eps", 4, eps, NULL)};
    dims[2].unit = "px";
    dims[2].doc = "Threshold.";
    td_table_destroy(table); /* of a test that failed */
    table = NULL;
    CHECK_STATUS(TD_OK, td_table_create(&allocator, &table, &err), &err);
    for (size_t i = 0; i < 3; ++i)
        CHECK_STATUS(TD_OK, td_table_add_dim(table, &dims[i], &err), &err);
    CHECK_STATUS(
        TD_OK, td_table_add_var(table, "rr", "Rate.", NULL, TD_F64, "recording,m,eps", &err), &err);
    CHECK_STATUS(
        TD_OK, td_table_add_var(table, "lmax", NULL, "samples", TD_I64, "recording,m", &err), &err);
}

static void finish(void)
{
    td_table_destroy(table);
    table = NULL;
    CHECK_INT(0, atomic_load(&memory.pieces));
    CHECK_INT(0, atomic_load(&memory.wrong));
}

TEST(what_a_table_is_made_of)
{
    td_dim dim;
    td_var var;
    begin();
    CHECK_INT(3, td_table_dim_count(table));
    CHECK_INT(2, td_table_var_count(table));
    CHECK(td_table_dim(table, 2, &dim) && !td_table_dim(table, 3, &dim));
    CHECK_TEXT("eps", dim.name);
    CHECK_TEXT("px", dim.unit);
    CHECK_TEXT("Threshold.", dim.doc);
    CHECK(dim.count == 4 && dim.number[3] == 0.08 && !dim.text && !dim.whole);
    CHECK(td_table_find_dim(table, "recording", &dim));
    CHECK_TEXT("bob", dim.text[1]);
    CHECK(td_table_find_dim(table, "m", &dim) && dim.count == 2 && !dim.text && !dim.number);
    CHECK(!td_table_find_dim(table, "rr", &dim) && !td_table_find_dim(table, NULL, &dim));
    CHECK(td_table_var(table, 0, &var) && !td_table_var(table, 2, &var));
    CHECK_TEXT("rr", var.name);
    CHECK_TEXT("Rate.", var.doc);
    CHECK(!var.unit && var.rank == 3 && var.count == 24 && var.dim[0] == 0 && var.dim[2] == 2);
    for (uint64_t i = 0; i < 24; ++i)
        CHECK(isnan(((const double *)var.data)[i]));
    CHECK(td_table_find_var(table, "lmax", &var) && var.dtype == TD_I64 && var.count == 6);
    for (uint64_t i = 0; i < 6; ++i)
        CHECK(((const int64_t *)var.data)[i] == INT64_MIN);
    CHECK(td_table_data(table, "lmax") == var.data);
    CHECK(td_table_data(table, "m") == NULL && td_table_data(table, NULL) == NULL);
    CHECK(td_table_dim_count(NULL) == 0 && td_table_var_count(NULL) == 0);
    CHECK(!td_table_attribute(NULL, "a") && !td_table_text(NULL, "a", NULL));
    finish();
}

TEST(every_dtype_starts_empty)
{
    td_error err = TD_ERROR_INIT;
    begin();
    CHECK_STATUS(TD_OK, td_table_add_var(table, "a", NULL, NULL, TD_F32, "eps", &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_var(table, "b", NULL, NULL, TD_I32, " eps , m ", &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_var(table, "c", NULL, NULL, TD_U8, "", &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_var(table, "d", NULL, NULL, TD_F64, NULL, &err), &err);
    CHECK(isnan(((float *)td_table_data(table, "a"))[3]));
    CHECK(((int32_t *)td_table_data(table, "b"))[7] == INT32_MIN);
    CHECK_INT(0, *(uint8_t *)td_table_data(table, "c"));
    double one = 0;
    CHECK_STATUS(TD_OK, td_table_read(table, "d", NULL, NULL, &one, sizeof(one), &err), &err);
    CHECK(isnan(one));
    CHECK_INT(4, td_dtype_bytes(TD_F32));
    CHECK_INT(0, td_dtype_bytes((td_dtype)9));
    finish();
}

static void check_var(const char *name, td_dtype dtype, const char *dims, td_status status,
                      const char *message)
{
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(status, td_table_add_var(table, name, NULL, NULL, dtype, dims, &err), &err);
    CHECK_TEXT(message, err.message);
}

TEST(bad_entries)
{
    static const double one[1] = {1};
    static const char *const text[1] = {"a"}, *const gap[1] = {NULL};
    td_error err = TD_ERROR_INIT;
    begin();
    check_var("rr", TD_F64, "m", TD_E_BAD_ARGUMENT, "the name rr is taken in the table");
    check_var("m", TD_F64, "m", TD_E_BAD_ARGUMENT, "the name m is taken in the table");
    check_var("x", TD_F64, "m,tau", TD_E_BAD_ARGUMENT,
              "variable x: the table has no dimension \"tau\"");
    check_var("x", (td_dtype)9, "m", TD_E_BAD_ARGUMENT, "variable x: dtype 9 is unknown");
    check_var("x", TD_F64, "m,m,m,m,m,m,m,m,m,m", TD_E_OUT_OF_RANGE,
              "variable x has more than 9 dimensions");
    check_var(NULL, TD_F64, "m", TD_E_BAD_ARGUMENT, "td_table_add_var: the variable has no name");
    td_dim dim = make_dim("m", 1, NULL, NULL);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_add_dim(table, &dim, &err), &err);
    CHECK_TEXT("the name m is taken in the table", err.message);
    dim = make_dim("z", 1, one, text);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_add_dim(table, &dim, &err), &err);
    CHECK_TEXT("dimension z has both numbers and texts", err.message);
    dim = make_dim("z", 1, NULL, gap);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_add_dim(table, &dim, &err), &err);
    CHECK_TEXT("dimension z: text 0 is NULL", err.message);
    dim = make_dim("", 1, NULL, NULL);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_add_dim(table, &dim, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_add_dim(table, NULL, &err), &err);
    dim = make_dim("huge", UINT64_C(1) << 40, NULL, NULL);
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &dim, &err), &err);
    check_var("x", TD_F64, "huge,huge", TD_E_NO_MEMORY,
              "1099511627776 elements of 1099511627776 bytes do not fit any memory");
    CHECK_INT(2, td_table_var_count(table));
    finish();
}

TEST(texts_and_attributes)
{
    static const char *const groups[3] = {"ad", "control", "ad"}, *const gap[3] = {"a", NULL, "b"};
    td_error err = TD_ERROR_INIT;
    uint64_t count = 0;
    uint32_t dim = 99;
    const char *name = NULL, *doc = NULL, *text = NULL;
    begin();
    CHECK_STATUS(TD_OK, td_table_add_text(table, "group", "Its group.", "recording", groups, &err),
                 &err);
    CHECK_TEXT("control", td_table_text(table, "group", &count)[1]);
    CHECK_INT(3, count);
    CHECK(td_table_text(table, "group", NULL) && !td_table_text(table, "rr", &count));
    CHECK(td_table_text_at(table, 0, &name, &doc, &dim) &&
          !td_table_text_at(table, 1, NULL, NULL, NULL));
    CHECK_TEXT("group", name);
    CHECK_TEXT("Its group.", doc);
    CHECK_INT(0, dim);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_add_text(table, "group", NULL, "m", groups, &err),
                 &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_add_text(table, "x", NULL, "tau", groups, &err), &err);
    CHECK_TEXT("text variable x: the table has no dimension tau", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_add_text(table, "x", NULL, "m", NULL, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_add_text(table, "x", NULL, "recording", gap, &err),
                 &err);
    CHECK_TEXT("text variable x: text 1 is NULL", err.message);

    CHECK(td_table_attribute(table, "profile") == NULL);
    CHECK_STATUS(TD_OK, td_table_set_attribute(table, "profile", "marwan", &err), &err);
    CHECK_STATUS(TD_OK, td_table_set_attribute(table, "version", "0.1", &err), &err);
    CHECK_STATUS(TD_OK, td_table_set_attribute(table, "profile", "julia", &err), &err);
    CHECK_TEXT("julia", td_table_attribute(table, "profile"));
    CHECK(td_table_attribute_at(table, 1, &name, &text) &&
          !td_table_attribute_at(table, 2, &name, &text));
    CHECK_TEXT("version", name);
    CHECK_TEXT("0.1", text);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_set_attribute(table, "a", NULL, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_set_attribute(table, "", "b", &err), &err);
    finish();
}

TEST(warnings_are_joined_and_counted)
{
    td_error err = TD_ERROR_INIT;
    begin();
    CHECK_INT(0, table_warning_count(table));
    CHECK_STATUS(TD_OK, td_table_warn(table, &err, "%s is constant", "ann"), &err);
    CHECK_STATUS(TD_OK, td_table_warn(table, &err, "%d short", 2), &err);
    CHECK_TEXT("ann is constant\n2 short", td_table_attribute(table, "warnings"));
    CHECK_INT(2, table_warning_count(table));
    for (int i = 0; i < 3000; ++i)
        CHECK_STATUS(TD_OK, td_table_warn(table, &err, "a warning of some length %d", i), &err);
    CHECK_INT(3002, table_warning_count(table));
    CHECK(strlen(td_table_attribute(table, "warnings")) < TABLE_WARNINGS_TEXT);
    CHECK(strlen(td_table_attribute(table, "warnings")) > TABLE_WARNINGS_TEXT - 64);
    finish();
}

/* ---- Slices ---------------------------------------------------------------------------------- */

TEST(bad_slices)
{
    td_error err = TD_ERROR_INIT;
    double out[24];
    const uint64_t first[3] = {0, 0, 1}, count[3] = {3, 2, 4}, fine[3] = {3, 2, 3};
    const uint64_t far[3] = {0, 0, UINT64_MAX}, one[3] = {1, 1, 1};
    begin();
    CHECK_STATUS(TD_E_OUT_OF_RANGE,
                 td_table_read(table, "rr", first, count, out, sizeof(out), &err), &err);
    CHECK_TEXT("rr: 4 values of eps from 1, but there are 4", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_table_read(table, "rr", far, one, out, sizeof(out), &err),
                 &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_table_read(table, "rr", one, far, out, sizeof(out), &err),
                 &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_read(table, "rr", first, fine, out, 143, &err), &err);
    CHECK_TEXT("rr: out has 143 bytes, the slice needs 144", err.message);
    CHECK_STATUS(TD_E_NOT_FOUND, td_table_read(table, "qq", first, fine, out, 144, &err), &err);
    CHECK_TEXT("the table has no variable qq", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_read(table, "rr", NULL, fine, out, 144, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_read(table, "rr", first, NULL, out, 144, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_read(table, "rr", first, fine, NULL, 144, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_read(NULL, "rr", first, fine, out, 144, &err), &err);
    CHECK_STATUS(TD_OK, td_table_read(table, "rr", first, fine, out, 144, &err), &err);
    finish();
}

/* Random boxes pasted with random strides, read back whole and in slices, against plain loops. */
TEST(random_boxes)
{
    td_error err = TD_ERROR_INIT;
    double expected[24], block[4000], out[24];
    begin();
    for (size_t i = 0; i < 24; ++i)
        expected[i] = (double)NAN;
    for (int round = 0; round < 500; ++round) {
        static const uint64_t shape[3] = {3, 2, 4};
        uint64_t first[3], count[3];
        td_block box = {block + 2000, 3, {0}, {0}};
        int64_t reach = 1 + (int64_t)(check_random() % 3);
        for (size_t d = 3; d > 0; --d) {
            first[d - 1] = check_random() % shape[d - 1];
            count[d - 1] = check_random() % (shape[d - 1] - first[d - 1] + 1);
            box.shape[d - 1] = count[d - 1];
            box.stride[d - 1] = check_random() % 2 ? reach : -reach;
            reach *= (int64_t)count[d - 1] + (int64_t)(check_random() % 3);
            if (reach == 0) reach = 1;
        }
        for (size_t i = 0; i < 4000; ++i)
            block[i] = check_random_unit();
        CHECK_STATUS(TD_OK, table_paste(table, 0, first, &box, &err), &err);
        for (uint64_t i = 0; i < count[0]; ++i)
            for (uint64_t j = 0; j < count[1]; ++j)
                for (uint64_t k = 0; k < count[2]; ++k)
                    expected[((first[0] + i) * 2 + first[1] + j) * 4 + first[2] + k] =
                        block[2000 + (int64_t)i * box.stride[0] + (int64_t)j * box.stride[1] +
                              (int64_t)k * box.stride[2]];
        CHECK_INT(0, memcmp(expected, td_table_data(table, "rr"), sizeof(expected)));

        const size_t bytes = count[0] * count[1] * count[2] * sizeof(double);
        CHECK_STATUS(TD_OK, td_table_read(table, "rr", first, count, out, bytes, &err), &err);
        const double *next = out;
        for (uint64_t i = 0; i < count[0]; ++i)
            for (uint64_t j = 0; j < count[1]; ++j)
                for (uint64_t k = 0; k < count[2]; ++k, ++next)
                    CHECK(memcmp(next,
                                 &expected[((first[0] + i) * 2 + first[1] + j) * 4 + first[2] + k],
                                 sizeof(double)) == 0);
    }
    finish();
}

TEST(bad_pastes)
{
    td_error err = TD_ERROR_INIT;
    double data[24] = {0};
    const uint64_t first[3] = {2, 0, 0};
    td_block block = {data, 3, {2, 1, 1}, {8, 4, 1}};
    begin();
    CHECK_STATUS(TD_E_BAD_ARGUMENT, table_paste(table, 9, first, &block, &err), &err);
    CHECK_TEXT("the table has no variable 9", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, table_paste(table, 1, first, &block, &err), &err);
    CHECK_TEXT("lmax: a block has 3 dimensions, must have 2", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, table_paste(table, 0, first, &block, &err), &err);
    CHECK_TEXT("rr: 2 values of recording from 2, but there are 3", err.message);
    finish();
}

/* ---- Merging --------------------------------------------------------------------------------- */

static td_table *other_table(const td_allocator *allocator)
{
    static const char *const names[3] = {"ann", "bob", "cy"}, *const pairs[1] = {"ad - control"};
    static const char *const tasks[3] = {"t1", "t2", "t3"};
    td_error err = TD_ERROR_INIT;
    td_table *other = NULL;
    td_dim pair = make_dim("pair", 1, NULL, pairs);
    td_dim recording = make_dim("recording", 3, NULL, names);
    CHECK_STATUS(TD_OK, td_table_create(allocator, &other, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(other, &pair, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(other, &recording, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_var(other, "p", NULL, NULL, TD_F64, "recording,pair", &err),
                 &err);
    CHECK_STATUS(TD_OK, td_table_add_text(other, "task", NULL, "recording", tasks, &err), &err);
    CHECK_STATUS(TD_OK, td_table_set_attribute(other, "title", "other", &err), &err);
    CHECK_STATUS(TD_OK, td_table_warn(other, &err, "second"), &err);
    return other;
}

/* From another allocator, and destroyed after it: each piece knows where it came from. */
TEST(merging_moves)
{
    td_error err = TD_ERROR_INIT;
    td_var var;
    td_dim dim;
    uint32_t number = 99;
    begin();
    td_table *other = other_table(NULL);
    const void *data = td_table_data(other, "p");
    const char *const *tasks = td_table_text(other, "task", NULL);
    CHECK_STATUS(TD_OK, td_table_set_attribute(table, "title", "mine", &err), &err);
    CHECK_STATUS(TD_OK, td_table_set_attribute(table, "profile", "marwan", &err), &err);
    CHECK_STATUS(TD_OK, td_table_warn(table, &err, "first"), &err);
    CHECK_STATUS(TD_OK, td_table_merge(table, other, &err), &err);
    CHECK(td_table_find_var(table, "p", &var));
    CHECK(var.data == data && td_table_data(table, "p") == data);
    CHECK(var.rank == 2 && td_table_dim(table, var.dim[0], &dim));
    CHECK_TEXT("recording", dim.name);
    CHECK(td_table_dim(table, var.dim[1], &dim));
    CHECK_TEXT("pair", dim.name);
    CHECK_INT(4, td_table_dim_count(table));
    CHECK(td_table_text(table, "task", NULL) == tasks);
    CHECK(td_table_text_at(table, 0, NULL, NULL, &number));
    CHECK_INT(0, number);
    CHECK_TEXT("other", td_table_attribute(table, "title"));
    CHECK_TEXT("marwan", td_table_attribute(table, "profile"));
    CHECK_TEXT("first\nsecond", td_table_attribute(table, "warnings"));
    CHECK_INT(2, table_warning_count(table));
    CHECK(td_table_dim_count(other) == 0 && td_table_var_count(other) == 0);
    CHECK(td_table_attribute(other, "title") == NULL && table_warning_count(other) == 0);
    td_table_destroy(other);
    finish();
}

TEST(merging_fails_and_leaves_both)
{
    static const double numbers[3] = {1, 2, 3};
    static const char *const names[3] = {"ann", "bob", "dee"};
    td_error err = TD_ERROR_INIT;
    td_table *other = NULL;
    td_dim dims[3] = {make_dim("recording", 3, NULL, names),
                      make_dim("recording", 3, numbers, NULL),
                      make_dim("recording", 2, NULL, names)};
    begin();
    for (size_t i = 0; i < 3; ++i) {
        CHECK_STATUS(TD_OK, td_table_create(NULL, &other, &err), &err);
        CHECK_STATUS(TD_OK, td_table_add_dim(other, &dims[i], &err), &err);
        CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_merge(table, other, &err), &err);
        CHECK_TEXT("merging tables: dimension recording has other coordinates", err.message);
        CHECK(td_table_dim_count(other) == 1 && td_table_dim_count(table) == 3);
        td_table_destroy(other);
    }
    other = other_table(NULL);
    CHECK_STATUS(TD_OK, td_table_add_var(other, "rr", NULL, NULL, TD_F64, "", &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_merge(table, other, &err), &err);
    CHECK_TEXT("merging tables: the name rr is in both", err.message);
    CHECK(td_table_var_count(other) == 2 && td_table_var_count(table) == 2);
    CHECK_TEXT("other", td_table_attribute(other, "title"));
    td_table_destroy(other);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_merge(table, table, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_merge(table, NULL, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_merge(NULL, table, &err), &err);
    finish();
}

TEST(a_dimension_and_a_variable_of_one_name)
{
    td_error err = TD_ERROR_INIT;
    td_table *other = NULL;
    td_dim dim = make_dim("rr", 3, NULL, NULL);
    begin();
    CHECK_STATUS(TD_OK, td_table_create(NULL, &other, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(other, &dim, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_table_merge(table, other, &err), &err);
    CHECK_TEXT("merging tables: rr is a dimension of one and a variable of the other", err.message);
    td_table_destroy(other);
    finish();
}

/* ---- Threads --------------------------------------------------------------------------------- */

#define ROUNDS 300
static atomic_int torn;

static void *paste_rows(void *context)
{
    const uint64_t row = (uint64_t)(uintptr_t)context;
    for (int i = 0; i < ROUNDS; ++i) {
        double data[8];
        const uint64_t first[3] = {row, 0, 0};
        const td_block block = {data, 3, {1, 2, 4}, {8, 4, 1}};
        for (size_t k = 0; k < 8; ++k)
            data[k] = i;
        if (table_paste(table, 0, first, &block, NULL)) atomic_fetch_add(&torn, 1);
    }
    return NULL;
}

/* A row is pasted in one go, so a reader never sees half of it. */
static void *read_rows(void *context)
{
    (void)context;
    for (int i = 0; i < ROUNDS; ++i) {
        double data[8];
        const uint64_t first[3] = {(uint64_t)i % 3, 0, 0}, count[3] = {1, 2, 4};
        td_var var;
        if (td_table_read(table, "rr", first, count, data, sizeof(data), NULL))
            atomic_fetch_add(&torn, 1);
        for (size_t k = 1; k < 8; ++k)
            if (memcmp(&data[k], &data[0], sizeof(double)) != 0) atomic_fetch_add(&torn, 1);
        if (!td_table_find_var(table, "lmax", &var)) atomic_fetch_add(&torn, 1);
    }
    return NULL;
}

static void *add_entries(void *context)
{
    (void)context;
    for (int i = 0; i < ROUNDS; ++i) {
        char name[32];
        snprintf(name, sizeof(name), "v%d", i);
        if (td_table_add_var(table, name, NULL, NULL, TD_F32, "m", NULL) ||
            td_table_warn(table, NULL, "line"))
            atomic_fetch_add(&torn, 1);
    }
    return NULL;
}

TEST(many_threads)
{
    pthread_t threads[6];
    begin();
    atomic_store(&torn, 0);
    for (uintptr_t i = 0; i < 3; ++i)
        CHECK_INT(0, pthread_create(&threads[i], NULL, paste_rows, (void *)i));
    CHECK_INT(0, pthread_create(&threads[3], NULL, read_rows, NULL));
    CHECK_INT(0, pthread_create(&threads[4], NULL, read_rows, NULL));
    CHECK_INT(0, pthread_create(&threads[5], NULL, add_entries, NULL));
    for (size_t i = 0; i < 6; ++i)
        pthread_join(threads[i], NULL);
    CHECK_INT(0, atomic_load(&torn));
    CHECK_INT(2 + ROUNDS, td_table_var_count(table));
    CHECK_INT(ROUNDS, table_warning_count(table));
    finish();
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(what_a_table_is_made_of),
                                     RUN(every_dtype_starts_empty),
                                     RUN(bad_entries),
                                     RUN(texts_and_attributes),
                                     RUN(warnings_are_joined_and_counted),
                                     RUN(bad_slices),
                                     RUN(random_boxes),
                                     RUN(bad_pastes),
                                     RUN(merging_moves),
                                     RUN(merging_fails_and_leaves_both),
                                     RUN(a_dimension_and_a_variable_of_one_name),
                                     RUN(many_threads),
                                     {0}});
}
