// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/io_threads.h"
#include "http/session.h"

#include <memory>
#include <vector>

namespace aksono::http {

class Listener;

/// The listening sockets and the sessions behind them. Sessions run as fibers of `threads` and
/// refer to this object: it must outlive IoThreads::stop(), which is also what ends listening.
class Server {
public:
    Server(IoThreads& threads, const Dispatcher& dispatcher, RequestObserver* observer = nullptr);
    ~Server();  // stops `threads`: what runs there refers to this object
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds all addresses of the listener, or throws std::runtime_error with one line that says
    /// which and why. Returns the port (the one chosen, if settings.port is 0).
    int bind(ListenerSettings settings);
    /// Answers from now on; who connected before was kept waiting.
    void start();

private:
    IoThreads& threads_;
    std::atomic<std::uint64_t> next_request_ = 0;
    SessionContext context_;
    std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace aksono::http
