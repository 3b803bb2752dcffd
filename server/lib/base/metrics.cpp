// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace aksono {
namespace {

const prometheus::Histogram::BucketBoundaries& buckets() {
    static const prometheus::Histogram::BucketBoundaries seconds{
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10};
    return seconds;
}

}  // namespace

void Counter::add(double amount) {
    counter_->Increment(amount);
}

void Gauge::set(double value) {
    gauge_->Set(value);
}

void Gauge::add(double amount) {
    gauge_->Increment(amount);
}

void Histogram::observe(double value) {
    histogram_->Observe(value);
}

MetricsRegistry::MetricsRegistry(std::string server_name)
    : server_name_(std::move(server_name)),
      registry_(
          std::make_unique<prometheus::Registry>(prometheus::Registry::InsertBehavior::Merge)) {}

MetricsRegistry::~MetricsRegistry() = default;

MetricsRegistry::Labels MetricsRegistry::with_server_name(Labels labels) const {
    labels.emplace("server_name", server_name_);
    return labels;
}

Counter MetricsRegistry::counter(const std::string& name, const std::string& help,
                                 const Labels& labels) {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(*registry_);
    return Counter(family.Add(with_server_name(labels)));
}

Gauge MetricsRegistry::gauge(const std::string& name, const std::string& help,
                             const Labels& labels) {
    return process_gauge(name, help, with_server_name(labels));
}

Histogram MetricsRegistry::histogram(const std::string& name, const std::string& help,
                                     const Labels& labels) {
    auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_);
    return Histogram(family.Add(with_server_name(labels), buckets()));
}

Gauge MetricsRegistry::process_gauge(const std::string& name, const std::string& help,
                                     const Labels& labels) {
    return Gauge(prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels));
}

Counter MetricsRegistry::process_counter(const std::string& name, const std::string& help) {
    return Counter(prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add({}));
}

void MetricsRegistry::on_collect(std::function<void()> refresh) {
    const std::lock_guard lock(mutex_);
    refreshers_.push_back(std::move(refresh));
}

std::string MetricsRegistry::text() {
    const std::lock_guard lock(mutex_);
    for (const auto& refresh : refreshers_)
        refresh();
    return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace aksono
