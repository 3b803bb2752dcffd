// SPDX-License-Identifier: Apache-2.0
#include "push/actions.h"

namespace aksono::push {

namespace {

constexpr std::string_view kPlain = R"(["notify",{"set_tweak":"highlight","value":false}])";
constexpr std::string_view kHighlight =
    R"(["notify",{"set_tweak":"sound","value":"default"},{"set_tweak":"highlight"}])";

std::string ascii(const Json& value) {
    return value.dump(-1, ' ', true);
}

/// set_tweak and value come first, further members in the order of their names.
std::string tweak_text(const Json& tweak) {
    std::string text = R"({"set_tweak":)" + ascii(tweak["set_tweak"]);
    if (const Json* value = find_member(tweak, "value")) text += ",\"value\":" + ascii(*value);
    for (const auto& [name, value] : tweak.items()) {
        if (name == "set_tweak" || name == "value") continue;
        text += "," + ascii(name) + ":" + ascii(value);
    }
    return text + "}";
}

bool asks_for_highlight(const Json& tweak) {
    const Json* value = find_member(tweak, "value");
    return value == nullptr || *value != Json(false);
}

}  // namespace

Actions read_actions(const Json& list) {
    Actions actions;
    std::string text;
    bool highlight_known = false;
    const auto store = [&text](const std::string& item) {
        text += (text.empty() ? "" : ",") + item;
    };
    if (!list.is_array()) return actions;
    for (Json action : list) {
        if (action == "notify") {
            actions.notify = true;
            store(R"("notify")");
        } else if (find_string(action, "set_tweak") != nullptr) {
            if (const Json* value = find_member(action, "value"); value && value->is_null()) {
                action.erase("value");
            }
            store(tweak_text(action));
            if (action["set_tweak"] == "highlight" && !highlight_known) {
                highlight_known = true;
                actions.highlight = asks_for_highlight(action);
            }
        }
        actions.json.push_back(std::move(action));
    }
    text = "[" + text + "]";
    if (text != kPlain && text != kHighlight) actions.stored = std::move(text);
    return actions;
}

}  // namespace aksono::push
