// SPDX-License-Identifier: Apache-2.0
#include "auth/token_source.h"

#include "base/matrix_error.h"

#include <algorithm>

namespace aksono::auth {

namespace {

MatrixError missing(std::string text) {
    return {401, "M_MISSING_TOKEN", std::move(text)};
}

std::string_view from_header(std::string_view value) {
    constexpr std::string_view kScheme = "Bearer ";
    const auto token = value.starts_with(kScheme) ? value.substr(kScheme.size()) : "";
    if (token.empty() || token.find(' ') != token.npos) {
        throw missing("Invalid Authorization header.");
    }
    return token;
}

void check_bytes(std::string_view token) {
    const auto bad = [](char c) {
        return c == '\0' || (static_cast<unsigned char>(c) & 0x80U) != 0;
    };
    if (std::any_of(token.begin(), token.end(), bad)) {
        throw MatrixError::invalid_param("Access token contains characters that are not ASCII");
    }
}

}  // namespace

std::string_view token_of(const TokenSource& source) {
    const bool in_query = !source.query.empty();
    if (source.authorization.empty() && !in_query) throw missing("Missing access token");
    std::string_view token;
    if (source.authorization.empty()) {
        token = source.query.front();
    } else {
        if (in_query) {
            throw missing("Mixing Authorization headers and access_token query parameters.");
        }
        if (source.authorization.size() > 1) throw missing("Too many Authorization headers.");
        token = from_header(source.authorization.front());
    }
    check_bytes(token);
    return token;
}

}  // namespace aksono::auth
