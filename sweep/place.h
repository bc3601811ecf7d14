/* place.h - the devices of a run: what each may hold, how many units at a time, how fast it is.
 *
 * A unit is on one place from when it is taken until it is handed in; it may change places in
 * between. How many units are on a device follows from their planned bytes and what is free
 * there; it falls when a unit finds no memory, and rises again, slowly, while units do well. */
#ifndef TANDEM_SWEEP_PLACE_H
#define TANDEM_SWEEP_PLACE_H
#include <stdatomic.h>

#include "core/device.h"
#include "sweep/busy.h"

#define PLACE_CALM 8                 /* units that do well before one more is let in */
#define PLACE_BYTES_MIN ((uint64_t)1 << 16)  /* planned for, when less is free and none given */

struct sweep;

/* Memory of all launchers of one run on one device, and the limit that its options set. */
typedef struct launcher_count {
    uint64_t max;                    /* 0: none but the device's own */
    _Atomic uint64_t used, peak;
} launcher_count;

/* What was done on a device. */
typedef struct place_work {
    double seconds_copy, seconds_kernel;
    uint64_t bytes_to_device, bytes_to_host, launches;
} place_work;

typedef struct sweep_place {
    /* Set before the first unit. */
    td_device *device;               /* NULL: there is no device of this number */
    bool chosen, fit_before;
    uint64_t bytes_max;              /* planned, of all its units; UINT64_MAX: any */
    launcher_count memory;
    /* Under the run's lock. */
    uint64_t bytes_now;              /* as bytes_max, as things are */
    uint64_t used;                   /* planned bytes of the units that are here */
    uint32_t running, running_max;
    uint32_t allowed, calm;          /* units at one time; that did well since that changed */
    uint64_t units;
    double cost, seconds;            /* of what was done, and the workers' time for it */
    place_work work;
    busy busy;
} sweep_place;

/* What runs may take of the device: options.device_bytes_max, or what is free when that is less
 * or not given. UINT64_MAX: any. */
uint64_t place_bytes(const struct sweep *run, const td_device *device);
/* Readies the CPU's place and, if backends are loaded, those of all other devices; may be called
 * again when they are. */
void place_init_all(struct sweep *run);
/* Marks the device as one that units are dealt to. */
void place_choose(struct sweep *run, td_device *device);
void place_free_all(struct sweep *run);
sweep_place *place_of(struct sweep *run, const td_device *device);

/* Under the run's lock. A unit alone on a place is let in whatever it needs: if that is too much,
 * it will be split. */
bool place_admits(const sweep_place *place, const td_unit *unit);
/* Under the run's lock. Whether a faster place would end this unit earlier, though it has all that
 * waits to do first: at the end of a run a slow device only holds it up. */
bool place_leaves(const struct sweep *run, const sweep_place *place, const td_unit *unit);
/* Under the run's lock. */
void place_enter(sweep_place *place, const td_unit *unit);
void place_leave(sweep_place *place, const td_unit *unit);

/* The unit found no memory there: fewer at a time, by what is free now. Takes the lock. */
void place_squeezed(struct sweep *run, sweep_place *place);
/* The part was done there in this time. Takes the lock. */
void place_done(struct sweep *run, sweep_place *place, const td_unit *part, busy_span time);
/* Takes over, and clears, what a launcher did. Takes the lock. */
void place_work_add(struct sweep *run, sweep_place *place, place_work *work, busy_span *span,
                    uint32_t *span_count);

#endif
