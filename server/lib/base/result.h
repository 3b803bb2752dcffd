// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>

namespace aksono {

/// A value, or the ordinary reason why there is none. For rules where refusal is expected (parsing,
/// event authorisation); request handlers throw MatrixError instead.
template <class T, class E = std::string>
using Result = std::expected<T, E>;

template <class E>
[[nodiscard]] std::unexpected<std::decay_t<E>> failure(E&& reason) {
    return std::unexpected<std::decay_t<E>>(std::forward<E>(reason));
}

}  // namespace aksono
