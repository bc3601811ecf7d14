/* bench.h - what `tandem bench` is made of: the machine's limits and generated recordings. */
#ifndef TANDEM_CLI_BENCH_H
#define TANDEM_CLI_BENCH_H
#include "cli/work.h"

#define BENCH_PATHS 3
extern const char *const bench_path[BENCH_PATHS]; /* "plain", "avx2", "avx512" */

double bench_seconds(void);

/* ---- bench_limits.c --------------------------------------------------------------------- */

/* Additions of doubles, each followed by a comparison, that one core does in a second with the
 * instructions of a path; 0 where this processor or build has not got them. */
double bench_peak(const char *path);
/* Bytes per second of the triad a = b + s c over arrays of that many bytes each, all threads;
 * 0 when there is no memory for it. */
double bench_triad(td_engine *engine, size_t bytes);

/* ---- bench_data.c ----------------------------------------------------------------------- */

typedef struct bench_data {
    td_series series;
    uint64_t *offset;
    double *column[2];
    const double *view[2];
    char *names;
    const char **name;
} bench_data;

/* Made-up gaze: fixations with noise, saccades between them; the same on every call. items
 * recordings of least to most samples. data must be {0}; free it in every case. */
TD_MUST_USE td_status bench_gaze(bench_data *data, uint64_t items, uint64_t least, uint64_t most,
                                 td_error *err);
void bench_data_free(bench_data *data);
/* Writes the recordings as FOLDER/GROUP/SUBJECT/NAME.csv, five to a subject, three groups. */
TD_MUST_USE td_status bench_write(const bench_data *data, const char *folder, td_error *err);

#endif
