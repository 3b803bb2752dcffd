// SPDX-License-Identifier: Apache-2.0
#include "synapse_updater.h"

#include "cli/command.h"

#include <chrono>
#include <iostream>
#include <thread>

namespace aksono::migrate {

namespace {

constexpr const char* kEnabled = "/_synapse/admin/v1/background_updates/enabled";
constexpr const char* kStatus = "/_synapse/admin/v1/background_updates/status";
constexpr int kSecondsToRest = 60;

bool is_enabled(const Json& answer) {
    const auto* enabled = find_member(answer, "enabled");
    if (enabled == nullptr || !enabled->is_boolean()) {
        throw cli::Unsuitable(
            "that is no Synapse: its answer does not say whether background "
            "updates are enabled");
    }
    return enabled->get<bool>();
}

bool rests(const HttpClient& client) {
    const auto status = client.get(kStatus);
    const auto* current = find_member(status, "current_updates");
    return !is_enabled(status) && (current == nullptr || current->empty());
}

}  // namespace

PausedSynapse::PausedSynapse(HttpClient client)
    : client_(std::move(client)), was_enabled_(is_enabled(client_.get(kEnabled))) {
    is_enabled(client_.post(kEnabled, {{"enabled", false}}));
    for (int seconds = 0; seconds < kSecondsToRest; ++seconds) {
        if (rests(client_)) return;
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    client_.post(kEnabled, {{"enabled", was_enabled_}});
    throw cli::Unsuitable(
        "Synapse is in the middle of a background update for over a minute: "
        "wait until it is done, then run this again");
}

PausedSynapse::~PausedSynapse() {
    if (!was_enabled_) return;
    try {
        client_.post(kEnabled, {{"enabled", true}});
    } catch (const std::exception& error) {
        std::cerr << "Synapse's background updates stay paused until it is restarted: "
                  << error.what() << "\n";
    }
}

void PausedSynapse::look() const {
    if (!is_enabled(client_.get(kEnabled))) return;
    throw cli::Unsuitable(
        "Synapse runs its background updates again (was it restarted?): what is "
        "done so far is kept; run this again");
}

}  // namespace aksono::migrate
