// SPDX-License-Identifier: Apache-2.0
#include "app.h"

#include "base/io_threads.h"
#include "base/log.h"
#include "base/one_line.h"
#include "base/thread_waiter.h"
#include "endpoints.h"
#include "hooks.h"
#include "http/dispatcher.h"
#include "http/request_metrics.h"
#include "http/server.h"
#include "listeners.h"
#include "pg/conninfo.h"
#include "services.h"
#include "storage/fence.h"
#include "storage/pooler.h"
#include "storage/position_keeper.h"
#include "storage/takeover.h"
#include "storage/tenure_marks.h"
#include "synschema/startup_check.h"
#include "tenure_log.h"
#include "unrun_jobs.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

namespace aksono {

namespace {

constexpr std::string_view kLogger = "synapse.app.homeserver";

config::RollbackFloor floor_of(const config::Config& config) {
    return config::RollbackFloor::choose(config.rollback_floor, std::nullopt);
}

int io_threads() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

pg::ConnectionSettings session(const config::Config& config, const char* name) {
    return {.conninfo = config.database.conninfo, .application_name = name};
}

/// At the end; without the right to write what is not told stays untold.
void flush_last_seen(Services& services) {
    try {
        ThreadWaiter waiter;
        services.last_seen.flush(waiter);
        services.converted_device_changes.flush(waiter);
    } catch (const std::exception& error) {
        log::warning(kLogger, "The times when users were last seen are not written: {}",
                     error.what());
    }
}

}  // namespace

/// Members in the order of their making; they end in the opposite one.
struct App::Parts {
    Parts(const config::Config& config, const Options& options);

    void take_over();
    void bind();
    void start_timers();
    void note_end(const std::string& reason);
    void follow(Waiter& waiter);
    void every(Millis interval, const char* name, std::function<void(Waiter&)> job);

    const config::Config& config;
    const Options& options;
    Services services;
    http::Router router;
    http::Dispatcher dispatcher;
    storage::Fence fence;
    storage::PositionKeeper positions;
    TenureLog tenures;
    IoThreads threads;
    http::RequestMetrics request_metrics;
    http::Server server;
};

App::Parts::Parts(const config::Config& given, const Options& chosen)
    : config(given),
      options(chosen),
      services(config, floor_of(config), !options.read_only),
      router(make_endpoints(services, config), route_switches(config)),
      dispatcher(router, make_hooks(services)),
      fence({.session = session(config, "aksono-fence"),
             .synapse_application_name =
                 pg::Conninfo::parse(config.database.conninfo).get("application_name"),
             .force = options.force}),
      positions(session(config, "aksono-positions"), services.streams, config.writers,
                {.stats = config.stats_enabled,
                 .user_directory = true,
                 .federation = config.send_federation,
                 .server_name = config.server_name},
                [this] { return fence.writable(); }),
      tenures(config.tenure_file, config.server_name),
      threads(io_threads()),
      request_metrics(services.metrics),
      server(threads, dispatcher, &request_metrics) {}

void App::Parts::take_over() {
    pg::Connection connection(session(config, "aksono-start"));
    if (options.read_only) {
        connection.in(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
            storage::follow_positions(tx, services.streams, config.writers);
        });
        services.database.only_write_while([] { return false; });
        services.persister.only_write_while([] { return false; });
        return;
    }
    fence.acquire();
    const auto mended = connection.in(pg::Isolation::repeatable_read, [&](pg::Transaction& tx) {
        return storage::take_over(tx, services.streams, config.writers, !options.force);
    });
    for (const auto& sentence : mended)
        log::warning(kLogger, "{}", sentence);
    tenures.begin(connection.in(pg::Isolation::read_committed, storage::read_tenure_marks));
    fence.watch(services.streams, positions);
    services.database.only_write_while([this] { return fence.writable(); });
    services.persister.only_write_while([this] { return fence.writable(); });
    positions.start();
}

/// After the last write, before the fence falls.
void App::Parts::note_end(const std::string& reason) {
    try {
        pg::Connection connection(session(config, "aksono-stop"));
        tenures.end(connection.in(pg::Isolation::read_committed, storage::read_tenure_marks),
                    fence.writable() ? reason : reason + ", after the fence was lost");
    } catch (const std::exception& error) {
        log::warning(kLogger, "The end of this run is not noted: {}", one_line(error.what()));
    }
}

void App::Parts::bind() {
    for (auto& settings : listener_settings(config)) {
        const std::string place = settings.socket_path.empty()
                                      ? fmt::format("TCP port {}", settings.port)
                                      : "Unix Socket at: " + settings.socket_path;
        server.bind(std::move(settings));
        log::info(kLogger, "Aksono now listening on {}", place);
    }
}

void App::Parts::every(Millis interval, const char* name, std::function<void(Waiter&)> job) {
    threads.spawn([interval, name, job = std::move(job)](FiberWaiter& waiter) {
        for (;;) {
            waiter.sleep(interval);
            try {
                job(waiter);
            } catch (const Cancelled&) {
                throw;
            } catch (const std::exception& error) {
                log::error(kLogger, "{} failed: {}", name, error.what());
            }
        }
    });
}

void App::Parts::follow(Waiter& waiter) {
    services.database.read(waiter, "follow_positions", [this](pg::Transaction& tx) {
        storage::follow_positions(tx, services.streams, config.writers);
    });
}

void App::Parts::start_timers() {
    every(1000, "typing", [this](Waiter&) { services.typing.expire(); });
    if (options.read_only) {
        every(1000, "positions", [this](Waiter& waiter) { follow(waiter); });
        return;
    }
    every(users::LastSeen::kFlushInterval, "last seen",
          [this](Waiter& waiter) { services.last_seen.flush(waiter); });
    every(users::DailyVisits::kInterval, "daily visits", [this](Waiter& waiter) {
        services.last_seen.flush(waiter);
        services.daily_visits.count(waiter);
    });
    every(users::LastSeen::kFlushInterval, "converted device changes",
          [this](Waiter& waiter) { services.converted_device_changes.flush(waiter); });
    every(push::PushSummaryRotator::kInterval, "push summary",
          [this](Waiter& waiter) { services.push_summary.run_once(waiter); });
}

App::App(config::Config config, Options options)
    : config_(std::move(config)), options_(std::move(options)) {}

App::~App() {
    stop();
}

void App::check_database() const {
    synschema::StartupOptions checks{.server_name = config_.server_name,
                                     .allow_unsafe_locale = config_.database.allow_unsafe_locale,
                                     .config_file = options_.config_file,
                                     .writes = !options_.read_only};
    pg::Connection connection(session(config_, "aksono-start"));
    const auto facts = connection.in(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
        return check_startup(tx, checks);
    });
    if (!facts) throw StartRefused(facts.error());
    if (facts->in_recovery && !options_.read_only) {
        throw StartRefused("the database is a standby and cannot be written to; " +
                           options_.config_file + ": database: connect to the primary, or start " +
                           "with --read-only");
    }
    for (const auto& job : unrun_jobs(config_))
        log::info(kLogger, "Left to Synapse for now: {}", job);
    for (const auto& note : facts->unfinished.notes())
        log::warning(kLogger, "Left to Synapse: {}", note);
    for (const auto& name : facts->pending_updates) {
        log::info(kLogger, "Background update {} is left for Synapse or aksono-migrate", name);
    }
}

void App::start() {
    try {
        storage::refuse_pooler(session(config_, "aksono-start"));
        check_database();
        parts_ = std::make_unique<Parts>(config_, options_);
        parts_->bind();  // may fail, so before anything is written
        parts_->take_over();
        parts_->server.start();
        parts_->start_timers();
    } catch (const StartRefused&) {
        parts_.reset();
        throw;
    } catch (const std::exception& error) {
        parts_.reset();
        throw StartRefused(one_line(error.what()));
    }
}

void App::stop(const std::string& reason) {
    if (!parts_) return;
    Services& services = parts_->services;
    parts_->threads.stop();
    services.persister.stop();
    if (!options_.read_only) {
        flush_last_seen(services);
        if (!parts_->positions.stop()) {
            log::error(kLogger, "The stream positions could not be brought up to date");
        }
        parts_->note_end(reason);
    }
    services.database.stop();
    services.cpu.stop();
    parts_->fence.release();
    parts_.reset();
}

std::string list_routes(const config::Config& config, bool missing) {
    Services services(config, floor_of(config), false);
    return http::Router(make_endpoints(services, config), route_switches(config))
        .list_routes(missing);
}

}  // namespace aksono
