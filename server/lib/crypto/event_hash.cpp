// SPDX-License-Identifier: Apache-2.0
#include "crypto/event_hash.h"

#include "base/base64.h"
#include "crypto/canonical_json.h"
#include "crypto/json_signature.h"
#include "crypto/redaction.h"

#include <array>

#include <sodium.h>

namespace aksono::crypto {

namespace {

std::string sha256(const std::string& bytes) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                       bytes.size());
    return {hash.begin(), hash.end()};
}

}  // namespace

std::string content_hash(const Json& event) {
    Json bare = event;
    bare.erase("unsigned");
    bare.erase("signatures");
    bare.erase("hashes");
    return sha256(canonical_json(bare));
}

std::string reference_hash(const RoomVersion& version, const Json& event) {
    return sha256(signed_bytes(redact_event(version, event)));
}

EventId event_id(const RoomVersion& version, const Json& event) {
    if (version.format == EventFormat::v1) {
        const std::string* given = find_string(event, "event_id");
        return given == nullptr ? EventId() : EventId::trusted(*given);
    }
    const std::string hash = reference_hash(version, event);
    return EventId::trusted(
        "$" + (version.format == EventFormat::v2 ? base64_encode(hash) : base64_url_encode(hash)));
}

void hash_and_sign_event(const RoomVersion& version, Json& event, std::string_view server,
                         const SigningKey& key) {
    event["hashes"] = {{"sha256", base64_encode(content_hash(event))}};
    Json redacted = redact_event(version, event);
    sign_json(redacted, server, key);
    event["signatures"] = std::move(redacted["signatures"]);
}

bool verify_content_hash(const Json& event) {
    const Json* hashes = find_member(event, "hashes");
    const std::string* text = hashes == nullptr ? nullptr : find_string(*hashes, "sha256");
    return text != nullptr && base64_decode(*text) == content_hash(event);
}

bool verify_event_signature(const RoomVersion& version, const Json& event, std::string_view server,
                            std::string_view key_id, std::string_view public_key) {
    return verify_json(redact_event(version, event), server, key_id, public_key);
}

}  // namespace aksono::crypto
