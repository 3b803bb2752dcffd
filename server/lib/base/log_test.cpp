// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include "base/log_file.h"
#include "base/log_format.h"
#include "base/log_settings.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::log;

namespace {

namespace fs = std::filesystem;

class Directory {
public:
    Directory() {
        char name[] = "/tmp/aksono-log-XXXXXX";
        path_ = ::mkdtemp(name);
    }
    ~Directory() { fs::remove_all(path_); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] std::string text(const std::string& name) const {
        std::ifstream in(file(name));
        return {std::istreambuf_iterator<char>(in), {}};
    }

private:
    std::string path_;
};

HandlerSettings file_handler(const std::string& path, const std::string& pattern) {
    HandlerSettings handler;
    handler.kind = HandlerSettings::Kind::file;
    handler.path = path;
    handler.format.pattern = pattern;
    return handler;
}

std::string formatted(const std::string& pattern, const Record& record) {
    FormatSettings settings;
    settings.pattern = pattern;
    return LineFormat(settings).format(record);
}

struct Restore {
    ~Restore() { configure(Settings::defaults()); }
};

}  // namespace

TEST_CASE("Python's fields, flags and widths") {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    const Record record{"synapse.app", Level::info, "hi", 12, "GET-1", 1795450440403};
    CHECK(formatted(kDefaultFormat, record) ==
          "2026-11-23 16:14:00,403 - synapse.app - 12 - INFO - GET-1 - hi\n");
    CHECK(formatted("%(levelname)-8s|%(lineno)4d|%(msecs)03d|%(levelno)s|%(name).5s|100%%",
                    record) == "INFO    |  12|403|20|synap|100%\n");
    CHECK(formatted("%(request)s", {"a", Level::error, "x", 0, "", 0}) == "None\n");
    CHECK(formatted("50% (x)", record) == "50% (x)\n");
    FormatSettings odd;
    odd.pattern = "%(funcName)s %(message)s";
    const LineFormat format(odd);
    CHECK(format.format(record) == " hi\n");
    CHECK(format.unknown_fields() == std::vector<std::string>{"funcName"});
}

TEST_CASE("lines as JSON") {
    FormatSettings settings;
    settings.kind = FormatSettings::Kind::terse_json;
    const Record record{"a.b", Level::warning, "h\"i\n", 1, "GET-1", 1795450440403};
    CHECK(
        LineFormat(settings).format(record) ==
        R"({"log":"h\"i\n","namespace":"a.b","level":"WARNING","time":1795450440.40,"request":"GET-1"})"
        "\n");
    settings.kind = FormatSettings::Kind::json;
    CHECK(LineFormat(settings).format({"a", Level::info, "\xff", 1, "", 0}) ==
          "{\"log\":\"\xEF\xBF\xBD\",\"namespace\":\"a\",\"level\":\"INFO\"}\n");
}

TEST_CASE("levels and handlers follow the dots of a logger's name") {
    const Restore restore;
    const Directory directory;
    Settings settings;
    settings.handlers["main"] = file_handler(directory.file("main"), "%(name)s %(message)s");
    settings.handlers["sql"] = file_handler(directory.file("sql"), "%(message)s");
    settings.handlers["errors"] = file_handler(directory.file("errors"), "%(message)s");
    settings.handlers["errors"].level = Level::error;
    settings.root.level = Level::info;
    settings.root.handlers = {"main", "errors"};
    settings.loggers["synapse.storage"].level = Level::debug;
    settings.loggers["synapse.storage.SQL"].handlers = {"sql"};
    settings.loggers["synapse.storage.SQL"].propagate = false;
    settings.loggers["quiet"].level = Level::error;
    configure(settings);

    CHECK(enabled("synapse.storage.txn", Level::debug));
    CHECK(enabled("synapse.storage.SQL", Level::debug));
    CHECK_FALSE(enabled("synapse.app", Level::debug));
    CHECK_FALSE(enabled("quiet.child", Level::warning));
    CHECK(enabled("quietly", Level::info));
    log::debug("synapse.storage.SQL", "select {}", 1);
    log::info("synapse.app", "up");
    log::error("synapse.app", "down");
    std::thread([] { log::info("other", "from a thread"); }).join();
    CHECK(directory.text("sql") == "select 1\n");
    CHECK(directory.text("main") == "synapse.app up\nsynapse.app down\nother from a thread\n");
    CHECK(directory.text("errors") == "down\n");
}

TEST_CASE("the request of the scope is in the line, and only there") {
    const Restore restore;
    const Directory directory;
    Settings settings;
    settings.handlers["main"] = file_handler(directory.file("main"), "%(request)s %(lineno)d");
    settings.root.level = Level::info;
    settings.root.handlers = {"main"};
    configure(settings);
    {
        const RequestScope outer("GET-1");
        {
            const RequestScope inner("task-2");
            log::info("a", "x");
        }
        const std::string* parked = swap_request(nullptr);
        log::info("a", "x");
        swap_request(parked);
        log::info("a", "x");
    }
    const auto text = directory.text("main");
    CHECK_THAT(text, Catch::StartsWith("task-2 "));
    CHECK_THAT(text, Catch::Contains("\nNone "));
    CHECK_THAT(text, Catch::Contains("\nGET-1 "));
    CHECK(text.find(" 0\n") == std::string::npos);
}

TEST_CASE("a log file is opened anew when asked, and by itself when it is watched") {
    const Restore restore;
    const Directory directory;
    Settings settings;
    settings.handlers["plain"] = file_handler(directory.file("plain"), "%(message)s");
    settings.handlers["watched"] = file_handler(directory.file("watched"), "%(message)s");
    settings.handlers["watched"].watched = true;
    settings.root.level = Level::info;
    settings.root.handlers = {"plain", "watched"};
    configure(settings);
    log::info("a", "one");
    fs::rename(directory.file("plain"), directory.file("plain.1"));
    fs::rename(directory.file("watched"), directory.file("watched.1"));
    log::info("a", "two");
    CHECK(directory.text("plain.1") == "one\ntwo\n");
    CHECK(directory.text("watched") == "two\n");
    reopen();
    log::info("a", "three");
    CHECK(directory.text("plain") == "three\n");
}

TEST_CASE("files rotate under Python's names") {
    const Directory directory;
    SECTION("by size") {
        auto settings = file_handler(directory.file("x"), "");
        settings.rotation = HandlerSettings::Rotation::by_size;
        settings.max_bytes = 10;
        settings.backup_count = 2;
        LogFile file(settings);
        for (const char* line : {"aaaaaa\n", "bbbbbb\n", "cccccc\n", "dddddd\n"})
            file.write(line, 0);
        CHECK(directory.text("x") == "dddddd\n");
        CHECK(directory.text("x.1") == "cccccc\n");
        CHECK(directory.text("x.2") == "bbbbbb\n");
        CHECK_FALSE(fs::exists(directory.file("x.3")));
    }
    SECTION("at midnight") {
        auto settings = file_handler(directory.file("x"), "");
        settings.rotation = HandlerSettings::Rotation::by_time;
        settings.when = 'N';
        settings.utc = true;
        settings.backup_count = 2;
        LogFile file(settings);
        const std::int64_t day = 86400000;
        const std::int64_t now = std::time(nullptr) * 1000LL;
        for (int i = 0; i < 4; ++i)
            file.write(std::to_string(i) + "\n", now + i * day);
        CHECK(directory.text("x") == "3\n");
        int backups = 0;
        for (const auto& entry : fs::directory_iterator(directory.file(""))) {
            backups += entry.path().filename().string().starts_with("x.20") ? 1 : 0;
        }
        CHECK(backups == 2);
    }
}

TEST_CASE("a file that cannot be opened leaves the log as it was") {
    Settings settings;
    settings.handlers["bad"] = file_handler("/nonexistent/dir/x", "%(message)s");
    CHECK_THROWS_WITH(configure(settings), Catch::Contains("/nonexistent/dir/x"));
    CHECK(enabled("a", Level::info));
}
