/* describe.c - an operation's table as text and as Markdown. */
#include "cli/cli.h"

#include "core/op.h"

#include <string.h>

#define WIDTH 92

static const char *type_name(const td_param *param)
{
    switch (param->type) {
    case TD_BOOL: return "true or false";
    case TD_INT: return "whole number";
    case TD_FLOAT: return "number";
    case TD_TEXT: return "text";
    case TD_CHOICE: return "choice";
    }
    return "";
}

static const char *dtype_name(td_dtype dtype)
{
    switch (dtype) {
    case TD_F32: return "float32";
    case TD_F64: return "float64";
    case TD_I32: return "int32";
    case TD_I64: return "int64";
    case TD_U8: return "uint8";
    }
    return "";
}

static cli_flag param_flag(const td_op *op, const td_param *param)
{
    cli_flag flag = {{0}, param, op, FLAG_SWEEP, NULL};
    for (size_t i = 0; i + 1 < sizeof flag.name && param->name[i]; ++i)
        flag.name[i] = (char)(param->name[i] == '_' ? '-' : param->name[i]);
    return flag;
}

/* ---- Text ------------------------------------------------------------------------------- */

static void text_port(paper *page, const td_port *port)
{
    paper words = {0};
    paper_addf(page, "  %s", port->name);
    paper_pad(page, 22);
    paper_addf(&words, "%s", port->doc ? port->doc : "");
    paper_addf(&words, " (%s", dtype_name(port->dtype));
    if (port->unit) paper_addf(&words, ", %s", port->unit);
    if (port->shape && *port->shape) paper_addf(&words, "; over %s", port->shape);
    if (port->flags & TD_PORT_RAGGED) paper_add(&words, "; items of any length");
    if (port->flags & TD_PORT_OPTIONAL) paper_add(&words, "; may be left out");
    if (port->flags & TD_PORT_EXTRA) paper_add(&words, "; only when asked for");
    paper_add(&words, ")");
    if (words.data) paper_wrap(page, words.data, 22, WIDTH);
    paper_add(page, "\n");
    paper_free(&words);
}

void describe_text(paper *page, const td_op *op)
{
    paper_addf(page, "%s - %s\n\n", op->name, op->title);
    for (const char *line = op->doc; line && *line;) {
        const size_t bytes = strcspn(line, "\n");
        paper words = {0};
        paper_add_bytes(&words, line, bytes);
        /* Lines that are indented are formulas and tables: they stay as they are. */
        if (words.data && *line != ' ' && *line != '|') paper_wrap(page, words.data, 0, WIDTH);
        else paper_add(page, words.data ? words.data : "");
        paper_add(page, "\n");
        paper_free(&words);
        line += bytes + (line[bytes] == '\n');
    }
    paper_add(page, "\nParameters:\n");
    for (uint32_t i = 0; i < op->param_count; ++i) {
        const td_param *param = op_param(op, i);
        const cli_flag flag = param_flag(op, param);
        paper words = {0};
        paper_addf(page, "  %s", param->name);
        paper_pad(page, 22);
        paper_addf(&words, "%s (%s%s) ", param->doc, type_name(param),
                   param->flags & TD_PARAM_SWEEP ? ", an axis" : "");
        flag_add_limits(&words, &flag);
        if (words.data) paper_wrap(page, words.data, 22, WIDTH);
        paper_add(page, "\n");
        paper_free(&words);
    }
    if (op->input_count) paper_add(page, "\nInputs:\n");
    for (uint32_t i = 0; i < op->input_count; ++i)
        text_port(page, op_input(op, i));
    if (op->output_count) paper_add(page, "\nOutputs:\n");
    for (uint32_t i = 0; i < op->output_count; ++i)
        text_port(page, op_output(op, i));
}

/* ---- Markdown --------------------------------------------------------------------------- */

void markdown_add_cell(paper *page, const char *words)
{
    for (const char *c = words; c && *c; ++c) {
        if (*c == '|') paper_add(page, "\\|");
        else paper_add_bytes(page, *c == '\n' ? " " : c, 1);
    }
}

static void markdown_ports(paper *page, const td_op *op, bool inputs)
{
    const uint32_t count = inputs ? op->input_count : op->output_count;
    if (count == 0) return;
    paper_addf(page,
               "\n## %s\n\n| Name | Meaning | Type | Unit | Dimensions | |\n"
               "|---|---|---|---|---|---|\n",
               inputs ? "Inputs" : "Outputs");
    for (uint32_t i = 0; i < count; ++i) {
        const td_port *port = inputs ? op_input(op, i) : op_output(op, i);
        paper_addf(page, "| `%s` | ", port->name);
        markdown_add_cell(page, port->doc);
        paper_addf(page, " | %s | ", dtype_name(port->dtype));
        markdown_add_cell(page, port->unit);
        paper_addf(page, " | %s | ", port->shape ? port->shape : "");
        if (port->flags & TD_PORT_RAGGED) paper_add(page, "items of any length");
        if (port->flags & TD_PORT_OPTIONAL) paper_add(page, " may be left out");
        if (port->flags & TD_PORT_EXTRA) paper_add(page, "only when asked for");
        paper_add(page, " |\n");
    }
}

void describe_markdown(paper *page, const td_op *op)
{
    paper_addf(page, "# %s: %s\n\n%s\n\n## Parameters\n\n", op->name, op->title,
               op->doc ? op->doc : "");
    paper_add(page,
              "| Number | Name | Meaning | Type | Allowed and default |\n|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < op->param_count; ++i) {
        const td_param *param = op_param(op, i);
        const cli_flag flag = param_flag(op, param);
        paper limits = {0};
        flag_add_limits(&limits, &flag);
        paper_addf(page, "| %u | `%s` | ", param->number, param->name);
        markdown_add_cell(page, param->doc);
        paper_addf(page, " | %s%s | ", type_name(param),
                   param->flags & TD_PARAM_SWEEP ? ", an axis of the grid" : "");
        markdown_add_cell(page, limits.data);
        paper_add(page, " |\n");
        paper_free(&limits);
    }
    markdown_ports(page, op, true);
    markdown_ports(page, op, false);
}
