/* test_monitor.c - samples from a made-up NVML and a made-up /proc and /sys, and from this machine.
 */
#include "tandem/monitor.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"

#define GIB ((uint64_t)1 << 30)

static char nvml_path[512];
static char root[64];

static void find_nvml(void)
{
    const char *const build = getenv("TANDEM_BUILD");
    snprintf(nvml_path, sizeof nvml_path, "%s/tests/fake-nvml/libnvidia-ml.so.1",
             build ? build : "build");
}

static td_monitor *open_monitor(const char *part, uint32_t period_ms, uint32_t capacity,
                                const char *folder)
{
    td_monitor_config config = TD_MONITOR_CONFIG_INIT;
    td_monitor *monitor = NULL;
    td_error err = TD_ERROR_INIT;
    find_nvml();
    setenv("FAKE_NVML", part, 1);
    config.period_ms = period_ms;
    config.capacity = capacity;
    config.nvml = nvml_path;
    config.root = folder;
    CHECK_STATUS(TD_OK, td_monitor_create(&config, &monitor, &err), &err);
    return monitor;
}

static td_sample sample_of(td_monitor *monitor, uint32_t device)
{
    td_sample sample;
    CHECK_INT(1, td_monitor_read(monitor, device, 0, &sample, 1));
    return sample;
}

/* ---- GPUs ------------------------------------------------------------------------------------ */

TEST(gpus_are_told_as_nvml_tells_them)
{
    td_monitor *const monitor = open_monitor("two", 60000, 8, NULL);
    td_monitor_device device = TD_MONITOR_DEVICE_INIT;
    td_error err = TD_ERROR_INIT;
    CHECK_INT(3, td_monitor_device_count(monitor));
    CHECK_TEXT("", td_monitor_note(monitor));
    CHECK_STATUS(TD_OK, td_monitor_describe(monitor, 1, &device, &err), &err);
    CHECK_INT(TD_GPU, device.kind);
    CHECK_TEXT("Made-up GPU 1", device.title);
    CHECK_TEXT("0000:3c:00.0", device.pci);
    CHECK_TEXT("driver 580.00", device.driver);
    const td_sample first = sample_of(monitor, 0), second = sample_of(monitor, 1);
    CHECK(first.utilisation >= 0 && first.utilisation <= 100);
    CHECK_NEAR(25, first.memory_utilisation, 0);
    CHECK(first.memory_bytes_total == 80 * GIB && first.memory_bytes_used == 8 * GIB);
    CHECK_INT(TD_PRESSURE_LOW, first.pressure);
    CHECK(second.memory_bytes_used == 75 * GIB);
    CHECK_INT(TD_PRESSURE_CRITICAL, second.pressure);
    CHECK_NEAR(55, first.temperature, 0);
    CHECK_NEAR(312.5, first.power, 1e-9);
    CHECK_NEAR(700, first.power_limit, 1e-9);
    CHECK_NEAR(650, second.power_limit, 1e-9); /* set, since what holds is not told */
    CHECK_NEAR(1755, first.clock, 0);
    CHECK_NEAR(1980, first.clock_max, 0);
    CHECK_NEAR(2619, first.memory_clock, 0);
    td_monitor_destroy(monitor);
}

TEST(what_a_gpu_refuses_is_unknown)
{
    td_monitor *const monitor = open_monitor("blind", 60000, 8, NULL);
    CHECK_INT(2, td_monitor_device_count(monitor));
    const td_sample sample = sample_of(monitor, 0);
    CHECK(isnan(sample.utilisation) && isnan(sample.memory_utilisation));
    CHECK(isnan(sample.temperature) && isnan(sample.power) && isnan(sample.power_limit));
    CHECK(isnan(sample.clock) && isnan(sample.clock_max) && isnan(sample.memory_clock));
    CHECK_INT(0, sample.memory_bytes_total);
    td_monitor_destroy(monitor);
}

TEST(instances_stand_for_the_board_that_they_cut)
{
    td_monitor *const monitor = open_monitor("mig", 60000, 8, NULL);
    td_monitor_device device = TD_MONITOR_DEVICE_INIT;
    td_error err = TD_ERROR_INIT;
    CHECK_INT(3, td_monitor_device_count(monitor));
    CHECK_STATUS(TD_OK, td_monitor_describe(monitor, 1, &device, &err), &err);
    CHECK_TEXT("Made-up GPU 3 MIG", device.title);
    CHECK_TEXT("0000:3b:00.0", device.pci); /* of the board */
    const td_sample sample = sample_of(monitor, 1);
    CHECK(isnan(sample.utilisation));
    CHECK_NEAR(55, sample.temperature, 0);
    CHECK(sample.memory_bytes_total == 80 * GIB);
    td_monitor_destroy(monitor);
}

TEST(without_a_gpu_there_is_the_cpu_and_a_reason)
{
    td_monitor *monitor = open_monitor("none", 60000, 8, NULL);
    CHECK_INT(1, td_monitor_device_count(monitor));
    CHECK(strstr(td_monitor_note(monitor), "Driver Not Loaded"));
    td_monitor_destroy(monitor);
    monitor = open_monitor("empty", 60000, 8, NULL);
    CHECK_INT(1, td_monitor_device_count(monitor));
    CHECK(strstr(td_monitor_note(monitor), "no GPU"));
    td_monitor_destroy(monitor);
    td_monitor_config config = TD_MONITOR_CONFIG_INIT;
    td_error err = TD_ERROR_INIT;
    config.nvml = "/nowhere/libnvidia-ml.so.1";
    CHECK_STATUS(TD_OK, td_monitor_create(&config, &monitor, &err), &err);
    CHECK_INT(1, td_monitor_device_count(monitor));
    CHECK(strstr(td_monitor_note(monitor), "cannot be opened: "));
    const char *const name = strstr(td_monitor_note(monitor), "libnvidia-ml");
    CHECK(name && !strstr(name + 1, "libnvidia-ml")); /* once, though the loader says it too */
    td_monitor_destroy(monitor);
    config.nvml = "libm.so.6"; /* a library, but another one */
    CHECK_STATUS(TD_OK, td_monitor_create(&config, &monitor, &err), &err);
    CHECK(strstr(td_monitor_note(monitor), "is no NVML"));
    td_monitor_destroy(monitor);
}

/* ---- The CPU --------------------------------------------------------------------------------- */

static void write_file(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s%s", root, name);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    FILE *const file = fopen(path, "w");
    CHECK(file != NULL);
    fputs(text, file);
    fclose(file);
}

static void make_root(void)
{
    snprintf(root, sizeof root, "/tmp/tandem-monitor-XXXXXX");
    CHECK(mkdtemp(root) != NULL);
    write_file("/proc/stat", "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 1 1 1\ncpu1 1 1 1 1\n");
    write_file("/proc/meminfo", "MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 150 kB\n");
    write_file("/proc/cpuinfo", "processor : 0\nmodel name\t: A processor\ncpu MHz : 2000.0\n");
    write_file("/sys/class/hwmon/hwmon3/name", "k10temp\n");
    write_file("/sys/class/hwmon/hwmon3/temp1_input", "61500\n");
    write_file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1000000\n");
    write_file("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "4000000\n");
    write_file("/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "3000000\n");
    write_file("/sys/class/powercap/intel-rapl:0/name", "package-0\n");
    write_file("/sys/class/powercap/intel-rapl:0/energy_uj", "5000000\n");
    write_file("/sys/class/powercap/intel-rapl:0/constraint_0_power_limit_uw", "65000000\n");
}

static void drop_root(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    CHECK_INT(0, system(command));
}

TEST(the_cpu_is_read_from_the_kernels_files)
{
    make_root();
    td_monitor *const monitor = open_monitor("none", 100, 8, root);
    td_monitor_device device = TD_MONITOR_DEVICE_INIT;
    td_error err = TD_ERROR_INIT;
    td_sample sample = sample_of(monitor, 0);
    CHECK_STATUS(TD_OK, td_monitor_describe(monitor, 0, &device, &err), &err);
    CHECK_INT(TD_CPU, device.kind);
    CHECK_TEXT("A processor", device.title);
    CHECK_INT(2, device.cores);
    CHECK(isnan(sample.utilisation) && isnan(sample.power));
    CHECK_INT(1000 * 1024, sample.memory_bytes_total);
    CHECK_INT(850 * 1024, sample.memory_bytes_used);
    CHECK_INT(TD_PRESSURE_HIGH, sample.pressure);
    CHECK_NEAR(61.5, sample.temperature, 1e-9);
    CHECK_NEAR(2000, sample.clock, 1e-9);
    CHECK_NEAR(4000, sample.clock_max, 1e-9);
    CHECK_NEAR(65, sample.power_limit, 1e-9);
    /* 100 ticks more, 25 of them busy: whenever it is read, before or after, it is all or nothing.
     */
    write_file("/proc/stat", "cpu  115 0 110 770 105 0 0 0 0 0\ncpu0 1 1 1 1\ncpu1 1 1 1 1\n");
    bool seen = false;
    for (uint64_t number = 0; number < 20 && !seen; ++number) {
        CHECK(td_monitor_wait(monitor, number, 5000));
        CHECK_INT(1, td_monitor_read(monitor, 0, number + 1, &sample, 1));
        seen = !isnan(sample.utilisation);
        if (seen) CHECK_NEAR(25, sample.utilisation, 1e-9);
    }
    CHECK(seen);
    td_monitor_destroy(monitor);
    drop_root();
}

TEST(this_machine_tells_memory_and_load)
{
    td_monitor *const monitor = open_monitor("none", 100, 8, NULL);
    td_sample sample;
    for (uint64_t number = 0; number < 3; ++number)
        CHECK(td_monitor_wait(monitor, number, 5000));
    CHECK_INT(1, td_monitor_read(monitor, 0, 3, &sample, 1));
    CHECK(sample.utilisation >= 0 && sample.utilisation <= 100);
    CHECK(sample.memory_bytes_total > 0 && sample.memory_bytes_used > 0);
    CHECK(sample.memory_bytes_used <= sample.memory_bytes_total);
    td_monitor_destroy(monitor);
}

/* ---- Rings ----------------------------------------------------------------------------------- */

TEST(rings_keep_the_newest_in_order)
{
    td_monitor *const monitor = open_monitor("two", 100, 4, NULL);
    td_sample sample[16];
    CHECK(td_monitor_wait(monitor, 5, 10000));
    const uint32_t count = td_monitor_read(monitor, 2, 0, sample, 16);
    CHECK_INT(4, count);
    CHECK(sample[0].number >= 3);
    for (uint32_t i = 1; i < count; ++i) {
        CHECK_INT(sample[i - 1].number + 1, sample[i].number);
        CHECK(sample[i].time > sample[i - 1].time);
    }
    CHECK_INT(2, td_monitor_read(monitor, 0, 0, sample, 2));
    CHECK_INT(0, td_monitor_read(monitor, 0, UINT64_MAX, sample, 2));
    CHECK_INT(0, td_monitor_read(monitor, 3, 0, sample, 2));
    CHECK(!td_monitor_wait(monitor, sample[1].number + 1000, 1));
    td_monitor_destroy(monitor);
}

static void *read_always(void *context)
{
    td_monitor *const monitor = context;
    td_sample sample[4];
    for (int i = 0; i < 2000; ++i)
        for (uint32_t device = 0; device < 3; ++device) {
            const uint32_t count = td_monitor_read(monitor, device, 0, sample, 4);
            for (uint32_t k = 1; k < count; ++k)
                if (sample[k].number != sample[k - 1].number + 1) return monitor;
        }
    return NULL;
}

TEST(threads_read_while_it_samples)
{
    td_monitor *const monitor = open_monitor("two", 100, 4, NULL);
    pthread_t thread[3];
    for (int i = 0; i < 3; ++i)
        CHECK_INT(0, pthread_create(&thread[i], NULL, read_always, monitor));
    for (int i = 0; i < 3; ++i) {
        void *failed = NULL;
        CHECK_INT(0, pthread_join(thread[i], &failed));
        CHECK(!failed);
    }
    td_monitor_destroy(monitor);
}

TEST(limits_are_named)
{
    td_monitor_config config = TD_MONITOR_CONFIG_INIT;
    td_monitor_device device = TD_MONITOR_DEVICE_INIT;
    td_monitor *monitor = NULL;
    td_error err = TD_ERROR_INIT;
    config.period_ms = 99;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_monitor_create(&config, &monitor, &err), &err);
    CHECK(strstr(err.message, "99, allowed 100 to 60000"));
    config.period_ms = 60001;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_monitor_create(&config, &monitor, &err), &err);
    config.period_ms = 100;
    config.capacity = 1;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_monitor_create(&config, &monitor, &err), &err);
    CHECK(strstr(err.message, "capacity is 1"));
    CHECK(monitor == NULL);
    monitor = open_monitor("none", 60000, 2, NULL);
    CHECK_STATUS(TD_E_NOT_FOUND, td_monitor_describe(monitor, 1, &device, &err), &err);
    td_monitor_destroy(monitor);
    td_monitor_destroy(NULL);
}

TEST(pressure_follows_the_shares)
{
    CHECK_INT(TD_PRESSURE_LOW, td_pressure_of(0, 0));
    CHECK_INT(TD_PRESSURE_LOW, td_pressure_of(599, 1000));
    CHECK_INT(TD_PRESSURE_MEDIUM, td_pressure_of(600, 1000));
    CHECK_INT(TD_PRESSURE_HIGH, td_pressure_of(800, 1000));
    CHECK_INT(TD_PRESSURE_CRITICAL, td_pressure_of(900, 1000));
    CHECK_TEXT("CRITICAL", td_pressure_name(TD_PRESSURE_CRITICAL));
    CHECK_TEXT("LOW", td_pressure_name(TD_PRESSURE_LOW));
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(gpus_are_told_as_nvml_tells_them),
                                     RUN(what_a_gpu_refuses_is_unknown),
                                     RUN(instances_stand_for_the_board_that_they_cut),
                                     RUN(without_a_gpu_there_is_the_cpu_and_a_reason),
                                     RUN(the_cpu_is_read_from_the_kernels_files),
                                     RUN(this_machine_tells_memory_and_load),
                                     RUN(rings_keep_the_newest_in_order),
                                     RUN(threads_read_while_it_samples),
                                     RUN(limits_are_named),
                                     RUN(pressure_follows_the_shares),
                                     {0}});
}
