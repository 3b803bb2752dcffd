// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"

#include <iosfwd>

namespace aksono {

/// --generate-config: writes the configuration that -c names, its log configuration and its signing
/// key, none of them over a file that is there. Says on `out` what it made. Throws
/// config::ConfigError or std::runtime_error.
void generate_config_files(const Options& options, std::ostream& out);

/// --generate-keys: makes what the configuration names and is not there.
void generate_missing_files(const Options& options, std::ostream& out);

}  // namespace aksono
