// SPDX-License-Identifier: Apache-2.0
// Answers questions about events, for comparison with other implementations: JSON lines on stdin,
// one answer to each on stdout.
#include "events/compare/questions.h"

#include <iostream>
#include <string>

int main() {
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);)
        std::cout << aksono::events::answer(line) << '\n';
    return 0;
}
