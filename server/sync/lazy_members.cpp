// SPDX-License-Identifier: Apache-2.0
#include "sync/lazy_members.h"

namespace aksono::sync {

namespace {

constexpr std::string_view kMember = "m.room.member";

}  // namespace

bool ToldMembers::knows(const storage::Event& member, std::int64_t since) {
    const auto told = members_.get(member.state_key.value_or(""));
    return told && told->event_id == member.id && told->at <= since;
}

void ToldMembers::add(const storage::Event& member, std::int64_t at) {
    const auto key = member.state_key.value_or("");
    const auto told = members_.get(key);
    if (told && told->event_id == member.id && told->at <= at) return;
    members_.put(key, {member.id, at}, members_.generation());
}

void ToldMembers::omit_known(const std::vector<SyncRoom*>& rooms, std::optional<std::int64_t> since,
                             std::int64_t at) {
    for (auto* room : rooms) {
        if (since) {
            std::erase_if(room->state, [&](const auto& event) {
                return event->type == kMember && knows(*event, *since);
            });
        }
        for (const auto* list : {&room->state, &room->timeline}) {
            for (const auto& event : *list) {
                if (event->type == kMember && event->is_state()) add(*event, at);
            }
        }
    }
}

std::shared_ptr<ToldMembers> LazyMembers::of(const std::string& user,
                                             const std::optional<std::string>& device_id) {
    const auto key = user + '\n' + device_id.value_or("");
    const auto now = steady_ms();
    auto device = devices_.get(key);
    if (!device || device->used + kKept < now) device = {std::make_shared<ToldMembers>(), now};
    device->used = now;
    devices_.put(key, *device, devices_.generation());
    return device->members;
}

}  // namespace aksono::sync
