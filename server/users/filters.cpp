// SPDX-License-Identifier: Apache-2.0
#include "users/filters.h"

#include "base/matrix_error.h"
#include "storage/filters.h"
#include "users/filter_rules.h"

namespace aksono::users {

std::int64_t Filters::add(Waiter& waiter, const UserId& user, Json filter) {
    check_filter(filter);
    cap_timeline(filter);
    const auto text = dump_json(filter);
    return db_.write(
        waiter, "add_user_filter",
        [&](pg::Transaction& tx) { return storage::find_or_insert_filter(tx, user, text); },
        pg::Isolation::read_committed);
}

void Filters::cap_timeline(Json& filter) const {
    if (timeline_limit_ < 0 || find_member(filter, "room") == nullptr) return;
    auto& room = filter["room"];
    if (find_member(room, "timeline") == nullptr) return;
    auto& timeline = room["timeline"];
    const auto* limit = find_member(timeline, "limit");
    if (limit != nullptr && *limit > timeline_limit_) timeline["limit"] = timeline_limit_;
}

Json Filters::get(Waiter& waiter, const UserId& user, std::int64_t filter_id) {
    const auto text = db_.fetch(waiter, "get_user_filter", [&](pg::Transaction& tx) {
        return storage::find_filter(tx, user, filter_id);
    });
    if (!text) throw MatrixError::not_found("No such filter");
    return parse_json(*text).value_or(Json::object());
}

}  // namespace aksono::users
