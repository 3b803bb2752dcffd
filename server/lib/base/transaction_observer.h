// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace aksono {

/// Told of every database transaction. Called on database threads: must be quick.
class TransactionObserver {
public:
    virtual ~TransactionObserver() = default;
    /// `name` is what the transaction is for. Seconds: waiting for a database thread, and from
    /// there to the end, repetitions included.
    virtual void transaction(const char* name, double queued, double ran) = 0;
};

}  // namespace aksono
