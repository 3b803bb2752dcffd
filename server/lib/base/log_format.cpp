// SPDX-License-Identifier: Apache-2.0
#include "base/log_format.h"

#include "base/json.h"

#include <algorithm>
#include <array>
#include <sys/syscall.h>
#include <unistd.h>

#include <fmt/format.h>

namespace aksono::log {

namespace {

constexpr std::array<std::string_view, 5> kNames{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
constexpr std::array<std::string_view, 13> kKnown{
    "asctime", "created", "levelname", "levelno",     "lineno", "message",   "msecs",
    "name",    "process", "request",   "processName", "thread", "threadName"};

std::string time_text(const std::string& date_format, std::int64_t time_ms) {
    const std::time_t seconds = time_ms / 1000;
    std::tm local{};
    ::localtime_r(&seconds, &local);
    char buffer[256];
    const bool usual = date_format.empty();
    const char* format = usual ? "%Y-%m-%d %H:%M:%S" : date_format.c_str();
    const auto length = std::strftime(buffer, sizeof buffer, format, &local);
    std::string text(buffer, length);
    return usual ? fmt::format("{},{:03}", text, time_ms % 1000) : text;
}

std::string padded(std::string value, const std::string& flags, int width, int precision) {
    if (precision >= 0 && value.size() > static_cast<std::size_t>(precision)) {
        value.resize(static_cast<std::size_t>(precision));
    }
    const auto wanted = static_cast<std::size_t>(std::max(width, 0));
    if (value.size() >= wanted) return value;
    const std::size_t missing = wanted - value.size();
    if (flags.find('-') != std::string::npos) return value + std::string(missing, ' ');
    const char fill = flags.find('0') != std::string::npos ? '0' : ' ';
    return std::string(missing, fill) + value;
}

}  // namespace

std::string_view level_name(Level level) {
    return kNames[static_cast<std::size_t>(level)];
}

LineFormat::LineFormat(const FormatSettings& settings) : settings_(settings) {
    if (settings_.kind == FormatSettings::Kind::text) parse(settings_.pattern);
}

void LineFormat::parse(std::string_view rest) {
    Piece piece;
    while (!rest.empty()) {
        if (rest.starts_with("%%")) {
            piece.text += '%';
            rest.remove_prefix(2);
        } else if (rest.starts_with("%(") && rest.find(')') != std::string_view::npos) {
            rest = parse_field(rest.substr(2), piece);
            pieces_.push_back(std::move(piece));
            piece = {};
        } else {
            piece.text += rest.front();
            rest.remove_prefix(1);
        }
    }
    if (!piece.text.empty()) pieces_.push_back(std::move(piece));
}

/// After «%(»: name, «)», flags, width, precision, conversion.
std::string_view LineFormat::parse_field(std::string_view rest, Piece& piece) {
    const auto close = rest.find(')');
    piece.field = rest.substr(0, close);
    rest.remove_prefix(close + 1);
    const auto take = [&rest](std::string_view set) {
        const auto end = std::min(rest.size(), rest.find_first_not_of(set));
        std::string taken(rest.substr(0, end));
        rest.remove_prefix(end);
        return taken;
    };
    piece.flags = take("-+ #0");
    if (const auto width = take("0123456789"); !width.empty()) {
        piece.width = std::stoi(width.substr(0, 4));
    }
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        const auto precision = take("0123456789");
        piece.precision = precision.empty() ? 0 : std::stoi(precision.substr(0, 4));
    }
    if (!rest.empty()) rest.remove_prefix(1);
    if (std::find(kKnown.begin(), kKnown.end(), piece.field) == kKnown.end()) {
        unknown_.push_back(piece.field);
    }
    return rest;
}

std::string LineFormat::field_value(const std::string& field, const Record& record) const {
    if (field == "message") return std::string(record.message);
    if (field == "asctime") return time_text(settings_.date_format, record.time_ms);
    if (field == "name") return std::string(record.logger);
    if (field == "levelname") return std::string(level_name(record.level));
    if (field == "request") return record.request.empty() ? "None" : std::string(record.request);
    if (field == "lineno") return std::to_string(record.line);
    if (field == "levelno") return std::to_string(10 * (static_cast<int>(record.level) + 1));
    if (field == "msecs") return std::to_string(record.time_ms % 1000);
    if (field == "process") return std::to_string(::getpid());
    if (field == "processName") return "MainProcess";
    if (field == "thread" || field == "threadName") return std::to_string(::syscall(SYS_gettid));
    if (field == "created") {
        return fmt::format("{}.{:03}", record.time_ms / 1000, record.time_ms % 1000);
    }
    return {};
}

std::string LineFormat::json_line(const Record& record) const {
    const auto quoted = [](std::string_view text) {
        return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    };
    std::string line =
        fmt::format(R"({{"log":{},"namespace":{},"level":"{}")", quoted(record.message),
                    quoted(record.logger), level_name(record.level));
    if (settings_.kind == FormatSettings::Kind::terse_json) {
        line += fmt::format(R"(,"time":{:.2f})", static_cast<double>(record.time_ms) / 1000.0);
    }
    if (!record.request.empty()) line += R"(,"request":)" + quoted(record.request);
    return line + "}\n";
}

std::string LineFormat::format(const Record& record) const {
    if (settings_.kind != FormatSettings::Kind::text) return json_line(record);
    std::string line;
    for (const auto& piece : pieces_) {
        line += piece.text;
        if (piece.field.empty()) continue;
        line += padded(field_value(piece.field, record), piece.flags, piece.width, piece.precision);
    }
    return line + "\n";
}

}  // namespace aksono::log
