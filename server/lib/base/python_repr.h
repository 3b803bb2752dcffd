// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <string>

namespace aksono {

/// A JSON value as Python shows it («{'a': [1, None, True]}»): Synapse quotes what clients sent in
/// some of its error texts.
std::string python_repr(const Json& value);

/// The name of its type in Python.
const char* python_type(const Json& value);

}  // namespace aksono
