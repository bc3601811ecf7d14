/* op_json.c - operations as JSON Schema (draft 2020-12, https://json-schema.org/draft/2020-12).
 *
 * Words of our own are annotations and begin with x-: x-unit, x-number (of the parameter), x-step,
 * x-sweep (the parameter is an axis: one value, or the text of an axis, "1:10" or "2,3,5"),
 * x-advanced, and of the whole operation x-op, x-since, x-item, x-tolerance, x-inputs and
 * x-outputs (name, description, unit, dtype, shape, ragged, optional, extra). */
#include <math.h>

#include "core/engine.h"
#include "core/json.h"
#include "core/op.h"

#define OP_JSON_OPS_MAX 4096

static void value_json(json_writer *json, td_type type, td_value value)
{
    switch (type) {
    case TD_BOOL: json_bool(json, value.as.b); return;
    case TD_INT: json_int(json, value.as.i); return;
    case TD_FLOAT: json_number(json, value.as.f); return;
    case TD_TEXT:
    case TD_CHOICE: json_text(json, value.as.s ? value.as.s : ""); return;
    }
}

static const char *type_json(td_type type)
{
    switch (type) {
    case TD_BOOL: return "boolean";
    case TD_INT: return "integer";
    case TD_FLOAT: return "number";
    case TD_TEXT:
    case TD_CHOICE: return "string";
    }
    return "string";
}

/* What one value must be: the members of a schema, without its brackets. */
static void one_value_json(json_writer *json, const td_param *param)
{
    json_key(json, "type");
    json_text(json, type_json(param->type));
    if (param->type == TD_INT || (param->type == TD_FLOAT && isfinite(param->min.as.f))) {
        json_key(json, "minimum");
        value_json(json, param->type, param->min);
    }
    if (param->type == TD_INT || (param->type == TD_FLOAT && isfinite(param->max.as.f))) {
        json_key(json, "maximum");
        value_json(json, param->type, param->max);
    }
    if (param->type != TD_CHOICE) return;
    json_key(json, "enum");
    json_open(json, '[');
    for (uint32_t i = 0; i < param_choice_count(param); ++i)
        json_text(json, param->choices[i]);
    json_close(json, ']');
}

static void axis_json(json_writer *json, const td_param *param)
{
    json_key(json, "anyOf");
    json_open(json, '[');
    json_open(json, '{');
    one_value_json(json, param);
    json_close(json, '}');
    json_open(json, '{');
    json_key(json, "type");
    json_text(json, "string");
    json_key(json, "minLength");
    json_int(json, 1);
    json_key(json, "description");
    json_text(json, param->type == TD_INT || param->type == TD_FLOAT
                        ? "An axis: first:last, first:last:step, or a list with commas."
                        : "An axis: a list with commas.");
    json_close(json, '}');
    json_close(json, ']');
}

static void param_json(json_writer *json, const td_param *param)
{
    json_key(json, param->name);
    json_open(json, '{');
    json_key(json, "description");
    json_text(json, param->doc);
    if (op_param_sweeps(param)) axis_json(json, param);
    else one_value_json(json, param);
    json_key(json, "default");
    value_json(json, param->type, param->value);
    json_key(json, "x-number");
    json_int(json, param->number);
    if (param->unit) {
        json_key(json, "x-unit");
        json_text(json, param->unit);
    }
    if (op_param_sweeps(param) && (param->type == TD_INT || param->type == TD_FLOAT)) {
        json_key(json, "x-step");
        value_json(json, param->type, param->step);
    }
    if (op_param_sweeps(param)) {
        json_key(json, "x-sweep");
        json_bool(json, true);
    }
    if (param->flags & TD_PARAM_ADVANCED) {
        json_key(json, "x-advanced");
        json_bool(json, true);
    }
    json_close(json, '}');
}

static void flag_json(json_writer *json, const td_port *port, uint32_t flag, const char *key)
{
    if (!(port->flags & flag)) return;
    json_key(json, key);
    json_bool(json, true);
}

static void port_json(json_writer *json, const td_port *port)
{
    static const char *const dtypes[] = {"f32", "f64", "i32", "i64", "u8"};
    json_open(json, '{');
    json_key(json, "name");
    json_text(json, port->name);
    json_key(json, "description");
    json_text(json, port->doc);
    if (port->unit) {
        json_key(json, "unit");
        json_text(json, port->unit);
    }
    json_key(json, "dtype");
    json_text(json, dtypes[port->dtype]);
    json_key(json, "shape");
    json_text(json, port->shape);
    flag_json(json, port, TD_PORT_RAGGED, "ragged");
    flag_json(json, port, TD_PORT_OPTIONAL, "optional");
    flag_json(json, port, TD_PORT_EXTRA, "extra");
    json_close(json, '}');
}

/* The members of the schema of one operation, without its brackets. */
static void op_json_members(json_writer *json, const td_op *op)
{
    json_key(json, "title");
    json_text(json, op->title);
    json_key(json, "description");
    json_text(json, op->doc);
    json_key(json, "type");
    json_text(json, "object");
    json_key(json, "x-op");
    json_text(json, op->name);
    json_key(json, "x-since");
    json_int(json, op->since);
    json_key(json, "x-item");
    json_text(json, op->item_name);
    json_key(json, "x-tolerance");
    json_number(json, op->tolerance);
    json_key(json, "properties");
    json_open(json, '{');
    for (uint32_t i = 0; i < op->param_count; ++i)
        param_json(json, op_param(op, i));
    json_close(json, '}');
    json_key(json, "additionalProperties");
    json_bool(json, false);
    json_key(json, "x-inputs");
    json_open(json, '[');
    for (uint32_t i = 0; i < op->input_count; ++i)
        port_json(json, op_input(op, i));
    json_close(json, ']');
    json_key(json, "x-outputs");
    json_open(json, '[');
    for (uint32_t i = 0; i < op->output_count; ++i)
        port_json(json, op_output(op, i));
    json_close(json, ']');
}

size_t td_op_json(const td_engine *engine, const td_op *op, char *text, size_t size)
{
    json_writer json = json_begin(text, size);
    json_open(&json, '{');
    json_key(&json, "$schema");
    json_text(&json, "https://json-schema.org/draft/2020-12/schema");
    if (op) {
        op_json_members(&json, op);
    } else {
        json_key(&json, "$defs");
        json_open(&json, '{');
        for (size_t i = 0; i < OP_JSON_OPS_MAX && td_op_at(engine, i); ++i) {
            json_key(&json, td_op_at(engine, i)->name);
            json_open(&json, '{');
            op_json_members(&json, td_op_at(engine, i));
            json_close(&json, '}');
        }
        json_close(&json, '}');
    }
    json_close(&json, '}');
    return json_end(&json);
}
