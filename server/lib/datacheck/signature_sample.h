// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "datacheck/session.h"
#include "synschema/finding.h"

#include <map>

namespace aksono::datacheck {

/// What the configuration says about signing.
struct KnownKeys {
    std::string server_name;
    std::map<std::string, std::string> current;  ///< id, as «ed25519:a_test», to public key
    std::map<std::string, std::string> old;      ///< old_signing_keys, the same
};

/// Some of this server's own events, the newest and others spread over the whole time: whether
/// their signatures are of the keys that are configured, and whether they are what they were when
/// they were signed.
synschema::Findings check_signatures(Session& session, const KnownKeys& keys);

/// One event of the sample.
struct SampledEvent {
    std::string id;
    std::string room_version;
    std::string json;
    bool redacted = false;  ///< its content may be gone, and with it what its hash covers
};

/// The judgement; `events` are of `keys.server_name`.
synschema::Findings judge_signatures(const std::vector<SampledEvent>& events,
                                     const KnownKeys& keys);

}  // namespace aksono::datacheck
