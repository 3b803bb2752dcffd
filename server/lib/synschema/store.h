// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/schema.h"

namespace aksono::synschema {

/// Which of Synapse's tables a physical database has: with `databases:` the state groups may be
/// apart from all others. The books (schema_version, background_updates …) are in each.
enum class Store { both, main, state };

/// Whether a file or object of `part` concerns a database of `store`; `part` both: a common one.
inline bool concerns(Store part, Store store) {
    return part == Store::both || store == Store::both || part == store;
}

}  // namespace aksono::synschema
