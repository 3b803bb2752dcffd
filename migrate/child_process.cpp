// SPDX-License-Identifier: Apache-2.0
#include "child_process.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace aksono::migrate {

namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (const auto& text : texts)
        out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

/// `end` of a pipe takes the place of `descriptor`. Negative: it could not be started.
pid_t start(const ChildProcess& child, int end, int descriptor) {
    auto environment = child.environment;
    for (char** each = environ; *each != nullptr; ++each)
        environment.emplace_back(*each);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, end, descriptor);
    pid_t pid = -1;
    const int error = posix_spawnp(&pid, child.words[0].c_str(), &actions, nullptr,
                                   pointers(child.words).data(), pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    errno = error;
    return error == 0 ? pid : -1;
}

std::optional<std::string> wait_for(pid_t pid, const std::string& program) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
    return program + " ended with status " +
           std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

std::string not_started(const ChildProcess& child) {
    return child.words[0] + ": " + std::strerror(errno);
}

}  // namespace

std::optional<std::string> run_piped(const ChildProcess& first, const ChildProcess& second) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::string(std::strerror(errno));
    std::optional<std::string> failure;
    const pid_t writer = start(first, ends[1], STDOUT_FILENO);
    if (writer < 0) failure = not_started(first);
    const pid_t reader = failure ? -1 : start(second, ends[0], STDIN_FILENO);
    if (!failure && reader < 0) failure = not_started(second);
    close(ends[0]);
    close(ends[1]);
    if (writer > 0) {
        if (auto ended = wait_for(writer, first.words[0]); ended && !failure) failure = ended;
    }
    if (reader > 0) {
        if (auto ended = wait_for(reader, second.words[0]); ended) failure = ended;
    }
    return failure;
}

}  // namespace aksono::migrate
