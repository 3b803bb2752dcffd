// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

namespace aksono::users {

/// What becomes of a filter: it is stored, or used once.
enum class FilterUse { stored, at_once };

/// Throws 400 M_UNKNOWN for a filter that Synapse refuses, in its words; 400 M_INVALID_PARAM where
/// Synapse answers 500, which it does only when it stores one.
/// https://spec.matrix.org/latest/client-server-api/#filtering
void check_filter(const Json& filter, FilterUse use = FilterUse::stored);

}  // namespace aksono::users
