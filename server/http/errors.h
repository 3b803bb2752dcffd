// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/matrix_error.h"
#include "http/message.h"

#include <exception>
#include <string>
#include <string_view>

namespace aksono::http {

/// The one place where refusals become answers. 429s get a Retry-After header from their
/// retry_after_ms.
Response error_response(const MatrixError& error);

/// Below /health: as Synapse has it, without headers for caches and other origins, and said to be a
/// page.
Response bare_error(const MatrixError& error);

/// 404 and 405 for paths outside of the JSON trees, worded as clients of Synapse see them. `path`
/// is that of a route, never the client's own words.
Response page_not_found();
Response page_method_not_allowed(std::string_view method, std::string_view path);

/// For the log: type, text, and the same of everything nested inside, innermost last.
std::string describe(const std::exception& error);

}  // namespace aksono::http
