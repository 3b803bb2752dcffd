// SPDX-License-Identifier: Apache-2.0
#include "ask_rows.h"

#include "datacheck/duplicates.h"
#include "datacheck/hidden_duplicates.h"
#include "datacheck/index_check.h"
#include "datacheck/probes.h"
#include "glob.h"
#include "progress_line.h"
#include "state_file.h"
#include "synschema/state_tables.h"
#include "verbs.h"

#include <algorithm>
#include <iostream>
#include <unistd.h>

namespace aksono::schema_diff {

namespace {

using datacheck::Probe;
using datacheck::Progress;

/// Those of every database, and those that what this one lacks asks for.
datacheck::Probes wanted_probes(const CheckCommand& command, const Looked& looked) {
    auto probes = datacheck::all_probes();
    const auto& books = looked.main.bookkeeping;
    const int version = books.version.value_or(synschema::kSchema);
    if (version >= synschema::kOldestSchema) {
        const auto wanted =
            synschema::catalogue_after(version, synschema::files_of(books, synschema::History()));
        datacheck::add_duplicate_probes(
            looked.main.schema, wanted.schema,
            synschema::excuses_for(books.background_updates, synschema::load_known_updates()),
            probes);
    }
    std::erase_if(probes, [&](const Probe& probe) {
        return !command.only.empty() && !matches_any(command.only, probe.id);
    });
    return probes;
}

/// Where it is put when nobody said where and it is needed.
std::string default_state_file(const Looked& looked) {
    return "aksono-check-" + looked.main.server.database + ".state";
}

/// Entries that name objects take those out as they come; the others are applied to what is found.
void set_ignores(const CheckCommand& command, const datacheck::Probes& probes,
                 datacheck::EngineOptions& engine, std::vector<std::string>& used) {
    auto entries = command.ignore;
    std::erase_if(
        entries, [](const auto& entry) { return entry.objects.empty() || entry.expired(today()); });
    for (const auto& probe : probes) {
        for (const auto& entry : entries) {
            if (entry.ids.empty() || matches_any(entry.ids, probe.id))
                engine.sifted.insert(probe.id);
        }
    }
    engine.known = [entries, &used](const std::string& id, const std::string& object) {
        const auto it = std::ranges::find_if(
            entries, [&](const auto& entry) { return entry.matches(id, object); });
        if (it == entries.end()) return false;
        if (std::ranges::find(used, it->name) == used.end()) used.push_back(it->name);
        return true;
    };
}

/// What time the questions have left.
synschema::Findings ask_indexes(const CheckCommand& command, const Looked& looked,
                                datacheck::Session& main, datacheck::Session* state,
                                std::optional<Millis> until) {
    synschema::Findings findings;
    const auto add = [&](const synschema::Findings& more) {
        findings.insert(findings.end(), more.begin(), more.end());
    };
    const auto wanted = [&](const char* id) {
        return command.only.empty() || matches_any(command.only, id);
    };
    if (wanted("index-corrupt")) {
        add(datacheck::check_indexes(main, looked.main.server.schema, command.deep, until));
        if (state != nullptr) {
            add(datacheck::check_indexes(*state, looked.state->server.schema, command.deep, until));
        }
    }
    if (command.deep && wanted("index-lets-twice")) {
        auto schema = looked.main.schema;
        if (state != nullptr) {
            std::erase_if(schema.tables,
                          [](const auto& table) { return synschema::is_state_table(table.first); });
        }
        add(datacheck::find_hidden_duplicates(main, schema, until));
        if (state != nullptr)
            add(datacheck::find_hidden_duplicates(*state, looked.state->schema, until));
    }
    return findings;
}

/// The file to go on from. Empty: nobody named one, and the one of that name cannot be written.
std::string kept(const CheckCommand& command, StateFile& file, const Progress& progress) {
    try {
        file.save(progress);
        return file.path();
    } catch (const cli::Unsuitable&) {
        if (!command.resume.empty()) throw;
        return "";
    }
}

int answered(const Progress& progress) {
    int number = 0;
    for (const auto& [id, answer] : progress.answers)
        number += answer.done ? 1 : 0;
    return number;
}

}  // namespace

RowsAsked ask_rows(const CheckCommand& command, const Looked& looked) {
    const auto until = command.budget ? std::optional(steady_ms() + *command.budget) : std::nullopt;
    const auto probes = wanted_probes(command, looked);
    StateFile file(command.resume.empty() ? default_state_file(looked) : command.resume);
    Progress progress{looked.identity, {}};
    if (!command.resume.empty())
        progress = file.load(looked.identity).value_or(std::move(progress));

    datacheck::Session main(
        [&] { return cli::connect(command.main, kApplicationName, kNoTimeout); });
    std::optional<datacheck::Session> state;
    if (command.state) {
        state.emplace([&] { return cli::connect(*command.state, kApplicationName, kNoTimeout); });
    }
    ProgressLine line(std::cerr, isatty(STDERR_FILENO) == 1);
    std::vector<std::string> used;
    datacheck::EngineOptions engine;
    engine.budget = command.budget;
    set_ignores(command, probes, engine, used);
    if (command.progress) engine.watch = [&](const auto& standing) { line.show(standing); };
    if (!command.resume.empty())
        engine.save = [&](const auto& now) { file.save_now_and_then(now); };

    const datacheck::Surroundings surroundings{
        &looked.main, state ? &*looked.state : &looked.main,
        synschema::excuses_for(looked.main.bookkeeping.background_updates,
                               synschema::load_known_updates()),
        looked.main.unreadable};
    try {
        datacheck::ask_all(probes, surroundings, {&main, state ? &*state : nullptr}, engine,
                           progress);
    } catch (const datacheck::ConnectionLost& lost) {
        const auto path = kept(command, file, progress);
        throw cli::Unsuitable(std::string("connection lost: ") + lost.what() +
                              (path.empty() ? "" : "; to go on from there: --resume " + path));
    }
    auto findings = datacheck::findings_of(probes, progress);
    const auto broken = ask_indexes(command, looked, main, state ? &*state : nullptr, until);
    findings.insert(findings.end(), broken.begin(), broken.end());
    RowsAsked asked{answered(progress), "", std::move(findings), used};
    if (!progress.complete()) {
        asked.go_on_from = kept(command, file, progress);
    } else if (!command.resume.empty()) {
        file.save(progress);
    }
    return asked;
}

}  // namespace aksono::schema_diff
