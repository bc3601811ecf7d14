/* program.c - see program.h: the way from text to program, and what strategies, rules and slots
 * become. */
#include "program_build.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

td_status build_fail(const build *b, place at, td_error *err, const char *format, ...)
{
    char text[sizeof(err->message)];
    va_list list;
    va_start(list, format);
    if (vsnprintf(text, sizeof(text), format, list) < 0) text[0] = 0;
    va_end(list);
    return lexer_fail(b->strategy->name, at, err, "%s", text);
}

/* ---- What the caller sets, and the axes ---------------------------------------------------- */

/* Gives a value to the definitions of this name, or to the rule where a strategy does not set it.
 */
static td_status override(build *b, const parsed_text *text, const char *what, const char *name,
                          const grid_value *value, td_error *err)
{
    char list[240];
    const int r = word_rule(name);
    bool found = r >= 0;
    if (r >= 0 && b->rule[r])
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s %s is given twice", what, name);
    if (r >= 0) b->rule[r] = value;
    for (const strategy_text *s = text->first; s; s = s->next) {
        definition *const d = parser_find(s, name);
        if (!d) continue;
        if (d->override) return td_fail(err, TD_E_BAD_ARGUMENT, "%s %s is given twice", what, name);
        d->override = value;
        found = true;
    }
    if (found) return TD_OK;
    const char *const near = word_near_parameter(text, name);
    words_parameters(text, list, sizeof(list));
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "%s \"%.64s\" is no parameter of %s%s and no rule%s%s%s; parameters are %s",
                   what, name, text->count == 1 ? "strategy " : "any strategy",
                   text->count == 1 ? text->first->name : "", near ? ", is \"" : "",
                   near ? near : "", near ? "\" meant?" : "", list[0] ? list : "not defined");
}

static td_status read_axes(build *b, const parsed_text *text, td_error *err)
{
    td_status status = TD_OK;
    for (uint32_t a = 0; a < b->axis_count && !status; ++a) {
        const program_axis *const axis = &b->axis[a];
        const grid_value *value = NULL;
        if (axis->count == 0)
            return td_fail(err, TD_E_BAD_ARGUMENT, "axis %s has no values", axis->name);
        for (uint64_t i = 0; i < axis->count; ++i)
            if (!isfinite(axis->number[i]))
                return td_fail(err, TD_E_BAD_ARGUMENT, "axis %s: value %llu is not a finite number",
                               axis->name, (unsigned long long)i);
        status = value_axis(b, a, &value, err);
        if (!status) status = override(b, text, "axis", axis->name, value, err);
    }
    return status;
}

/* "fast=12", or "fill=close" for a rule that is a choice. */
static td_status read_set(build *b, const parsed_text *text, const char *set, td_error *err)
{
    char name[LEXER_WORD_MAX + 1];
    const char *const sign = strchr(set, '='), *end = NULL;
    const grid_value *value = NULL;
    if (!sign || sign == set || (size_t)(sign - set) > LEXER_WORD_MAX)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "\"%.80s\" is no setting, expected one as \"fast=12\"", set);
    memcpy(name, set, (size_t)(sign - set));
    name[sign - set] = 0;
    const int r = word_rule(name);
    const int choice = r < 0 ? -1 : word_choice(&rule_param[r], sign + 1);
    double number = choice >= 0 ? choice : lexer_number(sign + 1, &end);
    if (choice < 0 && r >= 0 && rule_param[r].type == TD_CHOICE) {
        char list[120];
        words_list(rule_param[r].choices, list, sizeof(list));
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s is \"%.40s\", expected %s", name, sign + 1,
                       list);
    }
    if (choice < 0 && (end == sign + 1 || *end || !isfinite(number)))
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s is \"%.40s\", expected a number", name,
                       sign + 1);
    td_status status = value_constant(b, number, &value, err);
    return status ? status : override(b, text, "setting", name, value, err);
}

/* ---- From the compiler's tables to the program's -------------------------------------------- */

static td_status put_table(build *b, const grid_value *value, uint64_t *first, td_error *err)
{
    program_whole *const w = b->whole;
    program *const p = &w->program;
    const bool numbers = value->number != NULL;
    td_status status =
        numbers ? memory_grow(&w->allocator, &p->number_table, &w->number_table_room,
                              p->number_table_count + value->count, sizeof(double), err)
                : memory_grow(&w->allocator, &p->series_table, &w->series_table_room,
                              p->series_table_count + value->count, sizeof(uint32_t), err);
    if (status) return status;
    if (numbers) {
        *first = p->number_table_count;
        memcpy(p->number_table + *first, value->number, (size_t)value->count * sizeof(double));
        p->number_table_count += value->count;
    } else {
        *first = p->series_table_count;
        memcpy(p->series_table + *first, value->id, (size_t)value->count * sizeof(uint32_t));
        p->series_table_count += value->count;
    }
    return TD_OK;
}

static td_status put_slots(build *b, const emitter *e, td_error *err)
{
    program_whole *const w = b->whole;
    program *const p = &w->program;
    td_status status =
        memory_grow(&w->allocator, &p->slot, &w->slot_room, (uint64_t)p->slot_count + e->slot_count,
                    sizeof(p->slot[0]), err);
    for (uint32_t s = 0; s < e->slot_count && !status; ++s) {
        program_slot *const slot = &p->slot[p->slot_count];
        uint64_t stride = 1;
        memset(slot, 0, sizeof(*slot));
        slot->is_series = e->slot[s]->number == NULL;
        for (uint32_t a = b->axis_count; a-- > 0;) {
            if (!(e->slot[s]->axes >> a & 1u)) continue;
            slot->stride[a] = stride;
            stride *= b->axis[a].count;
        }
        status = put_table(b, e->slot[s], &slot->first, err);
        if (!status) p->slot_count += 1;
    }
    return status;
}

static td_status put_root(build *b, const emitter *e, program_code *code, td_error *err)
{
    program_whole *const w = b->whole;
    program *const p = &w->program;
    td_status status = memory_grow(&w->allocator, &p->step, &w->step_room,
                                   (uint64_t)p->step_count + e->count, sizeof(p->step[0]), err);
    if (status) return status;
    memcpy(p->step + p->step_count, e->step, e->count * sizeof(e->step[0]));
    *code = (program_code){p->step_count, e->count};
    p->step_count += e->count;
    return TD_OK;
}

/* ---- Rules ---------------------------------------------------------------------------------- */

static td_status fail_rule(const build *b, const definition *d, const td_param *param,
                           double number, const char *allowed, td_error *err)
{
    if (d) {
        build_fail(b, d->at, err, "%s is %.10g, allowed %s", param->name, number, allowed);
        if (err && err->struct_size >= sizeof(*err)) err->status = TD_E_OUT_OF_RANGE;
        return TD_E_OUT_OF_RANGE;
    }
    return td_fail(err, TD_E_OUT_OF_RANGE, "%s is %.10g, allowed %s", param->name, number, allowed);
}

/* Every value that a rule has somewhere in the grid. */
static td_status check_rule(const build *b, const definition *d, const td_param *param,
                            const grid_value *value, td_error *err)
{
    char allowed[160];
    double least = 0, most = -1;
    if (param->type == TD_CHOICE) {
        while (param->choices[(int)(most + 1)])
            most += 1;
        words_list(param->choices, allowed, sizeof(allowed));
    } else {
        least = param->type == TD_INT ? (double)param->min.as.i : param->min.as.f;
        most = param->type == TD_INT ? (double)param->max.as.i : param->max.as.f;
        snprintf(allowed, sizeof(allowed), "%s%.10g to %.10g%s%s",
                 param->type == TD_INT ? "whole numbers from " : "", least, most,
                 param->unit ? " " : "", param->unit ? param->unit : "");
    }
    for (uint64_t i = 0; i < value->count; ++i) {
        const double number = value->number[i];
        const bool whole = param->type == TD_FLOAT || number == floor(number);
        if (!(number >= least && number <= most && whole))
            return fail_rule(b, d, param, number, allowed, err);
    }
    return TD_OK;
}

static td_status put_rules(build *b, emitter *e, program_strategy *out, td_error *err)
{
    td_status status = TD_OK;
    for (uint32_t r = 0; r < RULE_COUNT && !status; ++r) {
        const definition *const d = parser_find(b->strategy, rule_param[r].name);
        const grid_value *value = b->rule[r];
        out->rule[r] = PROGRAM_NONE;
        if (!value && !d) continue;
        if (!value && d->choice >= 0) status = value_constant(b, d->choice, &value, err);
        else if (!value) status = value_of(b, d->value, &value, err);
        if (!status) status = check_rule(b, d, &rule_param[r], value, err);
        if (!status)
            status = emit_slot(b, e, value, d ? d->at : b->strategy->at, &out->rule[r], err);
    }
    return status;
}

/* ---- One strategy --------------------------------------------------------------------------- */

static td_status copy_text(const build *b, const char *text, char **out, td_error *err)
{
    const size_t bytes = strlen(text) + 1;
    char *const copy = b->whole->allocator.resize(b->whole->allocator.context, NULL, 0, bytes);
    if (!copy) return memory_fail(err);
    *out = memcpy(copy, text, bytes);
    return TD_OK;
}

static td_status put_roots(build *b, emitter *e, program_strategy *out, td_error *err)
{
    td_status status = TD_OK;
    for (const definition *d = b->strategy->first; d && !status; d = d->next) {
        const int root = word_root(d->name);
        if (root < 0) continue;
        status = emit_root(b, e, d->value, err);
        if (!status) status = put_root(b, e, &out->root[root], err);
    }
    return status;
}

static td_status check_roots(const build *b, const program_strategy *it, td_error *err)
{
    static const struct {
        program_root root, needs;
        const char *name, *needs_name;
    } pairs[] = {{ROOT_EXIT, ROOT_ENTRY, "exit", "entry"},
                 {ROOT_ENTRY_LIMIT, ROOT_ENTRY, "entry_limit", "entry"},
                 {ROOT_ENTRY_STOP, ROOT_ENTRY, "entry_stop", "entry"},
                 {ROOT_SHORT_EXIT, ROOT_SHORT_ENTRY, "short_exit", "short_entry"},
                 {ROOT_SHORT_LIMIT, ROOT_SHORT_ENTRY, "short_limit", "short_entry"},
                 {ROOT_SHORT_STOP, ROOT_SHORT_ENTRY, "short_stop", "short_entry"}};
    const place end = {b->strategy->last ? b->strategy->last->at.line : b->strategy->at.line, 1};
    if (it->root[ROOT_ENTRY].count == 0 && it->root[ROOT_SHORT_ENTRY].count == 0)
        return build_fail(
            b, end, err,
            "strategy %s has no entry: expected \"entry = ..\" or \"short_entry = ..\"",
            b->strategy->name);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); ++i)
        if (it->root[pairs[i].root].count > 0 && it->root[pairs[i].needs].count == 0)
            return build_fail(b, parser_find(b->strategy, pairs[i].name)->at, err, "%s without %s",
                              pairs[i].name, pairs[i].needs_name);
    return TD_OK;
}

static td_status compile_strategy(build *b, strategy_text *text, td_error *err)
{
    program_whole *const w = b->whole;
    program *const p = &w->program;
    emitter *e = NULL;
    td_status status = memory_grow(&w->allocator, &p->strategy, &w->strategy_room,
                                   (uint64_t)p->strategy_count + 1, sizeof(p->strategy[0]), err);
    if (status) return status;
    program_strategy *const out = &p->strategy[p->strategy_count++];
    memset(out, 0, sizeof(*out));
    status = copy_text(b, text->name, &out->name, err);
    if (!status) status = copy_text(b, text->title, &out->title, err);
    if (!status) status = check_strategy(b, text, err);
    if (!status) status = emitter_take(b, &e, err);
    if (!status) status = put_roots(b, e, out, err);
    if (!status) status = check_roots(b, out, err);
    if (!status) status = put_rules(b, e, out, err);
    out->slot_first = p->slot_count;
    if (!status) status = put_slots(b, e, err);
    out->slot_count = p->slot_count - out->slot_first;
    emitter_give(b, e);
    return status;
}

/* ---- The whole ------------------------------------------------------------------------------ */

void program_destroy(program *it)
{
    if (!it) return;
    program_whole *const w = (program_whole *)it;
    const td_allocator a = w->allocator;
    for (uint32_t s = 0; s < it->strategy_count; ++s) {
        char *const name = it->strategy[s].name, *const title = it->strategy[s].title;
        memory_free(&a, name, name ? strlen(name) + 1 : 0, 1);
        memory_free(&a, title, title ? strlen(title) + 1 : 0, 1);
    }
    memory_free(&a, it->strategy, w->strategy_room, sizeof(it->strategy[0]));
    memory_free(&a, it->step, w->step_room, sizeof(it->step[0]));
    memory_free(&a, it->slot, w->slot_room, sizeof(it->slot[0]));
    memory_free(&a, it->series, w->series_room, sizeof(it->series[0]));
    memory_free(&a, it->call, w->call_room, sizeof(it->call[0]));
    memory_free(&a, it->series_table, w->series_table_room, sizeof(it->series_table[0]));
    memory_free(&a, it->number_table, w->number_table_room, sizeof(it->number_table[0]));
    memory_free(&a, it->constant, w->constant_room, sizeof(it->constant[0]));
    a.resize(a.context, w, sizeof(*w), 0);
}

static td_status build_begin(build *b, const td_allocator *allocator, td_error *err)
{
    memset(b, 0, sizeof(*b));
    arena_begin(&b->memory, allocator);
    const td_allocator a = b->memory.allocator;
    b->whole = a.resize(a.context, NULL, 0, sizeof(*b->whole));
    if (!b->whole) return memory_fail(err);
    memset(b->whole, 0, sizeof(*b->whole));
    b->whole->allocator = a;
    return TD_OK;
}

static void build_end(build *b, bool failed)
{
    if (b->whole) share_end(b);
    if (failed && b->whole) program_destroy(&b->whole->program);
    arena_end(&b->memory);
}

td_status program_compile_in(const td_allocator *allocator, const char *name, const char *text,
                             const program_axis *axis, uint32_t axis_count, const char *const *set,
                             program **out, td_error *err)
{
    build b;
    parsed_text parsed = {NULL, 0};
    if (!name || !text || !out || (axis_count > 0 && !axis))
        return td_fail(err, TD_E_BAD_ARGUMENT, "program_compile: name, text, axis or out is NULL");
    if (axis_count > TD_AXES_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "a grid of %u axes, allowed at most %d", axis_count,
                       TD_AXES_MAX);
    td_status status = build_begin(&b, allocator, err);
    b.axis = axis;
    b.axis_count = axis_count;
    if (!status) status = value_constant(&b, 0, &b.zero, err);
    if (!status) status = parser_read(&b.memory, name, text, &parsed, err);
    if (!status) status = read_axes(&b, &parsed, err);
    for (uint32_t i = 0; set && set[i] && !status; ++i)
        status = read_set(&b, &parsed, set[i], err);
    for (strategy_text *s = parsed.first; s && !status; s = s->next)
        status = compile_strategy(&b, s, err);
    if (!status) *out = &b.whole->program;
    build_end(&b, status != TD_OK);
    return status;
}

td_status program_compile(const char *name, const char *text, const program_axis *axis,
                          uint32_t axis_count, const char *const *set, program **out, td_error *err)
{
    return program_compile_in(NULL, name, text, axis, axis_count, set, out, err);
}

/* ---- Parameters ----------------------------------------------------------------------------- */

static bool is_whole(const node *it)
{
    while (it->kind == NODE_NEGATE)
        it = it->left;
    return it->kind == NODE_NUMBER && it->whole;
}

static td_status visit_strategy(build *b, strategy_text *text,
                                td_status (*visit)(void *, const program_parameter *, td_error *),
                                void *context, td_error *err)
{
    td_status status = check_strategy(b, text, err);
    for (const definition *d = text->first; d && !status; d = d->next) {
        const grid_value *value = NULL;
        program_parameter parameter = {text->name, d->name, d->doc, d->choice, true};
        if (d->choice < 0 && d->value->type != TYPE_NUMBER) continue;
        if (d->choice < 0) {
            status = value_of(b, d->value, &value, err);
            if (status) return status;
            parameter.value = value->number[0];
            parameter.whole = is_whole(d->value);
        }
        status = visit(context, &parameter, err);
    }
    return status;
}

td_status program_parameters(const char *name, const char *text,
                             td_status (*visit)(void *, const program_parameter *, td_error *),
                             void *context, td_error *err)
{
    build b;
    parsed_text parsed = {NULL, 0};
    if (!name || !text || !visit)
        return td_fail(err, TD_E_BAD_ARGUMENT, "program_parameters: name, text or visit is NULL");
    td_status status = build_begin(&b, NULL, err);
    if (!status) status = value_constant(&b, 0, &b.zero, err);
    if (!status) status = parser_read(&b.memory, name, text, &parsed, err);
    for (strategy_text *s = parsed.first; s && !status; s = s->next)
        status = visit_strategy(&b, s, visit, context, err);
    build_end(&b, true);
    return status;
}
