// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "check_options.h"
#include "synschema/finding.h"

namespace aksono::schema_diff {

/// What the rows say otherwise than the configuration that was given with -c: signatures, ways to
/// log in, application services, files of the media store. Nothing without -c.
synschema::Findings check_against_config(const CheckCommand& command);

}  // namespace aksono::schema_diff
