// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace aksono {

/// The server does not start; the message is one line for the person who starts it.
class StartRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The whole server: wires everything, and starts and stops it in order.
class App {
public:
    struct Options {
        std::string config_file;  ///< named in refusals
        bool read_only = false;
        bool force = false;  ///< start beside sessions that look like Synapse's
    };
    App(config::Config config, Options options);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    /// Checks the database, takes it over and answers requests. Throws StartRefused; nothing has
    /// been written then.
    void start();

    /// Drains requests, brings every row up to date and lets go of the database. `reason` is noted
    /// with the run.
    void stop(const std::string& reason = "ended early");

private:
    struct Parts;
    void check_database() const;

    config::Config config_;
    Options options_;
    std::unique_ptr<Parts> parts_;  ///< from start() to stop()
};

/// The route table, for --list-routes; `missing` leaves out what is built. Needs no database.
std::string list_routes(const config::Config& config, bool missing);

}  // namespace aksono
