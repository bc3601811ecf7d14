/* monitor_cpu.c - the CPU as the kernel's files tell it.
 *
 * Formats: man 5 proc (stat, meminfo, cpuinfo); the kernel's documentation of cpufreq, of hwmon
 * and thermal zones, and of powercap (RAPL counters of energy). What a machine, a container or the
 * rights of the user do not give stays unknown. */
#include "core/monitor_source.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/budget.h"

#define LINES_MAX   65536 /* of one file under /proc */
#define ENTRIES_MAX 8192  /* of one folder under /sys */
#define CORES_MAX   8192

/* ---- Small readers -----------------------------------------------------------------------------
 */

static bool read_text(const char *path, char *text, size_t size)
{
    FILE *const file = fopen(path, "re");
    if (!file) return false;
    const bool read = fgets(text, (int)size, file) != NULL;
    fclose(file);
    if (read) text[strcspn(text, "\n")] = 0;
    return read;
}

static bool read_number(const char *path, double *out)
{
    char text[64];
    uint64_t number = 0;
    if (!read_text(path, text, sizeof text) || sscanf(text, "%" SCNu64, &number) != 1) return false;
    *out = (double)number;
    return true;
}

/* The text after "name : " of a line of /proc/cpuinfo, or NULL. */
static const char *info_value(const char *line, const char *name)
{
    const size_t length = strlen(name);
    if (strncmp(line, name, length) != 0) return NULL;
    line += length + strspn(line + length, " \t");
    return *line == ':' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

/* ---- The machine -------------------------------------------------------------------------------
 */

static void read_title(const monitor_cpu *cpu, char *title, size_t size)
{
    static const char *const keys[] = {"model name", "Model", "Hardware", "cpu model"};
    char path[MONITOR_PATH_MAX], line[512];
    snprintf(title, size, "CPU");
    snprintf(path, sizeof path, "%s/proc/cpuinfo", cpu->root);
    FILE *const file = fopen(path, "re");
    if (!file) return;
    bool found = false;
    for (int i = 0; i < LINES_MAX && !found && fgets(line, sizeof line, file); ++i)
        for (size_t k = 0; k < sizeof keys / sizeof *keys && !found; ++k) {
            const char *value = info_value(line, keys[k]);
            if (!value) continue;
            snprintf(title, size, "%.*s", (int)strcspn(value, "\n"), value);
            found = true;
        }
    fclose(file);
}

static uint32_t count_cores(const monitor_cpu *cpu)
{
    char path[MONITOR_PATH_MAX], line[512];
    uint32_t count = 0;
    snprintf(path, sizeof path, "%s/proc/stat", cpu->root);
    FILE *const file = fopen(path, "re");
    if (!file) return 0;
    for (int i = 0; i < LINES_MAX && fgets(line, sizeof line, file); ++i)
        count += strncmp(line, "cpu", 3) == 0 && line[3] >= '0' && line[3] <= '9';
    fclose(file);
    return count;
}

void monitor_cpu_describe(const monitor_cpu *cpu, td_monitor_device *out)
{
    char path[MONITOR_PATH_MAX], release[64];
    out->kind = TD_CPU;
    read_title(cpu, out->title, sizeof out->title);
    snprintf(path, sizeof path, "%s/proc/sys/kernel/osrelease", cpu->root);
    if (read_text(path, release, sizeof release))
        snprintf(out->driver, sizeof out->driver, "Linux %s", release);
    out->cores = count_cores(cpu);
}

/* ---- Temperature --------------------------------------------------------------------------------
 */

static bool word_of(const char *word, const char *const *words)
{
    for (; *words; ++words)
        if (strcmp(word, *words) == 0) return true;
    return false;
}

/* The file of a folder's entry whose file `what` holds one of these names; empty: there is none.
 * folder holds entries that start with prefix. */
static void find_sensor(const monitor_cpu *cpu, const char *folder, const char *prefix,
                        const char *what, const char *const *names, const char *value, char *out,
                        size_t size)
{
    char path[MONITOR_PATH_MAX], name[64];
    snprintf(path, sizeof path, "%s%s", cpu->root, folder);
    DIR *const list = opendir(path);
    const struct dirent *entry = NULL;
    if (!list) return;
    for (int i = 0; i < ENTRIES_MAX && !*out && (entry = readdir(list)); ++i) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0) continue;
        snprintf(path, sizeof path, "%s%s/%.200s/%s", cpu->root, folder, entry->d_name, what);
        if (!read_text(path, name, sizeof name) || !word_of(name, names)) continue;
        snprintf(path, sizeof path, "%s%s/%.200s/%s", cpu->root, folder, entry->d_name, value);
        if (access(path, R_OK) == 0) snprintf(out, size, "%s", path);
    }
    closedir(list);
}

void monitor_cpu_open(monitor_cpu *cpu, const char *root)
{
    static const char *const chips[] = {"coretemp",    "k10temp",     "zenpower",
                                        "cpu_thermal", "cpu-thermal", NULL};
    static const char *const zones[] = {"x86_pkg_temp", "cpu-thermal", "cpu_thermal", "soc-thermal",
                                        NULL};
    memset(cpu, 0, sizeof *cpu);
    snprintf(cpu->root, sizeof cpu->root, "%s", root ? root : "");
    /* The first input of each of these chips is that of the whole package. */
    find_sensor(cpu, "/sys/class/hwmon", "hwmon", "name", chips, "temp1_input", cpu->temperature,
                sizeof cpu->temperature);
    if (!*cpu->temperature)
        find_sensor(cpu, "/sys/class/thermal", "thermal_zone", "type", zones, "temp",
                    cpu->temperature, sizeof cpu->temperature);
}

/* ---- Samples ------------------------------------------------------------------------------------
 */

/* Clock ticks of all cores together. Guests are counted in user already. */
static void sample_load(monitor_cpu *cpu, td_sample *out)
{
    char path[MONITOR_PATH_MAX], line[512];
    uint64_t t[8] = {0}, all = 0;
    snprintf(path, sizeof path, "%s/proc/stat", cpu->root);
    if (!read_text(path, line, sizeof line)) return;
    if (sscanf(line,
               "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
               " %" SCNu64 " %" SCNu64,
               &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) < 4)
        return;
    for (size_t i = 0; i < sizeof t / sizeof *t; ++i)
        all += t[i];
    const uint64_t busy = all - t[3] - t[4]; /* without idle and waiting for disks */
    if (cpu->known && all > cpu->all && busy >= cpu->busy)
        out->utilisation = 100.0 * (double)(busy - cpu->busy) / (double)(all - cpu->all);
    if (out->utilisation > 100.0) out->utilisation = 100.0;
    cpu->known = true;
    cpu->busy = busy;
    cpu->all = all;
}

static void sample_memory(const monitor_cpu *cpu, td_sample *out)
{
    const uint64_t total = budget_total(cpu->root), room = budget_available(cpu->root);
    out->memory_bytes_total = total;
    out->memory_bytes_used = room < total ? total - room : 0;
}

/* Clocks of cores that are on, from cpufreq. */
static void sample_clocks(const monitor_cpu *cpu, td_sample *out)
{
    char path[MONITOR_PATH_MAX];
    double sum = 0.0, most = 0.0, value = 0.0;
    uint32_t count = 0;
    for (uint32_t core = 0; core < CORES_MAX; ++core) {
        snprintf(path, sizeof path, "%s/sys/devices/system/cpu/cpu%" PRIu32, cpu->root, core);
        if (access(path, F_OK) != 0) break;
        snprintf(path, sizeof path,
                 "%s/sys/devices/system/cpu/cpu%" PRIu32 "/cpufreq/scaling_cur_freq", cpu->root,
                 core);
        if (!read_number(path, &value)) continue;
        sum += value;
        count += 1;
        snprintf(path, sizeof path,
                 "%s/sys/devices/system/cpu/cpu%" PRIu32 "/cpufreq/cpuinfo_max_freq", cpu->root,
                 core);
        if (read_number(path, &value) && value > most) most = value;
    }
    if (count) out->clock = sum / count / 1000.0;
    if (most > 0.0) out->clock_max = most / 1000.0;
}

/* The same from /proc/cpuinfo, which virtual machines have too. */
static void sample_clocks_info(const monitor_cpu *cpu, td_sample *out)
{
    char path[MONITOR_PATH_MAX], line[512];
    double sum = 0.0, mhz = 0.0;
    uint32_t count = 0;
    snprintf(path, sizeof path, "%s/proc/cpuinfo", cpu->root);
    FILE *const file = fopen(path, "re");
    if (!file) return;
    for (int i = 0; i < LINES_MAX && fgets(line, sizeof line, file); ++i) {
        const char *value = info_value(line, "cpu MHz");
        if (!value || sscanf(value, "%lf", &mhz) != 1 || !(mhz > 0.0)) continue;
        sum += mhz;
        count += 1;
    }
    fclose(file);
    if (count) out->clock = sum / count;
}

/* Joules that the packages have used since a time of their own, watts that they may use. */
static bool read_energy(const monitor_cpu *cpu, double *energy, double *limit)
{
    char folder[MONITOR_PATH_MAX - 64], path[MONITOR_PATH_MAX], name[64];
    double value = 0.0;
    bool any = false;
    *energy = *limit = 0.0;
    for (int package = 0; package < 64; ++package) {
        snprintf(folder, sizeof folder, "%s/sys/class/powercap/intel-rapl:%d", cpu->root, package);
        snprintf(path, sizeof path, "%s/name", folder);
        if (!read_text(path, name, sizeof name)) break;
        if (strncmp(name, "package", 7) != 0) continue;
        snprintf(path, sizeof path, "%s/energy_uj", folder);
        if (!read_number(path, &value)) continue; /* since 2020 for the administrator alone */
        *energy += 1e-6 * value;
        any = true;
        snprintf(path, sizeof path, "%s/constraint_0_power_limit_uw", folder);
        if (read_number(path, &value)) *limit += 1e-6 * value;
    }
    return any;
}

static void sample_power(monitor_cpu *cpu, double now, td_sample *out)
{
    double energy = 0.0, limit = 0.0;
    if (!read_energy(cpu, &energy, &limit)) return;
    if (limit > 0.0) out->power_limit = limit;
    const double seconds = now - cpu->energy_time;
    /* A counter that started again leaves this one power unknown. */
    if (cpu->energy_time > 0.0 && seconds > 0.0 && energy >= cpu->energy)
        out->power = (energy - cpu->energy) / seconds;
    cpu->energy = energy;
    cpu->energy_time = now;
}

void monitor_cpu_sample(monitor_cpu *cpu, double now, td_sample *out)
{
    double value = 0.0;
    sample_load(cpu, out);
    sample_memory(cpu, out);
    sample_clocks(cpu, out);
    if (isnan(out->clock)) sample_clocks_info(cpu, out);
    sample_power(cpu, now, out);
    if (*cpu->temperature && read_number(cpu->temperature, &value))
        out->temperature = value / 1000.0;
}
