// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace aksono {

/// The `capacity` entries used last, for threads that share them. Values are copied out: make them
/// cheap to copy (a shared_ptr).
///
/// An entry that was read from the database before an invalidation must not be put in after it:
/// take `generation()` before reading and hand it to `put`, which then drops what came too late.
template <class Key, class Value>
class LruCache {
public:
    explicit LruCache(std::size_t capacity) : capacity_(capacity) {}

    std::optional<Value> get(const Key& key) {
        const std::lock_guard lock(mutex_);
        const auto it = index_.find(key);
        if (it == index_.end()) return std::nullopt;
        order_.splice(order_.begin(), order_, it->second);
        return it->second->second;
    }

    [[nodiscard]] std::size_t generation() const {
        const std::lock_guard lock(mutex_);
        return generation_;
    }

    void put(const Key& key, Value value, std::size_t generation) {
        const std::lock_guard lock(mutex_);
        if (generation != generation_ || capacity_ == 0) return;
        if (const auto it = index_.find(key); it != index_.end()) {
            it->second->second = std::move(value);
            order_.splice(order_.begin(), order_, it->second);
            return;
        }
        order_.emplace_front(key, std::move(value));
        index_.emplace(key, order_.begin());
        if (order_.size() > capacity_) {
            index_.erase(order_.back().first);
            order_.pop_back();
        }
    }

    void invalidate(const Key& key) {
        const std::lock_guard lock(mutex_);
        ++generation_;
        const auto it = index_.find(key);
        if (it == index_.end()) return;
        order_.erase(it->second);
        index_.erase(it);
    }

    void clear() {
        const std::lock_guard lock(mutex_);
        ++generation_;
        index_.clear();
        order_.clear();
    }

    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return order_.size();
    }

private:
    using Entry = std::pair<Key, Value>;

    const std::size_t capacity_;
    mutable std::mutex mutex_;
    std::size_t generation_ = 0;
    std::list<Entry> order_;  // used last first
    std::unordered_map<Key, typename std::list<Entry>::iterator> index_;
};

}  // namespace aksono
