// SPDX-License-Identifier: Apache-2.0
#include "config/check_config.h"

#include "config/feature_flags.h"
#include "config/options_table.h"

#include <algorithm>

#include <fmt/format.h>

namespace aksono::config {

namespace {

/// «{}», null and false ask for nothing; to say that they are ignored would be noise.
bool asks_for_nothing(const Json& value) {
    if (value.is_null() || (value.is_boolean() && !value.get<bool>())) return true;
    if (value.is_string()) return value.get_ref<const std::string&>().empty();
    if ((value.is_array() || value.is_object()) && value.empty()) return true;
    const Json* enabled = find_member(value, "enabled");
    return enabled != nullptr && enabled->is_boolean() && !enabled->get<bool>();
}

std::string unknown(const std::string& name) {
    const auto near = nearest_option(name);
    std::string text = "is no option of Synapse's, which would ignore it as well";
    if (!near.empty()) text += fmt::format("; did you mean {}?", near);
    return text;
}

std::string fate_of(const FlagOn& flag) {
    if (!flag.known) return "unknown   is no switch of Synapse's, which would ignore it as well";
    return "ignored   " + std::string(flag.reason);
}

}  // namespace

std::string describe_options(const Config& config) {
    std::size_t width = 0;
    for (const auto& [name, value] : config.document.options.items()) {
        width = std::max(width, name.size());
    }
    std::string text;
    for (const auto& file : config.document.files)
        text += "# " + file + "\n";
    for (const auto& [name, value] : config.document.options.items()) {
        const Option* option = find_option(name);
        std::string line;
        if (option == nullptr) {
            line = "unknown   " + unknown(name);
        } else if (option->fate == Fate::refused) {
            line = "off       would be refused when switched on: " + std::string(option->reason);
        } else {
            line = fmt::format("{:<10}{}", fate_name(option->fate), option->reason);
        }
        while (line.ends_with(' '))
            line.pop_back();
        text += fmt::format("{:<{}}  {}\n", name, width, line);
    }
    for (const auto& flag : flags_on(Section(config.document)))
        text += fmt::format("experimental_features.{}  {}\n", flag.name, fate_of(flag));
    for (const auto& warning : config.warnings)
        text += "warning: " + warning + "\n";
    return text;
}

std::vector<std::string> start_notes(const Config& config) {
    std::vector<std::string> notes = config.warnings;
    for (const auto& [name, value] : config.document.options.items()) {
        const std::string where = config.document.file_of(name) + ": " + name;
        const Option* option = find_option(name);
        if (option == nullptr) {
            notes.push_back(where + ": " + unknown(name));
        } else if (option->fate == Fate::ignored && !asks_for_nothing(value)) {
            notes.push_back(where + ": is ignored: " + std::string(option->reason));
        } else if (option->fate == Fate::partly && !asks_for_nothing(value)) {
            notes.push_back(where + ": is honoured in part: " + std::string(option->reason));
        }
    }
    for (const auto& flag : flags_on(Section(config.document))) {
        notes.push_back(config.document.file_of("experimental_features") +
                        ": experimental_features." + flag.name +
                        (flag.known
                             ? ": is ignored: " + std::string(flag.reason)
                             : ": is no switch of Synapse's, which would ignore it as well"));
    }
    return notes;
}

}  // namespace aksono::config
