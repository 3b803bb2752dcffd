// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <string>

namespace aksono::migrate {

/// Asks a server over plain HTTP, as its own machine or network does: http://host:port.
class HttpClient {
public:
    /// Throws cli::UsageError when `url` is no http:// URL. `token` goes with every request.
    HttpClient(const std::string& url, std::string token);

    /// Their JSON answers; throw cli::Unsuitable when there is none or the status is not 200.
    [[nodiscard]] Json get(const std::string& path) const;
    Json post(const std::string& path, const Json& body) const;

private:
    [[nodiscard]] Json ask(const std::string& method, const std::string& path,
                           const std::string& body) const;
    [[nodiscard]] std::string exchange(const std::string& request) const;

    std::string host_;
    std::string port_ = "80";
    std::string prefix_;
    std::string token_;
};

}  // namespace aksono::migrate
