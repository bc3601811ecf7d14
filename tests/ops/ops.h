/* ops.h - the frame of tandem-ops: devices behind their plug-ins, kernels launched on them by
 * name, memory whose every byte is accounted for, and rows that say pass, FAIL or skipped.
 *
 * A row belongs to one kernel of the table in kernels/, or to one operation. It makes fresh random
 * input, computes what should come out in plain C, runs the device, and reports each case that it
 * tried with one line. bench/device has the same frame, so that what is timed is what is tested. */
#ifndef TANDEM_TEST_OPS_H
#define TANDEM_TEST_OPS_H
#include <limits.h>
#include <stdio.h>

#include "kernels/kernels.h"
#include "tandem/backend.h"
#include "tandem/module.h"

/* SMALL runs under emulators and sanitizers, DEFAULT at sizes of real work, LARGE wants a GPU. */
typedef enum ops_size { OPS_SMALL = 0, OPS_DEFAULT = 1, OPS_LARGE = 2 } ops_size;

#define OPS_BUFFERS_MAX 32
#define OPS_FOLDERS_MAX 4
#define OPS_NAME_MAX    32

/* ---- A device: ops_device.c ------------------------------------------------------------------ */

typedef struct ops_device {
    char name[OPS_NAME_MAX];         /* of the backend: "cuda" */
    char folder[PATH_MAX];           /* of its plug-in */
    void *library;
    td_backend backend;              /* a copy: functions that an older plug-in lacks are NULL */
    td_backend_device *device;
    td_stream *stream;
    td_device_info info;
} ops_device;

/* Opens device number index of tandem-backend-NAME.so in the first folder that has it; folders
 * ends with NULL. TD_E_NOT_FOUND: there is no such plug-in; TD_E_NO_DEVICE: it is there but has no
 * device, or cannot work on this machine. */
TD_MUST_USE td_status ops_device_open(const char *name, const char *const *folders, size_t index,
                                      ops_device *out, td_error *err);
void ops_device_close(ops_device *device);    /* all 0 is fine */

/* ---- Rows and their cases -------------------------------------------------------------------- */

typedef struct ops_run {
    ops_size size;
    uint64_t seed;
    uint32_t threads;                /* of an engine; 0: one for each core */
    unsigned passed, failed, skipped;
} ops_run;

/* Memory on the device, with a guard behind it that nothing may write to. */
typedef struct ops_buffer {
    void *memory;
    size_t bytes;
    uint64_t poison;                 /* what its guard and unwritten bytes are made from */
} ops_buffer;

typedef struct ops_case {
    ops_run *run;
    ops_device *device;
    const char *row;                 /* of the kernel or operation */
    uint64_t random;                 /* state of ops_random */
    ops_buffer buffer[OPS_BUFFERS_MAX];
    unsigned buffer_count;
} ops_case;

/* run tries its cases and reports them. What it returns is an error of the device or of the host
 * that kept it from going on; the frame reports that as a failure. */
typedef struct ops_row {
    const char *name;
    td_status (*run)(ops_case *c, td_error *err);
} ops_row;

extern const ops_row ops_kernel_rows[];       /* ended by a NULL name: ops_rows.c */
extern const ops_row ops_operation_rows[];
const ops_row *ops_row_find(const ops_row *rows, const char *name);    /* NULL: no such */

/* size is what was tried, "n 1000003, 7 groups". Each prints one line and counts it. */
void ops_pass(ops_case *c, const char *size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void ops_fail(ops_case *c, const char *size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void ops_skip(ops_case *c, const char *size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Passes when all bytes are the same; else fails and shows the first that differs. */
void ops_equal(ops_case *c, const char *size, td_dtype type, const void *wanted, const void *got,
               uint64_t count);

/* Of the three values the one for the size of this run. */
uint64_t ops_pick(const ops_case *c, uint64_t small, uint64_t normal, uint64_t large);
uint64_t ops_random(ops_case *c);
uint64_t ops_random_below(ops_case *c, uint64_t end);       /* 0 .. end - 1; end is not 0 */
double   ops_random_unit(ops_case *c);                      /* 0 .. 1, without 1 */
void     ops_random_fill(ops_case *c, void *data, size_t bytes);

/* ---- What a row does on its device: ops_case.c --------------------------------------------- */

/* Memory with this content, or with poison where from is NULL. It lives until the row ends. */
TD_MUST_USE td_status ops_memory(ops_case *c, const void *from, size_t bytes, ops_buffer **out,
                                 td_error *err);
/* Writes poison (from NULL) or content again. */
TD_MUST_USE td_status ops_put(ops_case *c, ops_buffer *to, const void *from, td_error *err);
/* Waits and reads it whole. TD_E_CORRUPT when a guard was written to. */
TD_MUST_USE td_status ops_get(ops_case *c, void *to, ops_buffer *from, td_error *err);
/* Launches a kernel of the table. The arguments follow in its order: ops_buffer * for a buffer,
 * int for i, unsigned for u, int64_t for l, double for f and d. */
TD_MUST_USE td_status ops_launch(ops_case *c, td_error *err, uint32_t groups, const char *kernel,
                                 ...);
TD_MUST_USE td_status ops_wait(ops_case *c, td_error *err);
void ops_case_end(ops_case *c);               /* frees the buffers */
/* Host memory of the row, never NULL on TD_OK; the caller frees it. */
TD_MUST_USE td_status ops_host(uint64_t count, size_t size, void **out, td_error *err);

/* ---- Operations: ops_table.c ---------------------------------------------------------------- */

/* The number of values that are the same bits (all NaN are one); where one is not, says so in
 * detail and answers 0. */
uint64_t ops_tables_compare(const td_table *wanted, const td_table *got, char *detail, size_t size);
uint64_t ops_launches(const td_report *report, const char *device);

#endif
