// SPDX-License-Identifier: Apache-2.0
#include "http/errors.h"

#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <typeinfo>

#include <fmt/format.h>

namespace aksono::http {
namespace {

std::string type_name(const std::exception& error) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status), &std::free);
    return status == 0 ? name.get() : typeid(error).name();
}

Response page(int status, std::string_view title, std::string_view text) {
    return Response::html(fmt::format("\n<html>\n  <head><title>{0} - {1}</title></head>\n"
                                      "  <body>\n    <h1>{1}</h1>\n    <p>{2}</p>\n"
                                      "  </body>\n</html>\n",
                                      status, title, text),
                          status);
}

}  // namespace

Response error_response(const MatrixError& error) {
    const Json body = error.body();
    Response response = Response::json(body, error.status());
    if (error.status() == 429) {
        if (const Json* wait = find_member(body, "retry_after_ms"); wait && wait->is_number()) {
            const auto seconds = (wait->get<std::int64_t>() + 999) / 1000;
            response.headers.set("Retry-After", std::to_string(seconds));
        }
    }
    return response;
}

Response bare_error(const MatrixError& error) {
    Response response;
    response.status = error.status();
    response.body = dump_json(error.body());
    response.headers.add("Content-Type", "text/html");
    return response;
}

Response page_not_found() {
    return page(404, "No Such Resource", "Sorry. No luck finding that resource.");
}

Response page_method_not_allowed(std::string_view method, std::string_view path) {
    // The front page alone answers OPTIONS by itself.
    const std::string allowed = path == "/" ? "HEAD, OPTIONS, GET" : "HEAD, GET";
    Response response =
        page(405, "Method Not Allowed",
             fmt::format("Your browser approached me (at {}) with the method \"{}\".  I only allow "
                         "the methods {} here.",
                         path, method, allowed));
    response.headers.set("Allow", allowed);
    return response;
}

std::string describe(const std::exception& error) {
    std::string text = type_name(error) + ": " + error.what();
    try {
        std::rethrow_if_nested(error);
    } catch (const std::exception& inner) {
        text += "\n  caused by " + describe(inner);
    }
    return text;
}

}  // namespace aksono::http
