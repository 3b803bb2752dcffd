// SPDX-License-Identifier: Apache-2.0
#include "push/push_summary_rotator.h"

#include <algorithm>
#include <map>
#include <utility>

namespace aksono::push {

namespace {

constexpr std::int64_t kActionsAtOnce = 10'000;
constexpr Millis kDay = 24LL * 60 * 60 * 1000;
constexpr Millis kBoundaryAge = 60LL * 60 * 1000;

}  // namespace

std::vector<std::vector<storage::SummaryReceipt>> in_rounds(
    std::vector<storage::SummaryReceipt> receipts) {
    std::vector<std::vector<storage::SummaryReceipt>> rounds;
    std::map<std::pair<UserId, RoomId>, std::size_t> next;
    for (auto& receipt : receipts) {
        const auto round = next[{receipt.user, receipt.room}]++;
        if (round == rounds.size()) rounds.emplace_back();
        rounds[round].push_back(std::move(receipt));
    }
    return rounds;
}

PushSummaryRotator::PushSummaryRotator(pg::Database& database, const storage::Streams& streams)
    : database_(database), streams_(streams) {}

void PushSummaryRotator::run_once(Waiter& waiter) {
    take_receipts(waiter);
    while (add_actions(waiter)) {
    }
    delete_old(waiter);
}

void PushSummaryRotator::take_receipts(Waiter& waiter) {
    const auto up_to = streams_.receipts.position();
    database_.write(waiter, "push_summary_receipts", [&](pg::Transaction& tx) {
        auto position = storage::summary_position(tx);
        if (position.receipts >= up_to) return;
        auto receipts = storage::summary_receipts(tx, position.receipts, up_to);
        for (const auto& round : in_rounds(std::move(receipts))) {
            storage::apply_receipts(tx, round, position.events);
        }
        position.receipts = up_to;
        storage::set_summary_position(tx, position);
    });
}

/// Whether there is more to do.
bool PushSummaryRotator::add_actions(Waiter& waiter) {
    const auto up_to = streams_.events.position();
    return database_.write(waiter, "push_summary_rotate", [&](pg::Transaction& tx) {
        auto position = storage::summary_position(tx);
        if (position.events >= up_to) return false;
        const auto full = storage::nth_action_after(tx, position.events, kActionsAtOnce);
        const auto to = std::min(full.value_or(up_to), up_to);
        storage::sum_up_actions(tx, position.events, to);
        position.events = to;
        storage::set_summary_position(tx, position);
        return to < up_to;
    });
}

void PushSummaryRotator::delete_old(Waiter& waiter) {
    if (!boundary_known_ || steady_ms() - *boundary_known_ > kBoundaryAge) {
        boundary_ = database_.fetch(waiter, "push_summary_boundary", [](pg::Transaction& tx) {
            return storage::first_event_after(tx, now_ms() - kDay);
        });
        boundary_known_ = steady_ms();
    }
    std::int64_t deleted = 0;
    do {
        deleted = database_.write(waiter, "push_summary_delete_old", [&](pg::Transaction& tx) {
            const auto summed_up = storage::summary_position(tx).events;
            return storage::delete_old_actions(tx, std::min(boundary_, summed_up), kActionsAtOnce);
        });
    } while (deleted == kActionsAtOnce);
}

}  // namespace aksono::push
