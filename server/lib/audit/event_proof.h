// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "audit/written_event.h"

#include <map>

namespace aksono::audit {

/// "ed25519:a_test" → the raw public key, 32 bytes.
using PublicKeys = std::map<std::string, std::string>;

/// Something that is wrong with an event: the kind of finding, and what is the case.
struct Flaw {
    const char* id;
    std::string what;
};
using Flaws = std::vector<Flaw>;

/// What can be told from the event's own rows: its hashes, its id, its server's signature (of
/// events of `server_name`, by `keys`), the columns and rows that repeat its JSON.
Flaws flaws_of_event(const WrittenEvent& event, int version, const std::string& server_name,
                     const PublicKeys& keys);

}  // namespace aksono::audit
