// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

#include <map>
#include <mutex>
#include <string>

namespace aksono::admin_api {

/// Random words that each open one request, for a minute.
class Nonces {
public:
    std::string make(Millis now);
    /// Whether the nonce is good; it is not any more afterwards.
    bool take(const std::string& nonce, Millis now);

private:
    void forget_old(Millis now);

    std::mutex mutex_;
    std::map<std::string, Millis> made_;
};

}  // namespace aksono::admin_api
