// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/session.h"
#include "synschema/finding.h"

#include <filesystem>

namespace aksono::datacheck {

struct MediaOptions {
    std::filesystem::path store;  ///< media_store_path
    bool elsewhere_too = false;   ///< media_storage_providers: a file may be there instead
    std::size_t objects = 5;      ///< named of each kind
};

/// Rows of media against files of the media store, both ways, a few thousand at a time: rows by
/// short statements, files as the folders are walked through. A file that is younger than an hour
/// may be on its way in.
/// Layout: https://element-hq.github.io/synapse/latest/media_repository.html
synschema::Findings check_media_files(Session& session, const MediaOptions& options);

/// Where a file is kept under its kind's folder: "ab/cd/ef…".
std::filesystem::path path_of_media(const std::string& id);
/// The same below url_cache: "2026-11-24/ef…" for "2026-11-24_ef…".
std::filesystem::path path_of_preview(const std::string& id);
/// The id whose file that is; nothing for a file that is not Synapse's.
std::optional<std::string> media_of_path(const std::filesystem::path& path);

}  // namespace aksono::datacheck
