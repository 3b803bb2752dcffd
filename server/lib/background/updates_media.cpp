// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"

namespace aksono::background {

namespace {

constexpr pg::Statement kLocal{"background_quarantined_local", R"(
WITH batch AS (
    SELECT media_id FROM local_media_repository
    WHERE media_id > $1 AND quarantined_by IS NOT NULL ORDER BY media_id LIMIT $2),
noted AS (
    INSERT INTO quarantined_media_changes (stream_id, instance_name, media_id, quarantined)
    SELECT nextval('quarantined_media_id_seq'), 'master', media_id, true FROM batch)
SELECT count(*), max(media_id) FROM batch)"};

constexpr pg::Statement kRemote{"background_quarantined_remote", R"(
WITH batch AS (
    SELECT media_origin, media_id FROM remote_media_cache
    WHERE (media_origin, media_id) > ($1, $2) AND quarantined_by IS NOT NULL
    ORDER BY media_origin, media_id LIMIT $3),
noted AS (
    INSERT INTO quarantined_media_changes
        (stream_id, instance_name, origin, media_id, quarantined)
    SELECT nextval('quarantined_media_id_seq'), 'master', media_origin, media_id, true FROM batch)
SELECT media_origin, media_id, count(*) OVER () FROM batch
ORDER BY media_origin DESC, media_id DESC LIMIT 1)"};

/// Readers of the stream go by this.
constexpr pg::Statement kPosition{"background_quarantined_position", R"(
INSERT INTO stream_positions (stream_name, instance_name, stream_id)
SELECT 'quarantined_media', 'master', max(stream_id) FROM quarantined_media_changes
HAVING max(stream_id) IS NOT NULL
ON CONFLICT (stream_name, instance_name) DO UPDATE
SET stream_id = greatest(stream_positions.stream_id, excluded.stream_id))"};

constexpr const char* kLastLocal = "last_local_media_id";
constexpr const char* kLastOrigin = "last_remote_origin";
constexpr const char* kLastRemote = "last_remote_media_id";

std::int64_t note_local(const Work& work, Json& progress) {
    const auto rows = work.tx.query(kLocal, progress[kLastLocal].get<std::string>(), work.batch);
    const auto count = rows[0].integer(0);
    progress["local_done"] = count == 0;
    if (count > 0) progress[kLastLocal] = rows[0].text(1);
    return count;
}

std::int64_t note_remote(const Work& work, Json& progress) {
    const auto rows = work.tx.query(kRemote, progress[kLastOrigin].get<std::string>(),
                                    progress[kLastRemote].get<std::string>(), work.batch);
    progress["remote_done"] = rows.empty();
    if (rows.empty()) return 0;
    progress[kLastOrigin] = rows[0].text(0);
    progress[kLastRemote] = rows[0].text(1);
    return rows[0].integer(2);
}

/// What was quarantined before there was a stream of it.
Outcome note_quarantined(const Work& work) {
    Json progress{{kLastLocal, ""},
                  {kLastOrigin, ""},
                  {kLastRemote, ""},
                  {"local_done", false},
                  {"remote_done", false}};
    progress.update(work.progress);
    std::int64_t items = 0;
    if (!progress["local_done"].get<bool>()) items += note_local(work, progress);
    if (!progress["remote_done"].get<bool>()) items += note_remote(work, progress);
    if (items > 0) work.tx.write(kPosition);
    return {.done = items == 0, .progress = progress, .items = items};
}

}  // namespace

void add_media_updates(Updates& updates) {
    add(updates, {.name = "flag_existing_quarantined_media",
                  .walks = "local_media_repository",
                  .step = note_quarantined});
}

}  // namespace aksono::background
