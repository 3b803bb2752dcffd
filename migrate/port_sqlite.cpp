// SPDX-License-Identifier: Apache-2.0
#include "new_database.h"
#include "pg/errors.h"
#include "port_copy.h"
#include "port_finish.h"
#include "sqlite_use.h"
#include "verbs.h"

#include <filesystem>
#include <iostream>

namespace aksono::migrate {

namespace {

namespace po = boost::program_options;

constexpr const char* kUsage =
    "aksono-migrate port-sqlite FILE [options] (DSN | -c homeserver.yaml)";

constexpr const char* kExplanation =
    "Copies the SQLite database of a stopped Synapse 1.163.2 into an empty PostgreSQL database.\n"
    "FILE is only read. When it is interrupted, the same command goes on where it stopped; until\n"
    "it has ended no server starts on the new database.\n";

constexpr Millis kNoTimeout = 0;  ///< an index of a large table takes hours

/// Two at once would write rows twice.
constexpr pg::Statement kAlone{"port_alone",
                               "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"};

struct PortOptions {
    std::string file;
    std::int64_t batch = 0;
    bool leave_orphans_out = false;
};

void refuse_file(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        throw cli::Unsuitable(path + (error ? ": " + error.message() : " is no file"));
    }
    if (const auto user = who_uses(path)) {
        throw cli::Unsuitable(path + " is in use by " + *user + ": stop Synapse first");
    }
}

SqliteFile open_file(const std::string& path) {
    try {
        SqliteFile file(path);
        file.number("SELECT count(*) FROM sqlite_master");
        return file;
    } catch (const SqliteError& error) {
        throw cli::Unsuitable(path + " cannot be read as a SQLite database: " + error.what());
    }
}

/// One port: what is known of both sides, and the steps in their order.
class Port {
public:
    Port(const PortOptions& options, const cli::Target& target)
        : options_(options),
          target_(target),
          fingerprint_(fingerprint_of(options.file)),
          file_(open_file(options.file)),
          source_(read_source(file_, options.file)),
          connection_(cli::connect(target, kApplicationName, kNoTimeout)) {
        // What is read from here on is of one moment.
        file_.run("BEGIN");
    }

    int run() {
        begin_or_go_on();
        copy_tables();
        std::cerr << "building keys and indexes" << std::endl;
        build_parts(connection_, source_.catalogue.schema);
        connection_.run(pg::Isolation::repeatable_read_only,
                        [&](pg::Transaction& tx) { verify_counts(tx, file_, source_, progress_); });
        if (fingerprint_of(options_.file) != fingerprint_) {
            throw cli::Unsuitable(options_.file +
                                  " was written to while it was copied: stop Synapse, and begin "
                                  "again with a new database");
        }
        connection_.run(pg::Isolation::autocommit,
                        [](pg::Transaction& tx) { tx.query_text("ANALYZE"); });
        connection_.run(pg::Isolation::read_committed,
                        [&](pg::Transaction& tx) { finish(tx, source_); });
        return report();
    }

private:
    void begin_or_go_on() {
        const auto earlier = connection_.in(pg::Isolation::autocommit, [&](pg::Transaction& tx) {
            refuse_unsuitable(tx, target_);
            if (tx.query(kAlone, "aksono-migrate")[0].text(0) != "t") {
                throw cli::Unsuitable(target_.conninfo.describe() +
                                      ": another aksono-migrate is at work on it");
            }
            const auto found = read_port_progress(tx);
            if (!found) refuse_used(tx, target_, "port-sqlite");
            return found;
        });
        if (!earlier) return begin();
        if (earlier->fingerprint != fingerprint_) {
            throw cli::Unsuitable(target_.conninfo.describe() +
                                  " holds an unfinished port of another file, or of this one "
                                  "before it was written to: begin again with a new database");
        }
        progress_ = *earlier;
        find_rows_to_leave_out();
        std::cerr << "going on with an earlier run" << std::endl;
    }

    void begin() {
        std::cerr << "checking " << options_.file << std::endl;
        check_pages(file_, options_.file);
        find_rows_to_leave_out();
        connection_.run(pg::Isolation::read_committed, [&](pg::Transaction& tx) {
            for (const auto& statement : begin_statements(source_, fingerprint_))
                tx.query_text(statement);
        });
        for (const auto& table : source_.tables)
            progress_.tables[table.name] = {};
    }

    void find_rows_to_leave_out() {
        orphans_ = find_orphans(file_);
        if (orphans_.empty() || options_.leave_orphans_out) return;
        std::string tables;
        for (const auto& [table, rows] : orphans_) {
            tables += (tables.empty() ? "" : ", ") + std::to_string(rows.size()) + " of " + table;
        }
        throw cli::Unsuitable(options_.file +
                              " has rows that refer to others that are not there, "
                              "which PostgreSQL does not take (" +
                              tables +
                              "): look at them with `PRAGMA foreign_key_check`; "
                              "--leave-orphans-out ports the others");
    }

    void copy_tables() {
        std::int64_t total = 0;
        std::int64_t before = 0;
        for (const auto& table : source_.tables) {
            total += file_.number(table.count());
            before += progress_.tables[table.name].written + progress_.tables[table.name].left_out;
        }
        std::cerr << "copying " << total << " rows of " << source_.tables.size() << " tables"
                  << std::endl;
        pg::LoadSession session({target_.conninfo.str(), kApplicationName, kNoTimeout});
        PortMeter meter(total, before);
        TableCopier copier(file_, session, meter, options_.batch);
        for (const auto& table : source_.tables)
            copier.copy(table, progress_.tables[table.name], orphans_[table.name]);
    }

    int report() {
        std::int64_t written = 0;
        std::int64_t left_out = 0;
        for (const auto& [table, progress] : progress_.tables) {
            written += progress.written;
            left_out += progress.left_out;
            if (progress.left_out == 0) continue;
            std::cout << table << ": " << progress.left_out << " rows left out\n";
        }
        std::cout << target_.conninfo.describe() << ": " << written << " rows of "
                  << source_.tables.size() << " tables, schema version " << source_.version
                  << ", counted on both sides; " << left_out << " rows left out.\n";
        return left_out == 0 ? cli::kDone : cli::kWarnings;
    }

    PortOptions options_;
    cli::Target target_;
    std::string fingerprint_;
    SqliteFile file_;
    PortSource source_;
    pg::Connection connection_;
    PortProgress progress_;
    std::map<std::string, std::set<std::int64_t>> orphans_;
};

/// What the target refused or lost: said with how to go on.
int run_to_the_end(Port& port) {
    constexpr const char* kGoOn = "; what was copied stays: the same command goes on from there";
    try {
        return port.run();
    } catch (const pg::SqlError& error) {
        throw cli::Unsuitable(std::string(error.what()) + kGoOn);
    } catch (const pg::BrokenConnection& error) {
        throw cli::Unsuitable(std::string("the connection was lost: ") + error.what() + kGoOn);
    }
}

}  // namespace

int port_sqlite(const cli::Arguments& arguments) {
    po::options_description options("Options");
    options.add_options()("batch",
                          po::value<std::int64_t>()->default_value(10'000)->value_name("N"),
                          "rows to write in one transaction")(
        "leave-orphans-out", "port what can be, when rows refer to others that are not there")(
        "allow-unsafe-locale", "take a database whose collation or ctype is not C");
    const bool has_file = !arguments.empty() && !arguments[0].starts_with("-");
    const cli::Arguments rest(arguments.begin() + (has_file ? 1 : 0), arguments.end());
    auto parsed = cli::parse_verb(kUsage, kExplanation, options, rest);
    if (!parsed) return cli::kDone;
    if (!has_file)
        throw cli::UsageError("the SQLite database's file comes first: " + std::string(kUsage));
    const PortOptions wanted{arguments[0], parsed->values["batch"].as<std::int64_t>(),
                             parsed->values.contains("leave-orphans-out")};
    if (wanted.batch < 1) throw cli::UsageError("--batch is at least 1");
    if (parsed->values.contains("allow-unsafe-locale")) parsed->target.allow_unsafe_locale = true;
    refuse_file(wanted.file);
    Port port(wanted, parsed->target);
    return run_to_the_end(port);
}

}  // namespace aksono::migrate
