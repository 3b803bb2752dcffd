// SPDX-License-Identifier: Apache-2.0
#include "push/flat_event.h"

#include "push/lower_case.h"

namespace aksono::push {

namespace {

std::string escaped(const std::string& name) {
    std::string text;
    for (const char c : name) {
        if (c == '.' || c == '\\') text += '\\';
        text += c;
    }
    return text;
}

}  // namespace

std::optional<Simple> simple_value(const Json& value) {
    switch (value.type()) {
        case Json::value_t::null:
            return nullptr;
        case Json::value_t::boolean:
            return value.get<bool>();
        case Json::value_t::string:
            return value.get<std::string>();
        case Json::value_t::number_integer:
            return value.get<std::int64_t>();
        case Json::value_t::number_unsigned:
            if (value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
            return value.get<std::int64_t>();
        default:
            return std::nullopt;
    }
}

FlatEvent::FlatEvent(const Json& event) {
    if (event.is_object()) add_object(event, "");
}

void FlatEvent::add_object(const Json& object, const std::string& prefix) {
    for (const auto& [name, value] : object.items())
        add(value, prefix + escaped(name));
}

void FlatEvent::add(const Json& value, std::string path) {
    if (value.is_object()) {
        add_object(value, path + ".");
    } else if (value.is_array()) {
        std::vector<Simple> values;
        for (const auto& item : value) {
            if (auto simple = simple_value(item)) values.push_back(std::move(*simple));
        }
        entries_.insert_or_assign(std::move(path), Entry{std::move(values), {}});
    } else if (auto simple = simple_value(value)) {
        entries_.insert_or_assign(std::move(path), Entry{std::move(*simple), {}});
    }
}

const Simple* FlatEvent::value(const std::string& path) const {
    const auto it = entries_.find(path);
    return it == entries_.end() ? nullptr : std::get_if<Simple>(&it->second.value);
}

const std::vector<Simple>* FlatEvent::array(const std::string& path) const {
    const auto it = entries_.find(path);
    return it == entries_.end() ? nullptr : std::get_if<std::vector<Simple>>(&it->second.value);
}

const std::string* FlatEvent::lowered(const std::string& path) const {
    const auto it = entries_.find(path);
    if (it == entries_.end()) return nullptr;
    const auto* simple = std::get_if<Simple>(&it->second.value);
    const auto* text = simple == nullptr ? nullptr : std::get_if<std::string>(simple);
    if (text == nullptr) return nullptr;
    if (!it->second.lowered) it->second.lowered = lower_case(*text);
    return &*it->second.lowered;
}

}  // namespace aksono::push
