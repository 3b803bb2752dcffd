// SPDX-License-Identifier: Apache-2.0
#include "confirm.h"

#include "verbs.h"

#include <iostream>
#include <unistd.h>

namespace aksono::migrate {

namespace {

constexpr pg::Statement kName{"migrate_database_name", "SELECT current_database()"};

}  // namespace

void confirm(const Site& site, const std::string& what) {
    if (isatty(STDIN_FILENO) == 0) {
        throw cli::UsageError("nobody is there to ask: give --yes when the database is backed up");
    }
    auto connection = cli::connect(site.target, kApplicationName, 10'000);
    const auto name = connection.in(pg::Isolation::autocommit,
                                    [](pg::Transaction& tx) { return tx.query(kName)[0].text(0); });
    std::cout << what << "\nThis cannot be undone without a backup. Type the database's name ("
              << name << ") to go on: " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != name) throw cli::UsageError("nothing was done");
}

}  // namespace aksono::migrate
