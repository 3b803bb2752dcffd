// SPDX-License-Identifier: Apache-2.0
#include "unrun_jobs.h"

#include <array>
#include <string_view>

namespace aksono {

namespace {

struct Job {
    std::string_view what;
    /// The option that asks for it; empty: it always runs. Options that are absent ask for nothing.
    std::string_view option;
};

constexpr std::array kJobs{
    Job{"statistics of rooms and users follow changes of state", ""},
    Job{"the user directory follows changes of state", ""},
    Job{"scheduled tasks (purges, deletions of rooms and devices) go on", ""},
    Job{"events for other servers are sent, and servers that were away are told", ""},
    Job{"notifications are pushed", ""},
    Job{"delayed events are sent", ""},
    Job{"old transaction ids, user-interactive sessions and login tokens are removed", ""},
    Job{"old one-time keys, device messages and device-list changes are removed", ""},
    Job{"rooms with many forward extremities get dummy events", ""},
    Job{"cached pages of URL previews are removed", "url_preview_enabled"},
    Job{"messages are purged by age", "retention"},
    Job{"media are removed by age", "media_retention"},
    Job{"devices that nobody used are removed", "delete_stale_devices_after"},
    Job{"application services are told of events", "app_service_config_files"},
    Job{"monthly active users are counted", "limit_usage_by_mau"},
    Job{"expired accounts are closed", "account_validity"},
    Job{"users join rooms by themselves", "auto_join_rooms"},
};

bool asks(const config::Config& config, std::string_view option) {
    const Json* value = find_member(config.document.options, option);
    if (value == nullptr || value->is_null() || *value == false) return false;
    const Json* enabled = find_member(*value, "enabled");
    return (enabled == nullptr || *enabled == true) && !(value->is_array() && value->empty());
}

}  // namespace

std::vector<std::string> unrun_jobs(const config::Config& config) {
    std::vector<std::string> sentences;
    for (const Job& job : kJobs) {
        if (job.option.empty() || asks(config, job.option)) sentences.emplace_back(job.what);
    }
    if (config.redaction_retention_period) {
        sentences.emplace_back("the content of redacted events is removed after a while");
    }
    if (config.user_ips_max_age) sentences.emplace_back("old addresses of users are removed");
    if (config.forgotten_room_retention_period) {
        sentences.emplace_back("rooms that everybody forgot are removed");
    }
    if (config.presence.enabled) sentences.emplace_back("presence is kept up to date");
    return sentences;
}

}  // namespace aksono
