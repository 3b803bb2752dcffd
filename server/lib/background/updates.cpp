// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"

namespace aksono::background {

Updates all_updates() {
    Updates updates;
    add_redaction_updates(updates);
    return updates;
}

}  // namespace aksono::background
