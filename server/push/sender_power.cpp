// SPDX-License-Identifier: Apache-2.0
#include "push/sender_power.h"

#include "events/power_levels.h"

namespace aksono::push {

std::int64_t sender_power(const rooms::NewEvent& event) {
    if (event.state == nullptr) return 0;
    const events::PowerLevels levels(*event.version, event.state->create.get(),
                                     event.state->power_levels.get());
    return levels.of_user(event.sender.str());
}

}  // namespace aksono::push
