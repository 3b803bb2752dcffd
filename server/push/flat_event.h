// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace aksono::push {

/// A JSON value that is neither array, object nor fraction.
using Simple = std::variant<std::nullptr_t, bool, std::int64_t, std::string>;

/// Nothing for arrays, objects, fractions and integers beyond 64 bits.
std::optional<Simple> simple_value(const Json& value);

/// An event as conditions see it: values by the path that leads to them.
/// https://spec.matrix.org/latest/appendices/#dot-separated-property-paths
class FlatEvent {
public:
    explicit FlatEvent(const Json& event);

    [[nodiscard]] const Simple* value(const std::string& path) const;
    /// The simple values of an array; others are left out.
    [[nodiscard]] const std::vector<Simple>* array(const std::string& path) const;
    /// A string in lower_case(); nullptr for other values.
    [[nodiscard]] const std::string* lowered(const std::string& path) const;

private:
    void add_object(const Json& object, const std::string& prefix);
    void add(const Json& value, std::string path);

    struct Entry {
        std::variant<Simple, std::vector<Simple>> value;
        mutable std::optional<std::string> lowered;
    };
    std::unordered_map<std::string, Entry> entries_;
};

}  // namespace aksono::push
