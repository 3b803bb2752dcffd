// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/dispatcher.h"
#include "services.h"

namespace aksono {

/// Who asks, and which errors of the database are the client's: what http/ leaves to others.
http::Hooks make_hooks(Services& services);

}  // namespace aksono
