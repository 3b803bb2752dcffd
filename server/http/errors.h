// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/matrix_error.h"
#include "http/message.h"

#include <exception>
#include <string>

namespace aksono::http {

/// The one place where refusals become answers. 429s get a Retry-After header from their
/// retry_after_ms.
Response error_response(const MatrixError& error);

/// 404 and 405 for paths outside of the JSON trees.
Response page_not_found();
Response page_method_not_allowed();

/// For the log: type, text, and the same of everything nested inside, innermost last.
std::string describe(const std::exception& error);

}  // namespace aksono::http
