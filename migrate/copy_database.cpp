// SPDX-License-Identifier: Apache-2.0
#include "copy_database.h"

#include "child_process.h"
#include "pg/errors.h"
#include "synschema/introspection.h"
#include "verbs.h"

#include <sys/statvfs.h>
#include <unistd.h>

namespace aksono::migrate {

namespace {

constexpr pg::Statement kIdentity{"migrate_identity", R"(
SELECT (SELECT system_identifier FROM pg_control_system())::text, d.oid::text
FROM pg_database d WHERE d.datname = current_database())"};

constexpr pg::Statement kSize{"migrate_database_size", R"(
SELECT pg_database_size(current_database()), current_database(),
       (SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND backend_type = 'client backend')
       + (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()))"};

// The role needs a right for this; without it nothing is known of free space.
constexpr const char* kDataDirectory = "SHOW data_directory";

constexpr double kCopiedBytes = 100e6;  ///< a second, as files
constexpr double kDumpedBytes = 15e6;   ///< a second, with all indexes made anew
constexpr Millis kNoTimeout = 0;

bool is_local(const pg::Conninfo& conninfo) {
    const auto host = conninfo.get("host");
    return host.empty() || host.starts_with("/") || host == "localhost" || host == "127.0.0.1" ||
           host == "::1";
}

std::optional<std::int64_t> free_space(pg::Connection& connection, const pg::Conninfo& conninfo) {
    if (!is_local(conninfo)) return std::nullopt;
    try {
        const auto directory = connection.in(pg::Isolation::autocommit, [](pg::Transaction& tx) {
            return tx.query_text(kDataDirectory)[0].text(0);
        });
        struct statvfs space{};
        if (statvfs(directory.c_str(), &space) != 0) return std::nullopt;
        return static_cast<std::int64_t>(space.f_bavail) *
               static_cast<std::int64_t>(space.f_frsize);
    } catch (const pg::SqlError&) {
        return std::nullopt;
    }
}

Identity identity_at(const cli::Target& target) {
    auto connection = cli::connect(target, kApplicationName, 10'000);
    return connection.in(pg::Isolation::autocommit, identity_of);
}

ChildProcess postgres_tool(const std::string& program, const pg::Conninfo& conninfo,
                           std::vector<std::string> options) {
    ChildProcess child;
    const auto password = conninfo.get("password");
    if (!password.empty()) child.environment.push_back("PGPASSWORD=" + password);
    child.words = {program, "--dbname=" + conninfo.with("password", "").str()};
    child.words.insert(child.words.end(), options.begin(), options.end());
    return child;
}

}  // namespace

Identity identity_of(pg::Transaction& tx) {
    const auto rows = tx.query(kIdentity);
    return {rows[0].text(0), rows[0].text(1)};
}

DatabaseCopy::DatabaseCopy(const Site& original, const std::optional<pg::Conninfo>& into)
    : original_(original),
      cluster_(into ? *into : original.target.conninfo),
      same_cluster_(!into),
      copy_(original),
      identity_(identity_at(original.target)) {
    auto connection = cli::connect(original.target, kApplicationName, 10'000);
    original_name_ = connection.in(pg::Isolation::autocommit,
                                   [](pg::Transaction& tx) { return tx.query(kSize)[0].text(1); });
    name_ = original_name_ + "_dry_run_" + std::to_string(getpid());
    copy_.target.conninfo = cluster_.with("dbname", name_);
}

/// CREATE DATABASE is not possible from the database that is copied.
pg::Connection DatabaseCopy::maintenance(const pg::Conninfo& cluster) const {
    const auto conninfo = same_cluster_ ? cluster.with("dbname", "template1") : cluster;
    return cli::connect({conninfo, "", true}, kApplicationName, kNoTimeout);
}

CopyEstimate DatabaseCopy::estimate() const {
    CopyEstimate estimate;
    auto connection = cli::connect(original_.target, kApplicationName, 60'000);
    connection.run(pg::Isolation::autocommit, [&](pg::Transaction& tx) {
        const auto rows = tx.query(kSize);
        estimate.bytes = rows[0].integer(0);
        estimate.connected = rows[0].integer(2) > 0;
    });
    auto target = maintenance(cluster_);
    estimate.free_bytes = free_space(target, cluster_);
    const bool as_files = same_cluster_ && !estimate.connected;
    estimate.seconds =
        1 + static_cast<double>(estimate.bytes) / (as_files ? kCopiedBytes : kDumpedBytes);
    return estimate;
}

void DatabaseCopy::dump_into_copy() const {
    auto dump = postgres_tool("pg_dump", original_.target.conninfo,
                              {"--no-owner", "--no-privileges", "--format=plain"});
    auto restore =
        postgres_tool("psql", copy_.target.conninfo,
                      {"--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"});
    if (const auto failure = run_piped(dump, restore)) {
        throw cli::Unsuitable("the copy failed: " + *failure);
    }
}

void DatabaseCopy::make(bool connected) {
    const auto quoted = synschema::quote_identifier(name_);
    const bool as_files = same_cluster_ && !connected;
    {
        auto connection = maintenance(cluster_);
        const auto from = as_files ? synschema::quote_identifier(original_name_)
                                   : std::string("template0 ENCODING 'UTF8' LOCALE 'C'");
        connection.run(pg::Isolation::autocommit, [&](pg::Transaction& tx) {
            tx.query_text("CREATE DATABASE " + quoted + " TEMPLATE " + from);
        });
    }
    if (!as_files) dump_into_copy();
}

void DatabaseCopy::drop() {
    auto connection = maintenance(cluster_);
    connection.run(pg::Isolation::autocommit, [&](pg::Transaction& tx) {
        tx.query_text("DROP DATABASE IF EXISTS " + synschema::quote_identifier(name_) +
                      " WITH (FORCE)");
    });
}

void DatabaseCopy::must_not_be_original(pg::Transaction& tx) const {
    const auto here = identity_of(tx);
    if (here.system == identity_.system && here.oid == identity_.oid) {
        throw cli::Unsuitable(original_.name() +
                              ": the copy turned out to be the original; nothing was done");
    }
}

}  // namespace aksono::migrate
