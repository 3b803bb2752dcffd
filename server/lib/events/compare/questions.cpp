// SPDX-License-Identifier: Apache-2.0
#include "events/compare/questions.h"

#include "base/base64.h"
#include "crypto/canonical_json.h"
#include "crypto/event_hash.h"
#include "crypto/redaction.h"
#include "events/auth_rules.h"

#include <map>
#include <stdexcept>
#include <vector>

namespace aksono::events {

namespace {

const crypto::RoomVersion& version_of(const Json& question) {
    const auto* version = crypto::find_room_version(question.at("version").get<std::string>());
    if (version == nullptr) throw std::invalid_argument("unknown room version");
    return *version;
}

/// {"event": …, "id": …, "rejected": …}
EventPtr event_of(const crypto::RoomVersion& version, const Json& entry) {
    auto event =
        std::make_shared<Event>(*read_event(version, entry.at("event"), entry.value("id", "")));
    event->rejected = entry.value("rejected", false);
    return event;
}

Json told(const Verdict& verdict) {
    if (verdict) return {{"ok", true}};
    const Refusal& refusal = verdict.error();
    return {{"ok", false},
            {"text", refusal.text},
            {"status", refusal.status},
            {"errcode", std::string(refusal.errcode)}};
}

/// Whether a state allows an event.
Json ask_auth(const Json& question) {
    const auto& version = version_of(question);
    std::vector<EventPtr> state;
    for (const auto& entry : question.at("state"))
        state.push_back(event_of(version, entry));
    return told(check_event_auth(version, *event_of(version, question), AuthState(state)));
}

/// Which state authorises an event.
Json ask_keys(const Json& question) {
    const auto& version = version_of(question);
    Json keys = Json::array();
    for (const auto& [type, state_key] : auth_event_keys(version, *event_of(version, question)))
        keys.push_back(Json::array({type, state_key}));
    return keys;
}

/// The canonical form of a text.
Json ask_canonical(const Json& question) {
    const auto parsed = parse_json(question.at("text").get_ref<const std::string&>());
    if (!parsed) return {{"parsed", false}};
    return {{"parsed", true},
            {"strict", crypto::check_canonical(*parsed).has_value()},
            {"text", crypto::canonical_json(*parsed)}};
}

/// What is left of an event after redaction, its hashes and its id.
Json ask_hashes(const Json& question) {
    const auto& version = version_of(question);
    const Json& event = question.at("event");
    return {{"redacted", crypto::redact_event(version, event)},
            {"content_hash", base64_encode(crypto::content_hash(event))},
            {"reference_hash", base64_encode(crypto::reference_hash(version, event))},
            {"event_id", crypto::event_id(version, event).str()}};
}

using Answer = Json (*)(const Json& question);

const std::map<std::string, Answer>& answers() {
    static const std::map<std::string, Answer> kAnswers{
        {"auth", ask_auth},
        {"keys", ask_keys},
        {"canonical", ask_canonical},
        {"hashes", ask_hashes},
    };
    return kAnswers;
}

}  // namespace

std::string answer(std::string_view question) {
    try {
        const Json asked = Json::parse(question);
        return dump_json(answers().at(asked.at("ask").get<std::string>())(asked));
    } catch (const std::exception& e) {
        return dump_json({{"bug", e.what()}});
    }
}

}  // namespace aksono::events
