// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace aksono::cli {

/// How a tool ends; other people's scripts rely on the numbers.
enum ExitCode {
    kDone = 0,
    kWrongUsage = 1,   ///< of the command line or the configuration
    kErrors = 10,      ///< errors or differences were found
    kWarnings = 11,    ///< warnings, no errors
    kUnsuitable = 12,  ///< the database cannot be reached or is no use here
};

/// Ends the program with kWrongUsage and its text on one line.
class UsageError : public std::runtime_error {
    using runtime_error::runtime_error;
};

/// Ends the program with kUnsuitable and its text on one line.
class Unsuitable : public std::runtime_error {
    using runtime_error::runtime_error;
};

using Arguments = std::vector<std::string>;

/// `aksono-tool NAME arguments…`
struct Verb {
    std::string name;
    std::string summary;  ///< for the list of verbs
    std::function<int(const Arguments&)> run;
};

struct Tool {
    std::string name;
    std::string summary;
    std::vector<Verb> verbs;
};

/// Picks the verb, runs it, and turns whatever it throws into one line on stderr and an exit code.
int run_tool(const Tool& tool, int argc, char** argv);

}  // namespace aksono::cli
