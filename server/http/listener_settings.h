// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "http/resource.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace aksono::http {

/// One entry of `listeners`, whoever read it from where.
struct ListenerSettings {
    std::string site;                         ///< tag, else port, else socket path: for logs
    std::vector<std::string> bind_addresses;  ///< IPv4 or IPv6, without brackets
    int port = 0;                             ///< 0: any free one (see Listener::port)
    std::string socket_path;                  ///< of a Unix socket; empty for TCP
    int socket_mode = 0666;

    std::string tls_certificate_path;  ///< PEM, with its chain; empty: no TLS
    std::string tls_private_key_path;

    /// X-Forwarded-For names the client; whoever may connect is trusted.
    bool x_forwarded = false;
    /// A header that, when sent, names the request in the logs.
    std::optional<std::string> request_id_header;

    Resources resources;
    Resources compressed;       ///< those of them that answer with gzip
    bool metrics_only = false;  ///< `type: metrics`: every path is the metrics page

    std::string server_header;  ///< «Aksono/0.1.0»
    std::size_t max_body = 50U << 20U;
    Millis timeout =
        60'000;  ///< for a request's head, for silence within its body, and between two
};

}  // namespace aksono::http
