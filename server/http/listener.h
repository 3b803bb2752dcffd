// SPDX-License-Identifier: Apache-2.0
#pragma once

// Includes asio: for http/*.cpp only.

#include "base/io_threads.h"
#include "http/session.h"

#include <memory>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>

namespace aksono::http {

/// One entry of `listeners`: bound sockets, each with a fiber that accepts.
class Listener {
public:
    Listener(IoThreads& threads, const SessionContext& context, ListenerSettings settings);
    ~Listener();  // removes a Unix socket's file
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Throws std::runtime_error: one line.
    void bind();
    void start();
    [[nodiscard]] int port() const { return port_; }

private:
    using Protocol = boost::asio::generic::stream_protocol;
    using Acceptor = boost::asio::basic_socket_acceptor<Protocol>;

    void load_certificate();
    void bind_tcp(const std::string& address);
    void bind_unix();
    void open(const Protocol::endpoint& endpoint, const std::string& name, bool v6_only);
    void accept_all(FiberWaiter& waiter, Acceptor& acceptor);
    void serve(FiberWaiter& waiter, Protocol::socket socket, std::string peer);

    IoThreads& threads_;
    const SessionContext& context_;
    ListenerSettings settings_;
    int port_ = 0;
    bool owns_file_ = false;
    std::unique_ptr<boost::asio::ssl::context> tls_;
    std::vector<std::shared_ptr<Acceptor>> acceptors_;
};

}  // namespace aksono::http
