// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.h"

#include <cstddef>
#include <memory>
#include <string_view>

namespace aksono::http {

/// Makes one request out of bytes as they come. HTTP/1.0 and 1.1, chunked bodies, limits.
class RequestParser {
public:
    explicit RequestParser(std::size_t max_body);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    enum class State {
        head,       ///< of the request: more bytes wanted
        body,       ///< the head is complete: more bytes wanted
        complete,   ///< what was not used belongs to the next request
        malformed,  ///< answer 400 and close
        too_large,  ///< answer 413 and close
    };
    /// Takes from the start of `bytes` what it can use and says how much.
    std::size_t feed(std::string_view bytes);
    [[nodiscard]] State state() const { return state_; }

    /// The client waits to be told that it may send the body; once true, then false.
    [[nodiscard]] bool take_expectation();

    /// Once complete. Leaves the request without what the connection knows (client_ip, site, id).
    Request take();
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] const std::string& method() const { return method_; }  ///< as sent
    [[nodiscard]] bool http_1_1() const;

private:
    struct Impl;
    void check_head();

    std::unique_ptr<Impl> impl_;
    State state_ = State::head;
    bool expects_continue_ = false;
    bool http_1_1_ = true;
    std::string method_;
};

}  // namespace aksono::http
