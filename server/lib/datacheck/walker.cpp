// SPDX-License-Identifier: Apache-2.0
#include "datacheck/walker.h"

#include "synschema/introspection.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace aksono::datacheck {

namespace {

constexpr std::size_t kSifted = 10'000;    ///< objects fetched where known ones are left out
constexpr std::size_t kMostKeys = 50'000;  ///< that one database should hand to the other
constexpr Millis kLongestStep = 20'000;
constexpr int kMostDisturbances = 20;
constexpr std::int64_t kMostLeftOut = 1'000;  ///< more: it is the question that is wrong

std::size_t objects_for(const Probe& probe, const EngineOptions& options) {
    return options.sifted.contains(probe.id) ? kSifted : options.objects;
}

Gap gap_of(Trouble::Kind kind) {
    switch (kind) {
        case Trouble::Kind::too_long:
        case Trouble::Kind::disturbed:
            return Gap::slow;
        case Trouble::Kind::locked:
            return Gap::locked;
        case Trouble::Kind::forbidden:
            return Gap::forbidden;
        case Trouble::Kind::unreadable:
        case Trouble::Kind::failed:
            break;
    }
    return Gap::failed;
}

}  // namespace

Walker::Walker(const Probe& probe, Sessions sessions, const EngineOptions& options, Answer& answer)
    : probe_(probe),
      sessions_(sessions),
      options_(options),
      answer_(answer),
      question_(probe, objects_for(probe, options), sessions.state != nullptr),
      pace_(options.aim) {}

Session& Walker::session(Side side) const {
    return side == Side::state && sessions_.state != nullptr ? *sessions_.state : *sessions_.main;
}

bool Walker::begin() {
    if (answer_.done) return false;
    answer_.gap = Gap::none;
    answer_.why.clear();
    if (!probe_.walk) return true;
    const auto table = synschema::quote_identifier(probe_.walk->table);
    const auto column = synschema::quote_identifier(probe_.walk->column);
    const auto trouble = session(probe_.side).run([&](pg::Transaction& tx) {
        const auto rows = tx.query_text("SELECT min(" + column + ")::text, max(" + column +
                                        ")::text, (SELECT greatest(reltuples, 1) FROM pg_class "
                                        "WHERE oid = " +
                                        synschema::quote_literal(table) +
                                        "::regclass)::bigint "
                                        "FROM " +
                                        table);
        first_ = rows[0].maybe_text(0).value_or("");
        last_ = rows[0].maybe_text(1).value_or("");
        rows_ = static_cast<double>(rows[0].integer(2));
    });
    if (trouble) return give_up(*trouble);
    if (last_.empty()) finish();
    return !answer_.done;
}

bool Walker::step() {
    const auto began = steady_ms();
    std::string to;
    auto trouble = probe_.walk ? next_bound(to) : std::nullopt;
    if (!trouble) trouble = ask(to);
    if (trouble) return after(*trouble, to);
    disturbances_ = 0;
    if (!probe_.walk) {
        finish();
        return false;
    }
    rows_done_ += static_cast<double>(pace_.size());
    pace_.took(steady_ms() - began);
    return went_to(to);
}

bool Walker::went_to(const std::string& to) {
    answer_.at = to;
    if (to == last_) finish();
    return !answer_.done;
}

/// The key up to which the next statement goes.
std::optional<Trouble> Walker::next_bound(std::string& to) {
    const auto& walk = *probe_.walk;
    if (!walk.text) {
        const auto last = std::stoll(last_);
        const auto from = answer_.at.empty() ? std::stoll(first_) - 1 : std::stoll(answer_.at);
        to = from >= last - pace_.size() ? last_ : std::to_string(from + pace_.size());
        return std::nullopt;
    }
    const auto column = synschema::quote_identifier(walk.column);
    const auto sql = "SELECT " + column + " FROM " + synschema::quote_identifier(walk.table) +
                     " WHERE " + column + " > " + synschema::quote_literal(answer_.at) +
                     " ORDER BY " + column + " LIMIT 1 OFFSET " + std::to_string(pace_.size() - 1);
    return session(probe_.side).run_within(kLongestStep, [&](pg::Transaction& tx) {
        const auto rows = tx.query_text(sql);
        to = rows.empty() ? last_ : rows[0].text(0);
    });
}

pg::Params Walker::bounds(const std::string& to) const {
    if (!probe_.walk) return {};
    if (probe_.walk->text) return pg::params(answer_.at, to);
    return pg::params(answer_.at.empty() ? std::to_string(std::stoll(first_) - 1) : answer_.at, to);
}

std::optional<Trouble> Walker::ask(const std::string& to) {
    const auto longest = probe_.walk ? kLongestStep : Session::kLongestStatement;
    Found found;
    std::optional<Trouble> trouble;
    if (!question_.at_once()) {
        trouble = ask_apart(bounds(to), found);
    } else {
        trouble = session(probe_.side).run_within(longest, [&](pg::Transaction& tx) {
            found = question_.ask(tx, bounds(to));
        });
    }
    if (!trouble) take(found);
    return trouble;
}

/// Of two databases: what one finds is looked up in the other.
std::optional<Trouble> Walker::ask_apart(const pg::Params& bounds, Found& found) {
    std::vector<std::string> keys;
    auto trouble = session(probe_.side).run_within(kLongestStep, [&](pg::Transaction& tx) {
        keys = question_.keys(tx, bounds);
    });
    if (!trouble) {
        trouble = session(probe_.lookup->side).run_within(kLongestStep, [&](pg::Transaction& tx) {
            found = question_.look_up(tx, keys);
        });
    }
    if (!trouble && keys.size() > kMostKeys) pace_.shrink();
    return trouble;
}

void Walker::take(const Found& found) {
    std::int64_t known = 0;
    for (const auto& object : found.objects) {
        if (options_.known && options_.known(probe_.id, object)) {
            ++known;
        } else if (answer_.objects.size() < options_.objects) {
            answer_.objects.push_back(object);
        }
    }
    answer_.found += found.count - known;
}

/// Whether it is worth another try.
bool Walker::after(const Trouble& trouble, const std::string& to) {
    using Kind = Trouble::Kind;
    const bool smaller = trouble.kind == Kind::too_long || trouble.kind == Kind::disturbed;
    if (smaller && probe_.walk && pace_.shrink()) return true;
    if (trouble.kind == Kind::unreadable && probe_.walk) return leave_out(trouble, to);
    if (trouble.kind == Kind::disturbed && ++disturbances_ < kMostDisturbances) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100 * disturbances_));
        return true;
    }
    return give_up(trouble);
}

/// Less and less is asked for until what cannot be read stands alone; then the rest is.
bool Walker::leave_out(const Trouble& trouble, const std::string& to) {
    if (pace_.shrink()) return true;
    if (probe_.failing_is_wrong) {
        take({1, {to}});
    } else if (answer_.left_out == kMostLeftOut) {
        return give_up(trouble);
    } else if (++answer_.left_out == 1) {
        answer_.left_why = trouble.why;
    }
    return went_to(to);
}

/// False: there is nothing more to do.
bool Walker::give_up(const Trouble& trouble) {
    answer_.gap = gap_of(trouble.kind);
    answer_.why = trouble.why;
    return false;
}

void Walker::finish() {
    answer_.done = true;
    answer_.gap = Gap::none;
}

double Walker::part() const {
    if (answer_.done || answer_.gap != Gap::none) return 1;
    if (!probe_.walk || answer_.at.empty() || last_.empty()) return 0;
    if (probe_.walk->text) return std::min(rows_done_ / std::max(rows_, 1.0), 0.99);
    const auto first = std::stod(first_);
    return (std::stod(answer_.at) - first + 1) / std::max(std::stod(last_) - first + 1, 1.0);
}

}  // namespace aksono::datacheck
