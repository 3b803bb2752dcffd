// SPDX-License-Identifier: Apache-2.0
#include "events/third_party_invite.h"

#include "base/base64.h"
#include "crypto/json_signature.h"

#include <string>
#include <vector>

namespace aksono::events {

namespace {

void add_key(std::vector<std::string>& keys, const Json& holder) {
    const std::string* text = find_string(holder, "public_key");
    if (text == nullptr) return;
    if (auto key = base64_decode(*text)) keys.push_back(std::move(*key));
}

/// «A single public key in the public_key property; a list of public keys in public_keys»
std::vector<std::string> public_keys(const Json& content) {
    std::vector<std::string> keys;
    add_key(keys, content);
    const Json* list = find_member(content, "public_keys");
    if (list == nullptr || !list->is_array()) return keys;
    for (const auto& entry : *list)
        add_key(keys, entry);
    return keys;
}

}  // namespace

const Json* signed_invite(const Json& content) {
    const Json* invite = find_member(content, "third_party_invite");
    return invite == nullptr ? nullptr : find_member(*invite, "signed");
}

bool is_signed_by_invite(const Json& signed_part, const Event& invite) {
    const Json* signatures = find_member(signed_part, "signatures");
    if (signatures == nullptr || !signatures->is_object()) return false;
    const auto keys = public_keys(invite.content());
    for (const auto& [server, by_key] : signatures->items()) {
        if (!by_key.is_object()) continue;
        for (const auto& [key_id, signature] : by_key.items()) {
            for (const auto& key : keys) {
                if (crypto::verify_json(signed_part, server, key_id, key)) return true;
            }
        }
    }
    return false;
}

}  // namespace aksono::events
