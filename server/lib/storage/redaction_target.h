// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "storage/event.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aksono::storage {

/// The event that a redaction is for, as far as it says whether the redaction counts.
struct RedactionTarget {
    std::string room_id;
    std::string sender;
    bool rejected = false;
};

/// By event id. Ids that the database does not have are not in it.
using RedactionTargets = std::unordered_map<std::string, RedactionTarget>;

RedactionTargets redaction_targets(pg::Transaction& tx, const std::vector<std::string>& event_ids);

/// The id of the event that `redaction` is for: content.redacts since room version 11, `redacts` at
/// the top before. Empty where it names none.
std::string redacted_id(const Event& redaction);

/// Whether clients are given `redaction`: not when it is for an event that is unknown, rejected or
/// of another room (`target`: nullptr when unknown), and not when it was let in unchecked and its
/// sender is of another server than the target's.
/// https://spec.matrix.org/latest/rooms/v3/#handling-redactions
bool redaction_shows(const Event& redaction, const RedactionTarget* target);

/// The part of a user id that names the server; empty where there is none.
std::string_view server_of(std::string_view user_id);

}  // namespace aksono::storage
