// SPDX-License-Identifier: Apache-2.0
#include "state_file.h"

#include "cli/command.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace aksono::schema_diff {

namespace {
constexpr Millis kPause = 2000;
}

std::optional<datacheck::Progress> StateFile::load(const std::string& database) const {
    std::ifstream file(path_);
    if (!file) return std::nullopt;
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto json = parse_json(text);
    try {
        auto progress = datacheck::read_progress(json ? *json : Json());
        if (progress.database != database) {
            throw cli::UsageError(path_ + " is of another database (" + progress.database + ")");
        }
        if (progress.complete()) return std::nullopt;
        return progress;
    } catch (const cli::UsageError&) {
        throw;
    } catch (const std::runtime_error& error) {
        throw cli::UsageError(path_ + " " + error.what());
    }
}

void StateFile::save(const datacheck::Progress& progress) {
    const auto fresh = path_ + ".new";
    {
        std::ofstream file(fresh);
        file << dump_json(datacheck::write_progress(progress)) << "\n";
        file.flush();
        if (!file) throw cli::Unsuitable("cannot write " + fresh);
    }
    std::error_code error;
    std::filesystem::permissions(
        fresh, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
    std::filesystem::rename(fresh, path_, error);
    if (error) throw cli::Unsuitable("cannot write " + path_ + ": " + error.message());
    saved_ = steady_ms();
}

void StateFile::save_now_and_then(const datacheck::Progress& progress) {
    if (saved_ == 0 || steady_ms() - saved_ >= kPause) save(progress);
}

}  // namespace aksono::schema_diff
