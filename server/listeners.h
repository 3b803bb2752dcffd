// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"
#include "http/listener_settings.h"

#include <vector>

namespace aksono {

/// What `listeners` asks for, in the words of http/. Manholes are left out: there is no Python
/// inside.
std::vector<http::ListenerSettings> listener_settings(const config::Config& config);

}  // namespace aksono
