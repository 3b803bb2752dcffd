// SPDX-License-Identifier: Apache-2.0
#include "http/router.h"

#include "http/routes/tables.h"
#include "http/uri.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>

namespace aksono::http {
namespace {

/// All that follows, slashes and emptiness included.
constexpr std::string_view kRest = "{any}";

/// Parameters that do not take anything: what they refuse makes the path unknown. Found by asking
/// Synapse for every route with odd segments.
struct Rule {
    std::string_view path;       ///< how the route's path goes on after its first *, or begins
    std::string_view parameter;  ///< which of it, with braces
    std::string_view words;      ///< all that is accepted; empty: all but nothing
    std::string_view not_in;     ///< a version where the rule does not hold
};
constexpr std::array<Rule, 8> kRules{{
    {"/rooms/{room_id}/{membership_action}", "{membership_action}",
     "join invite leave ban unban kick", ""},
    {"/profile/", "{field_name}", "displayname avatar_url", "v3"},
    {"/room_keys/", "{room_id}", "", ""},
    {"/room_keys/", "{session_id}", "", ""},
    {"/room_keys/", "{version}", "", ""},
    {"/thirdparty/", "{protocol}", "", ""},
    {"/_matrix/client/unstable/org.matrix.msc4140/", "{delay_id}", "", ""},
    {"/_synapse/admin/v1/federation/destinations/{destination}/reset_connection", "{destination}",
     "", ""},
}};

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == text.npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// Segments after the leading slash.
std::vector<std::string_view> segments_of(std::string_view path) {
    path.remove_prefix(1);
    return split(path, '/');
}

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{');
}

const Rule* rule_for(const Route& route, std::string_view version, std::string_view parameter) {
    const auto star = route.path.find('*');
    const auto tail = star == route.path.npos ? route.path : route.path.substr(star + 1);
    for (const Rule& rule : kRules) {
        const bool spared = !rule.not_in.empty() && rule.not_in == version;
        if (rule.parameter == parameter && tail.starts_with(rule.path) && !spared) return &rule;
    }
    return nullptr;
}

bool accepts(const Rule* rule, std::string_view segment) {
    if (rule == nullptr) return true;
    if (rule->words.empty()) return !segment.empty();
    return std::ranges::count(split(rule->words, ' '), segment) > 0;
}

/// «a or b», «a and b», «a», «».
bool is_on(std::string_view when, const Switches& switches) {
    if (when.empty()) return true;
    const auto joined = [&](std::string_view word) {
        const auto at = when.find(word);
        return std::tuple(at != when.npos, when.substr(0, at),
                          when.substr(at == when.npos ? when.size() : at + word.size()));
    };
    if (const auto [found, left, right] = joined(" or "); found) {
        return is_on(left, switches) || is_on(right, switches);
    }
    if (const auto [found, left, right] = joined(" and "); found) {
        return is_on(left, switches) && is_on(right, switches);
    }
    return switches.contains(when);
}

std::vector<Route> complete_table() {
    std::vector<Route> all;
    for (const auto table : {client_routes(), media_routes(), federation_routes(), key_routes(),
                             admin_routes(), web_routes()}) {
        all.insert(all.end(), table.begin(), table.end());
    }
    return all;
}

const std::vector<Route>& table() {
    static const std::vector<Route> all = complete_table();
    return all;
}

std::string_view access_name(Access access) {
    switch (access) {
        case Access::open:
            return "open";
        case Access::optional:
            return "optional";
        case Access::locked:
            return "locked";
        case Access::user:
            return "user";
        case Access::guest:
            return "guest";
        case Access::admin:
            return "admin";
        case Access::federation:
            return "federation";
    }
    return "";
}

}  // namespace

/// One segment of the paths. Keys are views into the route table.
struct Router::Node {
    std::map<std::string_view, std::unique_ptr<Node>, std::less<>> literals;
    std::map<std::pair<std::string_view, const Rule*>, std::unique_ptr<Node>>
        parameters;                ///< by name, braces included, and what it accepts
    std::vector<const Row*> rows;  ///< paths that end here
    std::vector<const Row*> rest;  ///< paths with {any} after this
};

struct Router::Search {
    Method method;
    Resources listener;
    std::vector<std::string_view> segments;
    std::vector<std::pair<std::string_view, std::string_view>> captured{};
    const Row* row = nullptr;
};

Router::Router(Endpoints endpoints, const Switches& switches)
    : Router(table(), std::move(endpoints), switches) {}

Router::Router(std::span<const Route> routes, Endpoints endpoints, const Switches& switches)
    : endpoints_(std::move(endpoints)), root_(std::make_unique<Node>()) {
    for (const Route& route : routes) {
        rows_.push_back({&route, nullptr, serving(route.path), is_on(route.when, switches)});
    }
    bind();
    for (const Row& row : rows_) {
        if (row.on) plant(row);
    }
}

Router::~Router() = default;

void Router::bind() {
    for (const Endpoint& endpoint : endpoints_) {
        const auto row = std::ranges::find_if(rows_, [&](const Row& candidate) {
            return candidate.route->method == endpoint.method &&
                   candidate.route->path == endpoint.path;
        });
        const auto name = fmt::format("{} {}", method_name(endpoint.method), endpoint.path);
        if (row == rows_.end()) throw std::logic_error("endpoint in no row of the table: " + name);
        if (row->endpoint != nullptr) throw std::logic_error("endpoint bound twice: " + name);
        row->endpoint = &endpoint;
    }
}

void Router::plant(const Row& row) {
    for (const auto version : split(row.route->versions, ' ')) {
        std::vector<std::string_view> segments;
        for (const auto segment : segments_of(row.route->path)) {
            if (segment != "*") {
                segments.push_back(segment);
            } else {
                std::ranges::copy(split(version, '/'), std::back_inserter(segments));
            }
        }
        plant(row, version, segments);
    }
}

void Router::plant(const Row& row, std::string_view version,
                   const std::vector<std::string_view>& segments) {
    Node* node = root_.get();
    for (const auto segment : segments) {
        if (segment == kRest) break;
        auto& next = is_parameter(segment)
                         ? node->parameters[{segment, rule_for(*row.route, version, segment)}]
                         : node->literals[segment];
        if (!next) next = std::make_unique<Node>();
        node = next.get();
    }
    (segments.back() == kRest ? node->rest : node->rows).push_back(&row);
}

Router::Match Router::take(const std::vector<const Row*>& rows, Search& search) {
    Match match = Match::nothing;
    for (const Row* row : rows) {
        if (!row->resources.overlaps(search.listener)) continue;
        match = Match::path;
        if (row->route->method != search.method) continue;
        search.row = row;
        return Match::row;
    }
    return match;
}

Router::Match Router::descend(const Node& node, Search& search, std::size_t depth) {
    if (depth == search.segments.size()) return take(node.rows, search);
    const auto segment = search.segments[depth];
    Match best = Match::nothing;
    if (const auto it = node.literals.find(segment); it != node.literals.end()) {
        best = descend(*it->second, search, depth + 1);
    }
    // A path spelled out hides those where a parameter stands, whatever its methods.
    if (best == Match::nothing) {
        for (const auto& [parameter, child] : node.parameters) {
            const auto& [name, rule] = parameter;
            if (!accepts(rule, segment)) continue;
            search.captured.emplace_back(name.substr(1, name.size() - 2), segment);
            best = std::max(best, descend(*child, search, depth + 1));
            if (best == Match::row) break;
            search.captured.pop_back();
        }
    }
    if (best == Match::row || node.rest.empty()) return best;
    const Match rest = take(node.rest, search);
    if (rest == Match::row) {
        const char* end = search.segments.back().data() + search.segments.back().size();
        search.captured.emplace_back("any", std::string_view(segment.data(), end));
    }
    return std::max(best, rest);
}

Router::Found Router::find(Method method, std::string_view path, Resources listener) const {
    if (!path.starts_with('/')) return {};
    Search search{method == Method::head ? Method::get : method, listener, segments_of(path)};
    Found found;
    const Match match = descend(*root_, search, 0);
    if (match == Match::row) {
        found.route = search.row->route;
        found.endpoint = search.row->endpoint;
        for (const auto& [name, value] : search.captured) {
            found.parameters.emplace(name, decode_segment(value));
        }
    }
    found.path_known = match != Match::nothing;
    return found;
}

std::string Router::list_routes(bool missing) const {
    std::string out;
    for (const Row& row : rows_) {
        if (missing && row.endpoint != nullptr) continue;
        const std::string_view state =
            row.endpoint == nullptr ? "-" : access_name(row.endpoint->access);
        out +=
            fmt::format("{:<7} {:<11} {}", method_name(row.route->method), state, row.route->path);
        if (!row.route->versions.empty()) out += fmt::format("  [{}]", row.route->versions);
        if (!row.route->when.empty()) {
            out += fmt::format("  when {} ({})", row.route->when, row.on ? "on" : "off");
        }
        out += '\n';
    }
    return out;
}

}  // namespace aksono::http
