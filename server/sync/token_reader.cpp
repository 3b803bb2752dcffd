// SPDX-License-Identifier: Apache-2.0
#include "sync/token_reader.h"

#include "storage/writer_ids.h"

namespace aksono::sync {

std::optional<StreamToken> read_token(Waiter& waiter, pg::Database& database,
                                      std::string_view text) {
    // Only deployments with several writers make tokens that name them.
    if (text.find('~') == text.npos) return StreamToken::parse(text);
    const auto known = database.fetch(waiter, "writer_ids", storage::writer_ids);
    return StreamToken::parse(text, &known);
}

}  // namespace aksono::sync
