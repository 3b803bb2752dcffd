// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace aksono::pg {

/// One SQL statement of the program. `name` is unique in the program: it is the prepared
/// statement's name on each connection and a label in metrics. Defined as a constant on top of a
/// storage file.
struct Statement {
    const char* name;
    const char* sql;
};

}  // namespace aksono::pg
