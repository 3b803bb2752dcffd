// SPDX-License-Identifier: Apache-2.0
#include "http/dispatcher.h"

#include "base/log.h"
#include "http/errors.h"
#include "http/request_log.h"

#include <fmt/format.h>

namespace aksono::http {
namespace {

constexpr std::string_view kLogger = "synapse.http.server";

std::string describe_request(const Request& request) {
    return fmt::format("<Request method='{}' uri='{}' site='{}'>", method_name(request.method),
                       redacted(request.target), request.site);
}

/// Paths that answer in JSON whatever is wrong.
bool speaks_json(std::string_view path) {
    if (path.starts_with("/_matrix/static")) return false;
    return path.starts_with("/_matrix") || path.starts_with("/_synapse") ||
           path == "/.well-known/matrix/client";
}

Response not_found(const Request& request, Resources listener, bool path_known) {
    if (path_known) {
        return speaks_json(request.path)
                   ? error_response(MatrixError::unrecognized(405))
                   : page_method_not_allowed(method_name(request.method), request.path);
    }
    if (request.path.starts_with("/health/")) return bare_error(MatrixError::unrecognized(404));
    return unknown_is_json(request.path, listener) ? error_response(MatrixError::unrecognized(404))
                                                   : page_not_found();
}

/// https://spec.matrix.org/latest/client-server-api/#web-browser-clients
Response preflight() {
    Response response;
    response.status = 204;
    response.add_cors_headers();
    return response;
}

std::string requester_name(const Call& call) {
    if (!call.has_requester()) return "None";
    const Requester& requester = call.requester();
    const std::string& user = requester.user.str();
    const std::string& real = requester.authenticated_as.str();
    return real.empty() || real == user ? user : real + "|" + user;
}

}  // namespace

Dispatcher::Answer Dispatcher::answer(const Request& request, Waiter& waiter, Resources listener,
                                      Router::Found found) const {
    if (request.method == Method::options) return {preflight(), "", "None"};
    if (found.endpoint == nullptr) {
        // A row that is not built is as good as unknown.
        const bool other_method = found.path_known && found.route == nullptr;
        return {not_found(request, listener, other_method), "", "None"};
    }
    Call call(request, waiter, std::move(found.parameters));
    Answer answer{{}, found.route->path, {}};
    try {
        answer.response = run(call, *found.endpoint);
    } catch (const MatrixError& error) {
        log::info(kLogger, "{} SynapseError: {} - {}", describe_request(request), error.status(),
                  error.text());
        answer.response = error_response(error);
    } catch (const Cancelled&) {
        throw;
    } catch (const std::exception& error) {
        answer.response = failed(request, found.route->path, error);
    }
    answer.requester = requester_name(call);
    return answer;
}

Response Dispatcher::run(Call& call, const Endpoint& endpoint) const {
    hooks_.authenticate(call, endpoint.access);
    return endpoint.handle(call);
}

Response Dispatcher::failed(const Request& request, std::string_view route,
                            const std::exception& error) const {
    if (hooks_.translate) {
        if (const auto refusal = hooks_.translate(error)) {
            log::info(kLogger, "{} SynapseError: {} - {}", describe_request(request),
                      refusal->status(), refusal->text());
            return error_response(*refusal);
        }
    }
    log::error(kLogger,
               "Failed handle request via '{}': {}\nTraceback (most recent call last):\n{}", route,
               describe_request(request), describe(error));
    return error_response(MatrixError::unknown(500, "Internal server error"));
}

}  // namespace aksono::http
