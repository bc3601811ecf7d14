/* ops_table.c - compares the results of two runs, and asks what a device did in one. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ops.h"

/* Both NaN is the same, whatever their bits. */
static bool same_value(td_dtype type, const void *a, const void *b, uint64_t i)
{
    if (type == TD_F64) {
        const double x = ((const double *)a)[i], y = ((const double *)b)[i];
        return memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y));
    }
    if (type == TD_U8) return ((const uint8_t *)a)[i] == ((const uint8_t *)b)[i];
    return ((const int32_t *)a)[i] == ((const int32_t *)b)[i];
}

uint64_t ops_tables_compare(const td_table *wanted, const td_table *got, char *detail, size_t size)
{
    uint64_t compared = 0;
    td_var a, b;
    for (uint32_t v = 0; td_table_var(wanted, v, &a); ++v) {
        if (!td_table_find_var(got, a.name, &b) || a.count != b.count || a.dtype != b.dtype) {
            snprintf(detail, size, "%s is not there in the same shape", a.name);
            return 0;
        }
        for (uint64_t i = 0; i < a.count; ++i) {
            if (same_value(a.dtype, a.data, b.data, i)) continue;
            snprintf(detail, size, "%s differs at %" PRIu64 " of %" PRIu64, a.name, i, a.count);
            if (a.dtype == TD_F64)
                snprintf(detail + strlen(detail), size - strlen(detail), ": %.17g, should be %.17g",
                         ((const double *)b.data)[i], ((const double *)a.data)[i]);
            return 0;
        }
        compared += a.count;
    }
    if (compared == 0) snprintf(detail, size, "nothing to compare");
    return compared;
}

uint64_t ops_launches(const td_report *report, const char *device)
{
    for (uint32_t i = 0; i < report->device_count && i < TD_REPORT_DEVICES_MAX; ++i)
        if (strcmp(report->devices[i].name, device) == 0) return report->devices[i].launches;
    return 0;
}
