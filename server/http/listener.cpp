// SPDX-License-Identifier: Apache-2.0
#include "http/listener.h"

#include "base/log.h"
#include "http/socket_stream.h"

#include <algorithm>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/format.h>

namespace aksono::http {
namespace {

using boost::system::error_code;
namespace asio = boost::asio;

constexpr std::string_view kLogger = "synapse.http.site";
constexpr int kBacklog = 128;
constexpr Millis kPauseAfterError = 100;

[[noreturn]] void fail(const std::string& what, const std::string& why) {
    throw std::runtime_error(fmt::format("Failed to listen on {}: {}", what, why));
}

std::string address_of(const asio::generic::stream_protocol::endpoint& endpoint) {
    if (endpoint.protocol().family() == AF_UNIX) return "";
    asio::ip::tcp::endpoint address;
    std::copy_n(reinterpret_cast<const char*>(endpoint.data()), endpoint.size(),
                reinterpret_cast<char*>(address.data()));
    address.resize(endpoint.size());
    const auto ip = address.address();
    if (ip.is_v6() && ip.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, ip.to_v6()).to_string();
    }
    return ip.to_string();
}

/// A socket file that nobody listens on any more, left behind by a server that died.
void remove_stale_socket(const std::string& path) {
    asio::io_context io;
    asio::local::stream_protocol::socket probe(io);
    error_code error;
    probe.connect(asio::local::stream_protocol::endpoint(path), error);
    if (error == asio::error::connection_refused) ::unlink(path.c_str());
}

}  // namespace

Listener::Listener(IoThreads& threads, const SessionContext& context, ListenerSettings settings)
    : threads_(threads), context_(context), settings_(std::move(settings)) {}

Listener::~Listener() {
    if (owns_file_) ::unlink(settings_.socket_path.c_str());
}

void Listener::bind() {
    if (!settings_.tls_certificate_path.empty()) load_certificate();
    if (!settings_.socket_path.empty()) return bind_unix();
    for (const auto& address : settings_.bind_addresses)
        bind_tcp(address);
}

void Listener::load_certificate() {
    tls_ = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    error_code error;
    // NOLINTNEXTLINE: what asio returns it also puts into `error`
    tls_->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
    tls_->use_certificate_chain_file(settings_.tls_certificate_path, error);
    if (error) {
        throw std::runtime_error(fmt::format("Cannot use the TLS certificate {}: {}",
                                             settings_.tls_certificate_path, error.message()));
    }
    tls_->use_private_key_file(settings_.tls_private_key_path, asio::ssl::context::pem, error);
    if (error) {
        throw std::runtime_error(fmt::format("Cannot use the TLS private key {}: {}",
                                             settings_.tls_private_key_path, error.message()));
    }
}

void Listener::bind_tcp(const std::string& address) {
    const std::string name = fmt::format("{}, {}", address, settings_.port);
    error_code error;
    const auto ip = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
    if (error) fail(name, "not an IP address");
    const auto wanted = static_cast<std::uint16_t>(port_ != 0 ? port_ : settings_.port);
    // With 0.0.0.0 beside it, :: must leave IPv4 alone.
    const bool v6_only = std::ranges::count(settings_.bind_addresses, "0.0.0.0") > 0;
    open(asio::ip::tcp::endpoint(ip, wanted), name, v6_only);
    asio::ip::tcp::endpoint bound;
    const auto local = acceptors_.back()->local_endpoint();
    std::copy_n(reinterpret_cast<const char*>(local.data()), local.size(),
                reinterpret_cast<char*>(bound.data()));
    port_ = bound.port();
}

void Listener::bind_unix() {
    const std::string& path = settings_.socket_path;
    if (path.size() >= sizeof(sockaddr_un::sun_path)) fail(path, "path too long");
    remove_stale_socket(path);
    open(asio::local::stream_protocol::endpoint(path), path, false);
    owns_file_ = true;
    if (::chmod(path.c_str(), static_cast<mode_t>(settings_.socket_mode)) != 0) {
        fail(path, "cannot set its mode");
    }
}

void Listener::open(const Protocol::endpoint& endpoint, const std::string& name, bool v6_only) {
    auto acceptor = std::make_shared<Acceptor>(threads_.io(0));
    error_code error;
    acceptor->open(endpoint.protocol(), error);
    if (error) fail(name, error.message());
    acceptor->set_option(asio::socket_base::reuse_address(true), error);
    if (endpoint.protocol().family() == AF_INET6) {
        acceptor->set_option(asio::ip::v6_only(v6_only), error);
    }
    acceptor->bind(endpoint, error);
    if (error) fail(name, error.message());
    acceptor->listen(kBacklog, error);
    if (error) fail(name, error.message());
    acceptors_.push_back(std::move(acceptor));
}

void Listener::start() {
    for (const auto& acceptor : acceptors_) {
        threads_.spawn_on(0,
                          [this, acceptor](FiberWaiter& waiter) { accept_all(waiter, *acceptor); });
    }
}

void Listener::accept_all(FiberWaiter& waiter, Acceptor& acceptor) {
    const auto wake = waiter.unparker();
    unsigned turn = 0;
    for (;;) {
        const int thread = static_cast<int>(turn++ % static_cast<unsigned>(threads_.size()));
        bool done = false;
        error_code error;
        auto socket = std::make_shared<Socket>(threads_.io(thread));
        // Asked for with the connection: one that has gone again has no address any more.
        auto peer = std::make_shared<Protocol::endpoint>();
        acceptor.async_accept(*socket, *peer, [&](error_code code) {
            error = code;
            done = true;
            wake();
        });
        if (waiter.park_until(done, -1) != FiberWaiter::Parked::done) {
            error_code ignored;
            acceptor.close(ignored);
            waiter.park_until(done);
            return;
        }
        if (error) {
            // Out of file descriptors, most likely: connections that end will free some.
            log::warning(kLogger, "Could not accept a connection: {}", error.message());
            waiter.sleep(kPauseAfterError);
            continue;
        }
        threads_.spawn_on(thread, [this, socket, peer](FiberWaiter& its_waiter) {
            serve(its_waiter, std::move(*socket), address_of(*peer));
        });
    }
}

void Listener::serve(FiberWaiter& waiter, Protocol::socket socket, std::string peer) {
    error_code ignored;
    if (peer.empty()) {
        peer = settings_.socket_path;
    } else {
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    const auto stream = tls_ ? tls_stream(waiter, std::move(socket), *tls_)
                             : plain_stream(waiter, std::move(socket));
    if (stream->handshake(settings_.timeout) != Stream::Status::ok) return;
    Session(context_, settings_, waiter, *stream, std::move(peer)).run();
}

}  // namespace aksono::http
