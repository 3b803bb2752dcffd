// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace aksono::migrate {

/// A program to be run, found by PATH.
struct ChildProcess {
    std::vector<std::string> words;
    std::vector<std::string> environment;  ///< NAME=value, besides our own
};

/// Runs both, what the first one prints being the input of the second. Says why it failed, or
/// nothing; their stderr is ours.
std::optional<std::string> run_piped(const ChildProcess& first, const ChildProcess& second);

}  // namespace aksono::migrate
