// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "background/update.h"

#include <algorithm>

namespace aksono::background {

/// One step along a column of text: `statement` is given the last value that is done and the size
/// of the batch, then `more`; it answers how many it went through and the last of them. `key` is
/// where the progress keeps that value.
template <class... More>
Outcome walk_texts(const Work& work, const pg::Statement& statement, const char* key,
                   const More&... more) {
    const auto after = work.progress.value(key, "");
    const auto rows = work.tx.query(statement, after, work.batch, more...);
    const auto count = rows[0].integer(0);
    if (count == 0) return {.done = true};
    return {.progress = {{key, rows[0].text(1)}}, .items = count};
}

/// The same along ids, which are positive.
inline Outcome walk_ids(const Work& work, const pg::Statement& statement, const char* key) {
    const auto after = work.progress.value(key, std::int64_t{0});
    const auto rows = work.tx.query(statement, after, work.batch);
    const auto count = rows[0].integer(0);
    if (count == 0) return {.done = true};
    return {.progress = {{key, rows[0].integer(1)}}, .items = count};
}

/// A range of stream ids of which one step is done, and its end.
struct StreamRange {
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::int64_t last = 0;  ///< of the stream, when the update began
    bool past = false;      ///< there is nothing left

    [[nodiscard]] Outcome outcome() const {
        return {.done = to > last,
                .progress = {{"stream_id", to}, {"max_stream_id", last}},
                .items = to - from};
    }
};

/// `newest` asks for the last id of the stream, NULL when it is empty.
inline StreamRange next_range(const Work& work, const pg::Statement& newest) {
    StreamRange range;
    range.from = work.progress.value("stream_id", std::int64_t{0});
    range.to = range.from + work.batch;
    if (work.progress.contains("max_stream_id")) {
        range.last = work.progress["max_stream_id"].get<std::int64_t>();
    } else {
        const auto last = work.tx.query(newest)[0].maybe_integer(0);
        range.past = !last;
        range.last = last.value_or(0);
    }
    range.past = range.past || range.from > range.last;
    return range;
}

/// Steps that go by stream ids, many of which are no rows, may be long.
constexpr std::int64_t kLargestRange = 100'000;

}  // namespace aksono::background
