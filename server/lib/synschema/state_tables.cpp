// SPDX-License-Identifier: Apache-2.0
#include "synschema/state_tables.h"

#include <algorithm>
#include <array>

namespace aksono::synschema {

namespace {

constexpr std::array<std::string_view, 5> kState{"state_groups", "state_groups_state",
                                                 "state_group_edges", "state_groups_persisting",
                                                 "state_groups_pending_deletion"};
constexpr std::array<std::string_view, 5> kCommon{"applied_module_schemas", "applied_schema_deltas",
                                                  "background_updates", "schema_compat_version",
                                                  "schema_version"};

}  // namespace

bool is_state_table(std::string_view name) {
    return std::ranges::find(kState, name) != kState.end();
}

bool is_common_table(std::string_view name) {
    return std::ranges::find(kCommon, name) != kCommon.end();
}

}  // namespace aksono::synschema
