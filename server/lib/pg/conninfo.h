// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace aksono::pg {

/// What libpq needs to know to connect: keyword → value.
class Conninfo {
public:
    Conninfo() = default;
    /// A libpq URI or key=value string; throws std::invalid_argument with libpq's own sentence.
    static Conninfo parse(const std::string& dsn);

    [[nodiscard]] Conninfo with(const std::string& keyword, const std::string& value) const;
    [[nodiscard]] std::string get(const std::string& keyword) const;  // empty when absent
    [[nodiscard]] std::string str() const;                            // key=value, quoted
    /// For people: host, port, user and database, never a password.
    [[nodiscard]] std::string describe() const;

private:
    std::map<std::string, std::string> values_;
};

}  // namespace aksono::pg
