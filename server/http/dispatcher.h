// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/matrix_error.h"
#include "http/router.h"

#include <functional>
#include <optional>

namespace aksono::http {

/// What the server brings to every request without http knowing how.
struct Hooks {
    /// Sets the requester or throws MatrixError; called for every endpoint, Access::open included.
    std::function<void(Call&, Access)> authenticate;
    /// Exceptions of other layers that are the client's fault; nothing = internal server error.
    std::function<std::optional<MatrixError>(const std::exception&)> translate;
};

/// From a request to its answer: find the endpoint, check access, run the handler, map what it
/// throws.
class Dispatcher {
public:
    Dispatcher(const Router& router, Hooks hooks) : router_(router), hooks_(std::move(hooks)) {}

    struct Answer {
        Response response;
        std::string_view route;   ///< its path in the route table; empty when there was none
        std::string requester{};  ///< for the request log: «@user:server», or «None»
    };

    [[nodiscard]] Router::Found find(const Request& request, Resources listener) const {
        return find(request.method, request.path, listener);
    }
    [[nodiscard]] Router::Found find(Method method, std::string_view path,
                                     Resources listener) const {
        return router_.find(method, path, listener);
    }
    /// Throws Cancelled and nothing else.
    [[nodiscard]] Answer answer(const Request& request, Waiter& waiter, Resources listener,
                                Router::Found found) const;

private:
    Response run(Call& call, const Endpoint& endpoint) const;
    Response failed(const Request& request, std::string_view route,
                    const std::exception& error) const;

    const Router& router_;
    Hooks hooks_;
};

}  // namespace aksono::http
