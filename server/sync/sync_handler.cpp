// SPDX-License-Identifier: Apache-2.0
#include "sync/sync_handler.h"

#include "storage/device_reader.h"
#include "storage/memberships.h"
#include "sync/sync_builder.h"
#include "sync/token_reader.h"

#include <algorithm>

namespace aksono::sync {

namespace {

/// Whether no stream that /sync shows has moved since the client's token.
bool nothing_moved(const StreamToken& since, const StreamToken& now) {
    if (since.events != now.events) return false;
    if (since.at(StreamToken::presence) < now.at(StreamToken::presence)) return false;
    constexpr StreamToken::Field kShown[] = {StreamToken::typing,       StreamToken::receipts,
                                             StreamToken::account_data, StreamToken::push_rules,
                                             StreamToken::to_device,    StreamToken::device_lists};
    return std::all_of(std::begin(kShown), std::end(kShown),
                       [&](auto field) { return since.at(field) == now.at(field); });
}

}  // namespace

SyncHandler::SyncHandler(pg::Database& database, storage::EventReader& reader,
                         const storage::Streams& streams, Notifier& notifier, SyncSources sources,
                         std::size_t token_width)
    : database_(database),
      reader_(reader),
      streams_(streams),
      notifier_(notifier),
      sources_(std::move(sources)),
      token_width_(token_width) {}

StreamToken SyncHandler::now() const {
    return StreamToken::now(streams_, sources_.typing != nullptr ? sources_.typing->serial() : 0);
}

std::optional<StreamToken> SyncHandler::read_token(Waiter& waiter, std::string_view text) {
    return sync::read_token(waiter, database_, text);
}

/// Who asks for redundant members is told all of them, and what it was told does not count.
std::shared_ptr<ToldMembers> SyncHandler::told_members(const SyncRequest& request) {
    const auto& filter = request.filter.state;
    if (!filter.lazy_load_members) return nullptr;
    auto told = lazy_members_.of(request.user, request.device_id);
    if (!request.since) told->forget();
    return filter.include_redundant_members ? nullptr : told;
}

std::string SyncHandler::sync(Waiter& waiter, const SyncRequest& request) {
    acknowledge(waiter, request);
    const Millis deadline = steady_ms() + request.timeout;
    const bool may_wait = request.since && !request.full_state && request.timeout > 0;
    if (!may_wait) return look(waiter, request).text;
    const auto wake_up = waiter.make_wake_up();
    auto rooms = joined_rooms(waiter, request.user);
    while (true) {
        auto keys = *rooms;
        keys.push_back(request.user);
        // Before looking: what happens in between wakes the wait below.
        const Notifier::Subscription subscription(notifier_, std::move(keys), wake_up);
        auto seen = look(waiter, request);
        const Millis left = deadline - steady_ms();
        if (seen.has_news || left <= 0) return std::move(seen.text);
        if (seen.rooms && *seen.rooms != *rooms) {
            rooms = seen.rooms;
            continue;
        }
        if (!waiter.wait(*wake_up, left)) return std::move(seen.text);
    }
}

SyncHandler::Look SyncHandler::look(Waiter& waiter, const SyncRequest& request) {
    const auto position = now();
    if (request.since && !request.full_state && nothing_moved(*request.since, position)) {
        return nothing_new(waiter, request, position);
    }
    const auto lane = request.since ? Lane::short_jobs : Lane::long_jobs;
    const auto told = told_members(request);
    return database_.read(
        waiter, "sync",
        [&](pg::Transaction& tx) {
            SyncBuilder builder(tx, reader_, request, sources_, position, token_width_);
            builder.build(told.get());
            auto joined = builder.joined_rooms();
            std::sort(joined.begin(), joined.end());
            Look found;
            found.rooms = std::make_shared<const std::vector<std::string>>(std::move(joined));
            found.has_news = builder.has_news();
            found.text = builder.text();
            if (request.filter.room.rooms || !request.filter.room.not_rooms.empty()) return found;
            joined_.put(request.user, {found.rooms, position.events.at.stream},
                        joined_.generation());
            return found;
        },
        lane);
}

SyncHandler::Look SyncHandler::nothing_new(Waiter& waiter, const SyncRequest& request,
                                           const StreamToken& position) {
    return database_.fetch(waiter, "sync_nothing_new", [&](pg::Transaction& tx) {
        SyncBuilder builder(tx, reader_, request, sources_, position, token_width_);
        builder.build_nothing_new();
        return Look{builder.text(), false, nullptr};
    });
}

void SyncHandler::acknowledge(Waiter& waiter, const SyncRequest& request) {
    if (!request.since || !request.device_id) return;
    // Never beyond what exists: a token of another database must not empty the inbox.
    const auto until =
        std::min(request.since->at(StreamToken::to_device), streams_.to_device.position());
    const std::string key = request.user + '\n' + *request.device_id;
    const auto done = acknowledged_.get(key);
    if (until <= 0 || (done && *done >= until)) return;
    database_.write(
        waiter, "sync_acknowledge",
        [&](pg::Transaction& tx) {
            storage::delete_to_device_messages(tx, request.user, *request.device_id, until);
        },
        pg::Isolation::autocommit);
    acknowledged_.put(key, until, acknowledged_.generation());
}

std::shared_ptr<const std::vector<std::string>> SyncHandler::joined_rooms(Waiter& waiter,
                                                                          const std::string& user) {
    const auto position = streams_.events.position();
    if (const auto cached = joined_.get(user); cached && cached->position == position) {
        return cached->rooms;
    }
    std::vector<std::string> rooms;
    database_.fetch(waiter, "sync_joined_rooms", [&](pg::Transaction& tx) {
        rooms.clear();
        for (auto& room : storage::rooms_of_user(tx, user, {"join"})) {
            if (room.membership == "join") rooms.push_back(std::move(room.room_id));
        }
    });
    std::sort(rooms.begin(), rooms.end());
    auto shared = std::make_shared<const std::vector<std::string>>(std::move(rooms));
    joined_.put(user, {shared, position}, joined_.generation());
    return shared;
}

}  // namespace aksono::sync
