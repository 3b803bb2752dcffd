// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace aksono::config {

/// What a new configuration is to say.
struct GenerateSettings {
    std::string server_name;
    bool report_stats = false;     ///< kept for Synapse; Aksono reports to nobody
    std::string config_directory;  ///< absolute; log configuration and signing key go there
    std::string data_directory;    ///< absolute; media and the log
};

/// A homeserver.yaml with fresh secrets and a PostgreSQL database to be filled in.
std::string generate_homeserver_yaml(const GenerateSettings& settings);

/// A log_config that writes to DATA_DIRECTORY/homeserver.log.
std::string generate_log_config(const GenerateSettings& settings);

/// One line for a signing key file, with its line end.
std::string generate_signing_key();

std::string log_config_path(const GenerateSettings& settings);
std::string new_signing_key_path(const GenerateSettings& settings);

}  // namespace aksono::config
