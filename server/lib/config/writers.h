// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.h"

#include <map>
#include <string>
#include <vector>

namespace aksono::config {

/// The name of Synapse's main process in rows.
inline constexpr const char* kMainProcess = "master";

/// Which instances write what, as `stream_writers` and its relatives configure it. A single Aksono
/// acts as all of them, so that their rows in stream_positions and the like keep moving.
struct Writers {
    /// Name in `stream_writers` (events, typing, to_device …) → instances; «master» where not
    /// given.
    std::map<std::string, std::vector<std::string>> streams;
    std::vector<std::string> federation_senders;
    std::vector<std::string> pushers;

    [[nodiscard]] const std::vector<std::string>& of(const std::string& stream) const;
    /// Where any of several writers will do: of receipts and device lists Synapse takes whichever
    /// comes first.
    [[nodiscard]] const std::string& first_of(const std::string& stream) const;
    /// Every name that occurs, sorted.
    [[nodiscard]] std::vector<std::string> instances() const;
};

Writers read_writers(const Section& root);

}  // namespace aksono::config
