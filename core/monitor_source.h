/* monitor_source.h - where the numbers of a monitor come from: NVIDIA's management library, and
 * the files of the kernel. Used by one thread at a time. */
#ifndef TANDEM_CORE_MONITOR_SOURCE_H
#define TANDEM_CORE_MONITOR_SOURCE_H
#include "tandem/monitor.h"

#define MONITOR_NOTE_MAX 256
#define MONITOR_PATH_MAX 1024
#define MONITOR_GPUS_MAX 64 /* GPUs and MIG instances */

/* A sample in which nothing is known. */
void monitor_sample_clear(td_sample *sample);

/* ---- NVML: monitor_nvml.c ------------------------------------------------------------------ */

typedef struct monitor_nvml monitor_nvml;

/* path NULL: libnvidia-ml.so.1. That there is no library, no driver or no GPU is no error: *out is
 * NULL then, or has none, and note says why. A GPU that is cut into MIG instances is listed as
 * those. */
TD_MUST_USE td_status monitor_nvml_open(const char *path, monitor_nvml **out,
                                        char note[MONITOR_NOTE_MAX], td_error *err);
void     monitor_nvml_close(monitor_nvml *nvml);    /* NULL is fine */
uint32_t monitor_nvml_count(const monitor_nvml *nvml);    /* of NULL: 0 */
void     monitor_nvml_describe(const monitor_nvml *nvml, uint32_t index, td_monitor_device *out);
/* Fills what the library tells; what it does not stays as monitor_sample_clear left it. For a MIG
 * instance temperature, power and clocks are those of the whole board. */
void     monitor_nvml_sample(const monitor_nvml *nvml, uint32_t index, td_sample *out);

/* ---- The CPU: monitor_cpu.c ------------------------------------------------------------------ */

typedef struct monitor_cpu {
    char     root[MONITOR_PATH_MAX / 2];
    char     temperature[MONITOR_PATH_MAX];    /* file of the sensor; empty: there is none */
    bool     known;                            /* the counters below are of an earlier sample */
    uint64_t busy, all;                        /* of /proc/stat */
    double   energy_time;                      /* when the energy was read, seconds */
    double   energy;                           /* joules since an unknown time */
} monitor_cpu;

/* root NULL: the live system. */
void monitor_cpu_open(monitor_cpu *cpu, const char *root);
void monitor_cpu_describe(const monitor_cpu *cpu, td_monitor_device *out);
/* now: seconds of CLOCK_MONOTONIC. Utilisation and power are means since the sample before. */
void monitor_cpu_sample(monitor_cpu *cpu, double now, td_sample *out);

#endif
