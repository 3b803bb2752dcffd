// SPDX-License-Identifier: Apache-2.0
#include "datacheck/media_files.h"

#include "synschema/fix.h"

#include <chrono>
#include <set>

namespace aksono::datacheck {

namespace {

namespace fs = std::filesystem;
using synschema::Finding;
using synschema::Findings;
using synschema::Severity;

constexpr std::size_t kAtOnce = 5000;

// A file that is being uploaded has no length yet, and one of a URL preview lies elsewhere.
constexpr pg::Statement kLocalMedia{
    "datacheck_local_media",
    "SELECT media_id FROM local_media_repository WHERE media_id > $1 AND media_length IS NOT NULL "
    "AND url_cache IS NULL ORDER BY media_id LIMIT 5000"};

constexpr pg::Statement kRemoteMedia{
    "datacheck_remote_media",
    "SELECT media_origin, media_id, filesystem_id FROM remote_media_cache WHERE (media_origin, "
    "media_id) > ($1, $2) ORDER BY media_origin, media_id LIMIT 5000"};

constexpr pg::Statement kStillLocal{
    "datacheck_still_local",
    "SELECT media_id FROM local_media_repository WHERE media_id = ANY($1::text[])"};

constexpr pg::Statement kStillRemote{
    "datacheck_still_remote",
    "SELECT filesystem_id FROM remote_media_cache WHERE media_origin = $1 AND filesystem_id = "
    "ANY($2::text[])"};

/// Things of one kind: how many, and the first few.
struct Tally {
    std::int64_t count = 0;
    std::vector<std::string> objects;

    void add(const std::string& object, std::size_t most) {
        ++count;
        if (objects.size() < most) objects.push_back(object);
    }

    [[nodiscard]] std::string listed() const {
        std::string out;
        for (const auto& object : objects)
            out += (out.empty() ? "" : ", ") + object;
        const auto more = count - static_cast<std::int64_t>(objects.size());
        return out + (more > 0 ? " and " + std::to_string(more) + " more" : "");
    }
};

bool is_there(const fs::path& file) {
    std::error_code error;
    return fs::exists(file, error) && !error;
}

bool is_young(const fs::directory_entry& entry) {
    std::error_code error;
    const auto written = entry.last_write_time(error);
    return error || written > fs::file_time_type::clock::now() - std::chrono::hours(1);
}

class MediaCheck {
public:
    MediaCheck(Session& session, const MediaOptions& options)
        : session_(session), options_(options) {}

    Findings run() {
        rows_of_local();
        rows_of_remote();
        files_of_local();
        files_of_remote();
        return findings();
    }

private:
    /// Of ids whose files are missing those that still have a row: the rest was deleted meanwhile.
    std::set<std::string> still_local(const std::vector<std::string>& ids) {
        std::set<std::string> found;
        if (ids.empty()) return found;
        ask([&](pg::Transaction& tx) {
            for (const auto row : tx.query(kStillLocal, pg::array(ids)))
                found.insert(row.text(0));
        });
        return found;
    }

    void rows_of_local() {
        std::string last;
        while (true) {
            std::vector<std::string> ids;
            ask([&](pg::Transaction& tx) {
                for (const auto row : tx.query(kLocalMedia, last))
                    ids.push_back(row.text(0));
            });
            if (ids.empty()) return;
            last = ids.back();
            std::erase_if(ids, [&](const std::string& id) {
                return is_there(options_.store / "local_content" / path_of_media(id));
            });
            for (const auto& id : still_local(ids))
                local_missing_.add(id, options_.objects);
        }
    }

    void rows_of_remote() {
        std::string origin;
        std::string last;
        for (std::size_t got = kAtOnce; got == kAtOnce;) {
            got = 0;
            ask([&](pg::Transaction& tx) {
                for (const auto row : tx.query(kRemoteMedia, origin, last)) {
                    ++got;
                    origin = row.text(0);
                    last = row.text(1);
                    const auto file = options_.store / "remote_content" / origin /
                                      path_of_media(row.maybe_text(2).value_or(last));
                    if (!is_there(file)) remote_missing_.add(origin + "/" + last, options_.objects);
                }
            });
        }
    }

    /// Calls `take` with the files below a folder and their ids, some thousands at a time.
    template <class Take>
    void walk(const fs::path& folder, const Take& take) {
        std::vector<std::string> ids;
        std::error_code error;
        for (auto it = fs::recursive_directory_iterator(
                 folder, fs::directory_options::skip_permission_denied, error);
             !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
            if (!it->is_regular_file(error) || is_young(*it)) continue;
            if (auto id = media_of_path(it->path().lexically_relative(folder))) {
                ids.push_back(std::move(*id));
            }
            if (ids.size() < kAtOnce) continue;
            take(ids);
            ids.clear();
        }
        if (!ids.empty()) take(ids);
    }

    void files_of_local() {
        walk(options_.store / "local_content", [&](const std::vector<std::string>& ids) {
            const auto known = still_local(ids);
            for (const auto& id : ids) {
                if (!known.contains(id)) left_over_.add("local_content/" + id, options_.objects);
            }
        });
    }

    void files_of_remote() {
        std::error_code error;
        for (const auto& origin :
             fs::directory_iterator(options_.store / "remote_content", error)) {
            const auto name = origin.path().filename().string();
            walk(origin.path(), [&](const std::vector<std::string>& ids) {
                std::set<std::string> known;
                ask([&](pg::Transaction& tx) {
                    for (const auto row : tx.query(kStillRemote, name, pg::array(ids)))
                        known.insert(row.text(0));
                });
                for (const auto& id : ids) {
                    if (known.contains(id)) continue;
                    left_over_.add("remote_content/" + name + "/" + id, options_.objects);
                }
            });
        }
    }

    void ask(const std::function<void(pg::Transaction&)>& work) {
        if (const auto trouble = session_.run(work)) throw std::runtime_error(trouble->why);
    }

    [[nodiscard]] Findings findings() const {
        Findings findings;
        const auto missing = options_.elsewhere_too ? Severity::info : Severity::warning;
        add(findings, local_missing_, "media-file-missing", missing,
            " uploaded files are not in the media store",
            "Whoever asks for one gets 404. Thumbnails may still be there.",
            {"", "get them back from a backup of media_store_path", true});
        add(findings, remote_missing_, "remote-media-file-missing", Severity::info,
            " files of other servers are not in the media store",
            "They cannot be shown, and are not fetched again as long as their rows are there.",
            {"", "POST /_synapse/admin/v1/purge_media_cache?before_ts=… takes such rows away",
             true});
        add(findings, left_over_, "media-file-left", Severity::info,
            " files of the media store have no row", "They take room; nobody can ask for them.",
            {"", "move them away, and delete them when nobody has missed them", true});
        return findings;
    }

    static void add(Findings& findings, const Tally& tally, const char* id, Severity severity,
                    const std::string& what, const char* why, const synschema::Fix& fix) {
        if (tally.count == 0) return;
        findings.push_back(
            {id, severity, tally.listed(), std::to_string(tally.count) + what, why, fix});
    }

    Session& session_;
    const MediaOptions& options_;
    Tally local_missing_;
    Tally remote_missing_;
    Tally left_over_;
};

}  // namespace

fs::path path_of_media(const std::string& id) {
    if (id.size() < 5) return id;
    return fs::path(id.substr(0, 2)) / id.substr(2, 2) / id.substr(4);
}

std::optional<std::string> media_of_path(const fs::path& path) {
    std::vector<std::string> parts;
    for (const auto& part : path)
        parts.push_back(part.string());
    if (parts.size() != 3 || parts[0].size() != 2 || parts[1].size() != 2) return std::nullopt;
    return parts[0] + parts[1] + parts[2];
}

Findings check_media_files(Session& session, const MediaOptions& options) {
    if (!is_there(options.store)) {
        return {{"media-store-missing",
                 Severity::warning,
                 options.store.string(),
                 "media_store_path cannot be read here",
                 "Whether the files of media are there was not looked at.",
                 {"", "run the check where the media store is, or mind media_store_path", true}}};
    }
    return MediaCheck(session, options).run();
}

}  // namespace aksono::datacheck
