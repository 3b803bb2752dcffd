// SPDX-License-Identifier: Apache-2.0
#include "config/feature_flags.h"

#include <algorithm>
#include <array>

namespace aksono::config {

namespace {

struct Flag {
    std::string_view name;
    std::string_view reason;  ///< empty: what it switches on is not built at all
};

constexpr std::string_view kNotBuilt = "what it switches on is not built yet";
constexpr std::string_view kPushRule = "the push rules stay as they are without it";

/// The switches that Synapse 1.163.2 reads, sorted.
constexpr std::array<Flag, 46> kFlags{{
    {"msc1763_enabled", ""},
    {"msc1767_enabled", ""},
    {"msc2409_to_device_messages_enabled", ""},
    {"msc2654_enabled", "/sync has no unread counts of that kind"},
    {"msc2815_enabled", "redacted events stay redacted"},
    {"msc3026_enabled", ""},
    {"msc3202_transaction_extensions", ""},
    {"msc3381_polls_enabled", kPushRule},
    {"msc3391_enabled", ""},
    {"msc3575_enabled", ""},
    {"msc3664_enabled", kPushRule},
    {"msc3720_enabled", ""},
    {"msc3773_enabled", "filters know the stable name only"},
    {"msc3814_enabled", ""},
    {"msc3848_enabled", "refusals have no such errcode"},
    {"msc3874_enabled", "filters by type of relation do nothing"},
    {"msc3881_enabled", ""},
    {"msc3890_enabled", ""},
    {"msc3912_enabled", "a redaction takes one event, not those that relate to it"},
    {"msc3983_appservice_otk_claims", ""},
    {"msc3984_appservice_key_query", ""},
    {"msc4028_push_encrypted_events", kPushRule},
    {"msc4069_profile_inhibit_propagation", ""},
    {"msc4075_enabled", kPushRule},
    {"msc4076_enabled", ""},
    {"msc4133_enabled", ""},
    {"msc4143_enabled", ""},
    {"msc4155_enabled", ""},
    {"msc4169_enabled", "redactions are sent with /redact only"},
    {"msc4210_enabled", kPushRule},
    {"msc4222_enabled", "/sync tells the state before the timeline"},
    {"msc4235_enabled", ""},
    {"msc4242_enabled", ""},
    {"msc4263_limit_key_queries_to_users_who_share_rooms", ""},
    {"msc4267_enabled", ""},
    {"msc4277_enabled", ""},
    {"msc4293_enabled", ""},
    {"msc4306_enabled", kPushRule},
    {"msc4354_enabled", "sticky events are ordinary ones"},
    {"msc4370_enabled", ""},
    {"msc4446_enabled", ""},
    {"msc4450_enabled", ""},
    {"msc4452_enabled", ""},
    {"msc4491_enabled", ""},
    {"msc4502_enabled", ""},
    {"msc4512_enabled", ""},
}};

const Flag* find_flag(std::string_view name) {
    const auto it = std::ranges::find(kFlags, name, &Flag::name);
    return it == kFlags.end() || name.empty() ? nullptr : &*it;
}

}  // namespace

std::vector<FlagOn> flags_on(const Section& root) {
    const Section section = root.section("experimental_features");
    std::vector<FlagOn> on;
    for (const auto& name : section.keys()) {
        if (*section.given(name) != true) continue;
        const Flag* flag = find_flag(name);
        if (flag == nullptr) {
            on.push_back({name, false, {}});
        } else {
            on.push_back({name, true, flag->reason.empty() ? kNotBuilt : flag->reason});
        }
    }
    return on;
}

void check_flags(const Section& root) {
    const Section section = root.section("experimental_features");
    for (const auto& name : section.keys()) {
        if (find_flag(name) == nullptr || section.given(name)->is_boolean()) continue;
        section.refuse(name, "", "must be true or false");
    }
}

}  // namespace aksono::config
