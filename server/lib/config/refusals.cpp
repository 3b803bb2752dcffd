// SPDX-License-Identifier: Apache-2.0
#include "config/refusals.h"

#include "config/feature_flags.h"
#include "config/truth.h"

#include <fmt/format.h>

namespace aksono::config {

namespace {

bool switched_on(const Section& root, const std::string& option) {
    const Json* value = root.find(option);
    if (value == nullptr || is_falsy(*value)) return false;
    if (!value->is_object()) return true;
    const Json* enabled = find_member(*value, "enabled");
    return enabled == nullptr || !enabled->is_boolean() || enabled->get<bool>();
}

void refuse_python(const Section& root) {
    for (const char* option :
         {"modules", "password_providers", "spam_checker", "third_party_event_rules"}) {
        const Json* value = root.find(option);
        if (value == nullptr || is_falsy(*value)) continue;
        root.refuse(option, "",
                    "names Python modules, which Aksono cannot run and will not leave out in "
                    "silence: remove the option, or keep Synapse");
    }
}

void refuse_other_logins(const Section& root) {
    const Section experimental = root.section("experimental_features");
    if (switched_on(experimental, "msc3861")) {
        experimental.refuse("msc3861",
                            "experimental_features.msc3861 was removed. Use the "
                            "matrix_authentication_service configuration instead.",
                            "Aksono cannot hand authentication over yet: keep Synapse",
                            "experimental.msc3861");
    }
    if (switched_on(root, "matrix_authentication_service")) {
        root.refuse(
            "matrix_authentication_service", "",
            "is not built yet: access tokens would have to be asked for there; keep Synapse");
    }
}

/// Locks on doors that Aksono does not have yet.
void refuse_unbuilt_guards(const Section& root) {
    for (const char* option : {"hs_disabled", "account_validity"}) {
        if (!switched_on(root, option)) continue;
        root.refuse(
            option, "",
            "is not built yet, and without it people would get in whom it keeps out: switch "
            "it off, or keep Synapse");
    }
    const Section approval = root.section("experimental_features").section("msc3866");
    if (approval.boolean("enabled", false) &&
        approval.boolean("require_approval_for_new_accounts", false)) {
        approval.refuse("require_approval_for_new_accounts", "",
                        "is not built yet: users could log in whom no admin has approved; switch "
                        "it off, or keep Synapse");
    }
    const Section consent = root.section("user_consent");
    if (consent.has("block_events_error")) {
        consent.refuse("block_events_error", "",
                       "is not built yet: people could write without their consent; remove it, or "
                       "keep Synapse");
    }
}

void refuse_workers(const Section& root) {
    if (!root.has("worker_app")) return;
    root.refuse(
        "worker_app", "",
        "makes this a worker's configuration; Aksono is one process and stands in for all of "
        "them: start it with the main process's files only");
}

}  // namespace

void refuse_what_cannot_run(const Section& root) {
    refuse_python(root);
    refuse_other_logins(root);
    refuse_unbuilt_guards(root);
    check_flags(root);
    refuse_workers(root);
}

}  // namespace aksono::config
