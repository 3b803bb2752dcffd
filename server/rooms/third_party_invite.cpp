// SPDX-License-Identifier: Apache-2.0
#include "rooms/third_party_invite.h"

#include "base/base64.h"
#include "crypto/json_signature.h"

#include <string>
#include <vector>

namespace aksono::rooms {

namespace {

void add_key(std::vector<std::string>& keys, const Json& holder) {
    const std::string* text = find_string(holder, "public_key");
    if (text == nullptr) return;
    if (auto key = base64_decode(*text)) keys.push_back(std::move(*key));
}

/// «A single public key in the public_key property; a list of public keys in public_keys»
std::vector<std::string> public_keys(const Json& invite) {
    std::vector<std::string> keys;
    const Json* content = find_member(invite, "content");
    if (content == nullptr) return keys;
    add_key(keys, *content);
    const Json* list = find_member(*content, "public_keys");
    if (list == nullptr || !list->is_array()) return keys;
    for (const auto& entry : *list)
        add_key(keys, entry);
    return keys;
}

}  // namespace

bool is_signed_by_invite(const Json& signed_part, const Json& invite) {
    const Json* signatures = find_member(signed_part, "signatures");
    if (signatures == nullptr || !signatures->is_object()) return false;
    const auto keys = public_keys(invite);
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

}  // namespace aksono::rooms
