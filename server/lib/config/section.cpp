// SPDX-License-Identifier: Apache-2.0
#include "config/section.h"

#include "config/error.h"
#include "config/files.h"
#include "config/units.h"

#include <cmath>

#include <fmt/format.h>

namespace aksono::config {

namespace {

const Json kEmpty = Json::object();

std::string wanted(const char* what, const Json& value) {
    return fmt::format("must be {}, not {}", what, shown(value));
}

std::string stripped(std::string text) {
    constexpr auto kBlanks = " \t\r\n";
    text.erase(text.find_last_not_of(kBlanks) + 1);
    text.erase(0, std::min(text.size(), text.find_first_not_of(kBlanks)));
    return text;
}

}  // namespace

std::string shown(const Json& value) {
    std::string text = dump_json(value);
    if (text.size() <= 40) return text;
    std::size_t end = 40;
    while ((static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
        --end;
    return text.substr(0, end) + "…";
}

const Json* Section::given(const std::string& key) const {
    const auto it = object_->find(key);
    return it == object_->end() ? nullptr : &*it;
}

const Json* Section::find(const std::string& key) const {
    const Json* value = given(key);
    return value == nullptr || value->is_null() ? nullptr : value;
}

std::string Section::path_of(const std::string& key) const {
    if (prefix_.empty()) return key;
    return key.empty() ? prefix_ : prefix_ + "." + key;
}

void Section::refuse(const std::string& key, const std::string& sentence, const std::string& advice,
                     const std::string& path) const {
    const std::string option = path_of(key);
    throw ConfigError({.sentence = sentence,
                       .file = document_->file_of(option),
                       .option = option,
                       .advice = advice,
                       .path = path});
}

bool Section::boolean(const std::string& key, bool fallback) const {
    const Json* value = find(key);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) refuse(key, "", wanted("true or false", *value));
    return value->get<bool>();
}

std::int64_t Section::integer(const std::string& key, std::int64_t fallback) const {
    const Json* value = find(key);
    if (value == nullptr) return fallback;
    if (!value->is_number_integer()) refuse(key, "", wanted("a whole number", *value));
    return value->get<std::int64_t>();
}

double Section::number(const std::string& key, double fallback) const {
    const Json* value = find(key);
    if (value == nullptr) return fallback;
    const double number = value->is_number() ? value->get<double>() : std::nan("");
    if (!std::isfinite(number)) refuse(key, "", wanted("a number", *value));
    return number;
}

std::optional<std::string> Section::maybe_text(const std::string& key) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) refuse(key, "", wanted("text (put it in quotes)", *value));
    return value->get<std::string>();
}

std::string Section::text(const std::string& key, const std::string& fallback) const {
    return maybe_text(key).value_or(fallback);
}

std::vector<std::string> Section::texts(const std::string& key) const {
    const Json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_array()) refuse(key, "", wanted("a list of texts", *value));
    std::vector<std::string> list;
    for (const auto& item : *value) {
        if (!item.is_string()) refuse(key, "", wanted("a list of texts", *value));
        list.push_back(item.get<std::string>());
    }
    return list;
}

std::optional<Millis> Section::maybe_duration(const std::string& key) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    const auto parsed = parse_duration(*value);
    if (!parsed) refuse(key, parsed.error(), "must be a duration such as 30d, 5m or 5000 (ms)");
    return *parsed;
}

Millis Section::duration(const std::string& key, Millis fallback) const {
    return maybe_duration(key).value_or(fallback);
}

std::optional<std::int64_t> Section::maybe_size(const std::string& key) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    const auto parsed = parse_size(*value);
    if (!parsed) refuse(key, parsed.error(), "must be a size such as 50M, 10K or 5000 (bytes)");
    return *parsed;
}

std::int64_t Section::size(const std::string& key, std::int64_t fallback) const {
    return maybe_size(key).value_or(fallback);
}

Json Section::object(const std::string& key) const {
    const Json* value = find(key);
    if (value == nullptr) return Json::object();
    if (!value->is_object()) refuse(key, "", wanted("a mapping", *value));
    return *value;
}

Section Section::section(const std::string& key) const {
    const Json* value = find(key);
    if (value == nullptr) return {*document_, kEmpty, path_of(key)};
    if (!value->is_object()) refuse(key, "", wanted("a mapping", *value));
    return {*document_, *value, path_of(key)};
}

std::vector<Section> Section::sections(const std::string& key) const {
    const Json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_array())
        refuse(key, "Expected a list", "must be a list of mappings", path_of(key));
    std::vector<Section> list;
    for (const auto& item : *value) {
        const std::string name = fmt::format("{}.{}", key, list.size());
        if (!item.is_object()) refuse(name, "Expected a dictionary", "", path_of(name));
        list.push_back(Section(*document_, item, path_of(name)));
    }
    return list;
}

std::vector<std::string> Section::keys() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : object_->items())
        names.push_back(name);
    return names;
}

std::optional<std::string> Section::secret(const std::string& key) const {
    const std::string path_key = key + "_path";
    const auto here = maybe_text(key);
    const auto path = maybe_text(path_key);
    if (here && path) {
        refuse(key,
               fmt::format("Conflicting options '{}' and '{}' are both defined in config file.",
                           key, path_key),
               "keep one of the two");
    }
    if (!path) return here;
    auto text = read_file(*path);
    if (!text) {
        refuse(path_key, fmt::format("Error accessing file '{}': {}", *path, text.error()),
               "name a file that can be read", path_of(path_key));
    }
    return stripped(std::move(*text));
}

}  // namespace aksono::config
