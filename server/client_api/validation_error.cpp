// SPDX-License-Identifier: Apache-2.0
#include "client_api/validation_error.h"

#include "base/python_repr.h"

#include <fmt/format.h>

namespace aksono::client_api {

namespace {

constexpr std::size_t kShownWhole = 50;
constexpr std::size_t kShownFirst = 25;
constexpr std::size_t kShownLast = 24;

bool begins_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
}

/// Long values are shown by their first and last characters.
std::string shortened(const std::string& text) {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (begins_character(text[i])) starts.push_back(i);
    }
    if (starts.size() <= kShownWhole) return text;
    return text.substr(0, starts[kShownFirst]) + "..." +
           text.substr(starts[starts.size() - kShownLast]);
}

}  // namespace

MatrixError validation_error(const std::string& model, const std::vector<Complaint>& complaints) {
    auto text = fmt::format("{} validation error{} for {}", complaints.size(),
                            complaints.size() == 1 ? "" : "s", model);
    for (const auto& complaint : complaints) {
        text += fmt::format(
            "\n{}\n  {} [type={}, input_value={}, input_type={}]\n"
            "    For further information visit https://errors.pydantic.dev/2.14/v/{}",
            complaint.place, complaint.message, complaint.type,
            shortened(python_repr(complaint.value)), python_type(complaint.value), complaint.type);
    }
    return MatrixError::bad_json(std::move(text));
}

}  // namespace aksono::client_api
