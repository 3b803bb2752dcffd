// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "base/metrics.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace aksono {
namespace {

struct Memory {
    double virtual_bytes = 0;
    double resident_bytes = 0;
};

Memory memory() {
    std::ifstream file("/proc/self/statm");
    double pages = 0;
    double resident = 0;
    file >> pages >> resident;
    const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    return {pages * page, resident * page};
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double open_files() {
    std::error_code error;
    double count = 0;
    for (auto it = std::filesystem::directory_iterator("/proc/self/fd", error);
         !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
        ++count;
    }
    return count > 0 ? count - 1 : 0;  // one of them was the directory itself
}

double most_files() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<double>(limit.rlim_cur);
}

std::string os_version() {
    utsname name{};
    uname(&name);
    return std::string(name.sysname) + " " + name.release;
}

struct ProcessMetrics {
    Gauge virtual_memory, resident_memory, fds, user, system;
    Counter cpu;
    double counted_cpu = 0;

    void refresh() {
        const Memory now = memory();
        virtual_memory.set(now.virtual_bytes);
        resident_memory.set(now.resident_bytes);
        fds.set(open_files());
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        user.set(seconds(usage.ru_utime));
        system.set(seconds(usage.ru_stime));
        const double total = seconds(usage.ru_utime) + seconds(usage.ru_stime);
        cpu.add(total - counted_cpu);
        counted_cpu = total;
    }
};

}  // namespace

void add_process_metrics(MetricsRegistry& registry, const std::string& version) {
    registry
        .process_gauge("process_start_time_seconds",
                       "Start time of the process since unix epoch in seconds.")
        .set(static_cast<double>(now_ms()) / 1000);
    registry.process_gauge("process_max_fds", "Maximum number of open file descriptors.")
        .set(most_files());
    registry
        .process_gauge("synapse_build_info", "Build information",
                       {{"version", version}, {"osversion", os_version()}})
        .set(1);
    registry.gauge("synapse_server_name_info", "The server_name that this process serves").set(1);
    const auto gauge = [&](const char* name, const char* help) {
        return registry.process_gauge(name, help);
    };
    const auto process = std::make_shared<ProcessMetrics>(ProcessMetrics{
        gauge("process_virtual_memory_bytes", "Virtual memory size in bytes."),
        gauge("process_resident_memory_bytes", "Resident memory size in bytes."),
        gauge("process_open_fds", "Number of open file descriptors."),
        gauge("process_cpu_user_seconds_total", "User CPU time spent in seconds."),
        gauge("process_cpu_system_seconds_total", "System CPU time spent in seconds."),
        registry.process_counter("process_cpu_seconds_total",
                                 "Total user and system CPU time spent in seconds.")});
    registry.on_collect([process] { process->refresh(); });
}

}  // namespace aksono
