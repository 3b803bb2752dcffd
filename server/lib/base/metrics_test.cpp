// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include "base/metrics_storage.h"

#include <catch2/catch.hpp>

using namespace aksono;

TEST_CASE("metrics: names and labels come out as they went in") {
    MetricsRegistry registry("test.local");
    registry.counter("a_total", "help", {{"method", "GET"}}).add(2);
    registry.counter("a_total", "help", {{"method", "GET"}}).add();
    StorageMetrics storage(registry);
    storage.transaction("get_user", 0.001, 0.25);
    storage.transaction("get_user", 0.001, 0.25);
    const std::string text = registry.text();
    CAPTURE(text);
    CHECK(text.find("a_total{method=\"GET\",server_name=\"test.local\"} 3\n") != std::string::npos);
    CHECK(text.find("synapse_storage_transaction_time_sum_total{desc=\"get_user\","
                    "server_name=\"test.local\"} 0.5\n") != std::string::npos);
    CHECK(text.find("synapse_storage_schedule_time_count{server_name=\"test.local\"} 2\n") !=
          std::string::npos);
}

TEST_CASE("metrics: the process is described when asked") {
    MetricsRegistry registry("test.local");
    add_process_metrics(registry, "1.163.2 (Aksono 0.1.0)");
    const std::string text = registry.text();
    CAPTURE(text);
    CHECK(text.find("\nprocess_resident_memory_bytes ") != std::string::npos);
    CHECK(text.find("process_cpu_seconds_total 0\n") == std::string::npos);
    CHECK(text.find("version=\"1.163.2 (Aksono 0.1.0)\"") != std::string::npos);
}
