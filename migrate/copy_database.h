// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upgrade_target.h"

namespace aksono::migrate {

/// Which database of which cluster a session is in, whatever way it got there.
struct Identity {
    std::string system;  ///< of the cluster
    std::string oid;     ///< of the database
    bool operator==(const Identity&) const = default;
};
Identity identity_of(pg::Transaction& tx);

/// How much a copy of a site takes and whether it fits, as far as can be known.
struct CopyEstimate {
    std::int64_t bytes = 0;
    std::optional<std::int64_t> free_bytes;  ///< where the copy goes
    bool connected = false;                  ///< others use the database: it has to be dumped
    double seconds = 0;
};

/// A second database with the same content, in the same cluster or in the one of `into`. Dropped by
/// drop(), which must be called.
class DatabaseCopy {
public:
    DatabaseCopy(const Site& original, const std::optional<pg::Conninfo>& into);

    [[nodiscard]] CopyEstimate estimate() const;
    /// Makes it: CREATE DATABASE … TEMPLATE when nobody is connected, else pg_dump in one snapshot.
    void make(bool connected);
    void drop();

    [[nodiscard]] const Site& site() const { return copy_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    /// Throws cli::Unsuitable when `tx` is in the original after all.
    void must_not_be_original(pg::Transaction& tx) const;

private:
    [[nodiscard]] pg::Connection maintenance(const pg::Conninfo& cluster) const;
    void dump_into_copy() const;

    Site original_;
    pg::Conninfo cluster_;  ///< where the copy goes
    bool same_cluster_ = true;
    std::string original_name_;
    std::string name_;
    Site copy_;
    Identity identity_;
};

}  // namespace aksono::migrate
