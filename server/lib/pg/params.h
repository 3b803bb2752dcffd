// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "base/json.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::pg {

/// Text that PostgreSQL cannot hold: it has a NUL byte in it. libpqxx would cut it there in
/// silence.
class NulByte : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override {
        return "text for the database contains U+0000";
    }
};

/// A parameter in PostgreSQL's text format; nothing is SQL NULL.
using Param = std::optional<std::string>;

Param text(std::string_view value);                   // throws NulByte
Param bytes(std::string_view value);                  // bytea
Param array(const std::vector<std::string>& values);  // for $n::text[]; throws NulByte
Param array(const std::vector<std::optional<std::string>>& values);
Param array(const std::vector<std::int64_t>& values);  // for $n::bigint[]
Param array(const std::vector<bool>& values);          // for $n::boolean[]

inline Param param(Param value) {
    return value;
}
inline Param param(std::nullopt_t) {
    return std::nullopt;
}
inline Param param(const char* value) {
    return text(value);
}
inline Param param(const std::string& value) {
    return text(value);
}
inline Param param(std::string_view value) {
    return text(value);
}
inline Param param(const Json& value) {
    return text(dump_json(value));
}
template <std::same_as<bool> T>
Param param(T value) {
    return value ? "t" : "f";
}
template <std::integral T>
    requires(!std::same_as<T, bool>)
Param param(T value) {
    return std::to_string(value);
}
template <char Sigil>
Param param(const Id<Sigil>& value) {
    return text(value.str());
}
template <class T>
    requires(!std::same_as<T, std::string>)
Param param(const std::optional<T>& value) {
    return value ? param(*value) : std::nullopt;
}
template <class T>
Param param(const std::vector<T>& values) {
    return array(values);
}
template <char Sigil>
Param param(const std::vector<Id<Sigil>>& values) {
    std::vector<std::string> texts;
    texts.reserve(values.size());
    for (const auto& value : values)
        texts.push_back(value.str());
    return array(texts);
}

using Params = std::vector<Param>;

template <class... Args>
Params params(const Args&... args) {
    Params list;
    list.reserve(sizeof...(args));
    (list.push_back(param(args)), ...);
    return list;
}

}  // namespace aksono::pg
