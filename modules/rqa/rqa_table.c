/* rqa_table.c - the operation "rqa.measures" as every surface sees it. */
#include "rqa_op.h"

static const char *const modes[] = {
    "x:l1",         "x:l2",          "x:max", "y:l1",  "y:l2",   "y:max", "amplitude:l1",
    "amplitude:l2", "amplitude:max", "xy:l1", "xy:l2", "xy:max", NULL,
};
static const char *const eps_units[] = {"absolute", "sd", "rate", NULL};
static const char *const isas[] = {"auto", "plain", "avx2", "avx512", NULL};
static const char *const floats[] = {"auto", "float64", "float32", NULL};

/* clang-format off */
#define CHOICE(text) {TD_CHOICE, {.s = (text)}}
#define INT(value)   {TD_INT, {.i = (value)}}
#define FLOAT(value) {TD_FLOAT, {.f = (value)}}
#define BOOL(value)  {TD_BOOL, {.b = (value)}}
#define NONE         {TD_BOOL, {0}}
/* clang-format on */

static const td_param params[] = {
    {"mode",
     "Signal and norm of the distance: x, y, amplitude sqrt(x^2 + y^2) or both x and y; "
     "sum of differences (l1), Euclidean (l2) or largest difference (max).",
     NULL, 1, TD_CHOICE, TD_PARAM_SWEEP, CHOICE("x:l2"), NONE, NONE, NONE, modes},
    {"m", "Embedding dimension: lags in one delay vector.", NULL, 2, TD_INT, TD_PARAM_SWEEP, INT(1),
     INT(1), INT(RQA_M_MAX), INT(1), NULL},
    {"tau", "Delay between the lags of one delay vector.", "samples", 3, TD_INT, TD_PARAM_SWEEP,
     INT(1), INT(1), INT(100000), INT(1), NULL},
    {"eps",
     "Threshold: two delay vectors recur when their distance is at most this; see "
     "eps_unit.",
     NULL, 4, TD_FLOAT, TD_PARAM_SWEEP, FLOAT(0.1), FLOAT(0), FLOAT(1e300), FLOAT(0.001), NULL},
    {"lmin", "Length of the shortest line that counts as one.", "samples", 5, TD_INT,
     TD_PARAM_SWEEP, INT(2), INT(1), INT(1000000), INT(1), NULL},
    {"vmin", "Length of the shortest vertical line that counts as one; 0: as lmin.", "samples", 6,
     TD_INT, 0, INT(0), INT(0), INT(1000000), INT(1), NULL},
    {"eps_unit",
     "Unit of eps: of the signal (absolute), its population standard deviation (sd; of x and y: "
     "the root of their summed variances), or the recurrence rate off the main diagonal that the "
     "threshold shall give (rate, 0 to 1).",
     NULL, 7, TD_CHOICE, 0, CHOICE("absolute"), NONE, NONE, NONE, eps_units},
    {"profile",
     "Conventions in which programs differ: main diagonal, denominator of RR, "
     "logarithm.",
     NULL, 8, TD_CHOICE, 0, CHOICE("marwan"), NONE, NONE, NONE, rqa_profile_names},
    {"theiler_diagonal",
     "Points nearer than this to the main diagonal are left out of diagonal "
     "lines and of RR; -1: as the profile says.",
     "samples", 9, TD_INT, TD_PARAM_ADVANCED, INT(-1), INT(-1), INT(1000000000), INT(1), NULL},
    {"theiler_vertical",
     "Points nearer than this to the main diagonal are left out of vertical "
     "lines, which they break; -1: as the profile says.",
     "samples", 10, TD_INT, TD_PARAM_ADVANCED, INT(-1), INT(-1), INT(1000000000), INT(1), NULL},
    {"strict", "Two delay vectors recur only when their distance is less than the threshold.", NULL,
     11, TD_BOOL, TD_PARAM_ADVANCED, BOOL(false), NONE, NONE, NONE, NULL},
    {"isa", "Instructions of the line kernels; all give the same integers.", NULL, 12, TD_CHOICE,
     TD_PARAM_ADVANCED, CHOICE("auto"), NONE, NONE, NONE, isas},
    {"device_float",
     "How a device adds up distances: in float64, or in float32 and again in float64 where that "
     "does not decide; auto: as it is fast. Both give the same integers.",
     NULL, 13, TD_CHOICE, TD_PARAM_ADVANCED, CHOICE("auto"), NONE, NONE, NONE, floats},
};

static const td_port inputs[] = {
    {"recordings",
     "One series of samples each, with the columns x and, where a mode reads it, "
     "y.",
     NULL, TD_F64, TD_PORT_RAGGED, "recording"},
};

#define POINT "recording,mode,m,tau,eps"
#define LINES POINT ",lmin"

static const td_port outputs[RQA_OUT_COUNT] = {
    [RQA_OUT_RR] = {"rr", "Recurrence rate: recurring points among all that count.", NULL, TD_F64,
                    0, POINT},
    [RQA_OUT_DET] = {"det", "Determinism: points on diagonal lines of at least lmin among all.",
                     NULL, TD_F64, 0, LINES},
    [RQA_OUT_L] = {"l", "Mean length of diagonal lines of at least lmin.", "samples", TD_F64, 0,
                   LINES},
    [RQA_OUT_LMAX] = {"lmax", "Longest diagonal line besides the main diagonal; 0: there is none.",
                      "samples", TD_I32, 0, POINT},
    [RQA_OUT_ENT] = {"ent",
                     "Shannon entropy of the lengths of diagonal lines of at least lmin, "
                     "in nats (profile gaze: bits).",
                     NULL, TD_F64, 0, LINES},
    [RQA_OUT_DIV] = {"div", "Divergence: 1 / lmax.", NULL, TD_F64, TD_PORT_EXTRA, POINT},
    [RQA_OUT_LAM] = {"lam", "Laminarity: points on vertical lines of at least vmin among all.",
                     NULL, TD_F64, TD_PORT_EXTRA, LINES},
    [RQA_OUT_TT] = {"tt", "Trapping time: mean length of vertical lines of at least vmin.",
                    "samples", TD_F64, TD_PORT_EXTRA, LINES},
    [RQA_OUT_VMAX] = {"vmax", "Longest vertical line; 0: there is none.", "samples", TD_I32,
                      TD_PORT_EXTRA, POINT},
    [RQA_OUT_VENT] = {"vent",
                      "Shannon entropy of the lengths of vertical lines of at least vmin, "
                      "in nats (profile gaze: bits).",
                      NULL, TD_F64, TD_PORT_EXTRA, LINES},
    [RQA_OUT_EPS_USED] = {"eps_used", "The threshold in units of the distance.", NULL, TD_F64,
                          TD_PORT_EXTRA, POINT},
    [RQA_OUT_SAMPLES] = {"samples", "Samples of the recording.", NULL, TD_I32, 0, "recording"},
    [RQA_OUT_NAN_SAMPLES] = {"nan_samples",
                             "Samples that are not finite numbers in a column that "
                             "a mode reads: they recur with nothing.",
                             NULL, TD_I32, 0, "recording"},
    [RQA_OUT_CONSTANT] = {"constant", "1 where the signal has one value only.", NULL, TD_U8, 0,
                          "recording,mode"},
};

static const char doc[] =
    "Recurrence quantification of each recording, on the whole grid in one pass.\n\n"
    "Delay vectors v(i) = (s(i), s(i + tau), .., s(i + (m - 1) tau)), i = 0..n-1, with n = samples "
    "- (m - 1) tau. The distance adds its terms in the order of the lag, x before y, in double "
    "precision; i and j recur when it is at most eps (strict: less). All counts are exact, and "
    "every device gives the same ones, hence the same measures to the last bit.\n\n"
    "P(l) is the number of diagonal lines of length l, N = sum P(l) and S = sum l P(l) over l >= "
    "lmin: det = S / sum over all l of l P(l); l = S / N; ent = -sum p ln p with p = P(l) / N; "
    "lam, tt and vent are the same for vertical lines.\n\n"
    "Edges: fewer than two delay vectors give NaN and a warning; no recurring point gives rr 0, "
    "lmax 0 and NaN for ratios; points but no line of lmin give det 0 and NaN for l and ent; "
    "samples that are not finite recur with nothing; eps = 0 is legal.\n\n"
    "Profiles. marwan, julia: the main diagonal is left out everywhere, rr is over n (n - 1). "
    "crqa: the same, rr over n^2. pyunicorn, pyrqa: rr, lam, tt and vent with the main diagonal, "
    "det, l and ent without (PyRQA computes in single precision, and rounds rr and ent to it). "
    "accrqa: with it. gaze: with it, entropies in bits. lmax never counts the main diagonal. With "
    "an explicit theiler_diagonal of w, rr leaves the same points out; profiles but marwan and "
    "julia still divide by n^2.\n\n"
    "Definitions: Marwan, Romano, Thiel, Kurths, Physics Reports 438 (2007) 237-329.";

const td_op rqa_measures_op = {
    .struct_size = sizeof(td_op),
    .param_size = sizeof(td_param),
    .port_size = sizeof(td_port),
    .since = 1000,
    .name = "rqa.measures",
    .title = "Recurrence quantification",
    .doc = doc,
    .item_name = "recording",
    .params = params,
    .inputs = inputs,
    .outputs = outputs,
    .param_count = sizeof params / sizeof params[0],
    .input_count = 1,
    .output_count = RQA_OUT_COUNT,
    .tolerance = 0,
};
