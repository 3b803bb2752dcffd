// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/authenticator.h"
#include "base/metrics.h"
#include "base/metrics_storage.h"
#include "config/config.h"
#include "config/rollback_floor.h"
#include "event_wake_ups.h"
#include "pg/database.h"
#include "push/bulk_push_evaluator.h"
#include "push/push_summary_rotator.h"
#include "request_limits.h"
#include "rooms/event_creator.h"
#include "rooms/event_persister.h"
#include "storage/event_reader.h"
#include "storage/stream.h"
#include "sync/notifier.h"
#include "sync/receipt_writer.h"
#include "sync/room_reader.h"
#include "sync/sync_handler.h"
#include "sync/typing.h"
#include "users/converted_device_changes.h"
#include "users/daily_visits.h"
#include "users/filters.h"
#include "users/last_seen.h"
#include "users/logins.h"
#include "users/logouts.h"
#include "users/passwords.h"
#include "users/profiles.h"
#include "users/registration.h"
#include "users/sessions.h"
#include "users/ui_auth.h"

namespace aksono {

/// Everything that answers requests, built in the order of its members. Nothing here touches the
/// database before the first request.
struct Services {
    /// `writes`: false for a server that only reads.
    Services(const config::Config& config, const config::RollbackFloor& floor, bool writes);
    Services(const Services&) = delete;
    Services& operator=(const Services&) = delete;

    MetricsRegistry metrics;
    StorageMetrics storage_metrics;
    pg::Database database;
    WorkerPool cpu;
    storage::Streams streams;
    sync::Notifier notifier;
    storage::EventReader events;
    sync::TypingRooms typing;
    RequestLimits limits;

    users::LastSeen last_seen;
    users::DailyVisits daily_visits;
    users::ConvertedDeviceChanges converted_device_changes;
    auth::Authenticator authenticator;
    users::Passwords passwords;
    users::Logins logins;
    users::Sessions sessions;
    users::Logouts logouts;
    users::Registration registration;
    users::UiAuth ui_auth;
    users::Filters filters;
    users::Profiles profiles;

    push::BulkPushEvaluator push;
    push::PushSummaryRotator push_summary;
    EventWakeUps wake_ups;
    rooms::EventPersister persister;
    rooms::EventCreator creator;
    sync::SyncHandler sync;
    sync::RoomReader room_reader;
    sync::ReceiptWriter receipts;
};

}  // namespace aksono
