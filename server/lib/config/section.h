// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "config/document.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace aksono::config {

/// A value for people to see: JSON, cut short.
std::string shown(const Json& value);

/// A mapping of the configuration, read with checked types. Every getter throws ConfigError when
/// the value is of another type; an absent option gives the fallback. An explicit null counts as
/// absent where Synapse takes it so, which is everywhere but in durations and sizes without a
/// «none».
class Section {
public:
    explicit Section(const Document& document) : document_(&document), object_(&document.options) {}

    [[nodiscard]] const Json* find(const std::string& key) const;   // nullptr: absent or null
    [[nodiscard]] const Json* given(const std::string& key) const;  // nullptr: absent
    [[nodiscard]] bool has(const std::string& key) const { return find(key) != nullptr; }

    [[nodiscard]] bool boolean(const std::string& key, bool fallback) const;
    [[nodiscard]] std::int64_t integer(const std::string& key, std::int64_t fallback) const;
    [[nodiscard]] double number(const std::string& key, double fallback) const;
    [[nodiscard]] std::string text(const std::string& key, const std::string& fallback) const;
    [[nodiscard]] std::optional<std::string> maybe_text(const std::string& key) const;
    [[nodiscard]] std::vector<std::string> texts(const std::string& key) const;
    [[nodiscard]] Millis duration(const std::string& key, Millis fallback) const;
    [[nodiscard]] std::optional<Millis> maybe_duration(const std::string& key) const;
    [[nodiscard]] std::int64_t size(const std::string& key, std::int64_t fallback) const;
    [[nodiscard]] std::optional<std::int64_t> maybe_size(const std::string& key) const;
    [[nodiscard]] Json object(const std::string& key) const;  // {} when absent

    /// A mapping below this one; an empty one when absent.
    [[nodiscard]] Section section(const std::string& key) const;
    /// The mappings of a list.
    [[nodiscard]] std::vector<Section> sections(const std::string& key) const;
    /// Names of the members.
    [[nodiscard]] std::vector<std::string> keys() const;

    /// A secret that may stand in the file or in a file of its own (`key`_path), never in both.
    [[nodiscard]] std::optional<std::string> secret(const std::string& key) const;

    /// Refuses: Synapse's sentence (or ""), what to do, and where Synapse says it is.
    [[noreturn]] void refuse(const std::string& key, const std::string& sentence,
                             const std::string& advice, const std::string& path = {}) const;
    [[nodiscard]] std::string path_of(const std::string& key) const;
    [[nodiscard]] const Document& document() const { return *document_; }

private:
    Section(const Document& document, const Json& object, std::string prefix)
        : document_(&document), object_(&object), prefix_(std::move(prefix)) {}

    const Document* document_;
    const Json* object_;
    std::string prefix_;
};

}  // namespace aksono::config
