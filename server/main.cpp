// SPDX-License-Identifier: Apache-2.0
#include "app.h"
#include "base/log.h"
#include "base/log_settings.h"
#include "base/one_line.h"
#include "config/check_config.h"
#include "config/error.h"
#include "config/generate.h"
#include "config/log_config.h"
#include "config/places.h"
#include "generate_files.h"
#include "options.h"
#include "pg/conninfo.h"
#include "version.h"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <sys/resource.h>

namespace aksono {

namespace {

constexpr std::string_view kLogger = "synapse.app.homeserver";

/// libpq's own judgement of the database arguments, before anything is started.
void check_conninfo(const config::Config& config) {
    try {
        pg::Conninfo::parse(config.database.conninfo);
    } catch (const std::invalid_argument& error) {
        const char* option =
            config.document.options.contains("database") ? "database" : "databases";
        throw config::ConfigError({.sentence = std::string("invalid dsn: ") + error.what(),
                                   .file = config.document.file_of(option),
                                   .option = std::string(option) + ".args",
                                   .advice = "give libpq's keywords",
                                   .path = {}});
    }
}

config::Config load_config(const Options& options) {
    auto config = config::load(options.config_paths);
    check_conninfo(config);
    return config;
}

config::LogConfig load_log_config(const config::Config& config) {
    if (!config.log_config.empty()) return config::read_log_config(config.log_config);
    return {.settings = log::Settings::defaults(), .ignored = {}};
}

/// Routes do not need a deployment; a made-up one stands in.
config::Config config_for_routes(const Options& options) {
    if (!options.config_paths.empty()) return load_config(options);
    config::Document document;
    document.options = {{"server_name", "localhost"},
                        {"report_stats", false},
                        {"database", {{"name", "psycopg2"}}},
                        {"signing_key", config::generate_signing_key()}};
    return config::load_document(std::move(document));
}

void check_config(const Options& options) {
    const auto config = load_config(options);
    const auto log_config = load_log_config(config);
    std::cout << config::describe_options(config);
    for (const auto& sentence : log_config.ignored)
        std::cout << "warning: " << sentence << "\n";
}

void check_force(const Options& options, const config::Config& config) {
    if (!options.force || *options.force == config.server_name) return;
    throw StartRefused("--force: type the server_name of the configuration (" + config.server_name +
                       ") to confirm");
}

/// `soft_file_limit`: 0 stands for the most that is allowed.
void raise_file_limit(std::int64_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur =
        wanted > 0 ? std::min<rlim_t>(static_cast<rlim_t>(wanted), limit.rlim_max) : limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

/// Returns when the server is to stop: by which signal.
std::string wait_for_the_end(const sigset_t& signals) {
    for (;;) {
        int signal = 0;
        if (sigwait(&signals, &signal) != 0) continue;
        if (signal != SIGHUP) return signal == SIGTERM ? "SIGTERM" : "SIGINT";
        log::reopen();
        log::info(kLogger, "Log files were opened anew");
    }
}

void run(const Options& options) {
    auto config = load_config(options);
    check_force(options, config);
    const auto log_config = load_log_config(config);
    config::check_media_store(config, !options.read_only);
    const sigset_t signals = block_signals();  // before any thread is there to get one
    raise_file_limit(config.soft_file_limit);
    log::configure(log_config.settings);
    log::info(kLogger, "Aksono {} starts for {}", kVersion, config.server_name);
    for (const auto& note : config::start_notes(config))
        log::warning(kLogger, "{}", note);
    for (const auto& note : log_config.ignored)
        log::warning(kLogger, "{}", note);
    const std::string file = config.document.file_of("database");
    App app(
        std::move(config),
        {.config_file = file, .read_only = options.read_only, .force = options.force.has_value()});
    app.start();
    const std::string reason = wait_for_the_end(signals);
    log::info(kLogger, "Aksono stops");
    app.stop(reason);
    log::info(kLogger, "Aksono has stopped");
}

void act(const Options& options) {
    switch (options.verb) {
        case Options::Verb::help:
            std::cout << usage();
            break;
        case Options::Verb::version:
            std::cout << "Aksono " << kVersion << "\n";
            break;
        case Options::Verb::check_config:
            check_config(options);
            break;
        case Options::Verb::list_routes:
            std::cout << list_routes(config_for_routes(options), options.missing);
            break;
        case Options::Verb::generate_config:
            generate_config_files(options, std::cout);
            break;
        case Options::Verb::generate_keys:
            generate_missing_files(options, std::cout);
            break;
        case Options::Verb::run:
            run(options);
            break;
    }
}

}  // namespace

}  // namespace aksono

int main(int argc, char** argv) {
    const auto options = aksono::parse_options(argc, argv);
    if (!options) {
        std::cerr << "aksono: " << options.error() << "\n";
        return 1;
    }
    try {
        aksono::act(*options);
        std::cout.flush();
        return std::cout ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << aksono::one_line(error.what()) << "\n";
        return 1;
    }
}
