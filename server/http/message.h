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

std::string_view method_name(Method method);
/// Methods are case-sensitive; anything unknown is `other`.
Method parse_method(std::string_view name);

/// Whether two header names are the same: case does not count.
bool same_name(std::string_view a, std::string_view b);

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

/// Query parameters, decoded, in order. Values are bytes, not always UTF-8.
class Query {
public:
    void add(std::string name, std::string value);
    [[nodiscard]] const std::string* find(std::string_view name) const;  // the first
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
        return fields_;
    }

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
    std::string id;         ///< «GET-12», as the logs name it
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;

    /// With the headers that Synapse sends with every JSON answer: no caching, and CORS for all.
    static Response json(const Json& body, int status = 200);
    static Response json_text(std::string body, int status = 200);  ///< already serialised
    static Response html(std::string body, int status = 200);
    static Response text(std::string body, int status = 200);

    /// https://spec.matrix.org/latest/client-server-api/#web-browser-clients
    void add_cors_headers();
};

}  // namespace aksono::http
