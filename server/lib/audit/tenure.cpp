// SPDX-License-Identifier: Apache-2.0
#include "audit/tenure.h"

#include <algorithm>
#include <sstream>

namespace aksono::audit {

namespace {

std::string text_in(const Json& object, const char* member) {
    const std::string* text = find_string(object, member);
    return text != nullptr ? *text : "";
}

std::int64_t integer_in(const Json& object, const char* member) {
    const Json* value = find_member(object, member);
    return value != nullptr && value->is_number_integer() ? value->get<std::int64_t>() : 0;
}

Marks marks_of(const Json& line) {
    Marks marks{integer_in(line, "at"), text_in(line, "lsn"), {}};
    const Json* sequences = find_member(line, "sequences");
    if (sequences == nullptr || !sequences->is_object()) return marks;
    for (const auto& [name, value] : sequences->items()) {
        if (value.is_number_integer()) marks.sequences[name] = value.get<std::int64_t>();
    }
    return marks;
}

Tenure begun(const Json& line) {
    const Json* database = find_member(line, "database");
    const Json& place = database != nullptr ? *database : line;
    return {.name = text_in(line, "tenure"),
            .build = text_in(line, "build"),
            .server_name = text_in(line, "server_name"),
            .system_identifier = text_in(place, "system_identifier"),
            .database_oid = integer_in(place, "oid"),
            .begin = marks_of(line),
            .end = std::nullopt,
            .reason = ""};
}

bool take(const Json& line, std::vector<Tenure>& runs) {
    const std::string event = text_in(line, "event");
    const std::string name = text_in(line, "tenure");
    if (name.empty()) return false;
    if (event == "begin") {
        runs.push_back(begun(line));
        return true;
    }
    const auto run = std::ranges::find(runs, name, &Tenure::name);
    if (event != "end" || run == runs.end()) return false;
    run->end = marks_of(line);
    run->reason = text_in(line, "reason");
    return true;
}

}  // namespace

Tenures read_tenures(const std::string& text) {
    Tenures tenures;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) continue;
        const auto json = parse_json(line);
        if (!json || !take(*json, tenures.runs)) ++tenures.broken;
    }
    return tenures;
}

}  // namespace aksono::audit
