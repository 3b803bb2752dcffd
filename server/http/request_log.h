// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fiber.h"
#include "http/message.h"

#include <string>
#include <string_view>

namespace aksono::http {

/// The request's target with its access token blotted out.
std::string redacted(std::string_view target);

/// What is known about a request before it is answered.
struct RequestStart {
    const Request& request;
    std::string_view method;  ///< as sent
    std::string_view route;   ///< its path in the route table; empty when none
};

/// What is known about an answered request. Seconds.
struct RequestRecord {
    const Request& request;
    std::string_view method;     ///< as sent
    std::string_view protocol;   ///< «HTTP/1.1»
    std::string_view requester;  ///< «@user:server» or «None»
    std::string_view route;      ///< its path in the route table; empty when none
    int status;
    std::size_t bytes;  ///< of the body
    double processing;  ///< until the answer was there
    double sending;     ///< until it was written
    FiberWaiter::Usage usage;
};

/// One line in Synapse's format on logger synapse.access.http.<site>.
void log_request(const RequestRecord& record);

}  // namespace aksono::http
