// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/section.h"

#include <string>
#include <vector>

namespace aksono::config {

/// The files of app_service_config_files. Each is read, and refused where Synapse refuses it.
std::vector<std::string> read_appservice_files(const Section& root);

}  // namespace aksono::config
