// SPDX-License-Identifier: Apache-2.0
#include "datacheck/dangling.h"
#include "datacheck/probes.h"
#include "synschema/fix.h"

namespace aksono::datacheck {

namespace {

using synschema::Severity;

const Walk kServers{"server_signature_keys", "server_name", true};

}  // namespace

void add_server_key_probes(Probes& probes) {
    probes.push_back(
        {.id = "server-key-broken",
         .severity = Severity::error,
         .title = "{} keys of other servers are no keys",
         .explanation = "A key is 32 bytes: nothing that is signed by this one can be checked.",
         .fix = synschema::delete_rows("server_signature_keys", "length(verify_key) <> 32"),
         .tables = {"server_signature_keys"},
         .walk = kServers,
         .sql = "SELECT server_name || ' ' || key_id FROM server_signature_keys WHERE " +
                in_range("server_name") + " AND length(verify_key) IS DISTINCT FROM 32"});
    probes.push_back(
        {.id = "server-key-old",
         .severity = Severity::info,
         .title = "{} servers have no key that was valid in the last 90 days",
         .explanation = "Such a server has not been asked since: it is gone, or nothing of it was "
                        "to be checked.",
         .fix = {"", "nothing needs to be done: keys are asked for when they are needed", true},
         .tables = {"server_signature_keys"},
         .walk = kServers,
         .sql = "SELECT server_name FROM server_signature_keys WHERE " + in_range("server_name") +
                " GROUP BY server_name HAVING max(ts_valid_until_ms) < (extract(epoch FROM now()) "
                "- 90 * 86400) * 1000"});
    probes.push_back(
        {.id = "server-key-missing",
         .severity = Severity::info,
         .title = "of {} servers that take part in rooms here there is no key",
         .explanation = "What they have signed can be checked once the server, or a notary, is "
                        "asked for its key.",
         .fix = {"", "nothing needs to be done: keys are asked for when they are needed", true},
         .tables = {"destinations", "server_signature_keys"},
         .walk = Walk{"destinations", "destination", true},
         .sql = "SELECT d.destination FROM destinations d WHERE " + in_range("d.destination") +
                " AND NOT EXISTS (SELECT FROM server_signature_keys k WHERE k.server_name = "
                "d.destination)"});
}

}  // namespace aksono::datacheck
