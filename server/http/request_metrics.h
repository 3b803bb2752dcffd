// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/metrics.h"
#include "http/endpoint.h"
#include "http/session.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace aksono::http {

/// synapse_http_server_*: the label `servlet` is the path in the route table.
class RequestMetrics : public RequestObserver {
public:
    explicit RequestMetrics(MetricsRegistry& registry) : registry_(registry) {}

    void began(const RequestStart& start) override;
    void ended(const RequestRecord& record) override;
    void dropped(const RequestStart& start) override;

private:
    struct ByRoute;
    struct ByCode;
    using Key = std::pair<std::string, std::string>;  ///< method, route

    ByRoute& of(std::string_view method, std::string_view route);
    ByCode& of(ByRoute& route, int status);

    MetricsRegistry& registry_;
    std::mutex mutex_;
    std::map<Key, std::shared_ptr<ByRoute>> by_route_;
};

/// GET /_synapse/metrics
void add_metrics_endpoint(Endpoints& endpoints, MetricsRegistry& registry);

}  // namespace aksono::http
