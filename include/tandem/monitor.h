/* monitor.h - what the devices of this machine are doing: samples at a steady pace, the newest
 * kept. It needs no engine and opens no device: GPUs are read through NVIDIA's management library
 * (NVML), which is loaded if it is there; the CPU, always the last, from /proc and /sys.
 *
 * A monitor costs nothing before it is made and after it is destroyed; while it lives, one thread
 * that wakes up at every period. */
#ifndef TANDEM_MONITOR_H
#define TANDEM_MONITOR_H
#include "tandem/tandem.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct td_monitor td_monitor;

/* Of memory: LOW under 60 %, MEDIUM under 80 %, HIGH under 90 %, else CRITICAL. */
typedef enum td_pressure {
    TD_PRESSURE_LOW = 0, TD_PRESSURE_MEDIUM = 1, TD_PRESSURE_HIGH = 2, TD_PRESSURE_CRITICAL = 3
} td_pressure;
TD_API td_pressure td_pressure_of(uint64_t used, uint64_t total);
TD_API const char *td_pressure_name(td_pressure pressure);    /* "LOW" */

/* What cannot be read is NAN, or 0 for bytes. */
typedef struct td_sample {
    uint32_t    struct_size;
    uint64_t    number;                    /* 0 for the first of this device */
    double      time;                      /* seconds of CLOCK_MONOTONIC */
    double      utilisation;               /* 0 to 100 %, over the last period */
    double      memory_utilisation;        /* 0 to 100 %: of the memory's bandwidth; GPU only */
    uint64_t    memory_bytes_used, memory_bytes_total;
    td_pressure pressure;
    double      temperature;               /* degrees Celsius */
    double      power, power_limit;        /* watts */
    double      clock, clock_max, memory_clock;    /* MHz; for the CPU the mean of its cores */
} td_sample;

typedef struct td_monitor_device {
    uint32_t       struct_size;
    td_device_kind kind;
    char           title[128];
    char           pci[32];                /* "0000:3b:00.0"; empty for the CPU */
    char           driver[96];
    uint32_t       cores;                  /* of the CPU */
} td_monitor_device;
#define TD_MONITOR_DEVICE_INIT {sizeof(td_monitor_device), TD_CPU, {0}, {0}, {0}, 0}

typedef struct td_monitor_config {
    uint32_t struct_size;
    uint32_t period_ms;                    /* 100 to 60000; 0 means 1000 */
    uint32_t capacity;                     /* samples kept of each device, 2 to 2^20; 0: 600 */
    const char *root;                      /* before /proc and /sys; NULL: the live system */
    const char *nvml;                      /* path of NVML; NULL: libnvidia-ml.so.1 */
} td_monitor_config;
#define TD_MONITOR_CONFIG_INIT {sizeof(td_monitor_config), 0, 0, NULL, NULL}

/* The first sample of each device is there when it returns; its utilisation may still be NAN. */
TD_API TD_MUST_USE td_status td_monitor_create(const td_monitor_config *config, td_monitor **out,
                                               td_error *err);
TD_API void     td_monitor_destroy(td_monitor *monitor);      /* NULL is fine */
TD_API uint32_t td_monitor_device_count(const td_monitor *monitor);
TD_API TD_MUST_USE td_status td_monitor_describe(const td_monitor *monitor, uint32_t device,
                                                 td_monitor_device *out, td_error *err);
/* Copies at most room samples of a device, oldest first, from number first on (older ones that
 * are gone are left out), and answers how many. Any thread may call it at any time. */
TD_API uint32_t td_monitor_read(const td_monitor *monitor, uint32_t device, uint64_t first,
                                td_sample *out, uint32_t room);
/* Why there are no GPUs: "libnvidia-ml.so.1 cannot be opened: ..."; empty when there are. */
TD_API const char *td_monitor_note(const td_monitor *monitor);
/* Sleeps until there is a sample newer than number on the last device, or timeout_ms have gone. */
TD_API bool     td_monitor_wait(td_monitor *monitor, uint64_t number, uint32_t timeout_ms);

#ifdef __cplusplus
}
#endif
#endif
