// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"

#include <string>
#include <string_view>

namespace aksono::http {

std::string_view reason_phrase(int status);

struct Framing {
    std::string_view server_header;
    bool http_1_1 = true;
    bool keep_alive = true;
    bool head_only = false;  ///< an answer to HEAD
};

/// The bytes of an answer: status line, headers with Server, Date and Content-Length, body.
std::string serialize(const Response& response, const Framing& framing);

/// Replaces the body by its gzip form and says so in the headers.
void compress(Response& response);
/// Whether the client's Accept-Encoding names gzip.
bool accepts_gzip(const Request& request);

}  // namespace aksono::http
