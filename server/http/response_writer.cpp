// SPDX-License-Identifier: Apache-2.0
#include "http/response_writer.h"

#include <array>
#include <ctime>
#include <stdexcept>
#include <utility>
#include <zlib.h>

#include <fmt/format.h>

namespace aksono::http {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 30> kReasons{{
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Request Entity Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Requested Range not satisfiable"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Time-out"},
    {507, "Insufficient Storage Space"},
}};

/// «Mon, 23 Nov 2026 15:57:56 GMT»; made once per second and thread.
const std::string& http_date() {
    thread_local std::time_t made_for = 0;
    thread_local std::string text;
    const std::time_t now = std::time(nullptr);
    if (now != made_for) {
        std::tm parts{};
        gmtime_r(&now, &parts);
        std::array<char, 40> buffer{};
        std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        text = buffer.data();
        made_for = now;
    }
    return text;
}

std::string_view trim(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

/// Nothing that a handler puts into a header may start a new line.
void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    for (const char c : value)
        out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    out += "\r\n";
}

std::string gzip(std::string_view text) {
    constexpr int kLevel = 4;
    constexpr int kGzipWindow = 15 + 16;
    z_stream stream{};
    if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("zlib does not start");
    }
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int outcome = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (outcome != Z_STREAM_END) throw std::runtime_error("zlib does not finish");
    return out;
}

}  // namespace

std::string_view reason_phrase(int status) {
    for (const auto& [known, reason] : kReasons) {
        if (known == status) return reason;
    }
    return "Unknown Status";
}

std::string serialize(const Response& response, const Framing& framing) {
    std::string out;
    out.reserve(512 + (framing.head_only ? 0 : response.body.size()));
    fmt::format_to(std::back_inserter(out), "HTTP/1.{} {} {}\r\n", framing.http_1_1 ? 1 : 0,
                   response.status, reason_phrase(response.status));
    if (!framing.keep_alive) append_field(out, "Connection", "close");
    append_field(out, "Server", framing.server_header);
    append_field(out, "Date", http_date());
    for (const auto& [name, value] : response.headers.all())
        append_field(out, name, value);
    append_field(out, "Content-Length", std::to_string(response.body.size()));
    out += "\r\n";
    if (!framing.head_only) out += response.body;
    return out;
}

void compress(Response& response) {
    response.body = gzip(response.body);
    response.headers.set("Content-Encoding", "gzip");
}

bool accepts_gzip(const Request& request) {
    for (const auto& [name, value] : request.headers.all()) {
        if (!same_name(name, "Accept-Encoding")) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            if (trim(rest.substr(0, comma)) == "gzip") return true;
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return false;
}

}  // namespace aksono::http
