// SPDX-License-Identifier: Apache-2.0
#include "users/logouts.h"

#include "crypto/random.h"
#include "storage/devices.h"
#include "storage/refresh_tokens.h"

namespace aksono::users {

namespace {

constexpr std::size_t kTaskIdLetters = 16;

std::vector<storage::CacheInvalidation> of_tokens(
    const std::vector<storage::DeletedToken>& tokens) {
    std::vector<storage::CacheInvalidation> invalidations;
    for (const auto& token : tokens) {
        invalidations.push_back({"get_user_by_access_token", {token.token}});
    }
    return invalidations;
}

/// The pushers of deleted devices and tokens.
void remove_pushers(pg::Transaction& tx, ChangeWriter& changes, const UserId& user,
                    const std::vector<std::string>& devices,
                    const std::vector<storage::DeletedToken>& tokens) {
    std::vector<std::int64_t> token_ids;
    for (const auto& token : tokens)
        token_ids.push_back(token.id);
    const auto pushers = storage::delete_pushers_of_devices(tx, user, devices, token_ids);
    if (pushers.empty()) return;
    storage::insert_deleted_pushers(tx, user, pushers, changes.pusher_ids(tx, pushers.size()),
                                    config::kMainProcess);
    // One for each, as Synapse does it.
    const storage::CacheInvalidation once{"get_if_user_has_pusher", {user.str()}};
    changes.invalidate(tx, std::vector<storage::CacheInvalidation>(pushers.size(), once));
}

}  // namespace

Logouts::Logouts(pg::Database& db, storage::Streams& streams, std::string device_lists_writer,
                 Notify notify)
    : db_(db),
      streams_(streams),
      device_lists_writer_(std::move(device_lists_writer)),
      notify_(std::move(notify)) {}

void Logouts::run(Waiter& waiter, const char* name,
                  const std::function<void(pg::Transaction&, ChangeWriter&)>& work) {
    ChangeWriter changes(streams_, device_lists_writer_);
    const auto write = [&](pg::Transaction& tx) {
        changes.begin();
        work(tx, changes);
    };
    db_.write(waiter, name, write, pg::Isolation::read_committed);
    changes.committed(notify_);
}

void Logouts::end_session(Waiter& waiter, const Requester& requester) {
    if (requester.device_id) {
        delete_devices(waiter, requester.user, {*requester.device_id});
    } else {
        end_token(waiter, requester);
    }
}

void Logouts::end_token(Waiter& waiter, const Requester& requester) {
    if (!requester.access_token_id) return;
    run(waiter, "delete_access_token", [&](pg::Transaction& tx, ChangeWriter& changes) {
        const auto tokens = storage::delete_access_token(tx, *requester.access_token_id);
        changes.invalidate(tx, of_tokens(tokens));
        remove_pushers(tx, changes, requester.user, {}, tokens);
    });
}

void Logouts::delete_devices(Waiter& waiter, const UserId& user,
                             const std::vector<std::string>& devices) {
    run(waiter, "delete_devices", [&](pg::Transaction& tx, ChangeWriter& changes) {
        const auto tokens = storage::delete_access_tokens_of_devices(tx, user, devices);
        storage::delete_refresh_tokens_of_devices(tx, user, devices);
        remove_devices(tx, changes, user, devices, tokens);
    });
}

void Logouts::end_all_sessions(Waiter& waiter, const UserId& user) {
    run(waiter, "logout_all", [&](pg::Transaction& tx, ChangeWriter& changes) {
        const auto devices = storage::device_ids_of(tx, user);
        const auto tokens = storage::delete_access_tokens_of_user(tx, user);
        storage::delete_refresh_tokens_of_user(tx, user);
        remove_devices(tx, changes, user, devices, tokens);
    });
}

void Logouts::remove_devices(pg::Transaction& tx, ChangeWriter& changes, const UserId& user,
                             const std::vector<std::string>& devices,
                             const std::vector<storage::DeletedToken>& tokens) {
    const auto deleted = storage::delete_devices(tx, user, devices);
    std::vector<std::string> ids;
    for (const auto& device : deleted) {
        ids.push_back(device.id);
        if (device.queued_messages == 0) continue;
        storage::insert_deleted_messages_task(tx, crypto::random_letters(kTaskIdLetters), user,
                                              device.id, changes.to_device_position(), now_ms());
    }
    if (!ids.empty()) {
        changes.invalidate(tx, {{"get_device", {user.str()}},
                                {"count_e2e_one_time_keys", {user.str()}},
                                {"get_e2e_unused_fallback_key_types", {user.str()}}});
    }
    changes.invalidate(tx, of_tokens(tokens));
    remove_pushers(tx, changes, user, devices, tokens);
    changes.devices_changed(tx, user, ids);
}

}  // namespace aksono::users
