// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log_settings.h"

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::log {

/// One line to be.
struct Record {
    std::string_view logger;
    Level level = Level::info;
    std::string_view message;
    int line = 0;
    std::string_view request;  ///< empty: none
    std::int64_t time_ms = 0;
};

/// A Python %-format made ready: «%(levelname)-8s %(message)s».
class LineFormat {
public:
    explicit LineFormat(const FormatSettings& settings);

    /// With its line end.
    [[nodiscard]] std::string format(const Record& record) const;

    /// Fields of the pattern that have no equal here and stay empty.
    [[nodiscard]] const std::vector<std::string>& unknown_fields() const { return unknown_; }

private:
    struct Piece {
        std::string text;   // before the field
        std::string field;  // empty: no field follows
        std::string flags;
        int width = 0;
        int precision = -1;
    };
    void parse(std::string_view pattern);
    std::string_view parse_field(std::string_view rest, Piece& piece);
    [[nodiscard]] std::string field_value(const std::string& field, const Record& record) const;
    [[nodiscard]] std::string json_line(const Record& record) const;

    FormatSettings settings_;
    std::vector<Piece> pieces_;
    std::vector<std::string> unknown_;
};

std::string_view level_name(Level level);

}  // namespace aksono::log
