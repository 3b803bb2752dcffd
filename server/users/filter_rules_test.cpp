// SPDX-License-Identifier: Apache-2.0
#include "users/filter_rules.h"

#include "base/matrix_error.h"

#include <catch2/catch.hpp>

using namespace aksono;

namespace {
std::string refusal(const char* text, users::FilterUse use = users::FilterUse::stored) {
    try {
        users::check_filter(Json::parse(text), use);
        return "";
    } catch (const MatrixError& error) {
        return error.errcode() + " " + error.text();
    }
}
}  // namespace

TEST_CASE("filter rules: what Synapse takes") {
    for (const char* filter :
         {"{}", R"({"room":{}})", R"({"bogus":1})", R"({"room":{"rooms":["!a:b"]}})",
          R"({"room":{"rooms":["!tZI7KG1SVOzBiqMfLTXZBXtr1TxayNbRFoVspvZzkBM"]}})",
          R"({"room":{"timeline":{"limit":-1}}})", R"({"room":{"timeline":{"limit":1.5}}})",
          R"({"event_fields":["a\\b",""]})", R"({"presence":{"contains_url":5,"rooms":5}})",
          R"({"room":{"timeline":{"related_by_senders":["bad"]}}})", R"({"n":null})"}) {
        CHECK(refusal(filter).empty());
    }
}

TEST_CASE("filter rules: Synapse's refusals, word for word") {
    CHECK(refusal(R"({"room":{"rooms":["bad"]}})") ==
          "M_UNKNOWN 'bad' is not a 'matrix_room_id'\n\nFailed validating 'format' in "
          "schema['properties']['room']['properties']['rooms']['items']:\n"
          "    {'type': 'string', 'format': 'matrix_room_id'}\n\n"
          "On instance['room']['rooms'][0]:\n    'bad'");
    CHECK(refusal(R"({"room":{"not_rooms":5}})") ==
          "M_UNKNOWN 5 is not of type 'array'\n\nFailed validating 'type' in "
          "schema['properties']['room']['properties']['not_rooms']:\n    {'type': 'array',\n"
          "     'items': {'type': 'string', 'format': 'matrix_room_id'}}\n\n"
          "On instance['room']['not_rooms']:\n    5");
    CHECK(refusal(R"({"presence":{"types":[1,2]}})") ==
          "M_UNKNOWN 2 is not of type 'string'\n\nFailed validating 'type' in "
          "schema['properties']['presence']['properties']['types']['items']:\n"
          "    {'type': 'string'}\n\nOn instance['presence']['types'][1]:\n    2");
    CHECK(refusal(R"({"event_format":"x"})") ==
          "M_UNKNOWN 'x' is not one of ['client', 'federation']\n\nFailed validating 'enum' in "
          "schema['properties']['event_format']:\n"
          "    {'type': 'string', 'enum': ['client', 'federation']}\n\n"
          "On instance['event_format']:\n    'x'");
    CHECK(refusal(R"({"room":{"state":{"lazy_load_members":null}}})") ==
          "M_UNKNOWN None is not of type 'boolean'\n\nFailed validating 'type' in "
          "schema['properties']['room']['properties']['state']['properties']"
          "['lazy_load_members']:\n    {'type': 'boolean'}\n\n"
          "On instance['room']['state']['lazy_load_members']:\n    None");
}

TEST_CASE("filter rules: where Synapse fails, a clean refusal") {
    for (const char* filter :
         {R"({"room":5})", R"({"room":null})", R"({"room":[]})", R"({"room":{"timeline":5}})",
          R"({"room":{"timeline":{"limit":"x"}}})", R"({"room":{"timeline":{"limit":null}}})"}) {
        CHECK(refusal(filter).starts_with("M_INVALID_PARAM "));
    }
}

TEST_CASE("filter rules: a part that is no object is refused with the part's rules") {
    const auto use = users::FilterUse::at_once;
    const auto room = refusal(R"({"room":[]})", use);
    CHECK(
        room.starts_with("M_UNKNOWN [] is not of type 'object'\n\nFailed validating 'type' in "
                         "schema['properties']['room']:\n    {'additionalProperties': True,\n"));
    CHECK(room.ends_with("'#/definitions/room_event_filter'}}}\n\nOn instance['room']:\n    []"));
    const auto timeline = refusal(R"({"room":{"timeline":5}})", use);
    CHECK(
        timeline.ends_with("'items': {'type': 'string'}}}}\n\n"
                           "On instance['room']['timeline']:\n    5"));
    CHECK(refusal(R"({"presence":5})").find("msc3874.not_rel_types") != std::string::npos);
    CHECK(refusal(R"({"room":{"timeline":{"limit":"x"}}})", use)
              .starts_with("M_UNKNOWN 'x' is not of type 'number'"));
}
