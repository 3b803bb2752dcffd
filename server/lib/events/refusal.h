// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/matrix_error.h"
#include "base/result.h"

#include <expected>
#include <string>
#include <string_view>

namespace aksono::events {

/// Why an event is not allowed, as a client is told.
struct Refusal {
    std::string text;
    int status = 403;
    std::string_view errcode = "M_FORBIDDEN";  ///< a literal

    [[nodiscard]] MatrixError error() const { return {status, std::string(errcode), text}; }
};

using Verdict = Result<void, Refusal>;

[[nodiscard]] inline std::unexpected<Refusal> refuse(std::string text) {
    return std::unexpected(Refusal{std::move(text)});
}

/// What is not well-formed rather than forbidden: 400.
[[nodiscard]] inline std::unexpected<Refusal> refuse_as_bad(
    std::string text, std::string_view errcode = "M_UNKNOWN") {
    return std::unexpected(Refusal{std::move(text), 400, errcode});
}

}  // namespace aksono::events
