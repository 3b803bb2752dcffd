// SPDX-License-Identifier: Apache-2.0
#include "datacheck/probes.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

const Walk kEvents{"events", "stream_ordering"};

Probe event_without_json() {
    return {.id = "event-without-json",
            .severity = Severity::error,
            .title = "{} events have no row in event_json",
            .explanation = "Their content is lost: whoever reads them gets an error or nothing.",
            .fix = {"", "get them back from a backup", false},
            .tables = {"events", "event_json"},
            .walk = kEvents,
            .sql =
                "SELECT e.event_id FROM events e WHERE e.stream_ordering > $1 AND "
                "e.stream_ordering <= $2 AND NOT EXISTS (SELECT FROM event_json j WHERE "
                "j.event_id = e.event_id)"};
}

}  // namespace

void add_event_probes(Probes& probes) {
    probes.push_back(event_without_json());
}

}  // namespace aksono::datacheck
