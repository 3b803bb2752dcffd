// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

namespace aksono::users {

/// Throws 400 M_UNKNOWN for a filter that Synapse refuses, in its words; 400 M_INVALID_PARAM where
/// Synapse answers 500.
/// https://spec.matrix.org/latest/client-server-api/#filtering
void check_filter(const Json& filter);

}  // namespace aksono::users
