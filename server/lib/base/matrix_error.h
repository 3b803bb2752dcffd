// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <exception>
#include <string>

namespace aksono {

/// A refusal that a client sees: HTTP status, Matrix errcode and text, and further members of the
/// answer's body. Thrown by guards and handlers, mapped to a response in one place (http/).
class MatrixError : public std::exception {
public:
    MatrixError(int status, std::string errcode, std::string text, Json extra = Json::object());

    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] const std::string& errcode() const { return errcode_; }
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] Json body() const;
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

    static MatrixError forbidden(std::string text);                       // 403 M_FORBIDDEN
    static MatrixError not_found(std::string text = "Not found.");        // 404 M_NOT_FOUND
    static MatrixError unrecognized(int status = 404);                    // M_UNRECOGNIZED
    static MatrixError bad_json(std::string text);                        // 400 M_BAD_JSON
    static MatrixError not_json(std::string text = "Content not JSON.");  // 400 M_NOT_JSON
    static MatrixError invalid_param(std::string text);                   // 400 M_INVALID_PARAM
    static MatrixError missing_param(std::string text);                   // 400 M_MISSING_PARAM
    static MatrixError unknown(int status, std::string text);             // M_UNKNOWN

private:
    int status_;
    std::string errcode_;
    std::string text_;
    Json extra_;
};

}  // namespace aksono
