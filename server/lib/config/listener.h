// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.h"

#include <optional>
#include <string>
#include <vector>

namespace aksono::config {

/// One entry of `listeners`.
struct Listener {
    enum class Type { http, metrics, manhole };
    struct Resource {
        std::vector<std::string> names;  ///< client, federation, metrics, health …
        bool compress = false;
    };

    int port = 0;                             ///< 0 for a Unix socket
    std::vector<std::string> bind_addresses;  ///< as given, else all local ones («::», «0.0.0.0»)
    std::string socket_path;                  ///< of a Unix socket; empty for TCP
    int socket_mode = 0666;
    Type type = Type::http;
    bool tls = false;
    bool x_forwarded = false;
    std::vector<Resource> resources;
    std::optional<std::string> tag;
    std::optional<std::string> request_id_header;

    /// In log lines and metrics: the tag, else the port, else «unix».
    [[nodiscard]] std::string site_tag() const;
    [[nodiscard]] bool serves(std::string_view resource) const;
};

std::vector<Listener> read_listeners(const Section& root);

}  // namespace aksono::config
