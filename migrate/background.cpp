// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"
#include "background_list.h"
#include "guard.h"
#include "pg/errors.h"
#include "synapse_updater.h"
#include "synschema/catalogue.h"
#include "verbs.h"

#include <algorithm>
#include <fstream>
#include <iostream>

namespace aksono::migrate {

namespace {

namespace po = boost::program_options;
using background::End;
using background::Result;

constexpr Millis kNoTimeout = 0;  ///< building an index may take hours
constexpr Millis kLookEvery = 2000;

constexpr const char* kExplanation =
    "Does the background updates that schema deltas have queued, as Synapse would, and goes on\n"
    "where Synapse stopped: rows in steps of about 100 ms, each a transaction with its progress,\n"
    "indexes without blocking anybody. May be stopped at any moment and run again. No server has\n"
    "to run; an Aksono may; a Synapse only with --synapse-url, which pauses its own updater.\n"
    "Ends 11 when something is left that cannot be done here, 10 when PostgreSQL refused one.\n";

/// Version of the database and of the users' server, from the database itself.
constexpr pg::Statement kVersion{"background_schema_version", "SELECT version FROM schema_version"};
constexpr pg::Statement kSomeUser{"background_some_user", "SELECT min(name) FROM users"};

void add_options(po::options_description& options) {
    options.add_options()("list", "print what is queued and change nothing (the default)")(
        "run", "do all that is queued")("only", po::value<std::string>()->value_name("NAME"),
                                        "do this one and what it waits for")(
        "throttle", po::value<Millis>()->default_value(0)->value_name("MS"),
        "pause so many milliseconds after each step")(
        "batch", po::value<std::int64_t>()->default_value(0)->value_name("N"),
        "go through so many items in each step; 0: as many as take about 100 ms")(
        "synapse-url", po::value<std::string>()->value_name("URL"),
        "listener of the Synapse that runs, http://host:port: its updater is paused meanwhile")(
        "admin-token-file", po::value<std::string>()->value_name("FILE"),
        "holds the access token of a server admin, for --synapse-url");
}

std::string read_token(const std::string& file) {
    std::ifstream in(file);
    std::string token;
    if (!(in >> token)) throw cli::UsageError("no token can be read from " + file);
    return token;
}

std::unique_ptr<PausedSynapse> pause_synapse(const po::variables_map& values) {
    const bool url = values.contains("synapse-url");
    if (url != values.contains("admin-token-file")) {
        throw cli::UsageError("--synapse-url and --admin-token-file go together");
    }
    if (!url) return nullptr;
    return std::make_unique<PausedSynapse>(
        HttpClient(values["synapse-url"].as<std::string>(),
                   read_token(values["admin-token-file"].as<std::string>())));
}

void require_new_schema(pg::Transaction& tx, const std::string& database) {
    if (tx.query_text("SELECT to_regclass('background_updates') IS NULL OR "
                      "to_regclass('schema_version') IS NULL")[0]
            .boolean(0)) {
        throw cli::Unsuitable(database +
                              " has no table background_updates: it is no Synapse "
                              "database");
    }
    const auto rows = tx.query(kVersion);
    if (rows.empty() || rows[0].integer(0) < synschema::kSchema) {
        throw cli::Unsuitable(database + ": its schema version is " +
                              (rows.empty() ? "missing" : rows[0].text(0)) +
                              "; run `aksono-migrate up` first");
    }
    if (rows[0].integer(0) > synschema::kNewestSchema) {
        throw cli::Unsuitable(database + ": schema version " + rows[0].text(0) +
                              " is newer than this program knows");
    }
}

/// The given name, or that of the users who are there; throws when they do not agree.
std::string server_name(pg::Transaction& tx, const cli::Target& target) {
    const auto user = tx.query(kSomeUser)[0].maybe_text(0).value_or("");
    const auto colon = user.find(':');
    const auto found = colon == std::string::npos ? std::string() : user.substr(colon + 1);
    if (!found.empty() && !target.server_name.empty() && found != target.server_name) {
        throw cli::Unsuitable("Found users in database not native to " + target.server_name + "! " +
                              target.conninfo.describe() + " is that of " + found);
    }
    return target.server_name.empty() ? found : target.server_name;
}

std::set<std::string> chosen(pg::Transaction& tx, const po::variables_map& values) {
    if (!values.contains("only")) return {};
    const auto name = values["only"].as<std::string>();
    const auto queue = background::read_queue(tx);
    if (std::ranges::find(queue, name, &background::Queued::name) == queue.end()) {
        throw cli::UsageError(name + " is not queued; --list shows what is");
    }
    return background::with_blockers(queue, name);
}

/// Looks around between the steps, but not after each.
class Watch {
public:
    Watch(pg::Transaction& guard, const PausedSynapse* synapse)
        : guard_(guard), synapse_(synapse) {}

    void operator()() {
        if (steady_ms() - looked_ < kLookEvery) return;
        guard_.query_text("SELECT 1");
        if (synapse_ != nullptr) synapse_->look();
        looked_ = steady_ms();
    }

private:
    pg::Transaction& guard_;
    const PausedSynapse* synapse_;
    Millis looked_ = 0;
};

void print_result(const Result& result) {
    static const std::map<End, std::string> words{{End::done, "done"},
                                                  {End::unbuilt, "stays queued"},
                                                  {End::failed, "FAILED"},
                                                  {End::waiting, "stays queued"}};
    std::cout << result.name << ": " << words.at(result.end);
    if (result.end != End::done) std::cout << ": " << result.why;
    if (result.items > 0) std::cout << ", " << result.items << " gone through";
    if (result.end == End::done) std::cout << ", " << result.took << " ms";
    std::cout << std::endl;
}

int print_total(const std::vector<Result>& results) {
    std::map<End, int> count;
    for (const auto& result : results)
        ++count[result.end];
    std::cout << count[End::done] << " background updates done";
    const int left = static_cast<int>(results.size()) - count[End::done];
    if (left > 0) std::cout << ", " << left << " stay queued";
    std::cout << ".\n";
    if (count[End::failed] > 0) return cli::kErrors;
    return left > 0 ? cli::kWarnings : cli::kDone;
}

int list(const cli::Target& target) {
    auto connection = cli::connect(target, kApplicationName, 60'000);
    const auto text = connection.in(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
        require_new_schema(tx, target.conninfo.describe());
        return list_queue(tx, background::all_updates());
    });
    std::cout << text;
    return cli::kDone;
}

std::vector<Result> work(pg::Connection& connection, background::RunOptions options,
                         background::Runner::Hooks hooks) {
    const auto updates = background::all_updates();
    return background::Runner(connection, updates, std::move(options), std::move(hooks)).run();
}

int run(const cli::Target& target, const po::variables_map& values) {
    const auto database = target.conninfo.describe();
    auto guard = cli::connect(target, kApplicationName, kNoTimeout);
    auto connection = cli::connect(target, kApplicationName, kNoTimeout);
    const auto results = guard.in(pg::Isolation::read_committed, [&](pg::Transaction& tx) {
        require_new_schema(tx, database);
        be_the_only_migrate(tx, database);
        const auto synapse = pause_synapse(values);
        if (!synapse) refuse_company(tx, database);
        if (!synapse) hold_up_starting_servers(tx);
        background::RunOptions options{chosen(tx, values),
                                       values["throttle"].as<Millis>(),
                                       values["batch"].as<std::int64_t>(),
                                       {server_name(tx, target)}};
        return work(connection, std::move(options),
                    {[](const std::string& line) { std::cerr << line << "\n"; }, print_result,
                     Watch(tx, synapse.get())});
    });
    return print_total(results);
}

/// What ends a run in its midst, for a person.
[[noreturn]] void explain(const std::string& database, const std::exception& error) {
    const std::string text = error.what();
    throw cli::Unsuitable(database + ": " + text.substr(0, text.find('\n')) +
                          "; what is done so far is kept, run this again to go on");
}

}  // namespace

int background_updates(const cli::Arguments& arguments) {
    po::options_description options("Options");
    add_options(options);
    const auto parsed = cli::parse_verb(
        "aksono-migrate background [--list | --run | --only NAME] [options] (DSN | -c "
        "homeserver.yaml)",
        kExplanation, options, arguments);
    if (!parsed) return cli::kDone;
    const auto& values = parsed->values;
    if (values.contains("list") + values.contains("run") + values.contains("only") > 1) {
        throw cli::UsageError("one of --list, --run and --only");
    }
    if (values["throttle"].as<Millis>() < 0) throw cli::UsageError("--throttle is 0 or more");
    if (values["batch"].as<std::int64_t>() < 0) throw cli::UsageError("--batch is 0 or more");
    if (!values.contains("run") && !values.contains("only")) return list(parsed->target);
    try {
        return run(parsed->target, values);
    } catch (const pg::BrokenConnection& error) {
        explain(parsed->target.conninfo.describe(), error);
    } catch (const pg::SqlError& error) {
        explain(parsed->target.conninfo.describe(), error);
    }
}

}  // namespace aksono::migrate
