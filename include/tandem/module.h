/* module.h - what an operation implements.
 *
 * The grain matters more than the names: an operation never sees "a parameter set", it sees a
 * block of the grid over some items of the data, and decides what to share inside it. A single
 * run is a grid of one point over all items. Everything else - queue, store, retry, cancel,
 * progress, fallback - is the engine's, written once, and knows units only.
 *
 * Examples of what one unit is:
 *   rqa.measures     one recording, one mode, one tau, every m, eps and lmin: one distance pass
 *   stats.groups     256 grid points: ranks and tests over the subjects
 *
 * Includes: libc and tandem.h only. A module never includes core/, a backend or a library. */
#ifndef TANDEM_MODULE_H
#define TANDEM_MODULE_H
#include "tandem/tandem.h"

#define TD_AXES_MAX 8                /* sweepable parameters of one operation */

/* ---- Errors ----------------------------------------------------------------------------- */

/* Fills err (which may be NULL) and returns status: return td_fail(err, TD_E_X, "...", ...). */
td_status td_fail(td_error *err, td_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* count * size, or TD_E_NO_MEMORY when that does not fit. */
TD_MUST_USE td_status td_bytes(uint64_t count, uint64_t size, size_t *bytes, td_error *err);

/* ---- The call, as the operation sees it -------------------------------------------------- */

/* One axis of the grid, in the order of the op's sweepable parameters. */
typedef struct td_axis {
    const char        *name;
    td_type            type;
    uint64_t           count;
    const double      *number;       /* TD_INT and TD_FLOAT: the values */
    const char *const *text;         /* always: the values as decimal text or choice */
} td_axis;

const td_op     *td_args_op(const td_args *args);
uint32_t         td_args_axis_count(const td_args *args);
const td_axis   *td_args_axis_at(const td_args *args, uint32_t index);
const td_axis   *td_args_axis(const td_args *args, const char *param);    /* NULL: no such */
td_value         td_args_get(const td_args *args, const char *param);     /* not sweepable ones */
const td_series *td_args_series(const td_args *args, const char *port);   /* NULL: unbound */
const td_array  *td_args_array(const td_args *args, const char *port);    /* NULL: unbound */
bool             td_args_wants(const td_args *args, const char *output);

/* Memory of the engine's allocator, 64-byte aligned, zeroed; NULL when there is none. */
void *td_alloc(td_engine *engine, size_t bytes);
void  td_free(td_engine *engine, void *memory);   /* NULL is fine */

/* ---- Units ------------------------------------------------------------------------------- */

typedef struct td_range { uint64_t first, count; } td_range;

typedef struct td_unit {
    uint64_t number;             /* its place in the plan: the same call gives the same numbers */
    td_range axis[TD_AXES_MAX];  /* the block: a run of values of every axis of the grid */
    td_range items;              /* recordings, symbols, pictures, paths */
    uint64_t host_bytes;         /* what it needs beside the shared state, planned before it runs */
    uint64_t device_bytes;
    double   cost;               /* relative: orders the queue, weighs the progress bar */
} td_unit;

typedef struct td_units td_units;    /* where plan() and split() put units */
/* The whole grid over all items, for plan() to start from. */
td_unit   td_unit_whole(const td_args *args, uint64_t item_count);
/* Appends a copy; its number is set by the engine. */
TD_MUST_USE td_status td_units_add(td_units *units, const td_unit *unit, td_error *err);

/* ---- What a running unit may use ---------------------------------------------------------- */

typedef struct td_work td_work;      /* one worker's place: scratch memory, help, cancellation */

/* 64-byte aligned scratch, not cleared, valid until the unit (or the part) returns; kept and
 * reused from unit to unit. NULL when there is no memory. */
void *td_work_memory(td_work *work, size_t bytes);
/* Runs part(context, i, its own work) for i in 0..count-1 on this worker and on idle ones, and
 * waits. Parts run in any order, so what they give must not depend on it (integer sums do not).
 * Returns the status of the lowest-numbered part that failed. */
typedef td_status (*td_part_fn)(void *context, uint64_t index, td_work *work, td_error *err);
TD_MUST_USE td_status td_work_parts(td_work *work, uint64_t count, td_part_fn part, void *context,
                                    td_error *err);
/* The same for a function that is no operation: from a thread that is no worker of the engine. */
TD_MUST_USE td_status td_engine_parts(td_engine *engine, uint64_t count, td_part_fn part,
                                      void *context, td_error *err);
uint32_t td_work_threads(const td_work *work);    /* workers that could help: 1 or more */
bool     td_work_cancelled(const td_work *work);  /* poll it at least every 50 ms */

/* The unit's part of one output variable: element (i, j, ..), counted from the unit's first
 * value in each dimension, is data[i * stride[0] + j * stride[1] + ..], in elements. */
typedef struct td_block {
    void    *data;
    uint32_t rank;
    uint64_t shape[TD_TABLE_RANK_MAX];
    int64_t  stride[TD_TABLE_RANK_MAX];
} td_block;

typedef struct td_result td_result;
/* False when the output is not wanted. index counts the op's outputs. */
bool td_result_block(td_result *result, uint32_t index, td_block *block);

/* ---- A device, for run_device -------------------------------------------------------------- */

typedef struct td_launcher td_launcher;   /* a device, a stream, and the kernels by name */
typedef struct td_memory   td_memory;     /* device memory; freed when the unit ends, at latest */

typedef struct td_kernel_arg {
    const void *data;        /* the value, or NULL for memory */
    uint32_t    bytes;       /* of the value */
    td_memory  *memory;
} td_kernel_arg;

TD_MUST_USE td_status td_launcher_alloc(td_launcher *device, size_t bytes, td_memory **out,
                                        td_error *err);
/* The device: what it is called, how much memory it has, what float64 costs on it. */
const td_device_info *td_launcher_info(const td_launcher *device);
/* False until then; a unit on a device polls it between launches. */
bool td_launcher_cancelled(const td_launcher *device);
/* All is done in order. When put returns, from may be changed; when get returns, to is filled and
 * all launches before it are done. Launches are not waited for; what a launch is given by value is
 * copied. Units on other streams copy and compute meanwhile. */
TD_MUST_USE td_status td_launcher_put(td_launcher *device, td_memory *to, size_t offset,
                                      const void *from, size_t bytes, td_error *err);
TD_MUST_USE td_status td_launcher_get(td_launcher *device, void *to, const td_memory *from,
                                      size_t offset, size_t bytes, td_error *err);
TD_MUST_USE td_status td_launcher_launch(td_launcher *device, const char *kernel, uint32_t groups,
                                         const td_kernel_arg *args, uint32_t arg_count,
                                         td_error *err);
TD_MUST_USE td_status td_launcher_wait(td_launcher *device, td_error *err);

/* ---- What a unit takes, for the choice of a device ----------------------------------------- */

typedef struct td_estimate {
    double cpu_seconds;              /* on one core of an ordinary machine */
    double float32, float64, int32;  /* operations on a device; of the floats one is 0 */
    double host_seconds;             /* of one core, beside the device: reading its results */
    double bytes_to_device, bytes_to_host;
    double launches;
} td_estimate;

/* ---- The operation -------------------------------------------------------------------------- */

/* The engine's table of results, for finish(): totals over all units. */
void *td_table_data(td_table *table, const char *var);        /* NULL: no such, or not wanted */
/* Adds a line to the attribute "warnings" and counts it in the report. */
TD_MUST_USE td_status td_table_warn(td_table *table, td_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

typedef struct td_op_impl {
    uint32_t     struct_size;
    const td_op *op;             /* the table: name, parameters, inputs, outputs, documentation */
    const char *const *kernels;  /* what run_device launches, ended by NULL; NULL: none */

    /* Reads and lays out the data once for all units; checks what only the data can tell.
     * The state is shared by all workers and must not change after open. */
    td_status (*open)(td_engine *engine, const td_args *args, void **state, uint64_t *item_count,
                      td_error *err);
    /* Cuts the work into units of about 10 ms to 1 s that fit the budgets in bytes. Must not
     * depend on the number of threads, so that a resumed run finds its units; for the same
     * reason host_bytes and device_bytes are powers of two. device_bytes is UINT64_MAX on the
     * CPU; where it is not, units should be as large as keeps a device busy for 10 ms or more. */
    td_status (*plan)(const void *state, uint64_t host_bytes, uint64_t device_bytes,
                      td_units *units, td_error *err);
    /* Cuts one unit smaller, for a device or budget that could not hold it; TD_E_OUT_OF_RANGE
     * if it cannot. The parts cover the unit exactly. NULL: cannot split. */
    td_status (*split)(const void *state, const td_unit *unit, td_units *units, td_error *err);
    /* Computes a unit. Both give the same result; a unit may be run twice, by either. */
    td_status (*run_cpu)(const void *state, const td_unit *unit, td_work *work,
                         td_result *result, td_error *err);
    td_status (*run_device)(const void *state, const td_unit *unit, td_launcher *device,
                            td_result *result, td_error *err);      /* NULL: the CPU only */
    /* After the last unit: what is told by the whole table. NULL is fine. */
    td_status (*finish)(const void *state, td_table *table, td_error *err);
    void      (*close)(void *state);                                 /* NULL is fine */

    /* Adds what the unit takes to *estimate. device is what would run it. NULL: the engine never
     * chooses a device for this operation by itself. */
    void      (*estimate)(const void *state, const td_unit *unit, const td_device_info *device,
                          td_estimate *estimate);
} td_op_impl;

/* Arguments for an operation that the engine does not list, made for this call alone. impl and
 * what it points to must outlive the arguments and what is made of them. Checked as those that an
 * engine is given: TD_E_BAD_ARGUMENT names what is wrong in its table. */
TD_MUST_USE td_status td_args_create_op(td_engine *engine, const td_op_impl *impl, td_args **out,
                                        td_error *err);

/* The operations linked into this library, ended by NULL: modules/table.c. */
extern const td_op_impl *const td_builtin_ops[];

/* ---- Where finished units are kept (io/ implements it on SQLite) ----------------------------- */

/* identity is a canonical JSON text of operation, version, parameters, grid and a hash of the
 * data. begin answers TD_E_BAD_ARGUMENT, naming the first difference, when what is stored
 * belongs to another identity, and TD_E_CORRUPT when it cannot be trusted. */
typedef struct td_store {
    uint32_t struct_size;
    void    *context;
    td_status (*begin)(void *context, const char *identity, td_error *err);
    /* Calls visit for each durable unit; one that fails its checksum is left out. */
    td_status (*load)(void *context,
                      td_status (*visit)(void *visitor, const td_unit *unit, const void *data,
                                         size_t bytes, td_error *err),
                      void *visitor, td_error *err);
    /* Takes a unit into the current batch. One thread calls at a time. */
    td_status (*keep)(void *context, const td_unit *unit, const void *data, size_t bytes,
                      td_error *err);
    /* When it returns, all units kept so far survive a kill -9 and a loss of power. */
    td_status (*flush)(void *context, td_error *err);
} td_store;

#endif
