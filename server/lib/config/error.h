// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace aksono::config {

/// Why a configuration is refused, as one line for the person who starts the server.
class ConfigError : public std::exception {
public:
    struct Parts {
        std::string sentence;  ///< Synapse's own words; empty where it has none
        std::string file;
        std::string option;  ///< «listeners.0.port»; empty when the file as a whole is meant
        std::string advice;  ///< what to do
        std::string path;    ///< where Synapse says it is («… at 'listeners.0':»); mostly empty
    };

    explicit ConfigError(Parts parts);
    [[nodiscard]] const Parts& parts() const { return parts_; }
    [[nodiscard]] const char* what() const noexcept override { return line_.c_str(); }

private:
    Parts parts_;
    std::string line_;
};

}  // namespace aksono::config
