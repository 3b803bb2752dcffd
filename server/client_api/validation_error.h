// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/matrix_error.h"

#include <string>
#include <vector>

namespace aksono::client_api {

/// One thing that is wrong with a body, in the words of pydantic, which checks some of Synapse's.
struct Complaint {
    std::string place;    ///< «auth.session»
    std::string message;  ///< «Input should be a valid string»
    std::string type;     ///< «string_type»
    Json value;           ///< what stood there
};

/// 400 M_BAD_JSON with the text that Synapse answers. `model` is the name of its body's type.
MatrixError validation_error(const std::string& model, const std::vector<Complaint>& complaints);

}  // namespace aksono::client_api
