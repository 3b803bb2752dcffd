// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace aksono::synschema {

/// Members stay in the order they were put in: for what people read.
using OrderedJson = nlohmann::ordered_json;

/// Indented JSON in which whatever fits on a line of 100 columns stands on one line.
std::string readable_json(const OrderedJson& value);

}  // namespace aksono::synschema
