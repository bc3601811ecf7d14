/* The CSV reader: what it takes, what it refuses, and that numbers are the nearest doubles. */
#include "io/csv.h"
#include "tests/check.h"
#include "tests/io/scratch.h"

#include <locale.h>
#include <lzma.h>
#include <zlib.h>

static td_error err = TD_ERROR_INIT;

static csv *open_text(const char *text)
{
    csv *file = NULL;
    err = (td_error)TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, csv_open_memory("a.csv", text, strlen(text), 0, &file, &err), &err);
    return file;
}

static void check_field(const csv *file, uint64_t row, uint32_t column, const char *text)
{
    const csv_text field = csv_field(file, row, column);
    if (field.bytes != strlen(text) || memcmp(field.data, text, field.bytes) != 0)
        CHECK_FAIL("row %" PRIu64 " column %u: expected \"%s\", got \"%.*s\"", row, column, text,
                   (int)field.bytes, field.data);
}

static void check_refused(const void *data, size_t bytes, const char *message)
{
    csv *file = NULL;
    err = (td_error)TD_ERROR_INIT;
    CHECK_STATUS(TD_E_CORRUPT, csv_open_memory("a.csv", data, bytes, 0, &file, &err), &err);
    CHECK(file == NULL);
    CHECK_TEXT(message, err.message);
}

/* ---- What it takes --------------------------------------------------------------------------- */

TEST(reads_plain_text)
{
    csv *file = open_text("t, X ,y\n1,2,3\n4,5,6");
    uint32_t column = 9;
    CHECK_INT(2, csv_row_count(file));
    CHECK_INT(3, csv_column_count(file));
    CHECK_TEXT("X", csv_column_name(file, 1));
    check_field(file, 0, 0, "1");
    check_field(file, 1, 2, "6");
    CHECK_INT(2, csv_line(file, 0));
    CHECK_INT(3, csv_line(file, 1));
    CHECK(csv_find(file, "x", &column));
    CHECK_INT(1, column);
    CHECK(!csv_find(file, "z", &column));
    csv_close(file);
    csv_close(NULL);
}

TEST(finds_the_exact_name_first)
{
    csv *file = open_text("X,x,Y\n1,2,3\n");
    uint32_t column = 9;
    CHECK(csv_find(file, "x", &column));
    CHECK_INT(1, column);
    CHECK(csv_find(file, "X", &column));
    CHECK_INT(0, column);
    CHECK(csv_find(file, "y", &column));
    CHECK_INT(2, column);
    csv_close(file);
}

TEST(reads_every_separator_and_line_end)
{
    static const char *const texts[] = {
        "a,b\n1,2\n",         "a;b\n1;2\n",       "a\tb\n1\t2\n",
        "a,b\r\n1,2\r\n",     "a,b\r\r\n1,2\r\n", "\xef\xbb\xbf\x61,b\n1,2",
        "a,b\n\n  \n1,2\n\n", "\n\r\na,b\n1,2\r", "\"a\",\"b\"\n\"1\",\"2\"",
        "\"a,;;;\",b\n1,2",   "a;b\n1;2\r\n\r\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
        csv *file = open_text(texts[i]);
        CHECK_INT(2, csv_column_count(file));
        CHECK_INT(1, csv_row_count(file));
        if (i != 9) CHECK_TEXT("a", csv_column_name(file, 0));
        CHECK_TEXT("b", csv_column_name(file, 1));
        check_field(file, 0, 0, "1");
        check_field(file, 0, 1, "2");
        csv_close(file);
    }
}

TEST(reads_quoted_fields)
{
    csv *file =
        open_text("name,text\n\"a \"\"b\"\"\",\"x\ny\r\nz\"\n\"\",\"1,2\"\nc\"d,\"\"\"\"\n");
    CHECK_INT(3, csv_row_count(file));
    check_field(file, 0, 0, "a \"b\"");
    check_field(file, 0, 1, "x\ny\r\nz");
    CHECK_INT(2, csv_line(file, 0));
    CHECK_INT(5, csv_line(file, 1));
    check_field(file, 1, 0, "");
    check_field(file, 1, 1, "1,2");
    check_field(file, 2, 0, "c\"d");
    check_field(file, 2, 1, "\"");
    csv_close(file);
}

TEST(reads_a_header_alone_and_a_single_column)
{
    csv *file = open_text("a,,c");
    CHECK_INT(0, csv_row_count(file));
    CHECK_INT(3, csv_column_count(file));
    CHECK_TEXT("", csv_column_name(file, 1));
    csv_close(file);
    file = open_text("x\n1\n\"\"\n3\n");
    CHECK_INT(1, csv_column_count(file));
    CHECK_INT(3, csv_row_count(file));
    check_field(file, 1, 0, "");
    check_field(file, 2, 0, "3");
    csv_close(file);
}

/* ---- What it refuses ------------------------------------------------------------------------- */

TEST(refuses_with_file_and_line)
{
    static const char *const cases[][2] = {
        {"", "a.csv:1: is empty"},
        {"\n \r\n\n", "a.csv:1: is empty"},
        {"\xef\xbb\xbf", "a.csv:1: is empty"},
        {"x,y,z\n1,2,3\n\n1,2\n", "a.csv:4: has 2 fields, the header has 3"},
        {"x,y\n1\n", "a.csv:2: has 1 field, the header has 2"},
        {"x,y\n\"\n\n\",1\n1,2,3\n", "a.csv:5: has 3 fields, the header has 2"},
        {"x,y\n1,\"2\n3,4\n", "a.csv:2: a quote that begins here never ends"},
        {"x,\"y\n", "a.csv:1: a quote that begins here never ends"},
        {"x,y\n\"1\"2,3\n", "a.csv:2: has text behind a closing quote"},
        {"x,y\r1,2\r", "a.csv:1: has a CR without LF; lines end with LF or CRLF"},
        {"x,y\n1,2\r3,4\n", "a.csv:2: has a CR without LF; lines end with LF or CRLF"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i)
        check_refused(cases[i][0], strlen(cases[i][0]), cases[i][1]);
    check_refused("x,y\n1,2\n3,\0", 11, "a.csv:3: has a zero byte");
    check_refused("x,y\n1,2\0,4\n", 11, "a.csv:2: has a zero byte");
    check_refused("x,y\n1,\"2\0\"\n", 11, "a.csv:2: has a zero byte");
    check_refused("x\0y\n", 4, "a.csv:1: has a zero byte");
    check_refused("\xff\xfex\0\n\0", 6, "a.csv:1: is UTF-16; only UTF-8 is read");
}

TEST(refuses_too_many_columns)
{
    char text[CSV_COLUMNS_MAX + 2];
    csv *file = NULL;
    memset(text, ',', sizeof text);
    CHECK_STATUS(TD_OK, csv_open_memory("a", text, CSV_COLUMNS_MAX - 1, 0, &file, &err), &err);
    CHECK_INT(CSV_COLUMNS_MAX, csv_column_count(file));
    csv_close(file);
    check_refused(text, CSV_COLUMNS_MAX, "a.csv:1: has more than 4096 columns");
}

TEST(refuses_what_cannot_be_read)
{
    csv *file = NULL;
    CHECK_STATUS(TD_E_IO, csv_open(scratch("absent.csv"), 0, &file, &err), &err);
    CHECK_HAS("absent.csv: cannot open: No such file", err.message);
    CHECK_INT(2, err.native_code);
    CHECK_STATUS(TD_E_IO, csv_open("/", 0, &file, &err), &err);
    CHECK_HAS("Is a directory", err.message);
    scratch_put("long.csv", "x\n12345\n", 8);
    CHECK_STATUS(TD_E_IO, csv_open(scratch("long.csv"), 7, &file, &err), &err);
    CHECK_HAS("long.csv: has 8 bytes, at most 7 are read", err.message);
    CHECK_STATUS(TD_OK, csv_open(scratch("long.csv"), 8, &file, &err), &err);
    csv_close(file);
    file = NULL;
    CHECK_STATUS(TD_E_CORRUPT, csv_open_memory("m", "x\n12345\n", 8, 7, &file, &err), &err);
    CHECK(file == NULL);
}

TEST(reads_a_pipe)
{
    csv *file = NULL;
    char path[600], command[1400];
    snprintf(path, sizeof path, "%s", scratch("pipe"));
    snprintf(command, sizeof command,
             "mkfifo %s && (i=0; (echo x; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done) "
             "> %s) &",
             path, path);
    if (system(command) != 0) SKIP("cannot make a pipe");
    for (int i = 0; i < 500 && !scratch_exists(path); ++i)
        usleep(10000);
    CHECK_STATUS(TD_OK, csv_open(path, 0, &file, &err), &err);
    CHECK_INT(20000, csv_row_count(file));
    check_field(file, 19999, 0, "19999");
    csv_close(file);
}

/* ---- Numbers --------------------------------------------------------------------------------- */

/* The text as a field between others, so that what follows it must not be read as a part. */
static td_status parse(const char *text, double *value)
{
    char line[4096];
    csv *file = NULL;
    snprintf(line, sizeof line, "a,b\n%s,7\n", text);
    CHECK_STATUS(TD_OK, csv_open_memory("n.csv", line, strlen(line), 0, &file, &err), &err);
    const td_status status = csv_number(file, 0, 0, value, &err);
    csv_close(file);
    return status;
}

static void check_same(const char *text)
{
    double value = 0;
    const double want = strtod(text, NULL);
    CHECK_STATUS(TD_OK, parse(text, &value), &err);
    if (memcmp(&value, &want, sizeof value) != 0)
        CHECK_FAIL("\"%s\": expected %a, got %a", text, want, value);
}

TEST(reads_numbers_as_strtod_does)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "+1",
        "1.",
        ".5",
        "-.5e1",
        "1e0",
        "1E+05",
        "1e-5",
        "007",
        "9007199254740992",
        "9007199254740993",
        "9007199254740995",
        "18446744073709551615",
        "18446744073709551616",
        "1e22",
        "1e23",
        "1e-22",
        "1e-23",
        "123456789012345e22",
        "4.9e-324",
        "2.4e-324",
        "5e-325",
        "2.2250738585072011e-308",
        "1.7976931348623157e308",
        "0.1",
        "0.30000000000000004",
        "6.62607015e-34",
        "0e999999999999",
        "0.034970999999999995",
        "1e-999999999999999999999",
        "0.500000000000000166533453693773481063544750213623046875",
        "100000000000000000000000000000000000000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i)
        check_same(texts[i]);
    char text[700] = "0.";
    for (int i = 0; i < 600; ++i)
        strcat(text, i % 7 ? "3" : "0");
    check_same(text);
}

TEST(reads_random_numbers_as_strtod_does)
{
    static const char *const formats[] = {"%.17g", "%.15g", "%.6f", "%.3e", "%.20f", "%.10g"};
    for (int i = 0; i < 60000; ++i) {
        char text[512];
        double value = 0;
        uint64_t bits = check_random();
        if (i % 2) memcpy(&value, &bits, sizeof value);
        else value = (check_random_unit() - 0.5) * pow(10, (double)(check_random() % 40) - 20);
        if (!isfinite(value)) continue;
        snprintf(text, sizeof text, formats[check_random() % 6], value);
        check_same(text);
    }
}

TEST(tells_missing_from_wrong)
{
    static const char *const missing[] = {"", " ", "\t", "nan", "NaN", " NAN ", "NA", "na"};
    static const char *const wrong[] = {
        "x",     "1x",     "1 2",  "--1",  "+-1",      "1e",    "1e+",       "e5",       ".",
        "-",     "+",      "inf",  "-inf", "Infinity", "1e309", "-1e309",    "0x10",     "1,5",
        "1.2.3", "nan(1)", "-nan", "N/A",  "1d5",      "1e5.5", "\"1\"\"\"", "\xd9\xa1", "1\x01"};
    double value = 0;
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; ++i) {
        value = 0;
        CHECK_STATUS(TD_OK, parse(missing[i], &value), &err);
        CHECK(isnan(value));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
        if (strchr(wrong[i], ',')) continue;
        value = 42;
        CHECK_STATUS(TD_E_CORRUPT, parse(wrong[i], &value), &err);
        CHECK(value == 42);
    }
    CHECK_STATUS(TD_E_CORRUPT, parse("1.5 mm", &value), &err);
    CHECK_TEXT("n.csv:2: column a: \"1.5 mm\" is no finite number", err.message);
    CHECK_STATUS(TD_OK, parse("\"  12 \"", &value), &err);
    CHECK_NEAR(12, value, 0);
}

TEST(reads_columns_of_numbers)
{
    csv *file = open_text("x;y\n1;2\n;4,5\n3;6\n");
    double value[3];
    CHECK_STATUS(TD_OK, csv_numbers(file, 0, value, &err), &err);
    CHECK(value[0] == 1 && isnan(value[1]) && value[2] == 3);
    CHECK_STATUS(TD_E_CORRUPT, csv_numbers(file, 1, value, &err), &err);
    CHECK_TEXT("a.csv:3: column y: \"4,5\" is no finite number; decimal commas are not read: "
               "write 1.5, not 1,5",
               err.message);
    csv_close(file);
}

TEST(hints_at_what_to_write_instead)
{
    static const char *const comma[] = {"1,5", " -0,25 ", "+1,5e-3"};
    static const char *const plain[] = {"1,", ",5", "1,5 mm", "a,5", "1,5,2", "information,5 of"};
    static const char *const infinite[] = {"inf", "-Infinity", " +INF"};
    char text[64];
    double value;
    for (size_t i = 0; i < 6 + sizeof plain / sizeof plain[0]; ++i) {
        const char *shown = i < 3 ? comma[i] : i < 6 ? infinite[i - 3] : plain[i - 6];
        snprintf(text, sizeof text, "a;b\n%s;1\n", shown);
        csv *file = open_text(text);
        CHECK_STATUS(TD_E_CORRUPT, csv_number(file, 0, 0, &value, &err), &err);
        CHECK((strstr(err.message, "decimal commas are not read") != NULL) == (i < 3));
        CHECK((strstr(err.message, "infinities are not allowed, NaN or an empty field") != NULL) ==
              (i >= 3 && i < 6));
        csv_close(file);
    }
}

/* A locale with a decimal comma must change nothing. */
TEST(does_not_mind_the_locale)
{
    char command[1200];
    const char *names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "test.UTF-8"};
    bool comma = false;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s >/dev/null 2>&1",
             scratch("test.UTF-8"));
    if (system(command) == 0) setenv("LOCPATH", scratch_folder, 1);
    for (int i = 0; i < 4 && !comma; ++i)
        comma = setlocale(LC_ALL, names[i]) && localeconv()->decimal_point[0] == ',';
    unsetenv("LOCPATH");
    if (!comma) SKIP("there is no locale with a decimal comma here");
    double exact = 0, slow = 0;
    const td_status first = parse("0.5", &exact);
    const td_status second = parse("0.30000000000000004441", &slow);
    const td_status third = parse("\"1,5\"", &exact);
    setlocale(LC_ALL, "C");
    CHECK_INT(TD_OK, first);
    CHECK_INT(TD_OK, second);
    CHECK_INT(TD_E_CORRUPT, third);
    CHECK_NEAR(0.5, exact, 0);
    CHECK_NEAR(0.30000000000000004, slow, 0);
}

/* ---- Archives -------------------------------------------------------------------------------- */

static size_t pack_gzip(const char *text, size_t bytes, uint8_t *out, size_t room)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    CHECK_INT(Z_OK, deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY));
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)bytes;
    z.next_out = out;
    z.avail_out = (uInt)room;
    CHECK_INT(Z_STREAM_END, deflate(&z, Z_FINISH));
    deflateEnd(&z);
    return z.total_out;
}

static size_t pack_xz(const char *text, size_t bytes, uint8_t *out, size_t room)
{
    size_t at = 0;
    CHECK_INT(LZMA_OK, lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, (const uint8_t *)text,
                                               bytes, out, &at, room));
    return at;
}

typedef size_t (*pack_fn)(const char *text, size_t bytes, uint8_t *out, size_t room);
static const pack_fn packs[] = {pack_gzip, pack_xz};

TEST(reads_archives_of_one_part_and_of_more)
{
    for (int kind = 0; kind < 2; ++kind) {
        uint8_t data[4096];
        csv *file = NULL;
        size_t bytes = packs[kind]("x,y\n1,2\n", 8, data, sizeof data);
        CHECK_STATUS(TD_OK, csv_open_memory("p", data, bytes, 0, &file, &err), &err);
        CHECK_INT(1, csv_row_count(file));
        csv_close(file);
        bytes += packs[kind]("3,4\n", 4, data + bytes, sizeof data - bytes);
        scratch_put("packed.any", data, bytes);
        CHECK_STATUS(TD_OK, csv_open(scratch("packed.any"), 0, &file, &err), &err);
        CHECK_INT(2, csv_row_count(file));
        check_field(file, 1, 1, "4");
        csv_close(file);
    }
}

TEST(refuses_broken_archives)
{
    for (int kind = 0; kind < 2; ++kind) {
        uint8_t data[4096], broken[4096];
        size_t refused = 0;
        const size_t bytes = packs[kind]("x,y\n1,2\n3,4\n", 12, data, sizeof data);
        for (size_t cut = 7; cut < bytes; ++cut) {
            csv *file = NULL;
            CHECK_STATUS(TD_E_CORRUPT, csv_open_memory("p", data, cut, 0, &file, &err), &err);
            CHECK_HAS(kind ? "p: broken xz archive" : "p: broken gzip archive", err.message);
        }
        for (size_t i = 0; i < bytes * 8; ++i) {
            csv *file = NULL;
            memcpy(broken, data, bytes);
            broken[i / 8] = (uint8_t)(broken[i / 8] ^ 1 << i % 8);
            refused += csv_open_memory("p", broken, bytes, 0, &file, &err) != TD_OK;
            csv_close(file);
        }
        /* A gzip header has a time and a system, which no checksum covers. */
        CHECK(refused >= bytes * 8 - 8 * 8);
    }
}

TEST(bounds_what_is_unpacked)
{
    const size_t bytes = 1 << 22;
    char *text = calloc(bytes, 1);
    uint8_t *data = malloc(bytes);
    CHECK(text && data);
    memset(text, 'a', bytes);
    for (int kind = 0; kind < 2; ++kind) {
        csv *file = NULL;
        const size_t packed = packs[kind](text, bytes, data, bytes);
        CHECK(packed < bytes / 100);
        CHECK_STATUS(TD_E_CORRUPT, csv_open_memory("p", data, packed, bytes - 1, &file, &err),
                     &err);
        CHECK_TEXT("p: holds more than 4194303 bytes when unpacked", err.message);
        CHECK_STATUS(TD_OK, csv_open_memory("p", data, packed, bytes, &file, &err), &err);
        CHECK_INT(bytes, strlen(csv_column_name(file, 0)));
        csv_close(file);
    }
    free(text);
    free(data);
}

/* ---- Whole files ----------------------------------------------------------------------------- */

/* Random tables, written by rules of our own, come back as they were. */
TEST(reads_back_random_tables)
{
    static const char letters[] = "ab \",;\t\n\r1.-";
    static char text[1 << 16], cell[40][12][10];
    for (int round = 0; round < 300; ++round) {
        const int columns = 2 + (int)(check_random() % 10), rows = (int)(check_random() % 39);
        const char separator = ",;\t"[check_random() % 3];
        const char *end = check_random() % 2 ? "\r\n" : "\n";
        char *at = text;
        for (int r = 0; r <= rows; ++r) {
            for (int c = 0; c < columns; ++c) {
                char *one = cell[r][c];
                const int length = (int)(check_random() % 9);
                for (int i = 0; i < length; ++i)
                    one[i] = r == 0 ? 'n' : letters[check_random() % (sizeof letters - 1)];
                one[length] = 0;
                if (c > 0) *at++ = separator;
                /* Half of the fields that need no quotes get them. */
                const bool quoted = strpbrk(one, "\",;\t\n\r") != NULL || check_random() % 2;
                if (!quoted) at += sprintf(at, "%s", one);
                if (quoted) *at++ = '"';
                for (const char *p = one; quoted && *p; ++p) {
                    if (*p == '"') *at++ = '"';
                    *at++ = *p;
                }
                if (quoted) *at++ = '"';
            }
            at += sprintf(at, "%s", end);
        }
        csv *file = open_text(text);
        CHECK_INT(rows, csv_row_count(file));
        CHECK_INT(columns, csv_column_count(file));
        for (int r = 1; r <= rows; ++r)
            for (int c = 0; c < columns; ++c)
                check_field(file, (uint64_t)r - 1, (uint32_t)c, cell[r][c]);
        csv_close(file);
    }
}

TEST(reads_a_real_recording)
{
    char path[1024];
    const char *data = getenv("TANDEM_DATA");
    csv *file = NULL;
    uint32_t x = 0;
    double value[6000];
    snprintf(path, sizeof path, "%s/rqa/marwan_5321.csv", data ? data : "");
    if (!scratch_exists(path)) SKIP("%s is not here", path);
    CHECK_STATUS(TD_OK, csv_open(path, 0, &file, &err), &err);
    CHECK_INT(1, csv_column_count(file));
    CHECK(csv_row_count(file) > 5000 && csv_row_count(file) < 6000);
    CHECK(csv_find(file, csv_column_name(file, 0), &x));
    CHECK_STATUS(TD_OK, csv_numbers(file, x, value, &err), &err);
    for (uint64_t i = 0; i < csv_row_count(file); ++i)
        CHECK(isfinite(value[i]));
    csv_close(file);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(reads_plain_text),
                                     RUN(finds_the_exact_name_first),
                                     RUN(reads_every_separator_and_line_end),
                                     RUN(reads_quoted_fields),
                                     RUN(reads_a_header_alone_and_a_single_column),
                                     RUN(refuses_with_file_and_line),
                                     RUN(refuses_too_many_columns),
                                     RUN(refuses_what_cannot_be_read),
                                     RUN(reads_a_pipe),
                                     RUN(reads_numbers_as_strtod_does),
                                     RUN(reads_random_numbers_as_strtod_does),
                                     RUN(tells_missing_from_wrong),
                                     RUN(reads_columns_of_numbers),
                                     RUN(hints_at_what_to_write_instead),
                                     RUN(does_not_mind_the_locale),
                                     RUN(reads_archives_of_one_part_and_of_more),
                                     RUN(refuses_broken_archives),
                                     RUN(bounds_what_is_unpacked),
                                     RUN(reads_back_random_tables),
                                     RUN(reads_a_real_recording),
                                     {0}});
}
