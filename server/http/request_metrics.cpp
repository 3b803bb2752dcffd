// SPDX-License-Identifier: Apache-2.0
#include "http/request_metrics.h"

namespace aksono::http {
namespace {

constexpr double kMicro = 1e-6;
/// How Synapse counts requests whose client did not wait for the answer.
constexpr int kClientLeft = 499;

double seconds(std::int64_t microseconds) {
    return static_cast<double>(microseconds) * kMicro;
}

}  // namespace

struct RequestMetrics::ByCode {
    Counter responses;
    Histogram time;
};

struct RequestMetrics::ByRoute {
    MetricsRegistry::Labels labels;
    Counter received, answered, cpu, transactions, transaction_time, schedule_time, size;
    Gauge in_flight;
    std::map<int, ByCode> by_code{};
};

RequestMetrics::ByRoute& RequestMetrics::of(std::string_view method, std::string_view route) {
    // Methods are the client's own words: only those known become labels.
    const Method known = parse_method(method);
    const Key key(method_name(known), route.empty() ? "unrecognized" : route);
    auto& entry = by_route_[key];
    if (entry) return *entry;
    const MetricsRegistry::Labels labels{{"method", key.first}, {"servlet", key.second}};
    auto tagged = labels;
    tagged.emplace("tag", "");
    const std::string prefix = "synapse_http_server_";
    const auto counter = [&](const char* name, const MetricsRegistry::Labels& its_labels) {
        return registry_.counter(prefix + name, "", its_labels);
    };
    entry = std::make_shared<ByRoute>(ByRoute{
        tagged, counter("requests_received_total", labels), counter("response_count_total", tagged),
        counter("response_ru_utime_seconds_total", tagged),
        counter("response_db_txn_count_total", tagged),
        counter("response_db_txn_duration_seconds_total", tagged),
        counter("response_db_sched_duration_seconds_total", tagged),
        counter("response_size_total", tagged),
        registry_.gauge(prefix + "in_flight_requests_count", "", labels)});
    return *entry;
}

RequestMetrics::ByCode& RequestMetrics::of(ByRoute& route, int status) {
    const auto it = route.by_code.find(status);
    if (it != route.by_code.end()) return it->second;
    const std::string code = std::to_string(status);
    auto labels = route.labels;
    labels.emplace("code", code);
    ByCode made{registry_.counter("synapse_http_server_responses_total", "",
                                  {{"method", labels.at("method")}, {"code", code}}),
                registry_.histogram("synapse_http_server_response_time_seconds", "sec", labels)};
    return route.by_code.emplace(status, made).first->second;
}

void RequestMetrics::began(const RequestStart& start) {
    const std::lock_guard lock(mutex_);
    ByRoute& route = of(start.method, start.route);
    route.received.add();
    route.in_flight.add(1);
}

void RequestMetrics::ended(const RequestRecord& record) {
    const std::lock_guard lock(mutex_);
    ByRoute& route = of(record.method, record.route);
    route.in_flight.add(-1);
    route.answered.add();
    route.cpu.add(seconds(record.usage.cpu));
    route.transactions.add(static_cast<double>(record.usage.jobs));
    route.transaction_time.add(seconds(record.usage.job_run));
    route.schedule_time.add(seconds(record.usage.job_queued));
    route.size.add(static_cast<double>(record.bytes));
    ByCode& code = of(route, record.status);
    code.responses.add();
    code.time.observe(record.processing + record.sending);
}

void RequestMetrics::dropped(const RequestStart& start) {
    const std::lock_guard lock(mutex_);
    ByRoute& route = of(start.method, start.route);
    route.in_flight.add(-1);
    route.answered.add();
    of(route, kClientLeft).responses.add();
}

void add_metrics_endpoint(Endpoints& endpoints, MetricsRegistry& registry) {
    endpoints.push_back({Method::get, "/_synapse/metrics", Access::open, [&registry](Call&) {
                             Response response = Response::text(registry.text());
                             response.headers.set("Content-Type",
                                                  "text/plain; version=0.0.4; charset=utf-8");
                             return response;
                         }});
}

}  // namespace aksono::http
