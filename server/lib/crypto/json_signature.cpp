// SPDX-License-Identifier: Apache-2.0
#include "crypto/json_signature.h"

#include "base/base64.h"
#include "crypto/canonical_json.h"

namespace aksono::crypto {

std::string signed_bytes(const Json& object) {
    Json bare = object;
    bare.erase("signatures");
    bare.erase("unsigned");
    return canonical_json(bare);
}

void sign_json(Json& object, std::string_view server, const SigningKey& key) {
    const std::string signature = base64_encode(key.sign(signed_bytes(object)));
    object["signatures"][std::string(server)][key.key_id()] = signature;
}

bool verify_json(const Json& object, std::string_view server, std::string_view key_id,
                 std::string_view public_key) {
    const Json* signatures = find_member(object, "signatures");
    if (signatures == nullptr) return false;
    const Json* of_server = find_member(*signatures, server);
    if (of_server == nullptr) return false;
    const std::string* text = find_string(*of_server, key_id);
    if (text == nullptr) return false;
    const auto signature = base64_decode(*text);
    return signature && verify_signature(public_key, signed_bytes(object), *signature);
}

}  // namespace aksono::crypto
