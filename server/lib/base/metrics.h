// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace aksono {

/// Only goes up.
class Counter {
public:
    explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
    void add(double amount = 1);

private:
    prometheus::Counter* counter_;
};

class Gauge {
public:
    explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
    void set(double value);
    void add(double amount);

private:
    prometheus::Gauge* gauge_;
};

class Histogram {
public:
    explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
    void observe(double value);

private:
    prometheus::Histogram* histogram_;
};

/// All metrics of the process. Names and labels are Synapse's where the meaning is the same, so
/// that dashboards go on working; `server_name` is added to every one of them. Metrics live as long
/// as the registry; asking again with the same name and labels gives the same one. Safe from any
/// thread, but asking costs microseconds: keep what is used often.
class MetricsRegistry {
public:
    using Labels = std::map<std::string, std::string>;

    explicit MetricsRegistry(std::string server_name);
    ~MetricsRegistry();
    MetricsRegistry(const MetricsRegistry&) = delete;
    MetricsRegistry& operator=(const MetricsRegistry&) = delete;

    Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
    Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    /// Seconds, in the buckets of Prometheus' own clients.
    Histogram histogram(const std::string& name, const std::string& help,
                        const Labels& labels = {});

    /// Metrics about the process itself, without server_name.
    Gauge process_gauge(const std::string& name, const std::string& help,
                        const Labels& labels = {});
    Counter process_counter(const std::string& name, const std::string& help);

    /// Called before each collection, to set gauges that nobody keeps up to date.
    void on_collect(std::function<void()> refresh);
    /// In Prometheus' text format (version 0.0.4).
    std::string text();

private:
    [[nodiscard]] Labels with_server_name(Labels labels) const;

    std::string server_name_;
    std::unique_ptr<prometheus::Registry> registry_;
    std::mutex mutex_;
    std::vector<std::function<void()>> refreshers_;
};

/// process_cpu_seconds_total and the like, and synapse_build_info with `version`
/// («1.163.2 (Aksono 0.1.0)»).
void add_process_metrics(MetricsRegistry& registry, const std::string& version);

}  // namespace aksono
