// SPDX-License-Identifier: Apache-2.0
#include "sqlite_file.h"

#include <filesystem>
#include <sqlite3.h>

namespace aksono::migrate {

namespace {

void require(int code, int wanted, sqlite3* file) {
    if (code != wanted) throw SqliteError(sqlite3_errmsg(file));
}

bool has_bytes(const std::string& path) {
    std::error_code error;
    return std::filesystem::file_size(path, error) > 0 && !error;
}

/// Without a log of what is not in the file yet there is nothing to share with other processes, and
/// SQLite need not leave files beside it.
std::string uri_of(const std::string& path) {
    std::string uri = "file:";
    for (const char c : path) {
        const bool special = c == '?' || c == '#' || c == '%';
        uri += special ? (c == '?' ? "%3f" : c == '#' ? "%23" : "%25") : std::string(1, c);
    }
    const bool whole = !has_bytes(path + "-wal") && !has_bytes(path + "-journal");
    return uri + (whole ? "?immutable=1" : "?mode=ro");
}

}  // namespace

void SqliteRows::Finish::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

SqliteRows::SqliteRows(sqlite3* file, const std::string& sql) : file_(file) {
    sqlite3_stmt* statement = nullptr;
    require(
        sqlite3_prepare_v2(file, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr),
        SQLITE_OK, file);
    statement_.reset(statement);
}

void SqliteRows::bind(int number, std::int64_t value) {
    require(sqlite3_bind_int64(statement_.get(), number, value), SQLITE_OK, file_);
}

void SqliteRows::bind(int number, const std::string& value) {
    require(sqlite3_bind_text(statement_.get(), number, value.data(),
                              static_cast<int>(value.size()), SQLITE_TRANSIENT),
            SQLITE_OK, file_);
}

bool SqliteRows::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_DONE) return false;
    require(code, SQLITE_ROW, file_);
    return true;
}

SqliteRows::Kind SqliteRows::kind(int column) const {
    switch (sqlite3_column_type(statement_.get(), column)) {
        case SQLITE_INTEGER:
            return Kind::integer;
        case SQLITE_FLOAT:
            return Kind::real;
        case SQLITE_TEXT:
            return Kind::text;
        case SQLITE_BLOB:
            return Kind::blob;
        default:
            return Kind::null;
    }
}

std::int64_t SqliteRows::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

double SqliteRows::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

std::string_view SqliteRows::bytes(int column) const {
    // Unlike sqlite3_column_blob(), _text() turns the text of a UTF-16 file into UTF-8.
    const bool text = kind(column) == Kind::text;
    const void* data = text ? sqlite3_column_text(statement_.get(), column)
                            : sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return data == nullptr
               ? std::string_view()
               : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

void SqliteFile::Close::operator()(sqlite3* file) const {
    sqlite3_close(file);
}

SqliteFile::SqliteFile(const std::string& path) {
    sqlite3* file = nullptr;
    const int code = sqlite3_open_v2(uri_of(path).c_str(), &file,
                                     SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
    file_.reset(file);
    require(code, SQLITE_OK, file);
    sqlite3_busy_timeout(file, 2000);
}

std::int64_t SqliteFile::number(const std::string& sql) {
    auto rows = query(sql);
    return rows.step() ? rows.integer(0) : 0;
}

void SqliteFile::run(const std::string& sql) {
    auto rows = query(sql);
    while (rows.step()) {
    }
}

std::string quote_for_sqlite(const std::string& name) {
    std::string out = "\"";
    for (const char c : name)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

}  // namespace aksono::migrate
