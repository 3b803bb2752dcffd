// SPDX-License-Identifier: Apache-2.0
#include "users/filters.h"

#include "base/matrix_error.h"
#include "storage/filters.h"
#include "users/filter_rules.h"

namespace aksono::users {

std::int64_t Filters::add(Waiter& waiter, const UserId& user, const Json& filter) {
    check_filter(filter);
    const auto text = dump_json(filter);
    return db_.write(
        waiter, "add_user_filter",
        [&](pg::Transaction& tx) { return storage::find_or_insert_filter(tx, user, text); },
        pg::Isolation::read_committed);
}

Json Filters::get(Waiter& waiter, const UserId& user, std::int64_t filter_id) {
    const auto text = db_.fetch(waiter, "get_user_filter", [&](pg::Transaction& tx) {
        return storage::find_filter(tx, user, filter_id);
    });
    if (!text) throw MatrixError::not_found("No such filter");
    return parse_json(*text).value_or(Json::object());
}

}  // namespace aksono::users
