/* test_random.c - rqa.measures against the plain reference, over random grids and series. */
#include "measures.h"
#include "reference.h"

#define ITEMS       4
#define SAMPLES_MAX 70
#define AXIS_MAX    6

typedef struct grid {
    char text[5][256];
    int count[5];
    char mode[AXIS_MAX][16];
    double value[5][AXIS_MAX];
} grid;

static int pick(int low, int high)
{
    return low + (int)(check_random() % (uint64_t)(high - low + 1));
}

static const char *const signals[] = {"x", "y", "amplitude", "xy"};
static const char signal_letters[] = "xyab";
static const char *const norms[] = {"max", "l1", "l2"};

static void grid_modes(grid *g)
{
    g->count[0] = pick(1, 3);
    const int first = pick(0, 11);
    for (int i = 0; i < g->count[0]; ++i) {
        const int which = (first + i * 5) % 12;
        snprintf(g->mode[i], sizeof g->mode[i], "%s:%s", signals[which / 3], norms[which % 3]);
        snprintf(g->text[0] + strlen(g->text[0]), 64, "%s%s", i ? "," : "", g->mode[i]);
        g->value[0][i] = which;
    }
}

/* Distinct values in any order, so that the operation has to sort and to put back. */
static void grid_axis(grid *g, int axis, int most, int low, int high, double unit)
{
    g->count[axis] = pick(1, most);
    for (int i = 0; i < g->count[axis]; ++i) {
        bool fresh = false;
        while (!fresh) {
            char text[32];
            snprintf(text, sizeof text, "%.10g", pick(low, high) * unit);
            g->value[axis][i] = strtod(text, NULL);
            fresh = true;
            for (int j = 0; j < i; ++j)
                fresh = fresh && g->value[axis][j] != g->value[axis][i];
            if (fresh)
                snprintf(g->text[axis] + strlen(g->text[axis]), 64, "%s%s", i ? "," : "", text);
        }
    }
}

static void grid_make(grid *g)
{
    memset(g, 0, sizeof *g);
    grid_modes(g);
    grid_axis(g, 1, 4, 1, 6, 1);
    grid_axis(g, 2, 3, 1, 7, 1);
    grid_axis(g, 3, pick(0, 2) ? 6 : 1, 0, 40, 0.05);
    grid_axis(g, 4, 3, 1, 6, 1);
}

/* Noise, steps on a coarse raster (so that distances meet thresholds exactly), smooth curves, and
 * samples that are no numbers. */
static void series_make(double *x, double *y, int count)
{
    const int kind = pick(0, 3);
    const double hole = pick(0, 2) == 0 ? 0.04 : 0;
    for (int i = 0; i < count; ++i) {
        x[i] = check_random_unit() * 2;
        y[i] = check_random_unit();
        if (kind == 1) x[i] = floor(x[i] * 5) * 0.05, y[i] = floor(y[i] * 4) * 0.05;
        if (kind == 2) x[i] = sin(i * 0.3) + x[i] * 0.05, y[i] = cos(i * 0.3) + y[i] * 0.05;
        if (kind == 3) x[i] = i % 5 * 0.25, y[i] = 0.5;
        if (check_random_unit() < hole) x[i] = NAN;
        if (check_random_unit() < hole) y[i] = pick(0, 1) ? NAN : INFINITY;
    }
}

typedef struct profile {
    const char *name;
    int rate, diagonal, vertical;
    bool whole, binary;
} profile;

static const profile profiles[] = {
    {"marwan", 1, 1, 1, false, false}, {"julia", 1, 1, 1, false, false},
    {"crqa", 1, 1, 1, true, false},    {"pyunicorn", 0, 1, 0, true, false},
    {"accrqa", 0, 0, 0, true, false},  {"pyrqa", 0, 1, 0, true, false},
    {"gaze", 0, 0, 0, true, true},
};

typedef struct world {
    double x[ITEMS * SAMPLES_MAX], y[ITEMS * SAMPLES_MAX];
    recordings data;
    grid grid;
    const profile *profile;
    int theiler_diagonal, theiler_vertical, vmin;
    bool strict;
    const char *isa;
    td_engine *engine;
    td_table *table;
} world;

static void world_make(world *w)
{
    w->data = (recordings){ITEMS, {0}, w->x, w->y, NULL};
    for (int i = 0; i < ITEMS; ++i) {
        const int count = pick(0, 5) == 0 ? pick(0, 4) : pick(5, SAMPLES_MAX);
        series_make(w->x + w->data.offset[i], w->y + w->data.offset[i], count);
        w->data.offset[i + 1] = w->data.offset[i] + (uint64_t)count;
    }
    grid_make(&w->grid);
    w->profile = &profiles[pick(0, 6)];
    w->theiler_diagonal = pick(0, 1) ? -1 : pick(0, 5);
    w->theiler_vertical = pick(0, 1) ? -1 : pick(0, 5);
    w->vmin = pick(0, 2) ? 0 : pick(1, 5);
    w->strict = pick(0, 2) == 0;
    w->isa = (const char *[]){"auto", "plain", "auto"}[pick(0, 2)];
}

static void world_run(world *w)
{
    char diagonal[16], vertical[16], vmin[16];
    td_error err = TD_ERROR_INIT;
    snprintf(diagonal, sizeof diagonal, "%d", w->theiler_diagonal);
    snprintf(vertical, sizeof vertical, "%d", w->theiler_vertical);
    snprintf(vmin, sizeof vmin, "%d", w->vmin);
    const setting settings[] = {{"mode", w->grid.text[0]},
                                {"m", w->grid.text[1]},
                                {"tau", w->grid.text[2]},
                                {"eps", w->grid.text[3]},
                                {"lmin", w->grid.text[4]},
                                {"profile", w->profile->name},
                                {"theiler_diagonal", diagonal},
                                {"theiler_vertical", vertical},
                                {"vmin", vmin},
                                {"strict", w->strict ? "true" : "false"},
                                {"isa", w->isa},
                                {NULL, NULL}};
    CHECK_STATUS(TD_OK, measures_run(w->engine, &w->data, settings, MEASURES_ALL, &w->table, &err),
                 &err);
}

static ref_call call_of(const world *w, const uint64_t *at)
{
    const grid *g = &w->grid;
    const profile *p = w->profile;
    const uint64_t first = w->data.offset[at[0]];
    const int which = (int)g->value[0][at[1]];
    ref_call call = {w->x + first,
                     w->y + first,
                     (int)(w->data.offset[at[0] + 1] - first),
                     signal_letters[which / 3],
                     which % 3,
                     (int)g->value[1][at[2]],
                     (int)g->value[2][at[3]],
                     (int)g->value[4][at[5]],
                     w->vmin,
                     g->value[3][at[4]],
                     w->strict,
                     p->rate,
                     p->diagonal,
                     p->vertical,
                     p->whole,
                     p->binary};
    if (w->theiler_diagonal >= 0) call.window_rate = call.window_diagonal = w->theiler_diagonal;
    if (w->theiler_vertical >= 0) call.window_vertical = w->theiler_vertical;
    return call;
}

/* Ratios of exact integers must be equal; only logarithms are summed in another order. */
static void point_check(const world *w, const uint64_t *at)
{
    const ref_call call = call_of(w, at);
    const ref_measures r = ref_run(&call);
    const td_table *t = w->table;
    CHECK_NEAR(r.rr, value_of(t, "rr", at), 0);
    CHECK_NEAR(r.det, value_of(t, "det", at), 0);
    CHECK_NEAR(r.l, value_of(t, "l", at), 0);
    CHECK_INT(r.lmax, whole_of(t, "lmax", at));
    CHECK_NEAR(r.ent, value_of(t, "ent", at), 1e-12);
    CHECK_NEAR(r.div, value_of(t, "div", at), 0);
    CHECK_NEAR(r.lam, value_of(t, "lam", at), 0);
    CHECK_NEAR(r.tt, value_of(t, "tt", at), 0);
    CHECK_INT(r.vmax, whole_of(t, "vmax", at));
    CHECK_NEAR(r.vent, value_of(t, "vent", at), 1e-12);
    CHECK_NEAR(r.n < 2 ? NAN : call.eps, value_of(t, "eps_used", at), 0);
}

TEST(random_grids_agree_with_the_reference)
{
    static world w;
    w.engine = engine_of(2, 0);
    for (int round = 0; round < 120; ++round) {
        world_make(&w);
        world_run(&w);
        uint64_t at[6];
        for (at[0] = 0; at[0] < ITEMS; ++at[0])
            for (at[1] = 0; at[1] < (uint64_t)w.grid.count[0]; ++at[1])
                for (at[2] = 0; at[2] < (uint64_t)w.grid.count[1]; ++at[2])
                    for (at[3] = 0; at[3] < (uint64_t)w.grid.count[2]; ++at[3])
                        for (at[4] = 0; at[4] < (uint64_t)w.grid.count[3]; ++at[4])
                            for (at[5] = 0; at[5] < (uint64_t)w.grid.count[4]; ++at[5])
                                if (pick(0, 3) == 0) point_check(&w, at);
        td_table_destroy(w.table);
        w.table = NULL;
    }
    td_engine_destroy(w.engine);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv, (check_test[]){RUN(random_grids_agree_with_the_reference), {0}});
}
