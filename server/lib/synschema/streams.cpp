// SPDX-License-Identifier: Apache-2.0
#include "synschema/streams.h"

#include "synschema/introspection.h"

#include <algorithm>
#include <array>

namespace aksono::synschema {

namespace {

constexpr std::array kEvents{IdColumn{"events", "stream_ordering"},
                             IdColumn{"current_state_delta_stream", "stream_id"},
                             IdColumn{"ex_outlier_stream", "event_stream_ordering"}};
constexpr std::array kBackfill{IdColumn{"events", "stream_ordering"},
                               IdColumn{"ex_outlier_stream", "event_stream_ordering"}};
constexpr std::array kReceipts{IdColumn{"receipts_linearized", "stream_id"}};
constexpr std::array kAccountData{IdColumn{"room_account_data", "stream_id"},
                                  IdColumn{"room_tags_revisions", "stream_id"},
                                  IdColumn{"account_data", "stream_id"}};
constexpr std::array kPresence{IdColumn{"presence_stream", "stream_id"}};
constexpr std::array kToDevice{IdColumn{"device_inbox", "stream_id"},
                               IdColumn{"device_federation_outbox", "stream_id"}};
constexpr std::array kDeviceLists{
    IdColumn{"device_lists_stream", "stream_id"},
    IdColumn{"user_signature_stream", "stream_id"},
    IdColumn{"device_lists_outbound_pokes", "stream_id"},
    IdColumn{"device_lists_changes_in_room", "stream_id"},
    IdColumn{"device_lists_remote_pending", "stream_id"},
    IdColumn{"device_lists_changes_converted_stream_position", "stream_id"}};
constexpr std::array kCrossSigning{IdColumn{"e2e_cross_signing_keys", "stream_id"}};
constexpr std::array kPushRules{IdColumn{"push_rules_stream", "stream_id"}};
constexpr std::array kPushers{IdColumn{"pushers", "id"}, IdColumn{"deleted_pushers", "stream_id"}};
constexpr std::array kCaches{IdColumn{"cache_invalidation_stream_by_instance", "stream_id"}};
constexpr std::array kRooms{IdColumn{"un_partial_stated_room_stream", "stream_id"}};
constexpr std::array kUnPartialEvents{IdColumn{"un_partial_stated_event_stream", "stream_id"}};
constexpr std::array kThreads{IdColumn{"thread_subscriptions", "stream_id"}};
constexpr std::array kSticky{IdColumn{"sticky_events", "stream_id"}};
constexpr std::array kQuarantine{IdColumn{"quarantined_media_changes", "stream_id"}};
constexpr std::array kProfiles{IdColumn{"profile_updates", "stream_id"}};
constexpr std::array kStateGroups{IdColumn{"state_groups", "id"}};
constexpr std::array kChains{IdColumn{"event_auth_chains", "chain_id"}};
constexpr std::array kAppservices{IdColumn{"application_services_txns", "txn_id"}};

constexpr std::array<SequenceUse, 20> kUses{{
    {"events_stream_seq", "events", kEvents},
    {"events_backfill_stream_seq", "backfill", kBackfill, true},
    {"receipts_sequence", "receipts", kReceipts},
    {"account_data_sequence", "account_data", kAccountData},
    {"presence_stream_sequence", "presence_stream", kPresence},
    {"device_inbox_sequence", "to_device", kToDevice},
    {"device_lists_sequence", "device_lists_stream", kDeviceLists},
    {"e2e_cross_signing_keys_sequence", "e2e_cross_signing_keys", kCrossSigning},
    {"push_rules_stream_sequence", "push_rules_stream", kPushRules},
    {"pushers_sequence", "pushers", kPushers},
    {"cache_invalidation_stream_seq", "caches", kCaches},
    {"un_partial_stated_room_stream_sequence", "un_partial_stated_room_stream", kRooms},
    {"un_partial_stated_event_stream_sequence", "un_partial_stated_event_stream", kUnPartialEvents},
    {"thread_subscriptions_sequence", "thread_subscriptions", kThreads},
    {"sticky_events_sequence", "sticky_events", kSticky},
    {"quarantined_media_id_seq", "quarantined_media", kQuarantine},
    {"profile_updates_sequence", "profile_updates", kProfiles},
    {"state_group_id_seq", nullptr, kStateGroups},
    {"event_auth_chain_id", nullptr, kChains},
    {"application_services_txn_id_seq", nullptr, kAppservices},
}};

std::string key_of(const IdColumn& column, bool negative) {
    return std::string(negative ? "-" : "") + column.table + "." + column.column;
}

bool exists(const Schema& schema, const IdColumn& wanted) {
    const auto it = schema.tables.find(wanted.table);
    return it != schema.tables.end() && it->second.kind == "table" &&
           std::ranges::find(it->second.columns, wanted.column, &Column::name) !=
               it->second.columns.end();
}

}  // namespace

std::span<const SequenceUse> sequence_uses() {
    return kUses;
}

LargestIds read_largest_ids(pg::Transaction& tx, const LiveDatabase& live) {
    std::string sql;
    for (const auto& use : kUses) {
        for (const auto& column : use.columns) {
            if (!exists(live.schema, column) || live.unreadable.contains(column.table)) continue;
            if (!sql.empty()) sql += " UNION ALL ";
            const auto name = quote_identifier(column.column);
            sql += "SELECT " + quote_literal(key_of(column, use.negative)) + ", coalesce(" +
                   (use.negative ? "-min(" : "max(") + name + "), 0)::bigint FROM " +
                   quote_identifier(column.table);
        }
    }
    LargestIds largest;
    if (sql.empty()) return largest;
    for (const auto row : tx.query_text(sql))
        largest[row.text(0)] = row.integer(1);
    return largest;
}

std::vector<SequenceBehind> find_sequences_behind(const Schema& schema, const LargestIds& largest) {
    std::vector<SequenceBehind> behind;
    for (const auto& use : kUses) {
        const auto sequence = schema.sequences.find(use.sequence);
        if (sequence == schema.sequences.end()) continue;
        const auto position = sequence->second.position();
        for (const auto& column : use.columns) {
            const auto it = largest.find(key_of(column, use.negative));
            if (it != largest.end() && it->second > position) {
                behind.push_back({use.sequence, column.table, position, it->second});
            }
        }
    }
    return behind;
}

std::vector<PositionAhead> find_positions_ahead(const Schema& schema,
                                                const std::vector<StreamPosition>& positions) {
    std::vector<PositionAhead> ahead;
    for (const auto& row : positions) {
        const auto use = std::ranges::find_if(kUses, [&](const SequenceUse& each) {
            return each.stream != nullptr && row.stream == each.stream;
        });
        if (use == kUses.end()) continue;
        const auto sequence = schema.sequences.find(use->sequence);
        if (sequence == schema.sequences.end()) continue;
        const auto position = sequence->second.position();
        if (row.position > position) {
            ahead.push_back({row.stream, row.instance, use->sequence, row.position, position});
        }
    }
    return ahead;
}

}  // namespace aksono::synschema
