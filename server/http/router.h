// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"
#include "http/resource.h"

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::http {

/// Names of the switches in Route::when that are on; those not named are off.
using Switches = std::set<std::string, std::less<>>;

/// Finds the endpoint for a request among the rows of the route table.
class Router {
public:
    /// `routes` stay where they are for as long as the router lives. Throws std::logic_error when
    /// an endpoint is in no row, or twice.
    Router(std::span<const Route> routes, Endpoints endpoints, const Switches& switches);
    /// Over the complete table (http/routes/).
    Router(Endpoints endpoints, const Switches& switches);
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    struct Found {
        const Route* route = nullptr;        ///< nothing: no row has this method and path
        const Endpoint* endpoint = nullptr;  ///< nothing: the row is not built
        Call::PathParameters parameters;
        bool path_known = false;  ///< some row has this path, if with another method
    };
    /// HEAD finds what GET would. `path` is percent-encoded; `listener` says which trees it serves.
    [[nodiscard]] Found find(Method method, std::string_view path, Resources listener) const;

    /// The table for --list-routes, one line per row; `missing` leaves out what is built.
    [[nodiscard]] std::string list_routes(bool missing) const;

private:
    struct Row {
        const Route* route;
        const Endpoint* endpoint = nullptr;
        Resources resources;
        bool on = true;
    };
    struct Node;
    struct Search;

    void bind();
    void plant(const Row& row);
    void plant(const Row& row, std::string_view version,
               const std::vector<std::string_view>& segments);
    /// In the order of preference.
    enum class Match { nothing, path, row };
    static Match descend(const Node& node, Search& search, std::size_t depth);
    static Match take(const std::vector<const Row*>& rows, Search& search);

    Endpoints endpoints_;
    std::vector<Row> rows_;
    std::unique_ptr<Node> root_;
};

}  // namespace aksono::http
