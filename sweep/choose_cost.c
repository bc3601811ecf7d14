/* choose_cost.c - what a plan is thought to take, on the CPU and on a device. */
#include "sweep/choose_cost.h"

#include <math.h>

static td_estimate units_estimate(const sweep *run, const td_units *units,
                                  const td_device_info *info)
{
    td_estimate sum = {0};
    for (uint64_t i = 0; i < units->count; ++i)
        run->impl->estimate(run->state, &units->unit[i], info, &sum);
    return sum;
}

double cost_on_cpu(const sweep *run, const td_units *units)
{
    td_device_info info = TD_DEVICE_INFO_INIT;
    (void)!td_device_describe(run->cpu, &info, NULL);
    const td_estimate sum = units_estimate(run, units, &info);
    return sum.cpu_seconds / pool_threads(engine_pool(run->engine));
}

/* Nothing of what cannot be done takes no time. */
static double take(double amount, double per_second)
{
    if (!(amount > 0.0)) return 0.0;
    return per_second > 0.0 ? amount / per_second : (double)INFINITY;
}

td_status cost_on_device(const sweep *run, const td_units *units, td_device *device,
                         double *seconds, td_error *err)
{
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_device_rates rates = TD_DEVICE_RATES_INIT;
    td_status status = td_device_describe(device, &info, err);
    if (!status) status = device_measure(device, COST_MEASURE_SECONDS, &rates, err);
    if (status) return status;
    const td_estimate sum = units_estimate(run, units, &info);
    const double copies =
        take(sum.bytes_to_device, rates.to_device) + take(sum.bytes_to_host, rates.to_host);
    const double ops = take(sum.float32, rates.float32) + take(sum.float64, rates.float64) +
                       take(sum.int32, rates.int32);
    *seconds = sum.launches * rates.launch_seconds + copies + ops / COST_EFFICIENCY +
               sum.host_seconds / pool_threads(engine_pool(run->engine));
    return TD_OK;
}
