// SPDX-License-Identifier: Apache-2.0
#include "copy_database.h"
#include "forecast.h"
#include "plan_text.h"
#include "run_upgrade.h"
#include "synschema/introspection.h"
#include "verbs.h"
#include "verify.h"

#include <chrono>
#include <iostream>

namespace aksono::migrate {

namespace {

constexpr Millis kNoTimeout = 0;
/// Files of a database that is being upgraded: old rows and new ones, and log.
constexpr double kRoom = 1.5;

using RowCounts = std::map<std::string, std::int64_t>;

RowCounts count_rows(const Site& site) {
    auto connection = cli::connect(site.target, kApplicationName, kNoTimeout);
    return connection.in(pg::Isolation::repeatable_read_only, [](pg::Transaction& tx) {
        RowCounts counts;
        for (const auto& [name, table] : synschema::introspect(tx).schema.tables) {
            if (table.kind != "table") continue;
            const auto rows =
                tx.query_text("SELECT count(*) FROM " + synschema::quote_identifier(name));
            counts[name] = rows[0].integer(0);
        }
        return counts;
    });
}

std::string mebibytes(std::int64_t bytes) {
    return std::to_string(bytes / (1024 * 1024)) + " MiB";
}

/// Space and time, said before anything is done.
void announce(const DatabaseCopy& copy, const CopyEstimate& estimate, const std::string& from) {
    std::cout << from << ": " << mebibytes(estimate.bytes) << " to copy as database " << copy.name()
              << (estimate.connected ? ", by pg_dump (it is in use)" : "") << ", about "
              << duration_text(estimate.seconds) << "; free there: "
              << (estimate.free_bytes ? mebibytes(*estimate.free_bytes) : "not known") << ".\n"
              << std::flush;
    const auto needed = static_cast<double>(estimate.bytes) * kRoom;
    if (estimate.free_bytes && static_cast<double>(*estimate.free_bytes) < needed) {
        throw cli::Unsuitable(from + ": a copy and its upgrade need " +
                              mebibytes(static_cast<std::int64_t>(needed)) + ", " +
                              mebibytes(*estimate.free_bytes) + " are free: give --into");
    }
}

void tell_rows(const RowCounts& before, const RowCounts& after) {
    for (const auto& [name, count] : before) {
        const auto it = after.find(name);
        if (it == after.end()) {
            std::cout << "  table " << name << " is dropped, it had " << count << " rows\n";
        } else if (it->second != count) {
            std::cout << "  " << name << ": " << count << " rows, then " << it->second << "\n";
        }
    }
}

double forecast_of(const Site& site, const synschema::UpgradeOptions& options) {
    auto connection = cli::connect(site.target, kApplicationName, kNoTimeout);
    return connection.in(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
        return forecast(tx, look(tx, site, options)).seconds;
    });
}

class DryRun {
public:
    DryRun(const std::vector<Site>& originals, const std::optional<pg::Conninfo>& into) {
        for (const auto& site : originals)
            copies_.emplace_back(site, into);
    }

    int run(const std::vector<Site>& originals, const synschema::UpgradeOptions& options);
    void drop();

private:
    int upgrade_copies(const synschema::UpgradeOptions& options);

    std::vector<DatabaseCopy> copies_;
};

int DryRun::run(const std::vector<Site>& originals, const synschema::UpgradeOptions& options) {
    std::vector<CopyEstimate> estimates;
    for (std::size_t i = 0; i < copies_.size(); ++i) {
        estimates.push_back(copies_[i].estimate());
        announce(copies_[i], estimates.back(), originals[i].name());
    }
    for (std::size_t i = 0; i < copies_.size(); ++i)
        copies_[i].make(estimates[i].connected);
    return upgrade_copies(options);
}

int DryRun::upgrade_copies(const synschema::UpgradeOptions& options) {
    std::vector<Site> sites;
    std::vector<RowCounts> before;
    double said = 0;
    for (const auto& copy : copies_) {
        sites.push_back(copy.site());
        before.push_back(count_rows(copy.site()));
        said += forecast_of(copy.site(), options);
    }
    const auto begin = std::chrono::steady_clock::now();
    run_upgrade(sites, options, [&](pg::Transaction& tx) {
        for (const auto& copy : copies_)
            copy.must_not_be_original(tx);
    });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << "Upgraded in " << duration_text(took.count()) << "; estimated were "
              << duration_text(said) << ".\n";
    for (std::size_t i = 0; i < sites.size(); ++i)
        tell_rows(before[i], count_rows(sites[i]));
    const auto findings = not_as_synapse_leaves_it(sites);
    std::cout << (findings.empty()
                      ? "The copy is as Synapse would leave it.\n"
                      : "The copy is not as Synapse would leave it:\n" + findings_text(findings));
    return findings.empty() ? cli::kDone : cli::kErrors;
}

void DryRun::drop() {
    for (auto& copy : copies_)
        copy.drop();
}

}  // namespace

int dry_run(const cli::Arguments& arguments) {
    namespace po = boost::program_options;
    po::options_description options("Options");
    add_upgrade_options(options);
    options.add_options()("into", po::value<std::string>()->value_name("DSN"),
                          "make the copy in this cluster, not beside the original")(
        "keep", "leave the copy there, to look at");
    const auto parsed = cli::parse_verb(
        "aksono-migrate dry-run [options] (DSN | -c homeserver.yaml)",
        "Copies the database, upgrades the copy as `up` would, looks at the result and drops it.\n"
        "The original is only read: by pg_dump in one snapshot, or, when nobody is connected, as\n"
        "a template.\n\n"
        "Ends 0: `up` would do; 10: the copy is not as Synapse would leave it; 12: it fails.\n",
        options, arguments, true);
    if (!parsed) return cli::kDone;
    const auto wanted = read_upgrade_options(*parsed);
    const auto sites = sites_of(*parsed);
    for (const auto& site : sites)
        forecast_of(site, wanted);  // what `up` refuses is refused before anything is copied
    std::optional<pg::Conninfo> into;
    if (parsed->values.contains("into")) {
        into = pg::Conninfo::parse(parsed->values["into"].as<std::string>());
    }
    DryRun run(sites, into);
    const bool keep = parsed->values.contains("keep");
    try {
        const int code = run.run(sites, wanted);
        if (!keep) run.drop();
        return code;
    } catch (const std::exception& error) {
        const std::string why = error.what();
        if (!keep) run.drop();
        throw cli::Unsuitable(why);
    }
}

}  // namespace aksono::migrate
