// SPDX-License-Identifier: Apache-2.0
#include "verbs.h"
namespace aksono::schema_diff {
int check(const cli::Arguments&) {
    return cli::kDone;
}
}  // namespace aksono::schema_diff
