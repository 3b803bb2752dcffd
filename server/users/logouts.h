// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/requester.h"
#include "base/waiter.h"
#include "pg/database.h"
#include "storage/access_tokens.h"
#include "users/change_writer.h"

#include <string>
#include <vector>

namespace aksono::users {

/// Ends sessions: everything that belongs to a device goes with it.
class Logouts {
public:
    Logouts(pg::Database& db, storage::Streams& streams, std::string device_lists_writer,
            Notify notify);

    /// The requester's device, or only the token when it has none (an admin who acts as a user).
    void end_session(Waiter& waiter, const Requester& requester);
    /// All devices and tokens of the user.
    void end_all_sessions(Waiter& waiter, const UserId& user);
    /// Some devices of the user.
    void delete_devices(Waiter& waiter, const UserId& user,
                        const std::vector<std::string>& devices);

private:
    void end_token(Waiter& waiter, const Requester& requester);
    void run(Waiter& waiter, const char* name,
             const std::function<void(pg::Transaction&, ChangeWriter&)>& work);
    static void remove_devices(pg::Transaction& tx, ChangeWriter& changes, const UserId& user,
                               const std::vector<std::string>& devices,
                               const std::vector<storage::DeletedToken>& tokens);

    pg::Database& db_;
    storage::Streams& streams_;
    std::string device_lists_writer_;
    Notify notify_;
};

}  // namespace aksono::users
