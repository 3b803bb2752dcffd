// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/writers.h"
#include "pg/transaction.h"
#include "storage/stream.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace aksono::storage {

/// The database is not fit to be written to; the message is for the person who starts the server.
class TakeOverRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What a starting Synapse main process does before its first write: brings sequences up to their
/// tables, refuses positions beyond their sequence, drops rows of instances that are not
/// configured, frees what dead processes held. Then sets every stream to what is persisted and
/// tells other processes' caches. One transaction, after the fence is taken. Returns what was
/// mended, one sentence each. `alone`: nobody else can be alive (the start was not forced), so what
/// others hold is freed.
std::vector<std::string> take_over(pg::Transaction& tx, Streams& streams,
                                   const config::Writers& writers, bool alone = true);

/// For a server that only reads: sets the streams to what the writers say is persisted.
void follow_positions(pg::Transaction& tx, Streams& streams, const config::Writers& writers);

}  // namespace aksono::storage
