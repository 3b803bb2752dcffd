// SPDX-License-Identifier: Apache-2.0
#include "base/metrics_storage.h"

namespace aksono {

StorageMetrics::StorageMetrics(MetricsRegistry& registry)
    : registry_(registry),
      schedule_time_(registry.histogram("synapse_storage_schedule_time", "sec")) {}

StorageMetrics::ByName& StorageMetrics::of(const char* name) {
    const std::lock_guard lock(mutex_);
    auto it = by_name_.find(std::string_view(name));
    if (it == by_name_.end()) {
        const MetricsRegistry::Labels labels{{"desc", name}};
        const ByName made{
            registry_.counter("synapse_storage_transaction_time_count_total", "sec", labels),
            registry_.counter("synapse_storage_transaction_time_sum_total", "sec", labels)};
        it = by_name_.emplace(name, made).first;
    }
    return it->second;
}

void StorageMetrics::transaction(const char* name, double queued, double ran) {
    schedule_time_.observe(queued);
    ByName& metrics = of(name);
    metrics.count.add();
    metrics.sum.add(ran);
}

}  // namespace aksono
