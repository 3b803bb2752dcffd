// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace aksono {

/// The command line of the server, with Synapse's names where Synapse has the option.
struct Options {
    enum class Verb {
        run,
        check_config,
        list_routes,
        generate_config,
        generate_keys,
        version,
        help
    };

    Verb verb = Verb::run;
    std::vector<std::string> config_paths;
    bool missing = false;              ///< --list-routes --missing: only what is not built
    bool read_only = false;            ///< beside another writer, or on a standby
    std::optional<std::string> force;  ///< the server name, typed to confirm
    std::optional<std::string> server_name;
    std::optional<bool> report_stats;
    std::string config_directory;
    std::string data_directory;
};

/// The failure is one line for stderr.
Result<Options> parse_options(int argc, const char* const* argv);

/// For --help.
std::string usage();

}  // namespace aksono
