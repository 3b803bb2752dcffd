// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aksono::pg {

/// Whether a text column can hold it: valid UTF-8 without U+0000.
bool holds_text(std::string_view value);

/// Rows for `COPY … FROM STDIN`, in its text format (PostgreSQL, «COPY», File Formats).
class CopyText {
public:
    void null();
    void text(std::string_view value);  // as it is: see holds_text()
    void bytes(std::string_view value);
    void integer(std::int64_t value);
    void end_row();
    /// Forgets the values since the last end_row().
    void drop_row();
    void clear();

    [[nodiscard]] const std::string& str() const { return text_; }
    [[nodiscard]] std::int64_t rows() const { return rows_; }

private:
    void separate();

    std::string text_;
    std::size_t row_begin_ = 0;
    int columns_ = 0;  ///< of the row that is not ended yet
    std::int64_t rows_ = 0;
};

}  // namespace aksono::pg
