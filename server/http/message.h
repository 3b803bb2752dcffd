// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aksono::http {

enum class Method { get, head, post, put, delete_, options, patch, other };

/// Header fields in order; names compare without case.
class Headers {
public:
    void add(std::string name, std::string value);
    void set(std::string name, std::string value);  // replaces all of that name
    [[nodiscard]] const std::string* find(std::string_view name) const;  // the first
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const {
        return fields_;
    }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// Query parameters, decoded, in order.
class Query {
public:
    void add(std::string name, std::string value);
    [[nodiscard]] const std::string* find(std::string_view name) const;  // the first
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
    Method method = Method::get;
    std::string target;  ///< as it stood on the request line
    std::string path;    ///< without query, still percent-encoded
    Query query;
    Headers headers;
    std::string body;
    std::string client_ip;  ///< X-Forwarded-For honoured where the listener says so
    std::string site;       ///< the listener's tag, for the request log
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;

    static Response json(const Json& body, int status = 200);
    static Response json_text(std::string body, int status = 200);  ///< already serialised
    static Response html(std::string body, int status = 200);
};

}  // namespace aksono::http
