// SPDX-License-Identifier: Apache-2.0
#include "users/login_identifier.h"

#include "base/matrix_error.h"
#include "users/text.h"
#include "users/username.h"

#include <algorithm>

namespace aksono::users {

namespace {

/// A member that must be a string that the database can hold; `missing` is thrown when it is
/// absent.
std::string text_of(const Json& object, const char* key, const MatrixError& missing) {
    const auto* value = find_member(object, key);
    if (value == nullptr) throw missing;
    if (!value->is_string() || !storable(value->get_ref<const std::string&>())) {
        throw MatrixError::invalid_param(std::string("Bad parameter: ") + key);
    }
    return value->get<std::string>();
}

std::string trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\f\v";
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == text.npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1));
}

LoginIdentifier third_party(std::string medium, std::string address) {
    if (medium == "email") {
        address = lower_ascii(trimmed(address));
        if (address.find('@') == address.npos) {
            throw MatrixError::unknown(400, "Unable to parse email address");
        }
    }
    return ThirdPartyIdentifier{std::move(medium), std::move(address)};
}

/// Only numbers in international form: others need every country's dialling rules.
std::string msisdn(const std::string& number) {
    std::string digits;
    for (const char c : number) {
        if (c >= '0' && c <= '9') digits += c;
    }
    if (!trimmed(number).starts_with('+') || digits.empty()) {
        throw MatrixError::invalid_param("Unable to parse phone number");
    }
    return digits;
}

LoginIdentifier phone(const Json& identifier) {
    const bool has_number = find_member(identifier, "number") != nullptr;
    if (find_member(identifier, "country") == nullptr ||
        (!has_number && find_member(identifier, "phone") == nullptr)) {
        throw MatrixError::invalid_param("Invalid phone-type identifier");
    }
    const auto number =
        text_of(identifier, "number", MatrixError::unknown(400, "Missing JSON keys."));
    return third_party("msisdn", msisdn(number));
}

bool is_false(const Json& value) {
    return value.is_null() || value.empty() || value == false || value == 0 || value == "";
}

LoginIdentifier user(const Json& identifier) {
    const auto missing = MatrixError::unknown(400, "User identifier is missing 'user' key");
    const auto* name = find_member(identifier, "user");
    if (name == nullptr || is_false(*name)) throw missing;
    return UserIdentifier{text_of(identifier, "user", missing)};
}

}  // namespace

LoginIdentifier read_login_identifier(const Json& body) {
    const auto invalid = MatrixError::invalid_param("Invalid login submission");
    if (const auto* name = find_member(body, "user"); name != nullptr && !is_false(*name)) {
        return UserIdentifier{text_of(body, "user", invalid)};
    }
    if (find_member(body, "medium") != nullptr && find_member(body, "address") != nullptr) {
        return third_party(text_of(body, "medium", invalid), text_of(body, "address", invalid));
    }
    const auto* identifier = find_member(body, "identifier");
    if (identifier == nullptr || is_false(*identifier)) throw invalid;
    if (!identifier->is_object() && !identifier->is_string() && !identifier->is_array()) {
        throw MatrixError::invalid_param("Bad parameter: identifier");
    }
    const auto* type = find_member(*identifier, "type");
    if (type == nullptr) {
        throw MatrixError::missing_param("'identifier' dict has no key 'type'");
    }
    if (*type == "m.id.phone") return phone(*identifier);
    if (*type == "m.id.thirdparty") {
        const auto missing = MatrixError::unknown(400, "Invalid thirdparty identifier");
        return third_party(text_of(*identifier, "medium", missing),
                           text_of(*identifier, "address", missing));
    }
    if (*type != "m.id.user") throw MatrixError::unknown(400, "Unknown login identifier type");
    return user(*identifier);
}

}  // namespace aksono::users
