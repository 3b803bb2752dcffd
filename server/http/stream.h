// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fiber.h"

#include <memory>
#include <string>
#include <string_view>

namespace aksono::http {

/// A connection's bytes, plain or TLS, for the fiber that serves it.
class Stream {
public:
    enum class Status {
        ok,
        closed,  ///< by the other side, or broken
        timeout,
        cancelled,  ///< the server stops
    };
    struct Got {
        Status status;
        std::size_t bytes = 0;
    };

    virtual ~Stream() = default;

    /// TLS: everything before the first byte of HTTP.
    virtual Status handshake(Millis timeout) = 0;
    virtual Got read_some(char* data, std::size_t size, Millis timeout) = 0;
    virtual Status write_all(std::string_view bytes, Millis timeout) = 0;
    /// Says that no more will be written.
    virtual void finish_writing(Millis timeout) = 0;

    /// Until unwatch(), notices when the client goes away and calls `gone` then. Bytes that arrive
    /// meanwhile are kept for read_some (some; when there are many, watching ends).
    virtual void watch(std::function<void()> gone) = 0;
    virtual void unwatch() = 0;
};

}  // namespace aksono::http
