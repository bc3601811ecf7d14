/* bench.h - tandem-device-bench: what a device does with the kernels and with whole runs, beside
 * the CPU of the same machine. Every run that is timed is compared with the CPU's results, bit by
 * bit; a difference makes the program fail. Seconds are of CLOCK_MONOTONIC unless a field says that
 * they are of the device's own clock. Results are written after every row, so that a program that
 * is cut off leaves what it has measured, marked as incomplete. */
#ifndef TANDEM_BENCH_DEVICE_H
#define TANDEM_BENCH_DEVICE_H
#include <stdio.h>

#include "tandem/trace.h"
#include "tests/ops/ops.h"

#define BENCH_ROWS_MAX    64
#define BENCH_KERNELS_MAX 64
#define BENCH_REPEATS_MAX 64
#define BENCH_TEXT_MAX    192
/* What tandem-device-hold says of a GPU that only one process may open. */
#define BENCH_EXCLUSIVE "the GPU is in exclusive mode"

/* One kernel. Kernels of operations are timed in whole runs: launches, seconds and operations are
 * then those of the whole run, and operations are the most that there can be, as a sum that is
 * above all thresholds is not added up to its end. */
typedef struct bench_kernel {
    char name[48], size[96];         /* or of which run */
    bool whole_run;
    uint64_t launches;
    double seconds;                  /* median of one launch; or of all launches of the run */
    bool device_clock;               /* else the host's, with launch and wait */
    double bytes, operations;        /* of one launch */
    char operation_type;             /* 'f' float32, 'd' float64, 'i' int32, 0: none */
} bench_kernel;

/* One run of an operation, on the CPU and on the device. */
typedef struct bench_run {
    char name[96];
    uint64_t combinations;
    double cpu, device;              /* median; 0: did not run */
    double cpu_best, device_best, device_first;
    double published;                /* seconds that AccRQA publishes for an H100; 0: none */
    char published_note[BENCH_TEXT_MAX];
    bool equal, skipped;             /* skipped: neither equal nor a failure */
    char difference[BENCH_TEXT_MAX]; /* or why it did not run */
    td_report report;                /* of the best run on the device */
    char choice[512];                /* what "auto" says of this call, and why */
} bench_run;

typedef struct bench {
    const char *backend, *data, *hold, *json, *markdown, *table, *name;
    const char *folder[OPS_FOLDERS_MAX + 1];
    size_t device_index;
    bool quick;
    uint32_t threads;
    char device[64];                 /* "cuda:0" */
    char when[32], host[96], system[160];
    td_device_info info, cpu_info;
    td_device_rates rates;
    bench_kernel kernel[BENCH_KERNELS_MAX];
    uint32_t kernel_count;
    bench_run run[BENCH_ROWS_MAX];
    uint32_t run_count;
    uint32_t failures;
    bool complete;                   /* nothing is left to be measured */
} bench;

/* The samples of recordings, of which the bench owns the memory. */
typedef struct bench_data {
    uint64_t count;
    uint64_t *offset;
    double *x, *y;
    const double *column[2];         /* both, as a series has them */
    char title[96];
} bench_data;

double bench_now(void);
double bench_median(double *values, uint32_t count);    /* sorts them; 0 of none */

/* Writes what there is to the files that were asked for; each is replaced whole or not at all. */
bool bench_save(const bench *b);

/* data.c. Roessler: x of the system with a = b = 0.2, c = 5.7, steps of 0.2, as in
 * bench/peers/series.py. */
TD_MUST_USE td_status data_roessler(uint64_t count, bench_data *out, td_error *err);
/* Real recordings: every FOLDER/gaze/recordings/GROUP/SUBJECT/NAME.csv with columns x and y.
 * TD_E_NOT_FOUND when there are none. */
TD_MUST_USE td_status data_recordings(const char *folder, bench_data *out, td_error *err);
/* 305 recordings of the same lengths as a real study's, made up. */
TD_MUST_USE td_status data_made(uint64_t count, bench_data *out, td_error *err);
void data_destroy(bench_data *data);

/* kernels.c: fills b->kernel for the kernels that stand alone. */
TD_MUST_USE td_status kernels_time(bench *b, td_error *err);

/* runs.c */
typedef struct bench_call {
    const char *name;
    const char *const (*settings)[2];    /* ended by {NULL, NULL} */
    const char *outputs;                 /* extra ones, "lam,tt"; NULL: none */
    uint64_t combinations;
    uint32_t repeats;
    double published;
    const char *published_note;
    uint64_t budget;                     /* device_bytes_max; 0: none */
    td_fallback fallback;
    bool trace_kernels;                  /* adds the kernels of one run to b->kernel */
    double operations;                   /* of all its line kernels, at most */
} bench_call;
/* Adds a row. A failure of the device is the row's, not the caller's. */
void run_time(bench *b, td_engine *engine, const bench_call *call, bench_data *data);
/* The same with arguments that were made already, or could not be made: status, with its error. */
void run_time_args(bench *b, td_engine *engine, const bench_call *call, const td_args *args,
                   td_status status, td_error *err);
void runs_study(bench *b, td_engine *engine);
void runs_single(bench *b, td_engine *engine);
void runs_grid(bench *b, td_engine *engine);
void runs_budget(bench *b, td_engine *engine);
/* Beside a second process (b->hold) that holds nearly all of the device's memory. */
void runs_beside(bench *b, td_engine *engine);

/* market.c: backtests over a panel that is made up. */
void runs_market(bench *b, td_engine *engine);

/* write.c */
void write_json(const bench *b, FILE *file);
void write_markdown(const bench *b, FILE *file);
void write_table(const bench *b, FILE *file);

#endif
