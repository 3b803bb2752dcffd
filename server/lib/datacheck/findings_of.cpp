// SPDX-License-Identifier: Apache-2.0
#include "datacheck/engine.h"
#include "synschema/introspection.h"

namespace aksono::datacheck {

namespace {

using synschema::Finding;
using synschema::Severity;

std::string replaced(std::string text, const std::string& by) {
    for (auto at = text.find("{}"); at != std::string::npos; at = text.find("{}", at + by.size()))
        text.replace(at, 2, by);
    return text;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts)
        out += (out.empty() ? "" : ", ") + part;
    return out;
}

std::string quoted(const std::vector<std::string>& objects) {
    std::vector<std::string> parts;
    parts.reserve(objects.size());
    for (const auto& object : objects)
        parts.push_back(synschema::quote_literal(object));
    return joined(parts);
}

std::string listed(const Answer& answer) {
    const auto more = answer.found - static_cast<std::int64_t>(answer.objects.size());
    return joined(answer.objects) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

Finding wrong(const Probe& probe, const Answer& answer) {
    auto fix = probe.fix;
    fix.sql = replaced(fix.sql, quoted(answer.objects));
    fix.command = replaced(fix.command, quoted(answer.objects));
    return {probe.id,          probe.severity,
            listed(answer),    replaced(probe.title, std::to_string(answer.found)),
            probe.explanation, fix};
}

struct Excuse {
    std::string why;
    std::string advice;
};

Excuse excuse_for(const Answer& answer) {
    switch (answer.gap) {
        case Gap::budget:
            return {answer.at.empty() ? "the time was up" : "the time was up, at " + answer.at,
                    "give more time with --budget, or go on with --resume"};
        case Gap::forbidden:
            return {"no right to read: " + answer.why,
                    "connect as the owner of the tables, or GRANT pg_read_all_data to this role"};
        case Gap::unlogged:
            return {"a standby does not have UNLOGGED table " + answer.why, "ask the primary"};
        case Gap::locked:
            return {"somebody held a lock on a table all the time", "try again later"};
        case Gap::slow:
            return {"one statement takes longer than a snapshot may be held",
                    "ask again when the server has less to do"};
        case Gap::failed:
        case Gap::none:
            break;
    }
    return {answer.why, "tell the makers of this program"};
}

Finding unasked(const Probe& probe, const Answer& answer) {
    const bool failed = answer.gap == Gap::failed;
    const auto excuse = excuse_for(answer);
    return {
        failed ? "question-failed" : "not-asked",
        failed ? Severity::warning : Severity::info,
        probe.id,
        probe.id + " was not asked" + (answer.at.empty() ? "" : " to the end") + ": " + excuse.why,
        "What it would have found is not known.",
        {"", excuse.advice, true}};
}

Finding left_out(const Probe& probe, const Answer& answer) {
    return {"rows-left-out",
            Severity::info,
            probe.id,
            probe.id + " left out " + std::to_string(answer.left_out) +
                (answer.left_out == 1 ? " place" : " places") + ": " + answer.left_why,
            "A value there is broken, which is told on its own. All else was looked at.",
            {"", "mend what is told as broken, and check again", true}};
}

}  // namespace

synschema::Findings findings_of(const Probes& probes, const Progress& progress) {
    synschema::Findings findings;
    for (const auto& probe : probes) {
        const auto it = progress.answers.find(probe.id);
        if (it == progress.answers.end()) continue;
        if (it->second.found > 0) findings.push_back(wrong(probe, it->second));
        if (it->second.left_out > 0) findings.push_back(left_out(probe, it->second));
        if (it->second.gap != Gap::none) findings.push_back(unasked(probe, it->second));
    }
    return findings;
}

}  // namespace aksono::datacheck
