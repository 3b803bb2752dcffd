// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace aksono::config {

/// What becomes of an option of homeserver.yaml.
enum class Fate {
    honoured,
    partly,   ///< honoured as far as the reason says
    ignored,  ///< with a reason; the server starts
    refused,  ///< the server does not start when it is switched on
};

/// One top-level option: a fact about Synapse and a promise about Aksono, as data.
struct Option {
    std::string_view name;
    Fate fate;
    std::string_view reason;  ///< empty when honoured
};

/// All options that Synapse 1.163.2 knows, and ours, sorted by name.
std::span<const Option> options_table();

/// nullptr for a name that is no option.
const Option* find_option(std::string_view name);

/// The option with the name nearest to a mistyped one; empty when none is near.
std::string_view nearest_option(std::string_view name);

std::string_view fate_name(Fate fate);

}  // namespace aksono::config
