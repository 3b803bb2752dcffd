// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "pg/transaction.h"

#include <string_view>

namespace aksono::rooms {

/// What a message event of a known type must hold. Throws MatrixError, in the words of Synapse.
void check_message_content(std::string_view server_name, std::string_view room_id,
                           std::string_view type, const Json& content);

/// Whether the aliases in an m.room.canonical_alias point to the room. Throws MatrixError. Asked
/// only once the event is known to be allowed.
void check_canonical_alias(pg::Transaction& tx, std::string_view room_id, const Json& content);

/// m.mentions, of any event. Throws MatrixError 400 M_BAD_JSON.
/// https://spec.matrix.org/latest/client-server-api/#definition-mmentions
void check_mentions(const Json& content);

/// org.matrix.labels. Throws MatrixError 400 where the database could not hold them.
void check_labels(const Json& content);

/// Levels of nesting: 0 for a value that is neither an object nor a list.
int nesting_depth(const Json& value);

}  // namespace aksono::rooms
