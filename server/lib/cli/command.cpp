// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include "base/one_line.h"

#include <algorithm>
#include <iomanip>
#include <iostream>

#include <boost/program_options/errors.hpp>

namespace aksono::cli {

namespace {

void print_verbs(const Tool& tool, std::ostream& out) {
    out << "Usage: " << tool.name << " VERB [options]\n" << tool.summary << "\n\nVerbs:\n";
    for (const auto& verb : tool.verbs) {
        out << "  " << std::left << std::setw(18) << verb.name << verb.summary << "\n";
    }
    out << "\n" << tool.name << " VERB --help tells a verb's options.\n";
}

int complain(const Tool& tool, std::string_view text, ExitCode code) {
    std::cerr << tool.name << ": " << one_line(text) << std::endl;
    return code;
}

int run_verb(const Tool& tool, const Verb& verb, const Arguments& arguments) {
    try {
        const int code = verb.run(arguments);
        std::cout.flush();
        if (!std::cout) return complain(tool, "cannot write to stdout", kUnsuitable);
        return code;
    } catch (const UsageError& error) {
        return complain(tool, error.what(), kWrongUsage);
    } catch (const boost::program_options::error& error) {
        return complain(tool, error.what(), kWrongUsage);
    } catch (const std::exception& error) {
        return complain(tool, error.what(), kUnsuitable);
    }
}

}  // namespace

int run_tool(const Tool& tool, int argc, char** argv) {
    const Arguments all(argv + 1, argv + argc);
    if (all.empty()) {
        print_verbs(tool, std::cerr);
        return kWrongUsage;
    }
    if (all[0] == "--help" || all[0] == "-h" || all[0] == "help") {
        print_verbs(tool, std::cout);
        return kDone;
    }
    if (all[0] == "--version") {
        std::cout << tool.name << " " << AKSONO_VERSION << "\n";
        return kDone;
    }
    const auto verb = std::ranges::find(tool.verbs, all[0], &Verb::name);
    if (verb == tool.verbs.end()) {
        std::string known;
        for (const auto& each : tool.verbs)
            known += (known.empty() ? "" : ", ") + each.name;
        return complain(tool, "unknown verb '" + all[0] + "' (there are: " + known + ")",
                        kWrongUsage);
    }
    return run_verb(tool, *verb, Arguments(all.begin() + 1, all.end()));
}

}  // namespace aksono::cli
