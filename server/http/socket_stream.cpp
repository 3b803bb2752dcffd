// SPDX-License-Identifier: Apache-2.0
#include "http/socket_stream.h"

#include <algorithm>
#include <array>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

namespace aksono::http {
namespace {

using boost::system::error_code;

constexpr std::size_t kMostWatched = 64U << 10U;

/// What plain and TLS streams share: operations with time limits, and watching. `Layer` is an asio
/// stream over a Socket.
template <class Layer>
class AsioStream : public Stream {
public:
    AsioStream(FiberWaiter& waiter, Layer layer)
        : waiter_(waiter), wake_(waiter.unparker()), layer_(std::move(layer)) {}

    ~AsioStream() override {
        error_code ignored;
        layer_.lowest_layer().close(ignored);
    }

    Got read_some(char* data, std::size_t size, Millis timeout) override {
        if (!kept_.empty()) return take_kept(data, size);
        if (gone_) return {Status::closed};
        if (const auto got = read_at_once(data, size)) return *got;
        return operate(timeout, [&](auto done) {
            layer_.async_read_some(boost::asio::buffer(data, size), std::move(done));
        });
    }

    Status write_all(std::string_view bytes, Millis timeout) override {
        bytes.remove_prefix(write_at_once(bytes));
        if (bytes.empty()) return Status::ok;
        // An answer that is ready when the server stops is still sent.
        const bool late = waiter_.cancelled();
        const auto start = [&](auto done) {
            boost::asio::async_write(layer_, boost::asio::buffer(bytes), std::move(done));
        };
        return operate(timeout, start, late).status;
    }

    void watch(std::function<void()> gone) override {
        on_gone_ = std::move(gone);
        watch_on();
    }

    void unwatch() override {
        on_gone_ = nullptr;
        if (!watching_) return;
        error_code ignored;
        layer_.lowest_layer().cancel(ignored);
        waiter_.park_until(idle_);
    }

protected:
    /// Runs one asynchronous operation to its end; when time is up or the server stops, the end is
    /// near. `done` refers to this frame: it is always awaited.
    template <class Start>
    Got operate(Millis timeout, Start start, bool even_when_cancelled = false) {
        bool finished = false;
        error_code error;
        std::size_t bytes = 0;
        start([&, this](error_code code, std::size_t count = 0) {
            error = code;
            bytes = count;
            finished = true;
            wake_();
        });
        const auto parked = waiter_.park_until(finished, timeout, even_when_cancelled);
        if (parked != FiberWaiter::Parked::done) {
            error_code ignored;
            layer_.lowest_layer().cancel(ignored);
            waiter_.park_until(finished);
        }
        if (!error) return {Status::ok, bytes};
        if (parked == FiberWaiter::Parked::timeout) return {Status::timeout};
        if (parked == FiberWaiter::Parked::cancelled) return {Status::cancelled};
        return {Status::closed};
    }

    /// What can be had without waiting saves a turn of the event loop. Nothing: ask to wait.
    virtual std::optional<Got> read_at_once(char*, std::size_t) { return std::nullopt; }
    virtual std::size_t write_at_once(std::string_view) { return 0; }

    Layer& layer() { return layer_; }

private:
    Got take_kept(char* data, std::size_t size) {
        const std::size_t count = std::min(size, kept_.size());
        std::copy_n(kept_.data(), count, data);
        kept_.erase(0, count);
        return {Status::ok, count};
    }

    void watch_on() {
        if (!on_gone_ || gone_ || kept_.size() >= kMostWatched) return;
        watching_ = true;
        idle_ = false;
        layer_.async_read_some(boost::asio::buffer(watched_), [this](error_code code, auto count) {
            watching_ = false;
            idle_ = true;
            kept_.append(watched_.data(), count);
            if (!on_gone_) return wake_();
            gone_ = static_cast<bool>(code);
            if (gone_) return on_gone_();
            watch_on();
        });
    }

    FiberWaiter& waiter_;
    std::function<void()> wake_;
    Layer layer_;
    std::function<void()> on_gone_;
    std::array<char, 2048> watched_{};
    std::string kept_;
    bool watching_ = false;
    bool idle_ = true;
    bool gone_ = false;
};

class PlainStream : public AsioStream<Socket> {
public:
    PlainStream(FiberWaiter& waiter, Socket socket) : AsioStream(waiter, std::move(socket)) {
        error_code ignored;
        layer().non_blocking(true, ignored);
    }

    Status handshake(Millis /*timeout*/) override { return Status::ok; }

    void finish_writing(Millis /*timeout*/) override {
        error_code ignored;
        layer().shutdown(Socket::shutdown_send, ignored);
    }

private:
    std::optional<Got> read_at_once(char* data, std::size_t size) override {
        error_code error;
        const std::size_t count = layer().read_some(boost::asio::buffer(data, size), error);
        if (error == boost::asio::error::would_block) return std::nullopt;
        if (error) return Got{Status::closed};
        return Got{Status::ok, count};
    }

    std::size_t write_at_once(std::string_view bytes) override {
        error_code error;
        const std::size_t count = layer().write_some(boost::asio::buffer(bytes), error);
        return error ? 0 : count;
    }
};

class TlsStream : public AsioStream<boost::asio::ssl::stream<Socket>> {
public:
    TlsStream(FiberWaiter& waiter, Socket socket, boost::asio::ssl::context& context)
        : AsioStream(waiter, boost::asio::ssl::stream<Socket>(std::move(socket), context)) {}

    Status handshake(Millis timeout) override {
        return operate(timeout,
                       [&](auto done) {
                           layer().async_handshake(boost::asio::ssl::stream_base::server,
                                                   std::move(done));
                       })
            .status;
    }

    void finish_writing(Millis timeout) override {
        operate(timeout, [&](auto done) { layer().async_shutdown(std::move(done)); });
    }
};

}  // namespace

std::unique_ptr<Stream> plain_stream(FiberWaiter& waiter, Socket socket) {
    return std::make_unique<PlainStream>(waiter, std::move(socket));
}

std::unique_ptr<Stream> tls_stream(FiberWaiter& waiter, Socket socket,
                                   boost::asio::ssl::context& context) {
    return std::make_unique<TlsStream>(waiter, std::move(socket), context);
}

}  // namespace aksono::http
