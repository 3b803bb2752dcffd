// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.h"

namespace aksono::config {

/// Throws ConfigError when the configuration asks for something that guards the server's users and
/// that Aksono cannot do: modules above all. To go on without would be to drop a lock from a door.
void refuse_what_cannot_run(const Section& root);

}  // namespace aksono::config
