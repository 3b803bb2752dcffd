// SPDX-License-Identifier: Apache-2.0
#include "background_list.h"

#include <algorithm>
#include <sstream>

namespace aksono::migrate {

namespace {

using background::Queued;

constexpr pg::Statement kSizes{"migrate_sizes", R"(
SELECT c.relname, greatest(c.reltuples, 0)::bigint, pg_table_size(c.oid)
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid))"};

// As measured on two cores and a plain SSD; the estimate is of that order, no better.
constexpr double kRowsPerSecond = 20'000;
constexpr double kBytesPerSecond = 60e6;

struct Size {
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
};

class Listing {
public:
    Listing(pg::Transaction& tx, const background::Updates& updates)
        : queue_(background::read_queue(tx)),
          updates_(updates),
          known_(synschema::load_known_updates()) {
        for (const auto row : tx.query(kSizes))
            sizes_[row.text(0)] = {row.integer(1), row.integer(2)};
    }

    std::string print() const;

private:
    [[nodiscard]] std::string kind(const Queued& update) const;
    [[nodiscard]] std::string estimate(const Queued& update) const;
    [[nodiscard]] std::string table_of_shape(const Queued& update) const;
    void print(std::ostream& out, const Queued& update) const;

    std::vector<Queued> queue_;
    const background::Updates& updates_;
    std::map<std::string, synschema::KnownUpdate> known_;
    std::map<std::string, Size> sizes_;
};

std::string Listing::kind(const Queued& update) const {
    const auto it = known_.find(update.name);
    if (it == known_.end()) return "unknown";
    if (!background::is_built(update.name, updates_, known_)) {
        return it->second.obsolete ? "obsolete" : "not built here";
    }
    if (updates_.contains(update.name)) return "rows";
    const bool index = it->second.does.find("index") != std::string::npos;
    return index ? "index" : "constraint";
}

std::string Listing::table_of_shape(const Queued& update) const {
    const auto it = known_.find(update.name);
    if (it == known_.end()) return "";
    for (const auto& patch : background::shape_patches(update.name, it->second)) {
        const auto tables = patch.find("tables");
        if (tables != patch.end() && !tables->empty()) return tables->begin().key();
    }
    return "";
}

std::string as_time(double seconds) {
    if (seconds < 1) return "under a second";
    const auto whole = static_cast<std::int64_t>(seconds + 0.5);
    if (whole < 120) return "about " + std::to_string(whole) + " s";
    if (whole < 7200) return "about " + std::to_string(whole / 60) + " min";
    return "about " + std::to_string(whole / 3600) + " h";
}

std::string Listing::estimate(const Queued& update) const {
    const auto rows = updates_.find(update.name);
    const auto table = rows == updates_.end() ? table_of_shape(update) : rows->second.walks;
    const auto size = sizes_.find(table);
    if (size == sizes_.end()) return as_time(0);
    if (rows == updates_.end()) {
        return as_time(static_cast<double>(size->second.bytes) / kBytesPerSecond);
    }
    return as_time(static_cast<double>(size->second.rows) / kRowsPerSecond);
}

void Listing::print(std::ostream& out, const Queued& update) const {
    const auto it = known_.find(update.name);
    const auto does = it == known_.end() ? std::string("no release of Synapse known here has it")
                                         : it->second.does;
    out << update.name << "\n  " << kind(update) << ": " << does << "; " << estimate(update)
        << "\n";
    if (it != known_.end() && !it->second.meanwhile.empty()) {
        out << "  until then: " << it->second.meanwhile << "\n";
    }
    if (!update.progress.empty()) out << "  begun: " << dump_json(update.progress) << "\n";
    for (const auto& name : background::blockers(queue_, update))
        out << "  waits for " << name << "\n";
}

std::string Listing::print() const {
    std::ostringstream out;
    std::size_t foreign = 0;
    for (const auto& update : queue_) {
        print(out, update);
        if (!background::is_built(update.name, updates_, known_)) ++foreign;
    }
    out << queue_.size() << " background updates wait";
    if (foreign > 0) out << ", " << foreign << " of them cannot be done here";
    out << ".\n";
    return out.str();
}

}  // namespace

std::string list_queue(pg::Transaction& tx, const background::Updates& updates) {
    return Listing(tx, updates).print();
}

}  // namespace aksono::migrate
