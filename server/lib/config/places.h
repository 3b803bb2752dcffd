// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"

namespace aksono::config {

/// Absolute.
std::string media_store_path(const Section& root);

/// Where runs are noted: `tenure_file`, else beside the folder of the media. Empty: nowhere.
std::string tenure_file(const Section& root);

/// media_store_path must be a directory that can be written to; with `create` it is made when it is
/// not there, as Synapse does. Throws ConfigError.
void check_media_store(const Config& config, bool create);

}  // namespace aksono::config
