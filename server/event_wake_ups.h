// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rooms/side_effects.h"
#include "storage/event_reader.h"
#include "sync/notifier.h"

namespace aksono {

/// What committed events mean to the rest of the server: parked polls of their rooms wake, and what
/// a redaction hides is read anew.
class EventWakeUps : public rooms::EventListener {
public:
    EventWakeUps(sync::Notifier& notifier, storage::EventReader& events)
        : notifier_(notifier), events_(events) {}

    void on_persisted(const std::vector<rooms::PersistedEvent>& events) override;

private:
    sync::Notifier& notifier_;
    storage::EventReader& events_;
};

}  // namespace aksono
