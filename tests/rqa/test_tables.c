/* test_tables.c - profiles against values that other programs published or computed. */
#include <dirent.h>

#include "measures.h"

#define SAMPLES_MAX 80000
#define TOLERANCE   1e-9

static double column_x[SAMPLES_MAX], column_y[SAMPLES_MAX];

static FILE *data_open(const char *name)
{
    char path[1024];
    const char *root = getenv("TANDEM_DATA");
    if (!root) SKIP("TANDEM_DATA is not set");
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *file = fopen(path, "r");
    if (!file) SKIP("there is no %s", path);
    return file;
}

/* One column below a header line. */
static uint64_t series_read(const char *name)
{
    char line[128];
    uint64_t count = 0;
    FILE *file = data_open(name);
    CHECK(fgets(line, sizeof line, file) != NULL);
    while (count < SAMPLES_MAX && fgets(line, sizeof line, file))
        column_x[count++] = strtod(line, NULL);
    fclose(file);
    CHECK(count > 1000);
    return count;
}

/* ---- One row a package ----------------------------------------------------------------------- */

typedef struct row {
    const char *profile;
    double rr, det, l, lmax, ent, lam, tt, vmax; /* NaN: not published */
} row;

static void row_check(uint64_t count, const char *m, const char *tau, const char *eps,
                      const row *expected)
{
    const bool single = strcmp(expected->profile, "pyrqa") == 0;
    const uint64_t at[6] = {0};
    const recordings data = {1, {0, count}, column_x, NULL, NULL};
    const setting settings[] = {{"mode", "x:l2"}, {"m", m},      {"tau", tau},
                                {"eps", eps},     {"lmin", "2"}, {"profile", expected->profile},
                                {NULL, NULL}};
    td_engine *engine = engine_of(2, 0);
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, measures_run(engine, &data, settings, MEASURES_ALL, &table, &err), &err);
    const struct {
        const char *name;
        double value;
    } wanted[] = {{"rr", expected->rr},   {"det", expected->det}, {"l", expected->l},
                  {"ent", expected->ent}, {"lam", expected->lam}, {"tt", expected->tt}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; ++i) {
        const double actual = value_of(table, wanted[i].name, at);
        if (isnan(wanted[i].value)) continue;
        /* PyRQA gives rr and ent as numbers of single precision: then the same rounding. */
        const bool rounded = single && (i == 0 || i == 3);
        const double compared = rounded ? (double)(float)actual : actual;
        const double step = rounded && i == 3 ? 0x1p-22 : 0;
        if (!(fabs(compared - wanted[i].value) <= TOLERANCE + step))
            CHECK_FAIL("%s %s: expected %.17g, got %.17g", expected->profile, wanted[i].name,
                       wanted[i].value, actual);
    }
    if (!isnan(expected->lmax)) CHECK_INT(expected->lmax, whole_of(table, "lmax", at));
    if (!isnan(expected->vmax)) CHECK_INT(expected->vmax, whole_of(table, "vmax", at));
    td_table_destroy(table);
    td_engine_destroy(engine);
}

TEST(marwan_5321_as_in_each_package)
{
    static const row rows[] = {
        {"julia", .032997598453267066, .999002019619778, 18.69867149758454, NAN, 3.6058791945021236,
         .9949713833427609, 6.242759979487732, NAN},
        {"marwan", .032997598453267066, .999002019619778, 18.69867149758454, NAN,
         3.6058791945021236, .9949713833427609, 6.242759979487732, NAN},
        {"crqa", .0329913830457603, .999002019619778, 18.6986714975845, NAN, 3.60587919450212,
         .994971383342761, 6.24275997948773, NAN},
        {"pyunicorn", .033179742435475904, .99900201961977, 18.69867149758, NAN, 3.6058791945016,
         .99627454188306, 6.46616327408709, NAN},
        {"accrqa", .033179742435475904, .9990076850939971, 18.805156901028564, NAN,
         3.606044398273929, .9962745418830672, 6.466163274087544, NAN},
    };
    const uint64_t count = series_read("rqa/marwan_5321.csv");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i)
        row_check(count, "3", "6", "1.2", &rows[i]);
}

/* The published row of PyRQA is of the same series without its first nine samples: with them left
 * out all counts agree (931,682 points on 5,300 vectors), with all samples none does. */
TEST(marwan_5321_as_in_pyrqa)
{
    static const row pyrqa = {"pyrqa", .03316774591803551, .9990025712934838, 18.70972828723921,
                              NAN,     3.6061311272102783, .9963098997297362, 6.477265749295226,
                              NAN};
    const uint64_t count = series_read("rqa/marwan_5321.csv");
    memmove(column_x, column_x + 9, (count - 9) * sizeof *column_x);
    row_check(count - 9, "3", "6", "1.2", &pyrqa);
}

TEST(roessler_5000_as_accrqa_and_without_the_main_diagonal)
{
    static const row rows[] = {
        {"accrqa", .024314650268905197, .99867096893637841, 16.51173850064227, 1137,
         3.4804313066480588, .99191175498221351, 5.3004063245296349, 29},
        {"marwan", .024119004520011856, .99865991959517575, 16.375860938012462, 1137,
         3.4802119161933796, NAN, NAN, NAN},
    };
    const uint64_t count = series_read("rqa/roessler_5000.csv");
    for (size_t i = 0; i < 2; ++i)
        row_check(count, "5", "3", "1.2", &rows[i]);
}

TEST(gaze_5000_as_accrqa)
{
    static const row accrqa = {
        "accrqa", .056166716719967535, .9831691755472165,  17.875798540183972,
        287,      3.6231707559178572,  .98685020279998514, 29.271326385498696,
        149};
    row_check(series_read("rqa/gaze_5000_x.csv"), "5", "3", "0.1", &accrqa);
}

/* ---- A grid of AccRQA's
 * -------------------------------------------------------------------------- */

typedef struct golden {
    char series[16];
    int m, tau, lmin;
    char eps[32];
    double value[8];
} golden;

static FILE *source_open(const char *name)
{
    char path[1024];
    const char *root = getenv("TANDEM_SOURCE");
    if (!root) SKIP("TANDEM_SOURCE is not set");
    snprintf(path, sizeof path, "%s/tests/rqa/%s", root, name);
    FILE *file = fopen(path, "r");
    if (!file) CHECK_FAIL("there is no %s", path);
    return file;
}

/* The column of that name, into column_x. */
static uint64_t golden_series(const char *name)
{
    char line[256];
    FILE *file = source_open("golden_series.csv");
    uint64_t count = 0;
    int column = -1;
    CHECK(fgets(line, sizeof line, file) != NULL);
    char *cell = strtok(line, ",\n");
    for (int i = 0; cell; ++i, cell = strtok(NULL, ",\n"))
        if (strcmp(cell, name) == 0) column = i;
    CHECK(column >= 0);
    while (count < SAMPLES_MAX && fgets(line, sizeof line, file)) {
        cell = strtok(line, ",\n");
        for (int i = 0; i < column && cell; ++i)
            cell = strtok(NULL, ",\n");
        CHECK(cell != NULL);
        column_x[count++] = strtod(cell, NULL);
    }
    fclose(file);
    return count;
}

static bool golden_next(FILE *file, golden *g)
{
    char line[512];
    double *v = g->value;
    if (!fgets(line, sizeof line, file)) return false;
    const int found =
        sscanf(line, "%15[^,],%d,%d,%31[^,],%d,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf", g->series, &g->m,
               &g->tau, g->eps, &g->lmin, v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7);
    CHECK_INT(13, found);
    return true;
}

static void golden_check(td_engine *engine, uint64_t count, const golden *g)
{
    static const char *const names[] = {"rr", "det", "l", "lmax", "ent", "lam", "tt", "vmax"};
    char m[16], tau[16], lmin[16];
    const uint64_t at[6] = {0};
    snprintf(m, sizeof m, "%d", g->m);
    snprintf(tau, sizeof tau, "%d", g->tau);
    snprintf(lmin, sizeof lmin, "%d", g->lmin);
    const recordings data = {1, {0, count}, column_x, NULL, NULL};
    const setting settings[] = {{"mode", "x:l2"}, {"m", m},       {"tau", tau},
                                {"eps", g->eps},  {"lmin", lmin}, {"profile", "accrqa"},
                                {NULL, NULL}};
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, measures_run(engine, &data, settings, MEASURES_ALL, &table, &err), &err);
    for (int i = 0; i < 8; ++i) {
        const bool whole = i == 3 || i == 7;
        const double actual = whole ? whole_of(table, names[i], at) : value_of(table, names[i], at);
        if (isnan(actual) && isnan(g->value[i])) continue;
        if (!(fabs(actual - g->value[i]) <= TOLERANCE))
            CHECK_FAIL("%s m %d tau %d eps %s lmin %d: %s: expected %.17g, got %.17g", g->series,
                       g->m, g->tau, g->eps, g->lmin, names[i], g->value[i], actual);
    }
    td_table_destroy(table);
}

TEST(golden_rows_of_accrqa)
{
    char line[512], series[16] = "";
    FILE *file = source_open("golden_accrqa.csv");
    td_engine *engine = engine_of(1, 0);
    uint64_t count = 0;
    int rows = 0;
    golden g;
    CHECK(fgets(line, sizeof line, file) != NULL);
    for (; golden_next(file, &g); ++rows) {
        if (strcmp(series, g.series)) count = golden_series(g.series);
        snprintf(series, sizeof series, "%s", g.series);
        golden_check(engine, count, &g);
    }
    fclose(file);
    td_engine_destroy(engine);
    CHECK(rows > 200);
}

/* ---- The gaze study -------------------------------------------------------------------------- */

#define GAZE_MAX 400

typedef struct gaze {
    char name[GAZE_MAX][32];
    uint64_t count;
    recordings data;
} gaze;

/* A decimal as the study's program read it: pandas' default parser takes 17 digits at most, leading
 * zeros among them, and scales once by a power of ten, so its last bit is not always the nearest.
 * A few values of the reference depend on that bit, where a distance is eps exactly. */
static double pandas_number(const char *text)
{
    const double sign = *text == '-' ? -1 : 1;
    double number = 0;
    int digits = 0, decimals = 0;
    bool fraction = false;
    char power[16];
    if (*text == '-') text += 1;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !fraction); ++text) {
        if (*text == '.') {
            fraction = true;
        } else if (digits < 17) {
            number = number * 10 + (*text - '0');
            digits += 1;
            decimals += fraction;
        }
    }
    const long exponent = *text == 'e' ? strtol(text + 1, NULL, 10) : 0;
    const int scale = (int)exponent - decimals;
    snprintf(power, sizeof power, "1e%d", scale < 0 ? -scale : scale);
    return sign * (scale > 0 ? number * strtod(power, NULL) : number / strtod(power, NULL));
}

static void gaze_file(gaze *g, const char *folder, const char *file_name)
{
    char path[2048], line[256];
    const char *dot = strstr(file_name, ".csv");
    if (!dot || g->count >= GAZE_MAX) return;
    snprintf(path, sizeof path, "%s/%s", folder, file_name);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    uint64_t at = g->data.offset[g->count];
    CHECK(fgets(line, sizeof line, file) != NULL);
    while (at < SAMPLES_MAX && fgets(line, sizeof line, file)) {
        const char *x = strchr(line, ','), *y = x ? strchr(x + 1, ',') : NULL;
        CHECK(x && y);
        column_x[at] = pandas_number(x + 1);
        column_y[at] = pandas_number(y + 1);
        at += 1;
    }
    fclose(file);
    snprintf(g->name[g->count], sizeof g->name[0], "%.*s", (int)(dot - file_name), file_name);
    g->count += 1;
    g->data.offset[g->count] = at;
}

static void gaze_folder(gaze *g, const char *folder, int depth)
{
    DIR *dir = opendir(folder);
    if (!dir) SKIP("there is no %s", folder);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char path[1024];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%.700s/%.255s", folder, entry->d_name);
        if (depth > 0) gaze_folder(g, path, depth - 1);
        else gaze_file(g, folder, entry->d_name);
    }
    closedir(dir);
}

/* The one recording of that name; GAZE_MAX when there are two. */
static uint64_t gaze_find(const gaze *g, const char *name)
{
    uint64_t found = GAZE_MAX;
    for (uint64_t i = 0; i < g->count; ++i) {
        if (strcmp(g->name[i], name)) continue;
        if (found != GAZE_MAX) return GAZE_MAX;
        found = i;
    }
    return found;
}

typedef struct gaze_point {
    const char *folder, *m, *tau, *eps, *lmin;
} gaze_point;

static int gaze_rows(const gaze *g, const gaze_point *p, const char *group, const td_table *table)
{
    char name[256], line[512], id[128];
    double v[6];
    int rows = 0, folder = 0, task = 0;
    snprintf(name, sizeof name, "gaze/reference/%s/rqa_%s.csv", p->folder, group);
    FILE *file = data_open(name);
    CHECK(fgets(line, sizeof line, file) != NULL);
    while (fgets(line, sizeof line, file)) {
        CHECK_INT(9, sscanf(line, "%127[^,],%d,%d,%lf,%lf,%lf,%lf,%lf,%lf", id, &folder, &task,
                            &v[0], &v[1], &v[2], &v[3], &v[4], &v[5]));
        *strchr(id, '_') = 0;
        const uint64_t item = gaze_find(g, id);
        if (item == GAZE_MAX) continue;
        const uint64_t both[6] = {item, 1}, one[6] = {item, 0};
        CHECK_NEAR(v[0], value_of(table, "rr", both), TOLERANCE);
        CHECK_NEAR(v[1], value_of(table, "rr", one), TOLERANCE);
        CHECK_NEAR(v[2], value_of(table, "det", both), TOLERANCE);
        CHECK_NEAR(v[3], value_of(table, "det", one), TOLERANCE);
        CHECK_NEAR(v[4], value_of(table, "ent", both), TOLERANCE);
        CHECK_NEAR(v[5], value_of(table, "ent", one), TOLERANCE);
        rows += 1;
    }
    fclose(file);
    return rows;
}

TEST(gaze_study_as_its_program)
{
    static const gaze_point points[] = {
        {"m1_tau1_eps0.05_lmin2", "1", "1", "0.05", "2"},
        {"m1_tau1_eps0.1_lmin3", "1", "1", "0.1", "3"},
        {"m1_tau4_eps0.05_lmin2", "1", "4", "0.05", "2"},
        {"m2_tau1_eps0.055_lmin2", "2", "1", "0.055", "2"},
        {"m3_tau1_eps0.05_lmin2", "3", "1", "0.05", "2"},
    };
    static gaze g;
    char root[900];
    td_error err = TD_ERROR_INIT;
    if (!getenv("TANDEM_DATA")) SKIP("TANDEM_DATA is not set");
    snprintf(root, sizeof root, "%s/gaze/recordings", getenv("TANDEM_DATA"));
    gaze_folder(&g, root, 2);
    CHECK_INT(305, g.count);
    g.data.count = g.count;
    g.data.x = column_x;
    g.data.y = column_y;
    td_engine *engine = engine_of(2, 0);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; ++i) {
        const gaze_point *p = &points[i];
        const setting settings[] = {
            {"mode", "x:l1,xy:l2"}, {"m", p->m},         {"tau", p->tau}, {"eps", p->eps},
            {"lmin", p->lmin},      {"profile", "gaze"}, {NULL, NULL}};
        td_table *table = NULL;
        CHECK_STATUS(TD_OK, measures_run(engine, &g.data, settings, NULL, &table, &err), &err);
        int rows = gaze_rows(&g, p, "control", table);
        rows += gaze_rows(&g, p, "mci", table);
        rows += gaze_rows(&g, p, "ad", table);
        td_table_destroy(table);
        CHECK_INT(295, rows);
    }
    td_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(marwan_5321_as_in_each_package),
                                     RUN(marwan_5321_as_in_pyrqa),
                                     RUN(roessler_5000_as_accrqa_and_without_the_main_diagonal),
                                     RUN(gaze_5000_as_accrqa),
                                     RUN(golden_rows_of_accrqa),
                                     RUN(gaze_study_as_its_program),
                                     {0}});
}
