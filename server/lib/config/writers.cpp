// SPDX-License-Identifier: Apache-2.0
#include "config/writers.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace aksono::config {

namespace {

struct Stream {
    std::string_view name;
    bool several;  ///< may have more than one writer
};

constexpr std::array<Stream, 10> kStreams{{{"events", true},
                                           {"typing", false},
                                           {"to_device", false},
                                           {"account_data", false},
                                           {"receipts", true},
                                           {"presence", false},
                                           {"push_rules", false},
                                           {"device_lists", true},
                                           {"thread_subscriptions", true},
                                           {"quarantined_media_changes", true}}};

/// «w1» or [w1, w2].
std::vector<std::string> names_of(const Section& section, const std::string& key) {
    const Json* value = section.find(key);
    if (value != nullptr && value->is_string()) return {value->get<std::string>()};
    return section.texts(key);
}

void check(const Section& root, const Stream& stream, const std::vector<std::string>& instances) {
    const Section section = root.section("stream_writers");
    const std::string name(stream.name);
    if (instances.empty() || (!stream.several && instances.size() > 1)) {
        const char* sentence = stream.several
                                   ? "Must specify at least one instance to handle `{}`."
                                   : "Must only specify one instance to handle `{}` messages.";
        section.refuse(name,
                       fmt::format(fmt::runtime(sentence), name == "push_rules" ? "push" : name),
                       "give one instance");
    }
    const Section map = root.section("instance_map");
    for (const auto& instance : instances) {
        if (instance == "main") {
            section.refuse(name, "Instance 'main' is configured to write " + name,
                           "is only the address of the main process in instance_map; as a writer "
                           "it is called master");
        }
        if (instance == kMainProcess || map.has(instance)) continue;
        section.refuse(name,
                       fmt::format("Instance '{}' is configured to write {} but does not appear in "
                                   "`instance_map` config.",
                                   instance, name),
                       "add it to instance_map, or take it out here");
    }
}

std::vector<std::string> or_master(std::vector<std::string> names) {
    if (names.empty()) names.emplace_back(kMainProcess);
    return names;
}

}  // namespace

const std::vector<std::string>& Writers::of(const std::string& stream) const {
    static const std::vector<std::string> kMaster{kMainProcess};
    const auto it = streams.find(stream);
    return it == streams.end() ? kMaster : it->second;
}

const std::string& Writers::first_of(const std::string& stream) const {
    return of(stream).front();
}

std::vector<std::string> Writers::instances() const {
    std::set<std::string> names{kMainProcess};
    for (const auto& [stream, writers] : streams)
        names.insert(writers.begin(), writers.end());
    names.insert(federation_senders.begin(), federation_senders.end());
    names.insert(pushers.begin(), pushers.end());
    return {names.begin(), names.end()};
}

Writers read_writers(const Section& root) {
    Writers writers;
    const Section section = root.section("stream_writers");
    for (const auto& stream : kStreams) {
        const std::string name(stream.name);
        writers.streams[name] =
            section.has(name) ? names_of(section, name) : std::vector<std::string>{kMainProcess};
        check(root, stream, writers.streams[name]);
    }
    for (const auto& name : section.keys()) {
        if (!writers.streams.contains(name)) section.refuse(name, "", "is no stream of Synapse's");
    }
    writers.federation_senders = or_master(names_of(root, "federation_sender_instances"));
    writers.pushers = or_master(names_of(root, "pusher_instances"));
    return writers;
}

}  // namespace aksono::config
