// SPDX-License-Identifier: Apache-2.0
#include "rooms/relation_rules.h"

#include "base/matrix_error.h"
#include "storage/send_context.h"

#include <algorithm>

namespace aksono::rooms {

namespace {

constexpr std::ptrdiff_t kMaxKeyLength = 500;

std::ptrdiff_t code_points(std::string_view text) {
    return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

void check_annotation(pg::Transaction& tx, std::string_view sender, std::string_view type,
                      const Relation& relation) {
    if (!relation.key) throw MatrixError::unknown(400, "Missing aggregation key");
    if (code_points(*relation.key) > kMaxKeyLength) {
        throw MatrixError::unknown(400, "Aggregation key is too long");
    }
    if (storage::has_annotated(tx, relation.event_id, sender, type, *relation.key)) {
        throw MatrixError(400, "M_DUPLICATE_ANNOTATION", "Can't send same reaction twice");
    }
}

}  // namespace

std::optional<Relation> relation_of(const Json& content) {
    const Json* relates = find_member(content, "m.relates_to");
    if (relates == nullptr) return std::nullopt;
    const std::string* event_id = find_string(*relates, "event_id");
    const std::string* rel_type = find_string(*relates, "rel_type");
    if (event_id == nullptr || rel_type == nullptr) return std::nullopt;
    Relation relation{*event_id, *rel_type, std::nullopt};
    if (const std::string* key = find_string(*relates, "key")) relation.key = *key;
    return relation;
}

void check_relation(pg::Transaction& tx, std::string_view room_id, std::string_view sender,
                    std::string_view type, const Relation& relation) {
    const auto target = storage::relation_target(tx, relation.event_id);
    if (!target) throw MatrixError::unknown(400, "Can't send relation to unknown event");
    if (target->room_id != room_id) {
        throw MatrixError::unknown(400, "Relations must be in the same room");
    }
    if (relation.rel_type == "m.annotation") {
        check_annotation(tx, sender, type, relation);
    } else if (relation.rel_type == "m.thread" && target->relation) {
        throw MatrixError::unknown(400, "Cannot start threads from an event with a relation");
    }
}

}  // namespace aksono::rooms
