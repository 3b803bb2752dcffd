// SPDX-License-Identifier: Apache-2.0
#include "datacheck/media_files.h"

#include "synschema/fix.h"

#include <chrono>
#include <set>

namespace aksono::datacheck {

namespace {

namespace fs = std::filesystem;
using synschema::Findings;
using synschema::Severity;

constexpr std::size_t kAtOnce = 5000;
constexpr std::size_t kDay = 10;  ///< length of one, as 2026-11-24

// A file that is being uploaded has no length yet.
constexpr pg::Statement kLocalMedia{
    "datacheck_local_media",
    "SELECT media_id, url_cache IS NOT NULL FROM local_media_repository WHERE media_id > $1 AND "
    "media_length IS NOT NULL ORDER BY media_id LIMIT 5000"};

constexpr pg::Statement kRemoteMedia{
    "datacheck_remote_media",
    "SELECT media_origin, media_id, filesystem_id FROM remote_media_cache WHERE (media_origin, "
    "media_id) > ($1, $2) ORDER BY media_origin, media_id LIMIT 5000"};

constexpr pg::Statement kLocalThumbnails{"datacheck_local_thumbnails", R"(
SELECT t.media_id, t.thumbnail_width || '-' || t.thumbnail_height || '-' ||
    replace(t.thumbnail_type, '/', '-') || '-' || t.thumbnail_method, m.url_cache IS NOT NULL
FROM (SELECT DISTINCT media_id FROM local_media_repository_thumbnails WHERE media_id > $1
      ORDER BY media_id LIMIT 1000) few
JOIN local_media_repository_thumbnails t USING (media_id)
JOIN local_media_repository m USING (media_id)
ORDER BY t.media_id)"};

constexpr pg::Statement kRemoteThumbnails{"datacheck_remote_thumbnails", R"(
SELECT media_origin, media_id, t.filesystem_id, t.thumbnail_width || '-' || t.thumbnail_height ||
    '-' || replace(t.thumbnail_type, '/', '-') || '-' || t.thumbnail_method
FROM (SELECT DISTINCT media_origin, media_id FROM remote_media_cache_thumbnails
      WHERE (media_origin, media_id) > ($1, $2) ORDER BY media_origin, media_id LIMIT 1000) few
JOIN remote_media_cache_thumbnails t USING (media_origin, media_id)
ORDER BY media_origin, media_id)"};

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
        thumbnails_of_local();
        thumbnails_of_remote();
        files_of_local("local_content", path_parts_of_id);
        files_of_local("local_thumbnails", path_parts_of_thumbnail);
        files_of_local("url_cache", id_of_preview);
        files_of_local("url_cache_thumbnails", id_of_preview);
        files_of_remote("remote_content", path_parts_of_id);
        files_of_remote("remote_thumbnail", path_parts_of_thumbnail);
        return findings();
    }

private:
    using IdOfFile = std::optional<std::string> (*)(const fs::path&);
    struct Missing {
        std::string id;
        std::string object;
        Tally* tally;
    };

    static std::optional<std::string> path_parts_of_id(const fs::path& path) {
        return media_of_path(path);
    }
    static std::optional<std::string> path_parts_of_thumbnail(const fs::path& path) {
        return media_of_path(path.parent_path());
    }
    /// "2026-11-24/abc", or a folder of that name with thumbnails in it.
    static std::optional<std::string> id_of_preview(const fs::path& path) {
        const auto end = path.end();
        auto part = path.begin();
        if (part == end || std::next(part) == end) return std::nullopt;
        const auto day = part->string();
        if (day.size() != kDay) return media_of_path(path);
        return day + "_" + (++part)->string();
    }

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

    void tell_if_still(const std::vector<Missing>& missing) {
        std::vector<std::string> ids;
        for (const auto& each : missing)
            ids.push_back(each.id);
        const auto still = still_local(ids);
        for (const auto& each : missing) {
            if (still.contains(each.id)) each.tally->add(each.object, options_.objects);
        }
    }

    /// Calls `look` with each row; `statement` is given the first column of the last one.
    template <class Look>
    void rows(const pg::Statement& statement, const Look& look) {
        std::string last;
        for (bool more = true; more;) {
            std::vector<Missing> missing;
            more = false;
            ask([&](pg::Transaction& tx) {
                for (const auto row : tx.query(statement, last)) {
                    more = true;
                    last = row.text(0);
                    look(row, missing);
                }
            });
            tell_if_still(missing);
        }
    }

    void rows_of_local() {
        rows(kLocalMedia, [&](const pg::Row& row, std::vector<Missing>& missing) {
            const auto id = row.text(0);
            const bool preview = row.boolean(1);
            const auto file = preview ? fs::path("url_cache") / path_of_preview(id)
                                      : fs::path("local_content") / path_of_media(id);
            if (is_there(options_.store / file)) return;
            missing.push_back({id, id, preview ? &preview_missing_ : &local_missing_});
        });
    }

    void thumbnails_of_local() {
        rows(kLocalThumbnails, [&](const pg::Row& row, std::vector<Missing>& missing) {
            const auto id = row.text(0);
            const auto folder = row.boolean(2)
                                    ? fs::path("url_cache_thumbnails") / path_of_preview(id)
                                    : fs::path("local_thumbnails") / path_of_media(id);
            if (is_there(options_.store / folder / row.text(1))) return;
            missing.push_back({id, id + "/" + row.text(1), &thumbnail_missing_});
        });
    }

    /// The same for the tables of other servers' media.
    template <class Look>
    void remote_rows(const pg::Statement& statement, const Look& look) {
        std::string origin;
        std::string last;
        for (bool more = true; more;) {
            more = false;
            ask([&](pg::Transaction& tx) {
                for (const auto row : tx.query(statement, origin, last)) {
                    more = true;
                    origin = row.text(0);
                    last = row.text(1);
                    look(row, path_of_media(row.maybe_text(2).value_or(last)));
                }
            });
        }
    }

    void rows_of_remote() {
        remote_rows(kRemoteMedia, [&](const pg::Row& row, const fs::path& path) {
            if (is_there(options_.store / "remote_content" / row.text(0) / path)) return;
            remote_missing_.add(row.text(0) + "/" + row.text(1), options_.objects);
        });
    }

    void thumbnails_of_remote() {
        remote_rows(kRemoteThumbnails, [&](const pg::Row& row, const fs::path& path) {
            const auto folder = options_.store / "remote_thumbnail" / row.text(0) / path;
            const auto name = row.text(3);
            // Until 2021 the method was not part of the name.
            if (is_there(folder / name) || is_there(folder / name.substr(0, name.rfind('-')))) {
                return;
            }
            thumbnail_missing_.add(row.text(0) + "/" + row.text(1) + "/" + name, options_.objects);
        });
    }

    /// Calls `take` with the files below a folder and their ids, some thousands at a time.
    template <class Take>
    void walk(const fs::path& folder, IdOfFile id_of, const Take& take) {
        std::vector<std::string> ids;
        std::error_code error;
        for (auto it = fs::recursive_directory_iterator(
                 folder, fs::directory_options::skip_permission_denied, error);
             !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
            if (!it->is_regular_file(error) || is_young(*it)) continue;
            if (auto id = id_of(it->path().lexically_relative(folder))) {
                ids.push_back(std::move(*id));
            }
            if (ids.size() < kAtOnce) continue;
            take(ids);
            ids.clear();
        }
        if (!ids.empty()) take(ids);
    }

    void files_of_local(const std::string& folder, IdOfFile id_of) {
        walk(options_.store / folder, id_of, [&](const std::vector<std::string>& ids) {
            const auto known = still_local(ids);
            for (const auto& id : ids) {
                if (!known.contains(id)) left_over_.add(folder + "/" + id, options_.objects);
            }
        });
    }

    void files_of_remote(const std::string& folder, IdOfFile id_of) {
        std::error_code error;
        for (const auto& origin : fs::directory_iterator(options_.store / folder, error)) {
            const auto name = origin.path().filename().string();
            walk(origin.path(), id_of, [&](const std::vector<std::string>& ids) {
                std::set<std::string> known;
                ask([&](pg::Transaction& tx) {
                    for (const auto row : tx.query(kStillRemote, name, pg::array(ids)))
                        known.insert(row.text(0));
                });
                for (const auto& id : ids) {
                    if (known.contains(id)) continue;
                    left_over_.add(folder + "/" + name + "/" + id, options_.objects);
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
        add(findings, thumbnail_missing_, "thumbnail-file-missing", Severity::info,
            " thumbnails are not in the media store",
            "Each is made anew from the file when somebody asks for it.",
            {"", "nothing needs to be done", true});
        add(findings, preview_missing_, "preview-file-missing", Severity::info,
            " files of URL previews are not in the media store",
            "The picture of the preview cannot be shown until its row expires.",
            {"", "nothing needs to be done: such rows are deleted after some days", true});
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
    Tally thumbnail_missing_;
    Tally preview_missing_;
    Tally left_over_;
};

}  // namespace

fs::path path_of_media(const std::string& id) {
    if (id.size() < 5) return id;
    return fs::path(id.substr(0, 2)) / id.substr(2, 2) / id.substr(4);
}

fs::path path_of_preview(const std::string& id) {
    const auto at = id.find('_');
    const bool dated = at == kDay && id[4] == '-' && id[7] == '-';
    return dated ? fs::path(id.substr(0, at)) / id.substr(at + 1) : path_of_media(id);
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
