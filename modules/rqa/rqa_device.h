/* rqa_device.h - a unit of "rqa.measures" on a device.
 *
 * The unit's lines come in sets: one for each recording, mode, tau, m and kind of line. Sets are
 * gathered in batches as large as the planned memory; a batch is a handful of launches, and what
 * they counted is turned into measures on the host, by the same functions as the CPU's counts.
 * A set whose counts could pass 32 bits is a batch of its own, with a second, wide set of counts
 * that takes the narrow ones up after every few launches. */
#ifndef TANDEM_RQA_DEVICE_H
#define TANDEM_RQA_DEVICE_H
#include "rqa_block.h"
#include "rqa_guard.h"
#include "rqa_job.h"

/* Positions of one set that 32 bits surely count: of two neighbours at most one starts a line. A
 * test lowers it, to see what long recordings do. */
#ifndef RQA_NARROW_MAX
#define RQA_NARROW_MAX (UINT64_C(1) << 31)
#endif

/* How much of everything a unit has room for, and what it takes in all. */
typedef struct rqa_room {
    uint64_t samples; /* of all signals, with their padding */
    uint64_t sets, jobs, limits;
    uint64_t slots;  /* counts of a batch */
    uint64_t wide;   /* counts of the largest set that needs wide ones; 0: none does */
    uint64_t packed; /* counts that are read back at a time */
    uint64_t counts; /* bytes of them on the host */
    uint64_t stage;  /* samples that are rounded at a time */
    uint64_t least;  /* slots of the largest set: there is no smaller batch */
    uint64_t host_bytes, device_bytes;
} rqa_room;

typedef struct rqa_set {
    uint64_t item;
    uint32_t mode_at, tau_at, m, main_level;
    uint32_t lines, limit; /* where its counts and limits begin in the batch */
    int32_t first, last;   /* lines */
    int32_t vectors;
    bool rows, wide;
} rqa_set;

typedef struct rqa_device {
    rqa_block block;
    rqa_room room;
    td_launcher *launcher;
    bool float32;

    rqa_set *set;
    rqa_job *job;
    double *limit;
    float *guard; /* below and above of each limit */
    int32_t *longest, *piece;
    void *count;
    float *stage;

    td_memory *samples, *rounded, *jobs, *limits, *guards, *lines, *total, *longests, *pieces,
        *packed;
    int64_t sample_first[RQA_SIGNAL_COUNT]; /* of the unit's first recording */

    /* The batch in hand. */
    uint32_t set_count, job_count, limit_count;
    uint64_t slot_count;
    uint64_t limit_item, limit_mode, limit_m; /* what the last limits were made for */
    rqa_scale scale;                          /* of scale_samples */
    const rqa_samples *scale_samples;
    uint32_t group_count, stretch;
    double launch_positions; /* how many the next launch may take; 0: not known yet */
} rqa_device;

/* ---- rqa_device_plan.c ----------------------------------------------------------------------- */

/* Room that takes device_bytes at most, where a batch of one set does not need more. */
void rqa_room_measure(const rqa_state *state, const td_unit *unit, uint64_t device_bytes,
                      rqa_room *room);
/* True if kernels can number its samples, counts and lines with 32 bits. */
bool rqa_room_fits(const rqa_state *state, const td_unit *unit, const rqa_room *room);
/* Host memory: lays it out from base, or only answers its bytes when base is NULL. The block comes
 * first; *scratch is for rqa_block_open. */
uint64_t rqa_device_place(rqa_device *device, char *base, void **scratch);
/* ---- rqa_estimate.c ---------------------------------------------------------------------------
 */

void rqa_estimate(const void *state, const td_unit *unit, const td_device_info *device,
                  td_estimate *estimate);

/* ---- rqa_device.c ---------------------------------------------------------------------------- */

td_status rqa_run_device(const void *state, const td_unit *unit, td_launcher *launcher,
                         td_result *result, td_error *err);

/* ---- rqa_device_lines.c ---------------------------------------------------------------------- */

/* Counts the lines of all sets of the batch, and reads the longest of each. */
td_status rqa_batch_count(rqa_device *device, td_error *err);

/* ---- rqa_device_read.c ----------------------------------------------------------------------- */

/* Reads the counts of the batch and writes its measures. */
td_status rqa_batch_read(rqa_device *device, td_error *err);

/* One element of a launch's arguments. */
static inline td_kernel_arg rqa_value(const void *value)
{
    return (td_kernel_arg){value, 4, NULL};
}
static inline td_kernel_arg rqa_memory(td_memory *memory)
{
    return (td_kernel_arg){NULL, 0, memory};
}

extern const char *const rqa_kernels[];

#endif
