// SPDX-License-Identifier: Apache-2.0
#include "http/session.h"

#include "base/log.h"
#include "http/errors.h"
#include "http/response_writer.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace aksono::http {
namespace {

constexpr std::size_t kReadSize = 8U << 10U;
constexpr unsigned kTurn = 16;  ///< requests without letting other fibers run
constexpr Millis kLinger = 2000;
constexpr std::size_t kMostLingering = 64U << 20U;
/// Below this, gzip makes answers larger.
constexpr std::size_t kWorthCompressing = 150;

double seconds_since(Millis start) {
    return static_cast<double>(steady_ms() - start) / 1000;
}

Response too_large() {
    return error_response({413, "M_TOO_LARGE", "Request body is too large"});
}

/// Twisted's answer to what is no HTTP: no body, no JSON.
Response bad_request() {
    Response response;
    response.status = 400;
    return response;
}

bool is_droppable(const Request& request, const Endpoint* endpoint) {
    const auto rule = endpoint == nullptr ? OnDisconnect::by_method : endpoint->on_disconnect;
    if (rule != OnDisconnect::by_method) return rule == OnDisconnect::drop;
    return request.method == Method::get || request.method == Method::head;
}

/// The trees whose answers are compressed when their resource says so.
bool is_compressed(std::string_view path, Resources compressed) {
    return (path.starts_with("/_matrix/client/") && compressed.has(Resource::client)) ||
           (path.starts_with("/_matrix/federation/") && compressed.has(Resource::federation));
}

/// The first address of the first X-Forwarded-For.
std::string_view forwarded_for(std::string_view header) {
    const auto first = header.substr(0, header.find(','));
    const auto begin = first.find_first_not_of(' ');
    if (begin == first.npos) return {};
    return first.substr(begin, first.find_last_not_of(' ') - begin + 1);
}

}  // namespace

void Session::run() {
    while (serve_one() == Next::request) {
        // A client that never lets us wait must not keep the thread for itself.
        if (++served_ % kTurn == 0) waiter_.yield();
    }
}

Session::Next Session::serve_one() {
    RequestParser parser(settings_.max_body);
    if (!read_request(parser)) return Next::close;
    if (parser.state() == RequestParser::State::malformed) {
        refuse(bad_request());
        return Next::close;
    }
    if (parser.state() == RequestParser::State::too_large) {
        log::warning("synapse.http.site", "Refusing a request from {} that exceeds maximum size",
                     peer_);
        refuse(too_large());
        return Next::close;
    }
    Request request = parser.take();
    complete(request, parser);
    return answer(request, parser);
}

/// False when the connection ended first.
bool Session::read_request(RequestParser& parser) {
    using State = RequestParser::State;
    const Millis head_deadline = steady_ms() + settings_.timeout;
    std::array<char, kReadSize> buffer{};
    for (;;) {
        unused_.erase(0, parser.feed(unused_));
        if (parser.state() != State::head && parser.state() != State::body) return true;
        if (parser.state() == State::body && parser.take_expectation() &&
            stream_.write_all("HTTP/1.1 100 Continue\r\n\r\n", settings_.timeout) !=
                Stream::Status::ok) {
            return false;
        }
        const Millis timeout = parser.state() == State::head
                                   ? std::max<Millis>(head_deadline - steady_ms(), 0)
                                   : settings_.timeout;
        const auto got = stream_.read_some(buffer.data(), buffer.size(), timeout);
        if (got.status != Stream::Status::ok) return false;
        unused_.append(buffer.data(), got.bytes);
    }
}

/// Answers and closes, reading on for a while: a socket closed with unread bytes would tear the
/// answer away from the client.
void Session::refuse(const Response& response) {
    const auto bytes = serialize(response, {settings_.server_header, true, false, false});
    if (stream_.write_all(bytes, settings_.timeout) != Stream::Status::ok) return;
    stream_.finish_writing(kLinger);
    const Millis deadline = steady_ms() + kLinger;
    std::array<char, kReadSize> buffer{};
    for (std::size_t read = 0; read < kMostLingering;) {
        const Millis left = deadline - steady_ms();
        if (left <= 0) return;
        const auto got = stream_.read_some(buffer.data(), buffer.size(), left);
        if (got.status != Stream::Status::ok) return;
        read += got.bytes;
    }
}

void Session::complete(Request& request, const RequestParser& parser) {
    request.site = settings_.site;
    request.client_ip = peer_;
    if (const auto* forwarded = request.headers.find("X-Forwarded-For");
        settings_.x_forwarded && forwarded != nullptr) {
        request.client_ip = std::string(forwarded_for(*forwarded));
    }
    if (settings_.request_id_header) {
        if (const auto* id = request.headers.find(*settings_.request_id_header)) request.id = *id;
    }
    if (request.id.empty()) request.id = std::to_string(context_.next_request++);
    request.id = fmt::format("{}-{}", parser.method(), request.id);
}

Router::Found Session::find(const Request& request) const {
    if (!settings_.metrics_only) return context_.dispatcher.find(request, settings_.resources);
    return context_.dispatcher.find(Method::get, "/_synapse/metrics", Resources::all());
}

Session::Next Session::answer(const Request& request, const RequestParser& parser) {
    const log::RequestScope scope(request.id);
    const Millis start = steady_ms();
    waiter_.take_usage();
    auto found = find(request);
    const std::string_view route = found.route == nullptr ? "" : found.route->path;
    const RequestStart begun{request, parser.method(), route};
    if (context_.observer != nullptr) context_.observer->began(begun);
    const bool droppable = is_droppable(request, found.endpoint);
    auto answered = handle(request, std::move(found), droppable);
    if (!answered) {
        if (context_.observer != nullptr) context_.observer->dropped(begun);
        log::info("synapse.http.site", "Connection from client lost before response was sent");
        return Next::close;
    }
    const double processing = seconds_since(start);
    const bool keep_alive = parser.keep_alive() && !waiter_.cancelled();
    const Response response = finished(request, std::move(answered->response));
    const auto status =
        stream_.write_all(serialize(response, {settings_.server_header, parser.http_1_1(),
                                               keep_alive, request.method == Method::head}),
                          waiter_.cancelled() ? kLinger : settings_.timeout);
    waiter_.set_shielded(false);
    const RequestRecord record{request,
                               parser.method(),
                               parser.http_1_1() ? "HTTP/1.1" : "HTTP/1.0",
                               answered->requester,
                               route,
                               response.status,
                               response.body.size(),
                               processing,
                               seconds_since(start) - processing,
                               waiter_.take_usage()};
    log_request(record);
    if (context_.observer != nullptr) context_.observer->ended(record);
    if (keep_alive && status == Stream::Status::ok) return Next::request;
    if (status == Stream::Status::ok) stream_.finish_writing(kLinger);
    return Next::close;
}

/// Runs the handler with an eye on the socket. Nothing when the request was dropped.
std::optional<Dispatcher::Answer> Session::handle(const Request& request, Router::Found found,
                                                  bool droppable) {
    waiter_.set_shielded(!droppable);
    if (droppable) {
        waiter_.on_first_wait([this] { stream_.watch([this] { waiter_.cancel(); }); });
    }
    std::optional<Dispatcher::Answer> answered;
    try {
        answered =
            context_.dispatcher.answer(request, waiter_, settings_.resources, std::move(found));
    } catch (const Cancelled&) {
        // Said by the empty answer: nothing may wait inside of this block.
    }
    waiter_.on_first_wait(nullptr);
    stream_.unwatch();
    return answered;
}

Response Session::finished(const Request& request, Response response) const {
    if (response.body.size() >= kWorthCompressing && accepts_gzip(request) &&
        is_compressed(request.path, settings_.compressed) &&
        response.headers.find("Content-Encoding") == nullptr) {
        compress(response);
    }
    return response;
}

}  // namespace aksono::http
