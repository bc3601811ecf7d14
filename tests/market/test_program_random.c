/* test_program_random.c - random strategies over random grids: what the compiler makes of them, at
 * each point and bar, against trees that are evaluated as they are written. */
#include "program_eval.h"

#include <stdarg.h>

#define NODES_MAX 200
#define PARAMS    3
#define TEXT_MAX  20000

typedef enum kind {
    R_LITERAL,
    R_PARAM,
    R_PRICE,
    R_SMA,
    R_MAX,
    R_MIN,
    R_BANDS, /* numbers */
    R_NEGATE,
    R_ABS,
    R_ADD,
    R_SUBTRACT,
    R_MULTIPLY,
    R_DIVIDE,
    R_LEAST,
    R_MOST,
    R_LAG,
    R_LAG_PARAM,
    R_LESS,
    R_LESS_EQUAL,
    R_GREATER,
    R_GREATER_EQUAL,
    R_EQUAL,
    R_NOT_EQUAL,
    R_BETWEEN, /* truths */
    R_ABOVE,
    R_BELOW,
    R_AND,
    R_OR,
    R_NOT,
    R_TRUE,
    R_FALSE,
    R_TRUTH_LAG
} kind;

typedef struct tree {
    kind kind;
    int a, b, c; /* children */
    double number;
    int param, price, output;
} tree;

static const char *const price_names[] = {"open", "high", "low", "close", "volume", "adjusted"};

typedef struct maker {
    tree node[NODES_MAX];
    int count;
    double param[PARAMS]; /* at the point */
    double price[TD_PRICES][EVAL_BARS];
    double value[NODES_MAX][EVAL_BARS]; /* of numbers, at the point */
    bool known[NODES_MAX][EVAL_BARS];
    char text[TEXT_MAX];
    size_t used;
} maker;

static int random_below(int n)
{
    return (int)(check_random() % (uint64_t)n);
}

static int make_number(maker *m, int depth, bool series);

static int new_node(maker *m, kind what, int a, int b)
{
    CHECK(m->count < NODES_MAX);
    m->node[m->count] = (tree){what, a, b, -1, 0, 0, 0, 0};
    return m->count++;
}

static int make_leaf(maker *m, bool series)
{
    const int which = series ? 2 : random_below(4);
    const int it = new_node(m, which == 0 ? R_LITERAL : which == 1 ? R_PARAM : R_PRICE, -1, -1);
    m->node[it].number = (double)random_below(40) / 4;
    m->node[it].param = random_below(PARAMS);
    m->node[it].price = random_below(TD_PRICES);
    return it;
}

/* Windows are literals or parameters, which are 2 and more. */
static int make_window(maker *m, int depth)
{
    static const kind kinds[] = {R_SMA, R_MAX, R_MIN, R_BANDS};
    const int x = make_number(m, depth - 1, true);
    const int it = new_node(m, kinds[random_below(4)], x, -1);
    m->node[it].param = random_below(PARAMS + 1) - 1;
    m->node[it].number = 2 + random_below(5);
    m->node[it].output = random_below(3);
    return it;
}

/* series: of prices for sure, as what an indicator reads must be. */
static int make_number(maker *m, int depth, bool series)
{
    if (depth <= 0 || m->count > NODES_MAX - 60 || random_below(5) == 0)
        return make_leaf(m, series);
    const int pick = random_below(10);
    if (pick < 3) return make_window(m, depth);
    if (pick == 3) {
        const int x = make_number(m, depth - 1, true);
        const int it = new_node(m, random_below(2) ? R_LAG : R_LAG_PARAM, x, -1);
        m->node[it].number = random_below(4);
        m->node[it].param = random_below(PARAMS);
        return it;
    }
    if (pick == 4) {
        const int x = make_number(m, depth - 1, series);
        return new_node(m, random_below(2) ? R_NEGATE : R_ABS, x, -1);
    }
    static const kind kinds[] = {R_ADD, R_SUBTRACT, R_MULTIPLY, R_DIVIDE, R_LEAST, R_MOST};
    const int a = make_number(m, depth - 1, series), b = make_number(m, depth - 1, true);
    return new_node(m, kinds[random_below(6)], a, b);
}

static int make_truth(maker *m, int depth)
{
    const int pick = random_below(12);
    if (depth <= 0 || m->count > NODES_MAX - 60 || pick < 3) {
        const int a = make_number(m, 2, false), b = make_number(m, 2, false);
        return new_node(m, (kind)(R_LESS + random_below(6)), a, b);
    }
    if (pick == 3) return new_node(m, random_below(2) ? R_TRUE : R_FALSE, -1, -1);
    if (pick == 4) {
        const int a = make_number(m, 2, true), b = make_number(m, 2, false);
        return new_node(m, random_below(2) ? R_ABOVE : R_BELOW, a, b);
    }
    if (pick == 5) {
        const int a = make_number(m, 1, false), b = make_number(m, 1, true);
        const int it = new_node(m, R_BETWEEN, a, b);
        const int c = make_number(m, 1, false);
        m->node[it].c = c;
        return it;
    }
    if (pick == 6) {
        const int it = new_node(m, R_TRUTH_LAG, -1, -1);
        const int a = make_truth(m, depth - 1);
        m->node[it].a = a;
        m->node[it].number = random_below(4);
        return it;
    }
    const int a = make_truth(m, depth - 1);
    if (pick < 9) return new_node(m, R_NOT, a, -1);
    const int b = make_truth(m, depth - 1);
    return new_node(m, pick == 9 ? R_AND : R_OR, a, b);
}

/* ---- As text -------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void put(maker *m, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    m->used += (size_t)vsnprintf(m->text + m->used, TEXT_MAX - m->used, format, list);
    va_end(list);
    CHECK(m->used < TEXT_MAX);
}

static void print(maker *m, int n);

static void print_two(maker *m, int n, const char *before, const char *between)
{
    put(m, "%s", before);
    print(m, m->node[n].a);
    put(m, "%s", between);
    print(m, m->node[n].b);
    put(m, ")");
}

static void print_window(maker *m, int n)
{
    const tree *const it = &m->node[n];
    static const char *const outputs[] = {".upperband", ".middleband", ".lowerband"};
    put(m, "%s(",
        it->kind == R_SMA   ? "sma"
        : it->kind == R_MAX ? "highest"
        : it->kind == R_MIN ? "lowest"
                            : "bbands");
    print(m, it->a);
    if (it->param >= 0) put(m, ", p%d", it->param);
    else put(m, ", timeperiod=%g", it->number);
    put(m, ")%s", it->kind == R_BANDS && it->output ? outputs[it->output] : "");
}

static void print(maker *m, int n)
{
    static const char *const signs[] = {[R_ADD] = " + ",      [R_SUBTRACT] = " - ",
                                        [R_MULTIPLY] = " * ", [R_DIVIDE] = " / ",
                                        [R_LEAST] = ", ",     [R_MOST] = ", ",
                                        [R_LESS] = " < ",     [R_LESS_EQUAL] = " <= ",
                                        [R_GREATER] = " > ",  [R_GREATER_EQUAL] = " >= ",
                                        [R_EQUAL] = " == ",   [R_NOT_EQUAL] = " != ",
                                        [R_ABOVE] = ", ",     [R_BELOW] = ", ",
                                        [R_AND] = " and ",    [R_OR] = " or "};
    const tree *const it = &m->node[n];
    switch (it->kind) {
    case R_LITERAL: put(m, "%g", it->number); return;
    case R_PARAM: put(m, "p%d", it->param); return;
    case R_PRICE: put(m, "%s", price_names[it->price]); return;
    case R_SMA:
    case R_MAX:
    case R_MIN:
    case R_BANDS: print_window(m, n); return;
    case R_TRUE: put(m, "true"); return;
    case R_FALSE: put(m, "false"); return;
    case R_NEGATE:
    case R_NOT:
    case R_ABS:
        put(m, it->kind == R_NOT ? "(not " : it->kind == R_ABS ? "abs(" : "(-");
        print(m, it->a);
        put(m, ")");
        return;
    case R_LAG:
    case R_TRUTH_LAG:
    case R_LAG_PARAM:
        put(m, "(");
        print(m, it->a);
        if (it->kind == R_LAG_PARAM) put(m, ")[p%d - 2]", it->param);
        else put(m, ")[%g]", it->number);
        return;
    case R_BETWEEN:
        print_two(m, n, "(", " < ");
        m->used -= 1;
        put(m, " <= ");
        print(m, it->c);
        put(m, ")");
        return;
    case R_LEAST:
    case R_MOST: print_two(m, n, it->kind == R_LEAST ? "min(" : "max(", ", "); return;
    case R_ABOVE:
    case R_BELOW:
        print_two(m, n, it->kind == R_ABOVE ? "crosses_above(" : "crosses_below(", ", ");
        return;
    default: print_two(m, n, "(", signs[it->kind]);
    }
}

/* ---- As values ------------------------------------------------------------------------------ */

static double number_at(maker *m, int n, int64_t t);

static double window_at(maker *m, const tree *it, int64_t t)
{
    program_call call;
    static td_op op;
    static indicator what;
    double x[EVAL_BARS];
    for (int64_t i = 0; i <= t; ++i)
        x[i] = number_at(m, it->a, i);
    memset(&call, 0, sizeof(call));
    op.name = it->kind == R_SMA   ? "market.sma"
              : it->kind == R_MAX ? "market.max"
              : it->kind == R_MIN ? "market.min"
                                  : "market.bbands";
    what.op = &op;
    call.indicator = &what;
    call.param[0] = it->param >= 0 ? m->param[it->param] : it->number;
    call.param[1] = call.param[2] = 2;
    return eval_call(&call, (uint32_t)it->output, x, t);
}

static double compute_at(maker *m, int n, int64_t t)
{
    const tree *const it = &m->node[n];
    if (it->kind == R_LITERAL) return it->number;
    if (it->kind == R_PARAM) return m->param[it->param];
    if (it->kind == R_PRICE) return m->price[it->price][t];
    if (it->kind <= R_BANDS) return window_at(m, it, t);
    if (it->kind == R_LAG) return number_at(m, it->a, t - (int64_t)it->number);
    if (it->kind == R_LAG_PARAM) return number_at(m, it->a, t - (int64_t)m->param[it->param] + 2);
    const double a = number_at(m, it->a, t);
    if (it->kind == R_NEGATE) return -a;
    if (it->kind == R_ABS) return fabs(a);
    const double b = number_at(m, it->b, t);
    if (it->kind == R_ADD) return a + b;
    if (it->kind == R_SUBTRACT) return a - b;
    if (it->kind == R_MULTIPLY) return a * b;
    if (it->kind == R_DIVIDE) return a / b;
    if (isnan(a) || isnan(b)) return NAN;
    return it->kind == R_LEAST ? (a < b ? a : b) : (a > b ? a : b);
}

static double number_at(maker *m, int n, int64_t t)
{
    if (t < 0) return NAN;
    if (!m->known[n][t]) m->value[n][t] = compute_at(m, n, t);
    m->known[n][t] = true;
    return m->value[n][t];
}

/* Looks back to the last bar at which they differed, and gives up at a NaN. */
static bool crosses_at(maker *m, const tree *it, int64_t t)
{
    const double sign = it->kind == R_ABOVE ? 1 : -1;
    if (!(sign * number_at(m, it->a, t) > sign * number_at(m, it->b, t))) return false;
    for (int64_t i = t - 1; i >= 0; --i) {
        const double a = sign * number_at(m, it->a, i), b = sign * number_at(m, it->b, i);
        if (isnan(a) || isnan(b) || a > b) return false;
        if (a < b) return true;
    }
    return false;
}

/* negate: under a "not". A comparison with NaN is false on both sides of it. */
static bool truth_at(maker *m, int n, int64_t t, bool negate)
{
    const tree *const it = &m->node[n];
    if (it->kind == R_TRUE || it->kind == R_FALSE) return (it->kind == R_TRUE) != negate;
    if (it->kind == R_NOT) return truth_at(m, it->a, t, !negate);
    if (it->kind == R_TRUTH_LAG) return truth_at(m, it->a, t - (int64_t)it->number, negate);
    if (it->kind == R_ABOVE || it->kind == R_BELOW) return crosses_at(m, it, t) != negate;
    if (it->kind == R_AND || it->kind == R_OR) {
        const bool a = truth_at(m, it->a, t, negate), b = truth_at(m, it->b, t, negate);
        return (it->kind == R_AND) != negate ? a && b : a || b;
    }
    const double a = number_at(m, it->a, t), b = number_at(m, it->b, t);
    if (it->kind == R_BETWEEN) {
        const double c = number_at(m, it->c, t);
        return negate ? a >= b || b > c : a < b && b <= c;
    }
    if (isnan(a) || isnan(b)) return false;
    return (it->kind == R_LESS            ? a < b
            : it->kind == R_LESS_EQUAL    ? a <= b
            : it->kind == R_GREATER       ? a > b
            : it->kind == R_GREATER_EQUAL ? a >= b
            : it->kind == R_EQUAL         ? a == b
                                          : a != b) != negate;
}

/* ---- One against the other ------------------------------------------------------------------ */

/* A constant is the same before the first bar, where the trees know nothing: those bars are not
 * compared when a truth with a constant may be lagged. */
static bool has_lagged_truth(const maker *m)
{
    for (int i = 0; i < m->count; ++i) {
        const tree *const it = &m->node[i];
        if (it->kind == R_TRUTH_LAG) return true;
    }
    return false;
}

static void fill_prices(maker *m, eval *e)
{
    for (int p = 0; p < TD_PRICES; ++p)
        for (int t = 0; t < EVAL_BARS; ++t)
            m->price[p][t] = random_below(25) == 0 ? NAN : random_below(10);
    memcpy(e->price, m->price, sizeof(e->price));
}

static const double values[PARAMS][3] = {{2, 3, 5}, {3, 4, 6}, {2, 4, 7}};

static void compare_points(maker *m, const eval *e, int root, bool truth, uint32_t axes)
{
    double got[EVAL_BARS];
    const int64_t from = has_lagged_truth(m) ? 16 : 0; /* lags of truths add up to less */
    for (uint32_t point = 0; point < 27; ++point) {
        const uint64_t index[3] = {point / 9, point / 3 % 3, point % 3};
        if ((axes < 3 && index[2]) || (axes < 2 && index[1]) || (axes < 1 && index[0])) continue;
        for (int p = 0; p < PARAMS; ++p)
            m->param[p] = values[p][index[p]];
        memset(m->known, 0, sizeof(m->known));
        eval_root(e, 0, truth ? ROOT_ENTRY : ROOT_RANK, index, axes, got);
        for (int64_t t = from; t < EVAL_BARS; ++t) {
            const double want = truth ? truth_at(m, root, t, false) : number_at(m, root, t);
            if (!(fabs(want - got[t]) <= 1e-9 * fmax(1, fabs(want))) && want != got[t] &&
                !(isnan(want) && isnan(got[t])))
                CHECK_FAIL("point %u, bar %" PRId64 ": expected %g, got %g\n%s", point, t, want,
                           got[t], m->text);
        }
    }
}

static bool run_one(bool truth)
{
    static maker m;
    static eval e;
    td_error err = TD_ERROR_INIT;
    program *made = NULL;
    const uint32_t axes = (uint32_t)random_below(4);
    const program_axis axis[] = {{"p0", 3, values[0]}, {"p1", 3, values[1]}, {"p2", 3, values[2]}};
    memset(&m, 0, sizeof(m));
    const int root = truth ? make_truth(&m, 4) : make_number(&m, 5, true);
    put(&m, "p0 = 2 p1 = 3 p2 = 2\n%s", truth ? "entry = " : "entry = true\nrank = ");
    print(&m, root);
    const td_status status = program_compile("random", m.text, axis, axes, NULL, &made, &err);
    if (status && (strstr(err.message, "waiting") || strstr(err.message, "more than")))
        return false;
    if (status && strstr(err.message, "compares a price")) return false;
    if (status && strstr(err.message, "takes a series")) return false; /* of two constants */
    if (status) CHECK_FAIL("%s\n%s", err.message, m.text);
    fill_prices(&m, &e);
    eval_begin(&e, made);
    compare_points(&m, &e, root, truth, axes);
    eval_end(&e);
    program_destroy(made);
    return true;
}

TEST(random_truths)
{
    int ran = 0;
    for (int i = 0; i < 1000; ++i)
        ran += run_one(true);
    CHECK(ran > 700);
}

TEST(random_numbers)
{
    int ran = 0;
    for (int i = 0; i < 1000; ++i)
        ran += run_one(false);
    CHECK(ran > 700);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (const check_test[]){RUN(random_truths), RUN(random_numbers), {0}});
}
