// SPDX-License-Identifier: Apache-2.0
#include "backup_note.h"

#include "cli/command.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>

namespace aksono::migrate {

namespace {

namespace fs = std::filesystem;

std::string kind_of(const fs::path& path) {
    if (fs::is_directory(path)) {
        return fs::exists(path / "toc.dat") ? "pg_dump directory" : "directory";
    }
    std::array<char, 5> start{};
    std::ifstream(path, std::ios::binary).read(start.data(), start.size());
    return std::string(start.data(), start.size()) == "PGDMP" ? "pg_dump archive" : "file";
}

std::uintmax_t size_of(const fs::path& path) {
    if (!fs::is_directory(path)) return fs::file_size(path);
    std::uintmax_t sum = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) sum += entry.file_size();
    }
    return sum;
}

}  // namespace

std::string backup_note(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error)) throw cli::UsageError("--backup " + path + ": no such file");
    try {
        const auto size = size_of(path);
        if (size == 0) throw cli::UsageError("--backup " + path + ": it is empty");
        const auto age = std::chrono::duration_cast<std::chrono::minutes>(
                             fs::file_time_type::clock::now() - fs::last_write_time(path))
                             .count();
        return "Backup: " + kind_of(path) + " " + path + ", " +
               std::to_string(size / (1024 * 1024)) + " MiB, " + std::to_string(age) +
               " minutes old.";
    } catch (const fs::filesystem_error& failure) {
        throw cli::UsageError("--backup " + path + ": " + failure.code().message());
    }
}

}  // namespace aksono::migrate
