// SPDX-License-Identifier: Apache-2.0
#include "storage/stream.h"

#include <algorithm>

namespace aksono::storage {

namespace {
constexpr pg::Statement kNextIds{
    "stream_next_ids", "SELECT nextval($1::text::regclass) FROM generate_series(1, $2::int)"};
}

Stream::Stream(std::string name, std::string sequence)
    : name_(std::move(name)), sequence_(std::move(sequence)) {}

Stream::Lease::Lease(Lease&& other) noexcept
    : stream_(std::exchange(other.stream_, nullptr)), ids_(std::move(other.ids_)) {}

Stream::Lease::~Lease() {
    if (stream_ != nullptr) stream_->release(ids_);
}

Stream::Lease Stream::reserve(pg::Transaction& tx, int count) {
    // Until the sequence has answered, whatever it may hand out counts as in flight.
    std::int64_t floor = 0;
    {
        const std::lock_guard lock(mutex_);
        floor = highest_ + 1;
        in_flight_.insert(floor);
        ceiling_ += count;
    }
    Lease guard(this, {floor});
    std::vector<std::int64_t> ids;
    for (const auto& row : tx.query(kNextIds, sequence_, count))
        ids.push_back(row.integer(0));
    {
        const std::lock_guard lock(mutex_);
        in_flight_.insert(ids.begin(), ids.end());
        highest_ = std::max(highest_, *std::max_element(ids.begin(), ids.end()));
    }
    return {this, std::move(ids)};
}

void Stream::release(const std::vector<std::int64_t>& ids) {
    const std::lock_guard lock(mutex_);
    for (const auto id : ids) {
        if (const auto it = in_flight_.find(id); it != in_flight_.end()) in_flight_.erase(it);
    }
}

std::int64_t Stream::position() const {
    const std::lock_guard lock(mutex_);
    return in_flight_.empty() ? highest_ : *in_flight_.begin() - 1;
}

void Stream::advance_to(std::int64_t position) {
    const std::lock_guard lock(mutex_);
    highest_ = std::max(highest_, position);
    ceiling_ = std::max(ceiling_, position);
}

std::int64_t Stream::ceiling() const {
    const std::lock_guard lock(mutex_);
    return ceiling_;
}

}  // namespace aksono::storage
