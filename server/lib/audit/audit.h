// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "audit/event_proof.h"
#include "audit/tenure.h"
#include "pg/connection.h"
#include "synschema/finding.h"
#include "synschema/schema.h"

#include <functional>

namespace aksono::audit {

/// What is looked at: rows whose ids lie between two marks.
struct Span {
    std::map<std::string, std::int64_t> after;  ///< sequence → number, exclusive
    std::map<std::string, std::int64_t> upto;   ///< inclusive
    std::string server_name;
    PublicKeys keys;  ///< of server_name; empty: signatures are not looked at
};

struct Audit {
    synschema::Findings findings;
    std::map<std::string, std::int64_t> rows;  ///< "receipts_linearized" → rows of the span
    std::int64_t events = 0;
    std::int64_t rooms = 0;
};

/// (events done, events in all)
using Progress = std::function<void(std::int64_t, std::int64_t)>;

/// Recomputes what the rows of a span should be, in many short read-only transactions. Nothing of
/// the code that writes them is used.
Audit audit(pg::Connection& connection, const synschema::Schema& schema, const Span& span,
            const Progress& progress);

}  // namespace aksono::audit
