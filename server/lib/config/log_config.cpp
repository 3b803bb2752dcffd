// SPDX-License-Identifier: Apache-2.0
#include "config/log_config.h"

#include "base/log_format.h"
#include "config/error.h"
#include "config/files.h"
#include "config/section.h"
#include "config/yaml.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace aksono::config {

namespace {

using log::HandlerSettings;

struct LevelName {
    std::string_view name;
    log::Level level;
};

constexpr std::array<LevelName, 7> kLevels{{{"DEBUG", log::Level::debug},
                                            {"INFO", log::Level::info},
                                            {"WARNING", log::Level::warning},
                                            {"WARN", log::Level::warning},
                                            {"ERROR", log::Level::error},
                                            {"CRITICAL", log::Level::critical},
                                            {"FATAL", log::Level::critical}}};

std::optional<log::Level> read_level(const Section& section) {
    const Json* value = section.find("level");
    if (value == nullptr) return std::nullopt;
    if (value->is_number_integer()) {
        const auto number = value->get<std::int64_t>();
        if (number == 0) return std::nullopt;
        return static_cast<log::Level>(std::clamp<std::int64_t>((number + 9) / 10 - 1, 0, 4));
    }
    const std::string name = section.text("level", "");
    if (name == "NOTSET") return std::nullopt;
    for (const auto& known : kLevels) {
        if (known.name == name) return known.level;
    }
    section.refuse("level", fmt::format("Unknown level: '{}'", name),
                   "give DEBUG, INFO, WARNING, ERROR or CRITICAL");
}

/// «{name}» for «%(name)s».
std::string from_braces(const std::string& pattern) {
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const auto close = pattern.find('}', i);
        if (pattern[i] == '{' && close != std::string::npos) {
            const std::string field = pattern.substr(i + 1, close - i - 1);
            out += "%(" + field.substr(0, field.find_first_of(":!")) + ")s";
            i = close;
        } else {
            out += pattern[i] == '%' ? "%%" : std::string(1, pattern[i]);
        }
    }
    return out;
}

class Parser {
public:
    Parser(const Document& document, std::string path) : root_(document), path_(std::move(path)) {}

    LogConfig parse() {
        if (root_.integer("version", 0) != 1) {
            root_.refuse("version", "dictionary doesn't specify a version", "must be 1");
        }
        read_formatters();
        const Section handlers = root_.section("handlers");
        for (const auto& name : handlers.keys())
            read_handler(handlers, name, 0);
        read_loggers();
        if (root_.has("filters")) ignore("filters", "Aksono filters nothing");
        if (root_.boolean("incremental", false)) root_.refuse("incremental", "", "must be false");
        return std::move(result_);
    }

private:
    void ignore(const std::string& what, const std::string& why) {
        result_.ignored.push_back(fmt::format("{}: {} is ignored: {}", path_, what, why));
    }

    void read_formatters() {
        const Section formatters = root_.section("formatters");
        for (const auto& name : formatters.keys()) {
            const Section section = formatters.section(name);
            log::FormatSettings format;
            const std::string kind = section.text("class", section.text("()", ""));
            if (kind.ends_with(".TerseJsonFormatter")) {
                format.kind = log::FormatSettings::Kind::terse_json;
            } else if (kind.ends_with(".JsonFormatter")) {
                format.kind = log::FormatSettings::Kind::json;
            } else if (!kind.empty() && kind != "logging.Formatter" &&
                       kind != "synapse.logging.formatter.LogFormatter") {
                ignore(section.path_of("class"), kind + " is a Python class");
            }
            format.pattern = section.text("format", "%(message)s");
            const std::string style = section.text("style", "%");
            if (style == "{") format.pattern = from_braces(format.pattern);
            if (style == "$") ignore(section.path_of("style"), "only % and { are known");
            format.date_format = section.text("datefmt", "");
            const log::LineFormat line_format(format);
            for (const auto& field : line_format.unknown_fields()) {
                ignore(section.path_of("format") + ": %(" + field + ")", "it stays empty");
            }
            formats_[name] = std::move(format);
        }
    }

    void read_format(const Section& section, HandlerSettings& handler) {
        const auto name = section.maybe_text("formatter");
        handler.format.pattern = "%(message)s";
        if (!name) return;
        const auto it = formats_.find(*name);
        if (it == formats_.end()) section.refuse("formatter", "", "names no entry of formatters");
        handler.format = it->second;
    }

    /// Memory handlers stand for their target: lines are never held back here.
    void read_handler(const Section& handlers, const std::string& name, int depth) {
        if (result_.settings.handlers.contains(name)) return;
        const Section section = handlers.section(name);
        const std::string kind = section.text("class", section.text("()", ""));
        HandlerSettings handler;
        if (kind.ends_with("MemoryHandler")) {
            const std::string target = section.text("target", "");
            if (depth > 10 || !handlers.has(target)) {
                section.refuse("target", "", "names no entry of handlers");
            }
            read_handler(handlers, target, depth + 1);
            handler = result_.settings.handlers[target];
        } else {
            read_format(section, handler);
            read_place(section, kind, handler);
        }
        if (const auto level = read_level(section)) handler.level = std::max(handler.level, *level);
        if (section.has("filters") &&
            section.texts("filters") != std::vector<std::string>{"context"})
            ignore(section.path_of("filters"), "Aksono filters nothing");
        result_.settings.handlers[name] = std::move(handler);
    }

    void read_place(const Section& section, const std::string& kind, HandlerSettings& handler) {
        if (kind == "logging.StreamHandler") {
            const bool out = section.text("stream", "ext://sys.stderr") == "ext://sys.stdout";
            handler.kind = out ? HandlerSettings::Kind::standard_output
                               : HandlerSettings::Kind::standard_error;
        } else if (kind == "logging.NullHandler") {
            handler.kind = HandlerSettings::Kind::none;
        } else if (kind == "logging.FileHandler" || kind.starts_with("logging.handlers.") ||
                   kind == "logging.handlers.WatchedFileHandler") {
            read_file_handler(section, kind, handler);
        } else {
            if (kind.empty()) section.refuse("class", "", "is missing");
            ignore(section.path_of("class"), kind + " has no equal; its lines go to stderr");
        }
    }

    void read_file_handler(const Section& section, const std::string& kind,
                           HandlerSettings& handler) {
        static constexpr std::array<std::string_view, 4> kKinds{
            "logging.FileHandler", "logging.handlers.WatchedFileHandler",
            "logging.handlers.RotatingFileHandler", "logging.handlers.TimedRotatingFileHandler"};
        if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end()) {
            ignore(section.path_of("class"), kind + " has no equal; its lines go to stderr");
            return;
        }
        handler.kind = HandlerSettings::Kind::file;
        handler.path = section.text("filename", "");
        if (handler.path.empty()) section.refuse("filename", "", "is missing");
        handler.truncate = section.text("mode", "a").starts_with('w');
        handler.backup_count = static_cast<int>(section.integer("backupCount", 0));
        handler.watched = kind == kKinds[1];
        if (kind == kKinds[2]) {
            handler.rotation = HandlerSettings::Rotation::by_size;
            handler.max_bytes = section.integer("maxBytes", 0);
        }
        if (kind == kKinds[3]) read_times(section, handler);
    }

    static void read_times(const Section& section, HandlerSettings& handler) {
        handler.rotation = HandlerSettings::Rotation::by_time;
        handler.interval = static_cast<int>(section.integer("interval", 1));
        handler.utc = section.boolean("utc", false);
        std::string when = section.text("when", "h");
        for (auto& c : when)
            c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
        if (when == "MIDNIGHT") {
            handler.when = 'N';
        } else if (when.size() == 2 && when[0] == 'W' && when[1] >= '0' && when[1] <= '6') {
            handler.when = when[1];
        } else if (when.size() == 1 && std::string_view("SMHD").find(when) != std::string::npos) {
            handler.when = when[0];
        } else {
            section.refuse("when", "Invalid rollover interval specified: " + when,
                           "give S, M, H, D, W0 to W6 or midnight");
        }
    }

    log::LoggerSettings read_logger(const Section& section) {
        log::LoggerSettings logger;
        logger.level = read_level(section);
        logger.handlers = section.texts("handlers");
        logger.propagate = section.boolean("propagate", true);
        for (const auto& name : logger.handlers) {
            if (!result_.settings.handlers.contains(name)) {
                section.refuse("handlers", "", "names no entry of handlers: " + name);
            }
        }
        return logger;
    }

    void read_loggers() {
        result_.settings.root = read_logger(root_.section("root"));
        const Section loggers = root_.section("loggers");
        for (const auto& name : loggers.keys()) {
            result_.settings.loggers[name] = read_logger(loggers.section(name));
        }
    }

    Section root_;
    std::string path_;
    std::map<std::string, log::FormatSettings> formats_;
    LogConfig result_;
};

}  // namespace

LogConfig parse_log_config(const std::string& text, const std::string& path) {
    Document document;
    document.files = {path};
    try {
        document.options = parse_yaml(text).root;
    } catch (const YamlError& error) {
        throw ConfigError({.sentence = error.what(),
                           .file = path,
                           .option = {},
                           .advice = "correct the YAML there",
                           .path = {}});
    }
    if (!document.options.is_object()) {
        throw ConfigError({.sentence = {},
                           .file = path,
                           .option = {},
                           .advice = "must be a Python logging configuration (a mapping)",
                           .path = {}});
    }
    return Parser(document, path).parse();
}

LogConfig read_log_config(const std::string& path) {
    const auto text = read_file(path);
    if (!text) {
        throw ConfigError({.sentence = text.error(),
                           .file = path,
                           .option = "log_config",
                           .advice = "name a Python logging configuration that can be read",
                           .path = {}});
    }
    return parse_log_config(*text, path);
}

}  // namespace aksono::config
