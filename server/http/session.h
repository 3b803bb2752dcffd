// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/dispatcher.h"
#include "http/listener_settings.h"
#include "http/request_log.h"
#include "http/request_parser.h"
#include "http/stream.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace aksono::http {

/// Told of every request that found an endpoint or none. Called on the io threads.
class RequestObserver {
public:
    virtual ~RequestObserver() = default;
    virtual void began(const RequestStart& start) = 0;
    virtual void ended(const RequestRecord& record) = 0;
    /// The client left, or the server stopped, before there was an answer.
    virtual void dropped(const RequestStart& start) = 0;
};

/// What the sessions of a server share.
struct SessionContext {
    const Dispatcher& dispatcher;
    RequestObserver* observer;  ///< may be nothing
    std::atomic<std::uint64_t>& next_request;
};

/// One connection: requests one after the other until either side has enough.
class Session {
public:
    Session(const SessionContext& context, const ListenerSettings& settings, FiberWaiter& waiter,
            Stream& stream, std::string peer)
        : context_(context),
          settings_(settings),
          waiter_(waiter),
          stream_(stream),
          peer_(std::move(peer)) {}

    void run();

private:
    enum class Next { request, close };

    Next serve_one();
    bool read_request(RequestParser& parser);
    void refuse(const Response& response);
    void complete(Request& request, const RequestParser& parser);
    [[nodiscard]] Router::Found find(const Request& request) const;
    Next answer(const Request& request, const RequestParser& parser);
    std::optional<Dispatcher::Answer> handle(const Request& request, Router::Found found,
                                             bool droppable);
    Response finished(const Request& request, Response response) const;

    const SessionContext& context_;
    const ListenerSettings& settings_;
    FiberWaiter& waiter_;
    Stream& stream_;
    std::string peer_;
    unsigned served_ = 0;
    std::string unused_;  ///< bytes read beyond the last request
};

}  // namespace aksono::http
