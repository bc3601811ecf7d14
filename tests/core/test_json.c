/* JSON: the writer's escapes, and schemas compared with their tables by Python's parser. */
#include <unistd.h>

#include "core/json.h"
#include "core/op.h"
#include "tests/core/sample.h"

/* ---- The writer ------------------------------------------------------------------------------ */

TEST(writer)
{
    char text[512];
    json_writer json = json_begin(text, sizeof(text));
    json_open(&json, '{');
    json_key(&json, "a\"b");
    json_open(&json, '[');
    json_int(&json, INT64_MIN);
    json_number(&json, 0.1);
    json_number(&json, (double)NAN);
    json_number(&json, -(double)INFINITY);
    json_bool(&json, true);
    json_text(&json, NULL);
    json_open(&json, '{');
    json_close(&json, '}');
    json_open(&json, '[');
    json_close(&json, ']');
    json_close(&json, ']');
    json_key(&json, "c");
    json_text(&json, "\\ \"\n\t\x01\x7f \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    json_close(&json, '}');
    const size_t length = json_end(&json);
    CHECK_INT(length, strlen(text));
    CHECK_TEXT("{\"a\\\"b\":[-9223372036854775808,0.1,null,null,true,null,{},[]],"
               "\"c\":\"\\\\ \\\"\\n\\u0009\\u0001\\u007f \xc3\xa9 \xe2\x82\xac "
               "\xf0\x9f\x98\x80\"}",
               text);
}

/* Overlong forms, halves of pairs, stray and missing following bytes. */
TEST(bytes_that_are_no_text)
{
    static const char *const rows[][2] = {{"\x80", "\"\\ufffd\""},
                                          {"\xc0\xaf", "\"\\ufffd\\ufffd\""},
                                          {"\xff", "\"\\ufffd\""},
                                          {"\xc3", "\"\\ufffd\""},
                                          {"\xe2\x82", "\"\\ufffd\\ufffd\""},
                                          {"\xe0\x80\x80", "\"\\ufffd\\ufffd\\ufffd\""},
                                          {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
                                          {"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
                                          {"\xf0\x8f\xbf\xbf", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
                                          {"\xc3\x28", "\"\\ufffd(\""}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        char text[64];
        json_writer json = json_begin(text, sizeof(text));
        json_text(&json, rows[i][0]);
        json_end(&json);
        CHECK_TEXT(rows[i][1], text);
    }
}

/* ---- Schemas --------------------------------------------------------------------------------- */

static char *schema(const td_engine *engine, const td_op *op)
{
    const size_t length = td_op_json(engine, op, NULL, 0);
    char *text = malloc(length + 1);
    CHECK(text != NULL);
    CHECK_INT(length, td_op_json(engine, op, text, length + 1));
    CHECK_INT(length, strlen(text));
    return text;
}

TEST(short_memory)
{
    char *whole = schema(NULL, &sample_op);
    const size_t length = strlen(whole);
    for (size_t size = 1; size <= length + 1; size += size < 100 ? 1 : 13) {
        char *text = malloc(size + 1);
        CHECK(text != NULL);
        memset(text, 0x5a, size + 1);
        CHECK_INT(length, td_op_json(NULL, &sample_op, text, size));
        CHECK(strlen(text) < size && strlen(text) + 3 >= size - 1);
        CHECK_INT(0, memcmp(text, whole, strlen(text)));
        CHECK_INT(0x5a, text[size]);
        free(text);
    }
    free(whole);
    char none[64];
    td_op_json(NULL, NULL, none, sizeof(none));
    CHECK_HAS("{\"$schema\":\"https://json-schema.org/draft/2020", none);
}

static void put_text(FILE *file, const char *key, const char *text)
{
    fprintf(file, "\"%s\":", key);
    if (!text) {
        fprintf(file, "null");
        return;
    }
    fputc('"', file);
    for (; *text; ++text) {
        if ((unsigned char)*text < 0x20 || *text == '"' || *text == '\\')
            fprintf(file, "\\u%04x", *text);
        else fputc(*text, file);
    }
    fputc('"', file);
}

static void put_value(FILE *file, const char *key, td_type type, td_value value)
{
    if (type == TD_TEXT || type == TD_CHOICE) {
        put_text(file, key, value.as.s);
        return;
    }
    fprintf(file, "\"%s\":", key);
    if (type == TD_BOOL) fprintf(file, "%s", value.as.b ? "true" : "false");
    if (type == TD_INT) fprintf(file, "%lld", (long long)value.as.i);
    if (type != TD_FLOAT) return;
    if (!isfinite(value.as.f)) fprintf(file, "null");
    else if (value.as.f == floor(value.as.f) && fabs(value.as.f) < 1e15)
        fprintf(file, "%.0f", value.as.f); /* as the schema writes it: 1, not 1.0 */
    else fprintf(file, "%.17g", value.as.f);
}

static void put_param(FILE *file, const td_param *param)
{
    static const char *const types[] = {"bool", "int", "float", "text", "choice"};
    const bool number = param->type == TD_INT || param->type == TD_FLOAT;
    fprintf(file, "\"%s\":{", param->name);
    put_text(file, "doc", param->doc);
    fputc(',', file);
    put_text(file, "unit", param->unit);
    fprintf(file, ",\"number\":%u,\"type\":\"%s\",\"sweep\":%s,\"advanced\":%s,", param->number,
            types[param->type], param->flags & TD_PARAM_SWEEP ? "true" : "false",
            param->flags & TD_PARAM_ADVANCED ? "true" : "false");
    put_value(file, "default", param->type, param->value);
    fputc(',', file);
    if (number) put_value(file, "min", param->type, param->min);
    else fprintf(file, "\"min\":null");
    fputc(',', file);
    if (number) put_value(file, "max", param->type, param->max);
    else fprintf(file, "\"max\":null");
    fprintf(file, ",\"choices\":%s", param->type == TD_CHOICE ? "[" : "null");
    for (size_t i = 0; param->type == TD_CHOICE && param->choices[i]; ++i)
        fprintf(file, "%s\"%s\"", i ? "," : "", param->choices[i]);
    fprintf(file, "%s}", param->type == TD_CHOICE ? "]" : "");
}

static void put_port(FILE *file, const td_port *port)
{
    static const char *const dtypes[] = {"f32", "f64", "i32", "i64", "u8"};
    fputc('{', file);
    put_text(file, "name", port->name);
    fputc(',', file);
    put_text(file, "description", port->doc);
    fputc(',', file);
    put_text(file, "unit", port->unit);
    fputc(',', file);
    put_text(file, "shape", port->shape);
    fprintf(file, ",\"dtype\":\"%s\",\"ragged\":%s,\"optional\":%s,\"extra\":%s}",
            dtypes[port->dtype], port->flags & TD_PORT_RAGGED ? "true" : "false",
            port->flags & TD_PORT_OPTIONAL ? "true" : "false",
            port->flags & TD_PORT_EXTRA ? "true" : "false");
}

static void put_op(FILE *file, const td_op *op)
{
    fputc('{', file);
    put_text(file, "name", op->name);
    fputc(',', file);
    put_text(file, "title", op->title);
    fputc(',', file);
    put_text(file, "doc", op->doc);
    fputc(',', file);
    put_text(file, "item", op->item_name);
    fprintf(file, ",\"since\":%u,\"tolerance\":%.17g,\"params\":{", op->since, op->tolerance);
    for (uint32_t i = 0; i < op->param_count; ++i) {
        if (i) fputc(',', file);
        put_param(file, op_param(op, i));
    }
    fprintf(file, "},\"inputs\":[");
    for (uint32_t i = 0; i < op->input_count; ++i) {
        if (i) fputc(',', file);
        put_port(file, op_input(op, i));
    }
    fprintf(file, "],\"outputs\":[");
    for (uint32_t i = 0; i < op->output_count; ++i) {
        if (i) fputc(',', file);
        put_port(file, op_output(op, i));
    }
    fprintf(file, "]}");
}

TEST(schemas_agree_with_the_tables)
{
    td_error err = TD_ERROR_INIT;
    td_engine *engine = NULL;
    const char *source = getenv("TANDEM_SOURCE");
    char command[1024];
    if (!source) SKIP("TANDEM_SOURCE does not name the tree");
    if (access("/usr/bin/python3", X_OK)) SKIP("there is no /usr/bin/python3");
    CHECK_STATUS(TD_OK, sample_engine(NULL, &engine, &err), &err);

    snprintf(command, sizeof(command), "/usr/bin/python3 '%s/tests/core/schema_check.py'", source);
    FILE *file = popen(command, "w");
    CHECK(file != NULL);
    fprintf(file, "{\"expected\":[");
    for (size_t i = 0; td_op_at(engine, i); ++i) {
        if (i) fputc(',', file);
        put_op(file, td_op_at(engine, i));
    }
    fprintf(file, "],\"schemas\":[");
    for (size_t i = 0; td_op_at(engine, i); ++i) {
        char *one = schema(engine, td_op_at(engine, i));
        fprintf(file, "%s%s", i ? "," : "", one);
        free(one);
    }
    char *all = schema(engine, NULL);
    fprintf(file, "],\"all\":%s}", all);
    free(all);
    td_engine_destroy(engine);
    CHECK_INT(0, pclose(file));
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(writer),
                                     RUN(bytes_that_are_no_text),
                                     RUN(short_memory),
                                     RUN(schemas_agree_with_the_tables),
                                     {0}});
}
