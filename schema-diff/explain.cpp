// SPDX-License-Identifier: Apache-2.0
#include "datacheck/kinds.h"
#include "glob.h"
#include "report.h"
#include "verbs.h"

#include <algorithm>
#include <iostream>

namespace aksono::schema_diff {

namespace {

using datacheck::Kind;

constexpr const char* kUsage =
    "Usage: aksono-schema-diff explain [--markdown] [ID]\n"
    "Says what a finding of `check` means and what to do about it; without ID, lists all of them.\n"
    "* and ? are wildcards. --markdown prints the table of docs/check.md.\n";

std::string severities(const Kind& kind) {
    std::string text;
    for (const auto severity : kind.severities)
        text += (text.empty() ? "" : " or ") + std::string(severity_name(severity));
    return text;
}

void print_list(const std::vector<Kind>& kinds) {
    std::size_t width = 0;
    for (const auto& kind : kinds)
        width = std::max(width, kind.id.size());
    for (const auto& kind : kinds) {
        std::cout << kind.id << std::string(width - kind.id.size() + 2, ' ') << severities(kind)
                  << ": " << kind.meaning << "\n";
    }
}

void print_one(const Kind& kind) {
    std::cout << kind.id << " (" << severities(kind) << ", "
              << (kind.of_rows ? "found in rows" : "found without a look at rows")
              << ")\n  What: " << kind.meaning << "\n";
    if (!kind.consequence.empty()) std::cout << "  Why it matters: " << kind.consequence << "\n";
    std::string advice;
    for (const char c : kind.advice)
        advice += c == '\n' ? "\n    " : std::string(1, c);
    std::cout << "  What to do: " << (advice.find('\n') == advice.npos ? "" : "\n    ") << advice
              << "\n";
}

std::string in_cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != text.npos; at += 2)
        text.insert(at, 1, '\\');
    return text;
}

void print_markdown(const std::vector<Kind>& kinds) {
    std::cout << "| Finding | Severity | Meaning | Why it matters |\n| --- | --- | --- | --- |\n";
    for (const auto& kind : kinds) {
        std::cout << "| `" << kind.id << "` | " << severities(kind) << " | "
                  << in_cell(kind.meaning) << " | " << in_cell(kind.consequence) << " |\n";
    }
}

}  // namespace

int explain(const cli::Arguments& arguments) {
    auto rest = arguments;
    const auto take = [&](const char* option) { return std::erase(rest, option) > 0; };
    if (take("--help") || take("-h")) {
        std::cout << kUsage;
        return cli::kDone;
    }
    const bool markdown = take("--markdown");
    auto kinds = datacheck::all_kinds();
    if (rest.size() > 1 || (rest.size() == 1 && rest[0].starts_with("-"))) {
        throw cli::UsageError("explain takes one ID; see --help");
    }
    if (rest.empty()) {
        markdown ? print_markdown(kinds) : print_list(kinds);
        return cli::kDone;
    }
    std::erase_if(kinds, [&](const Kind& kind) { return !matches(rest[0], kind.id); });
    if (kinds.empty()) {
        throw cli::UsageError("no finding is called " + rest[0] + "; `explain` alone lists them");
    }
    for (const auto& kind : kinds)
        print_one(kind);
    return cli::kDone;
}

}  // namespace aksono::schema_diff
