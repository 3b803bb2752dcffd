// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http_client.h"

namespace aksono::migrate {

/// The background updater of a Synapse that runs, held still through its admin API for as long as
/// this lives. A Synapse that is restarted runs it again: look() notices.
class PausedSynapse {
public:
    /// Returns when it rests; throws cli::Unsuitable when it does not within a minute.
    explicit PausedSynapse(HttpClient client);
    /// Puts it back to what it was; failing that, says so on stderr.
    ~PausedSynapse();
    PausedSynapse(const PausedSynapse&) = delete;
    PausedSynapse& operator=(const PausedSynapse&) = delete;

    /// Throws cli::Unsuitable when it does not rest any more.
    void look() const;

private:
    HttpClient client_;
    bool was_enabled_;
};

}  // namespace aksono::migrate
