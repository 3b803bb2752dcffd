// SPDX-License-Identifier: Apache-2.0
#include "config/log_config.h"

#include "config/error.h"

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::config;
using log::HandlerSettings;

TEST_CASE("the log configuration that Synapse generates") {
    const auto config = parse_log_config(R"(
version: 1
formatters:
    precise:
        format: '%(asctime)s - %(name)s - %(lineno)d - %(levelname)s - %(request)s - %(message)s'
handlers:
    file:
        class: logging.handlers.TimedRotatingFileHandler
        formatter: precise
        filename: /var/log/homeserver.log
        when: midnight
        backupCount: 3
        encoding: utf8
    buffer:
        class: synapse.logging.handlers.PeriodicallyFlushingMemoryHandler
        target: file
        capacity: 10
        flushLevel: 30
        period: 5
    console:
        class: logging.StreamHandler
        formatter: precise
loggers:
    synapse.storage.SQL: {level: INFO}
    twisted: {handlers: [file], propagate: false}
root:
    level: INFO
    handlers: [buffer]
disable_existing_loggers: false
)",
                                         "log.yaml");
    CHECK(config.ignored.empty());
    const auto& buffer = config.settings.handlers.at("buffer");
    CHECK(buffer.kind == HandlerSettings::Kind::file);
    CHECK(buffer.path == "/var/log/homeserver.log");
    CHECK(buffer.rotation == HandlerSettings::Rotation::by_time);
    CHECK(buffer.when == 'N');
    CHECK(buffer.backup_count == 3);
    CHECK(config.settings.handlers.at("console").kind == HandlerSettings::Kind::standard_error);
    CHECK(config.settings.root.handlers == std::vector<std::string>{"buffer"});
    CHECK(config.settings.root.level == log::Level::info);
    CHECK_FALSE(config.settings.loggers.at("twisted").propagate);
    CHECK(config.settings.loggers.at("synapse.storage.SQL").level == log::Level::info);
}

TEST_CASE("what has no equal is said, and its lines are not lost") {
    const auto config = parse_log_config(R"(
version: 1
filters: {context: {'()': synapse.logging.context.LoggingContextFilter
}
}
formatters:
    a: {format: '{levelname} {message} 100%', style: '{'}
    b: {format: '%(funcName)s'}
    c: {class: synapse.logging.TerseJsonFormatter}
handlers:
    journal: {class: systemd.journal.JournalHandler, formatter: a}
    syslog: {class: logging.handlers.SysLogHandler, formatter: b}
    out: {class: logging.StreamHandler, stream: 'ext://sys.stdout', formatter: c, level: ERROR}
root: {level: 30, handlers: [journal, syslog, out]}
)",
                                         "log.yaml");
    CHECK(config.ignored.size() == 4);
    CHECK(config.settings.handlers.at("journal").kind == HandlerSettings::Kind::standard_error);
    CHECK(config.settings.handlers.at("journal").format.pattern ==
          "%(levelname)s %(message)s 100%%");
    CHECK(config.settings.handlers.at("out").kind == HandlerSettings::Kind::standard_output);
    CHECK(config.settings.handlers.at("out").level == log::Level::error);
    CHECK(config.settings.handlers.at("out").format.kind == log::FormatSettings::Kind::terse_json);
    CHECK(config.settings.root.level == log::Level::warning);
}

TEST_CASE("broken log configurations are refused in one line") {
    struct Sample {
        const char* yaml;
        const char* line;
    };
    const auto sample = GENERATE(values<Sample>({
        {"root: {level: INFO}", "dictionary doesn't specify a version; log.yaml: version"},
        {"foo", "must be a Python logging configuration"},
        {"a: [1", "correct the YAML"},
        {"version: 1\nroot: {level: LOUD}", "Unknown level: 'LOUD'; log.yaml: root.level"},
        {"version: 1\nroot: {handlers: [nope]}", "names no entry of handlers: nope"},
        {"version: 1\nhandlers: {f: {class: logging.FileHandler}}",
         "handlers.f.filename: is missing"},
        {"version: 1\nhandlers: {f: {class: logging.StreamHandler, formatter: x}}",
         "names no entry of formatters"},
        {"version: 1\nhandlers: {f: {class: logging.handlers.MemoryHandler, target: f}}",
         "names no entry of handlers"},
        {"version: 1\nhandlers: {f: {class: logging.handlers.TimedRotatingFileHandler, filename: "
         "x, "
         "when: Z}}",
         "Invalid rollover interval specified: Z"},
    }));
    CAPTURE(sample.yaml);
    CHECK_THROWS_WITH(parse_log_config(sample.yaml, "log.yaml"),
                      Catch::StartsWith("Error in configuration") && Catch::Contains(sample.line));
    CHECK_THROWS_WITH(read_log_config("/nonexistent/log.yaml"),
                      Catch::Contains("[Errno 2] No such file or directory"));
}
