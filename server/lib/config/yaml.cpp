// SPDX-License-Identifier: Apache-2.0
#include "config/yaml.h"

#include "base/base64.h"
#include "config/scalar.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace aksono::config {

namespace {

constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";
constexpr int kMaxDepth = 100;

[[noreturn]] void fail(const std::string& what, const YAML::Mark& mark) {
    if (mark.is_null()) throw YamlError(what);
    throw YamlError(fmt::format("{}, line {}, column {}", what, mark.line + 1, mark.column + 1));
}

Json tagged_scalar(const YAML::Node& node, std::string_view kind) {
    const std::string& text = node.Scalar();
    if (kind == "str") return text;
    if (kind == "null") return nullptr;
    if (kind == "bool") {
        if (const auto value = yaml_boolean(text)) return *value;
    } else if (kind == "int") {
        if (auto value = yaml_integer(text)) return std::move(*value);
    } else if (kind == "float") {
        if (const auto value = yaml_float(text)) return *value;
        if (auto value = yaml_integer(text)) return value->get<double>();
    } else if (kind == "binary") {
        if (auto value = base64_decode(text)) return std::move(*value);
    } else {
        fail("could not determine a constructor for the tag '" + node.Tag() + "'", node.Mark());
    }
    fail("'" + text + "' is not of the kind that its tag says", node.Mark());
}

class Reader {
public:
    explicit Reader(std::vector<std::string>& duplicates) : duplicates_(duplicates) {}

    Json read(const YAML::Node& node, const std::string& path, int depth) {
        if (depth > kMaxDepth) fail("nested too deeply", node.Mark());
        if (!node.IsDefined() || node.IsNull()) return nullptr;
        if (node.IsScalar()) return scalar(node);
        check_tag(node);
        return node.IsSequence() ? sequence(node, path, depth) : mapping(node, path, depth);
    }

private:
    static Json scalar(const YAML::Node& node) {
        const std::string& tag = node.Tag();
        if (tag == "!") return node.Scalar();  // quoted or a block
        if (tag.empty() || tag == "?") return resolve_plain_scalar(node.Scalar());
        if (tag.starts_with(kCoreTag)) {
            return tagged_scalar(node, std::string_view(tag).substr(kCoreTag.size()));
        }
        fail("could not determine a constructor for the tag '" + tag + "'", node.Mark());
    }

    static void check_tag(const YAML::Node& node) {
        const std::string& tag = node.Tag();
        const bool plain = tag.empty() || tag == "?" || tag == "!";
        if (plain || tag == "tag:yaml.org,2002:map" || tag == "tag:yaml.org,2002:seq") return;
        fail("could not determine a constructor for the tag '" + tag + "'", node.Mark());
    }

    Json sequence(const YAML::Node& node, const std::string& path, int depth) {
        Json list = Json::array();
        for (const auto& item : node) {
            list.push_back(read(item, fmt::format("{}.{}", path, list.size()), depth + 1));
        }
        return list;
    }

    Json mapping(const YAML::Node& node, const std::string& path, int depth) {
        Json merged = Json::object();
        Json own = Json::object();
        for (const auto& pair : node) {
            if (!pair.first.IsScalar() && !pair.first.IsNull()) {
                fail("found unhashable key", pair.first.Mark());
            }
            const bool quoted = pair.first.IsScalar() && pair.first.Tag() == "!";
            const std::string key = pair.first.IsNull() ? "null" : key_text(pair.first);
            const std::string where = path.empty() ? key : path + "." + key;
            if (key == "<<" && !quoted) {
                merge(merged, pair.second, where, depth);
                continue;
            }
            if (own.contains(key)) duplicates_.push_back(where);
            own[key] = read(pair.second, where, depth + 1);
        }
        merged.update(own);
        return merged;
    }

    /// A merged mapping gives what the mapping itself does not have; of several the first counts.
    void merge(Json& into, const YAML::Node& node, const std::string& path, int depth) {
        const Json value = read(node, path, depth + 1);
        const Json list = value.is_array() ? value : Json::array({value});
        for (const auto& source : list) {
            if (!source.is_object()) fail("expected a mapping for merging", node.Mark());
            for (const auto& [key, member] : source.items())
                into.emplace(key, member);
        }
    }

    static std::string key_text(const YAML::Node& key) {
        const Json value = scalar(key);
        return value.is_string() ? value.get<std::string>() : key.Scalar();
    }

    std::vector<std::string>& duplicates_;
};

}  // namespace

YamlDocument parse_yaml(const std::string& text) {
    if (text.find('\0') != std::string::npos) {
        throw YamlError("unacceptable character #x0000: special characters are not allowed");
    }
    YamlDocument document;
    try {
        const auto documents = YAML::LoadAll(text);
        if (documents.size() > 1) {
            fail("expected a single document in the stream, but found another document",
                 documents[1].Mark());
        }
        if (!documents.empty()) {
            document.root = Reader(document.duplicate_keys).read(documents[0], "", 0);
        }
    } catch (const YAML::Exception& error) {
        fail(error.msg, error.mark);
    }
    return document;
}

}  // namespace aksono::config
