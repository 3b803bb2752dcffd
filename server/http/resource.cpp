// SPDX-License-Identifier: Apache-2.0
#include "http/resource.h"

#include <array>
#include <utility>

namespace aksono::http {
namespace {

using enum Resource;

constexpr std::array<std::pair<std::string_view, Resource>, 10> kNames{{
    {"client", client},
    {"consent", consent},
    {"federation", federation},
    {"health", health},
    {"keys", keys},
    {"media", media},
    {"metrics", metrics},
    {"openid", openid},
    {"replication", replication},
    {"static", static_pages},
}};

struct Tree {
    std::string_view prefix;
    Resources resources;
};

// Found by asking listeners with one resource each; the first match counts.
constexpr std::array<Tree, 12> kTrees{{
    {"/health", Resources::all()},
    {"/_matrix/client/*/media/", {client, media}},
    {"/_matrix/client/", {client}},
    {"/_matrix/media/", {client, federation, media}},
    {"/_matrix/federation/v1/media/", {federation, media}},
    {"/_matrix/federation/v1/openid/", {federation, openid}},
    {"/_matrix/federation/", {federation}},
    {"/_matrix/key/", {federation, keys}},
    {"/_matrix/static", {client, static_pages}},
    {"/_matrix/consent", {consent}},
    {"/_synapse/metrics", {metrics}},
    {"", {client}},
}};

bool below(std::string_view path, std::string_view root) {
    return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

}  // namespace

std::optional<Resource> parse_resource(std::string_view name) {
    for (const auto& [known, resource] : kNames) {
        if (known == name) return resource;
    }
    return std::nullopt;
}

Resources serving(std::string_view path) {
    if (path == "/") return {client, static_pages};
    for (const auto& tree : kTrees) {
        if (path.starts_with(tree.prefix)) return tree.resources;
    }
    return {};
}

bool unknown_is_json(std::string_view path, Resources listener) {
    constexpr Resources kMatrix{client, consent, federation, keys, media, openid, static_pages};
    constexpr Resources kSynapse{client, metrics, replication};
    // A folder of files.
    constexpr Resources kPages{client, static_pages};
    if (below(path, "/_matrix/static") && listener.overlaps(kPages)) return false;
    return (below(path, "/_matrix") && listener.overlaps(kMatrix)) ||
           (below(path, "/_synapse") && listener.overlaps(kSynapse));
}

}  // namespace aksono::http
