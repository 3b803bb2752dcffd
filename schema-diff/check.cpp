// SPDX-License-Identifier: Apache-2.0
#include "against_config.h"
#include "ask_rows.h"
#include "glob.h"
#include "report.h"
#include "verbs.h"

#include <algorithm>
#include <fstream>
#include <iostream>

namespace aksono::schema_diff {

namespace {

int exit_code(const Counts& counts, int fail_on) {
    if (fail_on >= 1 && counts.errors > 0) return cli::kErrors;
    if (fail_on >= 2 && counts.warnings > 0) return cli::kWarnings;
    return fail_on >= 3 && counts.infos > 0 ? cli::kWarnings : cli::kDone;
}

void write_file(const std::string& path, const std::string& text) {
    if (path.empty()) return;
    std::ofstream file(path);
    file << text;
    file.flush();
    if (!file) throw cli::Unsuitable("cannot write " + path);
}

/// Early, so that nobody waits an hour for it.
void must_be_writable(const std::string& path) {
    if (!path.empty() && !std::ofstream(path, std::ios::app)) {
        throw cli::UsageError("cannot write " + path);
    }
}

void add(synschema::Findings& to, const synschema::Findings& from) {
    to.insert(to.end(), from.begin(), from.end());
}

Report make_report(const CheckCommand& command) {
    const auto began = steady_ms();
    auto looked = look(command);
    Report report;
    Ignored ignored;
    const auto day = today();
    apply_ignores(command.ignore, day, true, looked.findings, ignored);
    if (command.rows) {
        auto rows = ask_rows(command, looked);
        ignored.used.insert(ignored.used.end(), rows.used.begin(), rows.used.end());
        apply_ignores(command.ignore, day, false, rows.findings, ignored);
        add(looked.findings, rows.findings);
        auto configured = check_against_config(command);
        apply_ignores(command.ignore, day, false, configured, ignored);
        add(looked.findings, configured);
        report.questions = rows.asked;
        report.go_on_from = rows.go_on_from;
    }
    report.database = std::move(looked.database);
    report.findings = std::move(looked.findings);
    report.live = std::move(looked.main);
    std::erase_if(report.findings, [&](const synschema::Finding& finding) {
        return !command.only.empty() && !matches_any(command.only, finding.id);
    });
    report.ignored = ignored.count;
    add(report.findings, notes_on(command.ignore, day, ignored));
    std::ranges::stable_sort(report.findings, {}, &synschema::Finding::severity);
    report.took = steady_ms() - began;
    return report;
}

}  // namespace

int check(const cli::Arguments& arguments) {
    const auto command = parse_check(arguments);
    if (!command) return cli::kDone;
    must_be_writable(command->junit);
    must_be_writable(command->html);
    const auto report = make_report(*command);
    std::cout << (command->json ? report_json(report) : report_text(report));
    write_file(command->junit, report_junit(report, command->fail_on));
    write_file(command->html, report_html(report));
    return exit_code(count(report.findings), command->fail_on);
}

}  // namespace aksono::schema_diff
