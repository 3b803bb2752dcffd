// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rooms/side_effects.h"
#include "users/account_limits.h"

namespace aksono {

/// Requests are not limited yet: the rc_* options are read and checked, but nothing counts.
class RequestLimits : public users::NoAccountLimits, public rooms::MessageLimiter {
public:
    void check_message(Waiter& /*waiter*/, const Requester& /*requester*/,
                       bool /*update*/) override {}
    void check_admin_redaction(Waiter& /*waiter*/, const Requester& /*requester*/) override {}
};

}  // namespace aksono
