// SPDX-License-Identifier: Apache-2.0
#include "ignore_file.h"

#include "cli/command.h"
#include "glob.h"
#include "toml_lines.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>

namespace aksono::schema_diff {

namespace {

bool is_date(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int length = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &length) != 3 ||
        static_cast<std::size_t>(length) != text.size() || text.size() != 10) {
        return false;
    }
    return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month),
                                       std::chrono::day(day))
        .ok();
}

bool says_something(const std::vector<std::string>& globs) {
    return std::ranges::any_of(
        globs, [](const auto& glob) { return glob.find_first_not_of("*?") != glob.npos; });
}

std::string one_text(const std::string& name, const std::string& key, const TomlValue& value) {
    if (value.date || value.texts.size() != 1) {
        throw cli::UsageError(name + ": " + key + " must be one text");
    }
    return value.texts.front();
}

std::vector<std::string> globs_of(const std::string& name, const std::string& key,
                                  const TomlValue& value) {
    if (value.date || value.texts.empty()) {
        throw cli::UsageError(name + ": " + key + " must be a text or a list of texts");
    }
    return value.texts;
}

IgnoreEntry read_entry(const std::string& name, const TomlEntry& toml) {
    IgnoreEntry entry{name, {}, {}, "", ""};
    for (const auto& [key, value] : toml.values) {
        if (key == "id") {
            entry.ids = globs_of(name, key, value);
        } else if (key == "object") {
            entry.objects = globs_of(name, key, value);
        } else if (key == "reason") {
            entry.reason = one_text(name, key, value);
        } else if (key == "until") {
            entry.until = value.texts.size() == 1 ? value.texts.front() : "";
            if (!is_date(entry.until)) {
                throw cli::UsageError(name + ": until: '" + entry.until +
                                      "' is no date (2026-12-31)");
            }
        } else {
            throw cli::UsageError(name + ": unknown: " + key);
        }
    }
    if (entry.reason.find_first_not_of(' ') == std::string::npos) {
        throw cli::UsageError(name + ": a reason is required");
    }
    if (!says_something(entry.ids) && !says_something(entry.objects)) {
        throw cli::UsageError(name + ": would ignore everything: name an id or an object");
    }
    if (entry.until.empty()) {
        throw cli::UsageError(name + ": `until` is required: the last day on which it is ignored");
    }
    return entry;
}

synschema::Finding note(const char* id, const IgnoreEntry& entry, const std::string& summary) {
    return {id,
            synschema::Severity::info,
            entry.name,
            entry.name + " " + summary + " (" + entry.reason + ")",
            "The file is for differences that are known for a time.",
            {"", "take the entry out, or give it another date", true}};
}

}  // namespace

bool IgnoreEntry::matches(std::string_view id, std::string_view object) const {
    return (ids.empty() || matches_any(ids, id)) &&
           (objects.empty() || matches_any(objects, object));
}

std::vector<IgnoreEntry> parse_ignore_file(const std::string& name, std::string_view toml) {
    std::vector<IgnoreEntry> entries;
    try {
        for (const auto& entry : parse_toml(toml)) {
            if (entry.table != "ignore") {
                throw cli::UsageError(name + ": unknown: " + entry.table +
                                      " (entries are [[ignore]])");
            }
            entries.push_back(
                read_entry(name + ", entry " + std::to_string(entries.size() + 1), entry));
        }
    } catch (const TomlError& error) {
        throw cli::UsageError(name + ": " + error.what());
    }
    return entries;
}

std::vector<IgnoreEntry> read_ignore_file(const std::string& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) throw cli::UsageError(path + ": cannot be read");
    return parse_ignore_file(path, text);
}

std::string today() {
    const auto now = std::time(nullptr);
    std::tm date{};
    gmtime_r(&now, &date);
    std::array<char, 16> text{};
    std::strftime(text.data(), text.size(), "%F", &date);
    return text.data();
}

void apply_ignores(const std::vector<IgnoreEntry>& entries, const std::string& today, bool objects,
                   synschema::Findings& findings, Ignored& ignored) {
    const auto before = findings.size();
    std::erase_if(findings, [&](const synschema::Finding& finding) {
        const auto it = std::ranges::find_if(entries, [&](const IgnoreEntry& entry) {
            return !entry.expired(today) && (objects || entry.objects.empty()) &&
                   entry.matches(finding.id, finding.object);
        });
        if (it == entries.end()) return false;
        ignored.used.push_back(it->name);
        return true;
    });
    ignored.count += static_cast<int>(before - findings.size());
}

synschema::Findings notes_on(const std::vector<IgnoreEntry>& entries, const std::string& today,
                             const Ignored& ignored) {
    synschema::Findings notes;
    for (const auto& entry : entries) {
        if (entry.expired(today)) {
            notes.push_back(
                note("ignore-expired", entry, "ended on " + entry.until + ", ignores nothing"));
        } else if (std::ranges::find(ignored.used, entry.name) == ignored.used.end()) {
            notes.push_back(note("ignore-unused", entry, "matches nothing"));
        }
    }
    return notes;
}

}  // namespace aksono::schema_diff
