// SPDX-License-Identifier: Apache-2.0
#include "pg/load_session.h"

#include "pg/conninfo.h"
#include "pg/errors.h"

#include <libpq-fe.h>

namespace aksono::pg {

namespace {

struct Clear {
    void operator()(pg_result* answer) const { PQclear(answer); }
};
using Answer = std::unique_ptr<pg_result, Clear>;

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text;
}

std::string field(const pg_result* answer, int which) {
    const char* text = PQresultErrorField(answer, which);
    return text == nullptr ? "" : text;
}

/// What went wrong, with which row and column it was about.
void require(const pg_result* answer, ExecStatusType wanted, const std::string& sql) {
    const auto status = PQresultStatus(answer);
    if (status == wanted || (wanted == PGRES_COMMAND_OK && status == PGRES_TUPLES_OK)) return;
    auto text = field(answer, PG_DIAG_MESSAGE_PRIMARY);
    if (text.empty()) text = trimmed(PQresultErrorMessage(answer));
    for (const int more : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_CONTEXT}) {
        const auto said = field(answer, more);
        if (!said.empty()) text += "; " + said;
    }
    throw SqlError(text, sql, field(answer, PG_DIAG_SQLSTATE).c_str());
}

}  // namespace

void LoadSession::Close::operator()(pg_conn* session) const {
    PQfinish(session);
}

LoadSession::LoadSession(const ConnectionSettings& settings)
    : session_(PQconnectdb(Conninfo::parse(settings.conninfo)
                               .with("application_name", settings.application_name)
                               .str()
                               .c_str())) {
    if (!session_ || PQstatus(session_.get()) != CONNECTION_OK) lost();
    PQsetNoticeProcessor(session_.get(), [](void*, const char*) {}, nullptr);
    run("SET statement_timeout = " + std::to_string(settings.statement_timeout) +
        "; SET client_min_messages = warning");
}

LoadSession::~LoadSession() = default;
LoadSession::LoadSession(LoadSession&&) noexcept = default;
LoadSession& LoadSession::operator=(LoadSession&&) noexcept = default;

void LoadSession::lost() const {
    throw BrokenConnection(trimmed(PQerrorMessage(session_.get())));
}

void LoadSession::run(const std::string& sql) {
    const Answer answer(PQexec(session_.get(), sql.c_str()));
    if (PQstatus(session_.get()) != CONNECTION_OK) lost();
    require(answer.get(), PGRES_COMMAND_OK, sql);
}

void LoadSession::copy(const std::string& statement, const CopyText& rows) {
    const Answer begun(PQexec(session_.get(), statement.c_str()));
    if (PQstatus(session_.get()) != CONNECTION_OK) lost();
    require(begun.get(), PGRES_COPY_IN, statement);
    const auto& text = rows.str();
    if (PQputCopyData(session_.get(), text.data(), static_cast<int>(text.size())) != 1) lost();
    if (PQputCopyEnd(session_.get(), nullptr) != 1) lost();
    const Answer ended(PQgetResult(session_.get()));
    if (PQstatus(session_.get()) != CONNECTION_OK) lost();
    require(ended.get(), PGRES_COMMAND_OK, statement);
    while (const Answer rest{PQgetResult(session_.get())}) {
    }
}

}  // namespace aksono::pg
