// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

#include <cstdint>

namespace aksono::config {

/// «30d», «5 m», «5000» or 5000: milliseconds. The failure is Synapse's sentence.
Result<Millis> parse_duration(const Json& value);

/// «50M», «10K» or a number: bytes. The failure is Synapse's sentence.
Result<std::int64_t> parse_size(const Json& value);

}  // namespace aksono::config
