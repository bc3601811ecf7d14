/* test_device_plan.c - units for a device: they fit it, there are enough of them, they run within
 * what they plan, and what does not fit is cut until it does. */
#include "modules/rqa/rqa_device.h"
#include "sweep/plan.h"

#include "measures.h"

#define LONG 200000
#define GIB  (UINT64_C(1) << 30)
#define MIB  (UINT64_C(1) << 20)

static double track_x[LONG], track_y[LONG];

/* An operation that is open on some recordings. */
typedef struct opened {
    td_engine *engine;
    td_args *args;
    void *state;
    uint64_t items;
    td_units units;
} opened;

static opened open_on(const recordings *data, const setting *settings)
{
    opened o = {engine_of(1, 0), NULL, NULL, 0, {0}};
    td_error err = TD_ERROR_INIT;
    static const td_allocator allocator = {NULL, NULL};
    CHECK_STATUS(TD_OK, measures_args(o.engine, data, settings, MEASURES_ALL, &o.args, &err), &err);
    CHECK_STATUS(TD_OK, rqa_open(o.engine, o.args, &o.state, &o.items, &err), &err);
    units_init(&o.units, &allocator);
    return o;
}

static void opened_close(opened *o)
{
    units_free(&o->units);
    rqa_close(o->state);
    td_args_destroy(o->args);
    td_engine_destroy(o->engine);
}

static void plan_on(opened *o, uint64_t host_bytes, uint64_t device_bytes)
{
    td_error err = TD_ERROR_INIT;
    const td_unit whole = td_unit_whole(o->args, o->items);
    CHECK_STATUS(TD_OK, rqa_plan(o->state, host_bytes, device_bytes, &o->units, &err), &err);
    CHECK_STATUS(TD_OK, units_check("test", &o->units, &whole, RQA_AXIS_COUNT, &err), &err);
}

/* A unit's own numbers: planned again from its bytes it takes no more. */
static void unit_check(const opened *o, const td_unit *unit)
{
    rqa_room room;
    rqa_room_measure(o->state, unit, unit->device_bytes, &room);
    CHECK(room.device_bytes <= unit->device_bytes);
    CHECK(room.host_bytes <= unit->host_bytes);
    CHECK(room.slots >= room.least);
}

/* The study that a device of 2 GiB must do: 100 sets of 200,001 lengths and 52 columns. */
static const setting study[] = {
    {"mode", "x:l2"}, {"m", "1:10"}, {"tau", "6"}, {"eps", "0.5:1:0.01"}, {NULL, NULL}};

TEST(a_long_recording_fits_a_small_device)
{
    const recordings data = {1, {0, LONG}, track_x, track_y, NULL};
    opened o = open_on(&data, study);
    plan_on(&o, 16 * GIB, 2 * GIB);
    printf("  %d units of at most", (int)o.units.count);
    uint64_t most = 0;
    for (uint64_t i = 0; i < o.units.count; ++i) {
        unit_check(&o, &o.units.unit[i]);
        most = o.units.unit[i].device_bytes > most ? o.units.unit[i].device_bytes : most;
    }
    printf(" %d MiB\n", (int)(most / MIB));
    CHECK(o.units.count >= 8);
    CHECK(most <= GIB / 2);
    opened_close(&o);
}

/* On 64 MiB one set with all thresholds does not fit: they are cut apart. */
TEST(thresholds_are_cut_apart_where_one_set_does_not_fit)
{
    const recordings data = {1, {0, LONG}, track_x, track_y, NULL};
    opened o = open_on(&data, study);
    plan_on(&o, 16 * GIB, 64 * MIB);
    for (uint64_t i = 0; i < o.units.count; ++i) {
        unit_check(&o, &o.units.unit[i]);
        CHECK(o.units.unit[i].device_bytes <= 32 * MIB);
        CHECK(o.units.unit[i].axis[RQA_AXIS_EPS].count < 51);
    }
    opened_close(&o);
}

/* Where one threshold does not fit, to cut them apart would cost passes and help nothing: such a
 * recording is left whole, for the CPU; when all are such, there is no plan for the device. */
TEST(thresholds_are_not_cut_apart_in_vain)
{
    const recordings mixed = {2, {0, 5000, 5050}, track_x, track_y, NULL};
    const recordings large = {1, {0, 5000}, track_x, track_y, NULL};
    const setting settings[] = {
        {"mode", "x:l2"}, {"m", "1:3"}, {"tau", "1"}, {"eps", "0.1:2:0.1"}, {NULL, NULL}};
    opened o = open_on(&mixed, settings);
    plan_on(&o, 4 * GIB, 1 << 16);
    bool fits = false;
    for (uint64_t i = 0; i < o.units.count; ++i) {
        const td_unit *unit = &o.units.unit[i];
        fits |= unit->device_bytes <= 1 << 16;
        if (unit->items.first == 0) CHECK_INT(20, unit->axis[RQA_AXIS_EPS].count);
    }
    CHECK(fits);
    opened_close(&o);
    o = open_on(&large, settings);
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, rqa_plan(o.state, 4 * GIB, 1 << 16, &o.units, &err), &err);
    CHECK_HAS("allowed 65536", err.message);
    opened_close(&o);
}

/* Split again and again, always the last part: it ends, and each part takes less, or is a single
 * point. */
TEST(splitting_ends)
{
    const recordings data = {3, {0, 5000, 5000, 9000}, track_x, track_y, NULL};
    const setting settings[] = {{"mode", "x:l2,xy:l1"}, {"m", "1:4"},    {"tau", "1:3"},
                                {"eps", "0.1:2:0.1"},   {"lmin", "2,3"}, {NULL, NULL}};
    opened o = open_on(&data, settings);
    td_error err = TD_ERROR_INIT;
    plan_on(&o, 4 * GIB, 256 * MIB);
    td_unit unit = o.units.unit[0];
    int depth = 0;
    for (;; ++depth) {
        td_units parts;
        units_init(&parts, o.units.allocator);
        const td_status status = rqa_split(o.state, &unit, &parts, &err);
        if (status) {
            CHECK_INT(TD_E_OUT_OF_RANGE, status);
            units_free(&parts);
            break;
        }
        CHECK_INT(2, parts.count);
        CHECK_STATUS(TD_OK, units_check("split", &parts, &unit, RQA_AXIS_COUNT, &err), &err);
        const uint64_t before = unit.device_bytes;
        unit = parts.unit[1];
        unit_check(&o, &unit);
        CHECK(unit.device_bytes <= before);
        units_free(&parts);
        CHECK(depth < 24);
    }
    CHECK_INT(1, unit.items.count);
    for (int a = 0; a < RQA_AXIS_COUNT; ++a)
        CHECK_INT(1, unit.axis[a].count);
    printf("  %d deep, %d KiB at last\n", depth, (int)(unit.device_bytes / 1024));
    opened_close(&o);
}

TEST(a_large_job_has_units_for_several_streams)
{
    recordings data = {40, {0}, track_x, track_y, NULL};
    const setting settings[] = {
        {"mode", "x:l2"}, {"m", "1:10"}, {"tau", "1:10"}, {"eps", "0.5:1:0.01"}, {NULL, NULL}};
    for (uint64_t i = 0; i <= data.count; ++i)
        data.offset[i] = i * 5000;
    opened o = open_on(&data, settings);
    plan_on(&o, 16 * GIB, 16 * GIB);
    double cost = 0;
    for (uint64_t i = 0; i < o.units.count; ++i) {
        unit_check(&o, &o.units.unit[i]);
        CHECK(o.units.unit[i].device_bytes <= 4 * GIB);
        cost += o.units.unit[i].cost;
    }
    printf("  %d units of %.1f s on a core\n", (int)o.units.count,
           cost / 1e3 / (double)o.units.count);
    CHECK(o.units.count >= 8 && o.units.count <= 200);
    opened_close(&o);
}

TEST(a_small_job_is_not_cut)
{
    const recordings data = {2, {0, 500, 1000}, track_x, track_y, NULL};
    const setting settings[] = {{"m", "1:5"}, {"eps", "0.1:1:0.1"}, {NULL, NULL}};
    opened o = open_on(&data, settings);
    plan_on(&o, 16 * GIB, 16 * GIB);
    CHECK_INT(1, o.units.count);
    unit_check(&o, &o.units.unit[0]);
    CHECK(o.units.unit[0].device_bytes < 8 * MIB);
    opened_close(&o);
}

/* The estimate grows with the work, and of the floats one is 0. */
TEST(an_estimate_is_told)
{
    const setting settings[] = {{"m", "1:5"}, {"eps", "0.1:1:0.1"}, {NULL, NULL}};
    double last = 0;
    for (uint64_t samples = 1000; samples <= 16000; samples *= 4) {
        const recordings data = {1, {0, samples}, track_x, track_y, NULL};
        for (uint32_t cost = 2; cost <= 64; cost *= 32) {
            opened o = open_on(&data, settings);
            td_device_info info = TD_DEVICE_INFO_INIT;
            td_estimate e = {0, 0, 0, 0, 0, 0, 0, 0};
            info.float64_cost = cost;
            plan_on(&o, 16 * GIB, 16 * GIB);
            for (uint64_t i = 0; i < o.units.count; ++i)
                rqa_estimate(o.state, &o.units.unit[i], &info, &e);
            CHECK((e.float32 == 0) == (cost == 2) && (e.float64 == 0) == (cost == 64));
            CHECK(e.cpu_seconds > last && e.int32 > 0 && e.launches > 0);
            CHECK(e.bytes_to_device >= (double)samples * 8 && e.bytes_to_host > 0);
            CHECK(e.host_seconds > 0 && e.host_seconds < e.cpu_seconds);
            if (cost == 64) last = e.cpu_seconds;
            opened_close(&o);
        }
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(a_long_recording_fits_a_small_device),
                                     RUN(thresholds_are_cut_apart_where_one_set_does_not_fit),
                                     RUN(thresholds_are_not_cut_apart_in_vain),
                                     RUN(splitting_ends),
                                     RUN(a_large_job_has_units_for_several_streams),
                                     RUN(a_small_job_is_not_cut),
                                     RUN(an_estimate_is_told),
                                     {0}});
}
