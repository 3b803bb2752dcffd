// SPDX-License-Identifier: Apache-2.0
#include "http/message.h"

#include <algorithm>
#include <array>

namespace aksono::http {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods{{
    {Method::get, "GET"},
    {Method::head, "HEAD"},
    {Method::post, "POST"},
    {Method::put, "PUT"},
    {Method::delete_, "DELETE"},
    {Method::options, "OPTIONS"},
    {Method::patch, "PATCH"},
}};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view method_name(Method method) {
    for (const auto& [known, name] : kMethods) {
        if (known == method) return name;
    }
    return "OTHER";
}

Method parse_method(std::string_view name) {
    for (const auto& [method, known] : kMethods) {
        if (known == name) return method;
    }
    return Method::other;
}

void Headers::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
    std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
    add(std::move(name), std::move(value));
}

const std::string* Headers::find(std::string_view name) const {
    for (const auto& [key, value] : fields_) {
        if (same_name(key, name)) return &value;
    }
    return nullptr;
}

void Query::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

const std::string* Query::find(std::string_view name) const {
    for (const auto& [key, value] : fields_) {
        if (key == name) return &value;
    }
    return nullptr;
}

std::vector<std::string> Query::all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : fields_) {
        if (key == name) values.push_back(value);
    }
    return values;
}

Response Response::json(const Json& body, int status) {
    return json_text(dump_json(body), status);
}

Response Response::json_text(std::string body, int status) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.headers.add("Content-Type", "application/json");
    response.headers.add("Cache-Control", "no-cache, no-store, must-revalidate");
    response.add_cors_headers();
    return response;
}

Response Response::html(std::string body, int status) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.headers.add("Content-Type", "text/html; charset=utf-8");
    return response;
}

Response Response::text(std::string body, int status) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.headers.add("Content-Type", "text/plain");
    return response;
}

void Response::add_cors_headers() {
    headers.set("Access-Control-Allow-Origin", "*");
    headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
    headers.set("Access-Control-Allow-Headers",
                "X-Requested-With, Content-Type, Authorization, Date");
    headers.set("Access-Control-Expose-Headers", "Synapse-Trace-Id, Server");
}

}  // namespace aksono::http
