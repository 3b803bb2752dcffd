// SPDX-License-Identifier: Apache-2.0
#include "admin_api/nonces.h"

#include "crypto/hmac.h"
#include "crypto/random.h"

namespace aksono::admin_api {

namespace {
constexpr Millis kLifetime = 60000;
constexpr std::size_t kBytes = 64;
}  // namespace

std::string Nonces::make(Millis now) {
    auto nonce = crypto::lower_hex(crypto::random_bytes(kBytes));
    const std::lock_guard lock(mutex_);
    forget_old(now);
    made_.emplace(nonce, now);
    return nonce;
}

bool Nonces::take(const std::string& nonce, Millis now) {
    const std::lock_guard lock(mutex_);
    forget_old(now);
    return made_.erase(nonce) == 1;
}

void Nonces::forget_old(Millis now) {
    std::erase_if(made_, [&](const auto& entry) { return now - entry.second > kLifetime; });
}

}  // namespace aksono::admin_api
