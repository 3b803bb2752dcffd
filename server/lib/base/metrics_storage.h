// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/metrics.h"
#include "base/transaction_observer.h"

#include <map>
#include <mutex>
#include <string>

namespace aksono {

/// synapse_storage_schedule_time and synapse_storage_transaction_time.
class StorageMetrics : public TransactionObserver {
public:
    explicit StorageMetrics(MetricsRegistry& registry);
    void transaction(const char* name, double queued, double ran) override;

private:
    struct ByName {
        Counter count;
        Counter sum;
    };
    ByName& of(const char* name);

    MetricsRegistry& registry_;
    Histogram schedule_time_;
    std::mutex mutex_;
    std::map<std::string, ByName, std::less<>> by_name_;
};

}  // namespace aksono
