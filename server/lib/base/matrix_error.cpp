// SPDX-License-Identifier: Apache-2.0
#include "base/matrix_error.h"

namespace aksono {

MatrixError::MatrixError(int status, std::string errcode, std::string text, Json extra)
    : status_(status),
      errcode_(std::move(errcode)),
      text_(std::move(text)),
      extra_(std::move(extra)) {}

Json MatrixError::body() const {
    Json body = extra_;
    body["errcode"] = errcode_;
    body["error"] = text_;
    return body;
}

MatrixError MatrixError::forbidden(std::string text) {
    return {403, "M_FORBIDDEN", std::move(text)};
}
MatrixError MatrixError::not_found(std::string text) {
    return {404, "M_NOT_FOUND", std::move(text)};
}
MatrixError MatrixError::unrecognized(int status) {
    return {status, "M_UNRECOGNIZED", "Unrecognized request"};
}
MatrixError MatrixError::bad_json(std::string text) {
    return {400, "M_BAD_JSON", std::move(text)};
}
MatrixError MatrixError::not_json(std::string text) {
    return {400, "M_NOT_JSON", std::move(text)};
}
MatrixError MatrixError::invalid_param(std::string text) {
    return {400, "M_INVALID_PARAM", std::move(text)};
}
MatrixError MatrixError::missing_param(std::string text) {
    return {400, "M_MISSING_PARAM", std::move(text)};
}
MatrixError MatrixError::unknown(int status, std::string text) {
    return {status, "M_UNKNOWN", std::move(text)};
}

}  // namespace aksono
