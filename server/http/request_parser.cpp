// SPDX-License-Identifier: Apache-2.0
#include "http/request_parser.h"

#include "http/uri.h"

#include <algorithm>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace aksono::http {
namespace beast = boost::beast::http;
namespace {

// Synapse takes 16 KiB of request line, and as much of header fields, 500 of them at most.
constexpr std::uint32_t kMostHead = 2 * 16384;
constexpr std::size_t kMostFields = 500;

/// Any other encoding would leave in doubt where the body ends.
bool is_known_encoding(std::string_view transfer_encoding) {
    return transfer_encoding.empty() || boost::beast::iequals(transfer_encoding, "chunked") ||
           boost::beast::iequals(transfer_encoding, "identity");
}

bool is_plain(std::string_view target) {
    return std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

struct RequestParser::Impl {
    beast::request_parser<beast::string_body> parser;
};

RequestParser::RequestParser(std::size_t max_body) : impl_(std::make_unique<Impl>()) {
    impl_->parser.eager(true);
    impl_->parser.header_limit(kMostHead);
    impl_->parser.body_limit(max_body);
}

RequestParser::~RequestParser() = default;

std::size_t RequestParser::feed(std::string_view bytes) {
    auto& parser = impl_->parser;
    std::size_t used = 0;
    while (state_ == State::head || state_ == State::body) {
        boost::system::error_code error;
        const auto rest = bytes.substr(used);
        if (rest.empty()) break;
        const std::size_t count =
            parser.put(boost::asio::const_buffer(rest.data(), rest.size()), error);
        used += count;
        if (error == beast::error::body_limit) {
            state_ = State::too_large;
        } else if (error && error != beast::error::need_more) {
            state_ = State::malformed;
        } else {
            if (state_ == State::head && parser.is_header_done()) check_head();
            if (state_ == State::body && parser.is_done()) state_ = State::complete;
        }
        if (error == beast::error::need_more || count == 0) break;
    }
    return used;
}

void RequestParser::check_head() {
    const auto& head = impl_->parser.get();
    const auto fields = std::distance(head.begin(), head.end());
    const auto target = std::string_view(head.target().data(), head.target().size());
    const auto encoding = head[beast::field::transfer_encoding];
    if (static_cast<std::size_t>(fields) > kMostFields || !is_plain(target) ||
        !is_known_encoding({encoding.data(), encoding.size()})) {
        state_ = State::malformed;
        return;
    }
    state_ = State::body;
    http_1_1_ = head.version() == 11;
    expects_continue_ =
        http_1_1_ && boost::beast::iequals(head[beast::field::expect], "100-continue");
    method_ = std::string(head.method_string());
}

bool RequestParser::take_expectation() {
    return std::exchange(expects_continue_, false);
}

Request RequestParser::take() {
    auto message = impl_->parser.release();
    Request request;
    request.method = parse_method(method_);
    request.target = std::string(message.target());
    const auto question = std::min(request.target.find('?'), request.target.size());
    request.path = request.target.substr(0, question);
    if (question < request.target.size()) {
        request.query = parse_query(std::string_view(request.target).substr(question + 1));
    }
    for (const auto& field : message) {
        request.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    request.body = std::move(message.body());
    return request;
}

bool RequestParser::keep_alive() const {
    return http_1_1() && impl_->parser.keep_alive();
}

bool RequestParser::http_1_1() const {
    return http_1_1_;
}

}  // namespace aksono::http
