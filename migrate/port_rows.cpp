// SPDX-License-Identifier: Apache-2.0
#include "port_rows.h"

#include <cmath>
#include <sstream>

namespace aksono::migrate {

namespace {

using Kind = SqliteRows::Kind;

std::string number_text(double value) {
    std::ostringstream out;
    out.precision(17);
    out << value;
    return out.str();
}

/// Text as it is, also for numbers and truth values: PostgreSQL reads and judges it.
const char* add_text(const SqliteRows& rows, int column, pg::CopyText& out) {
    const auto value = rows.bytes(column);
    if (value.find('\0') != value.npos) return "contains U+0000";
    if (!pg::holds_text(value)) return "is no UTF-8";
    out.text(value);
    return nullptr;
}

void add_real(double value, Conversion conversion, pg::CopyText& out) {
    constexpr double kExact = 9007199254740992.0;  // 2^53
    const bool whole = std::trunc(value) == value && std::abs(value) <= kExact;
    if (conversion == Conversion::as_boolean) {
        out.text(value != 0 ? "t" : "f");
    } else if (conversion == Conversion::as_number && whole) {
        out.integer(static_cast<std::int64_t>(value));
    } else {
        out.text(number_text(value));
    }
}

/// nullptr, or what is wrong with it.
const char* add_value(const SqliteRows& rows, int column, const PortColumn& target,
                      pg::CopyText& out) {
    switch (rows.kind(column)) {
        case Kind::null:
            if (target.needed) return "is missing: it belongs to an event that is not there";
            out.null();
            return nullptr;
        case Kind::integer:
            if (target.conversion == Conversion::as_boolean) {
                out.text(rows.integer(column) != 0 ? "t" : "f");
            } else {
                out.integer(rows.integer(column));
            }
            return nullptr;
        case Kind::real:
            add_real(rows.real(column), target.conversion, out);
            return nullptr;
        case Kind::text:
        case Kind::blob:
            break;
    }
    if (target.conversion != Conversion::as_bytes) return add_text(rows, column, out);
    out.bytes(rows.bytes(column));
    return nullptr;
}

}  // namespace

std::optional<std::string> add_row(const PortTable& table, const SqliteRows& rows,
                                   pg::CopyText& out) {
    int column = 1;
    for (const auto& target : table.columns) {
        if (const char* wrong = add_value(rows, column++, target, out)) {
            out.drop_row();
            return target.name + " " + wrong;
        }
    }
    out.end_row();
    return std::nullopt;
}

}  // namespace aksono::migrate
