// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"
#include "rooms/side_effects.h"

#include <optional>
#include <string_view>

namespace aksono::rooms {

/// `m.relates_to` where it names a relation type and an event.
/// https://spec.matrix.org/latest/client-server-api/#forming-relationships-between-events
std::optional<Relation> relation_of(const Json& content);

/// Whether `sender` may relate an event to another like this. Throws MatrixError, in the words of
/// Synapse.
void check_relation(pg::Transaction& tx, std::string_view room_id, std::string_view sender,
                    std::string_view type, const Relation& relation);

}  // namespace aksono::rooms
