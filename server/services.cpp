// SPDX-License-Identifier: Apache-2.0
#include "services.h"

#include "push/push_rules_reader.h"
#include "version.h"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace aksono {

namespace {

pg::ConnectionSettings pool_session(const config::Config& config) {
    return {.conninfo = config.database.conninfo,
            .application_name = "aksono-pool",
            .statement_timeout = config.database.statement_timeout};
}

pg::ConnectionSettings session_named(const config::Config& config, const char* name) {
    auto settings = pool_session(config);
    settings.application_name = name;
    return settings;
}

crypto::SigningKey signing_key(const config::Config& config) {
    const auto& given = config.signing_keys.front();
    auto key = crypto::SigningKey::from_seed(given.version, given.seed);
    if (!key) throw std::invalid_argument(key.error());
    return *key;
}

/// As admin server_version answers: the emulated Synapse first, so that dashboards go on working.
std::string described_version(const config::Config& config) {
    return config.emulate_version + " (Aksono " + kVersion + ")";
}

sync::Retention retention_of(const config::Config& config) {
    return {config.retention.enabled, config.retention.default_max_lifetime};
}

int cpu_threads() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

Services::Services(const config::Config& config, const config::RollbackFloor& floor, bool writes)
    : metrics(config.server_name),
      storage_metrics(metrics),
      database(pool_session(config), config.database.cp_max),
      cpu("aksono-cpu", cpu_threads()),
      events(static_cast<std::size_t>(std::max<std::int64_t>(1, config.caches.event_cache_size))),
      typing(notifier),
      limits(database, config.rate_limits),

      last_seen(database, config.track_puppeted_user_ips),
      daily_visits(database),
      converted_device_changes(database, streams, config.server_name,
                               config.writers.first_of("device_lists")),
      authenticator(database, {.macaroon_key = config.macaroon_secret_key, .writes = writes},
                    [this, writes](const Requester& requester, std::string_view token,
                                   const auth::TokenSource& source) {
                        if (writes)
                            last_seen.record(requester, token, source.ip, source.user_agent);
                    }),
      passwords(cpu, config.password, config.bcrypt_rounds),
      logins(database, passwords, limits, config.server_name),
      sessions(database, streams,
               {.lifetimes = config.sessions,
                .server_name = config.server_name,
                .macaroon_key = config.macaroon_secret_key,
                .device_lists_writer = config.writers.first_of("device_lists")},
               [this](const auto& keys) { notifier.notify(keys); }),
      logouts(database, streams, config.writers.first_of("device_lists"),
              [this](const auto& keys) { notifier.notify(keys); }),
      registration(database, streams,
                   {.server_name = config.server_name,
                    .macaroon_key = config.macaroon_secret_key,
                    .device_lists_writer = config.writers.first_of("device_lists"),
                    .settings = config.registration,
                    .stats = config.stats_enabled,
                    .default_user_type = config.default_user_type}),
      ui_auth(database),
      filters(database, config.filter_timeline_limit),
      profiles(database, config.server_name),
      push({.enabled = config.push.enabled,
            .server_name = config.server_name,
            .belongs_to_appservice = {}}),
      push_summary(database, streams),
      wake_ups(notifier, events),
      persister(session_named(config, "aksono-persister"), streams, config.writers.of("events"),
                {&wake_ups}),
      creator({.server_name = config.server_name,
               .key = signing_key(config),
               .database = database,
               .persister = persister,
               .push = push,
               .limiter = limits,
               .index_for_search = config.enable_search}),
      sync(database, events, streams, notifier,
           {.push_rules = push::push_rules_of,
            .typing = &typing,
            .push_enabled = config.push.enabled,
            .retention = retention_of(config),
            .hidden_rooms = config.exclude_rooms_from_sync},
           floor.token_fields()),
      room_reader(database, events, streams, floor.token_fields(), retention_of(config)),
      receipts(database, events, streams, notifier, config.writers.first_of("receipts"),
               retention_of(config)) {
    add_process_metrics(metrics, described_version(config));
    database.observe(storage_metrics);
}

}  // namespace aksono
