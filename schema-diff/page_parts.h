// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace aksono::schema_diff {

/// Style and script of the page, which stands alone: nothing is fetched.
extern const char* const kPageStyle;
extern const char* const kPageScript;

}  // namespace aksono::schema_diff
