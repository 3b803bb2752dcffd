// SPDX-License-Identifier: Apache-2.0
#include "config/places.h"

#include "config/error.h"
#include "config/files.h"

#include <cerrno>
#include <filesystem>
#include <unistd.h>

namespace aksono::config {

namespace {

[[noreturn]] void refuse(const Config& config, int error) {
    throw ConfigError({.sentence = python_errno(error, config.media_store_path),
                       .file = config.document.file_of("media_store_path"),
                       .option = "media_store_path",
                       .advice = "name a directory that the server may write to",
                       .path = {}});
}

}  // namespace

std::string media_store_path(const Section& root) {
    return std::filesystem::absolute(root.text("media_store_path", "media_store")).string();
}

std::string tenure_file(const Section& root) {
    if (root.has("tenure_file")) return root.maybe_text("tenure_file").value_or("");
    const auto media =
        std::filesystem::path(media_store_path(root)) / "";  // with a slash behind it
    return media.parent_path().parent_path() / "aksono-tenures.jsonl";
}

void check_media_store(const Config& config, bool create) {
    namespace fs = std::filesystem;
    const fs::path path = config.media_store_path;
    std::error_code error;
    if (!fs::exists(path, error)) {
        if (!create) return;
        fs::create_directories(path, error);
        if (error) refuse(config, error.value());
    }
    if (!fs::is_directory(path, error)) refuse(config, EEXIST);
    if (::access(path.c_str(), (create ? W_OK : 0) | R_OK | X_OK) != 0) refuse(config, errno);
}

}  // namespace aksono::config
