// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aksono::storage {

/// Which of the configured writers of the event stream writes the events of a room. Synapse shares
/// rooms out by the SHA-256 of their id, read as a little-endian number, modulo the writers in the
/// order of the configuration. `writers` must not be empty.
const std::string& writer_of_room(const std::vector<std::string>& writers,
                                  std::string_view room_id);

}  // namespace aksono::storage
