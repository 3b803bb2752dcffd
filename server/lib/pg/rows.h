// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pqxx/result>

namespace aksono::pg {

/// One row of an answer; columns are counted from 0. Reading NULL as a plain value throws.
class Row {
public:
    explicit Row(const pqxx::row& row) : row_(row) {}

    [[nodiscard]] bool is_null(int column) const { return row_[column].is_null(); }
    /// Valid as long as the Rows it came from.
    [[nodiscard]] std::string_view view(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] bool boolean(int column) const;
    [[nodiscard]] std::string bytes(int column) const;
    [[nodiscard]] std::vector<std::string> texts(int column) const;  // of an array without NULLs
    [[nodiscard]] std::optional<std::string> maybe_text(int column) const;
    [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const;
    [[nodiscard]] std::optional<bool> maybe_boolean(int column) const;

private:
    pqxx::row row_;
};

/// The answer of one statement.
class Rows {
public:
    explicit Rows(const pqxx::result& result) : result_(result) {}

    [[nodiscard]] std::size_t size() const { return result_.size(); }
    [[nodiscard]] bool empty() const { return result_.empty(); }
    [[nodiscard]] Row operator[](std::size_t i) const {
        return Row(result_[static_cast<pqxx::result::size_type>(i)]);
    }
    /// Rows that an INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t affected() const {
        return static_cast<std::int64_t>(result_.affected_rows());
    }

    class Iterator {
    public:
        Iterator(const Rows* rows, std::size_t i) : rows_(rows), i_(i) {}
        Row operator*() const { return (*rows_)[i_]; }
        Iterator& operator++() {
            ++i_;
            return *this;
        }
        bool operator!=(const Iterator& other) const { return i_ != other.i_; }

    private:
        const Rows* rows_;
        std::size_t i_;
    };
    [[nodiscard]] Iterator begin() const { return {this, 0}; }
    [[nodiscard]] Iterator end() const { return {this, size()}; }

private:
    pqxx::result result_;
};

}  // namespace aksono::pg
