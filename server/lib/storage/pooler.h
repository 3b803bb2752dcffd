// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/connection.h"

#include <stdexcept>

namespace aksono::storage {

/// Sessions do not last: whoever starts the server must give another address.
class PoolerRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Throws PoolerRefused when what answers is a pooler in transaction mode, through which neither
/// locks nor prepared statements hold, or what the connection throws. Prepares nothing itself:
/// that would stay behind in the pooler.
void refuse_pooler(const pg::ConnectionSettings& settings);

}  // namespace aksono::storage
