// SPDX-License-Identifier: Apache-2.0
#include "pg/pipeline.h"

#include "pg/conninfo.h"

#include <libpq-fe.h>
#include <stdexcept>

namespace aksono::pg {

namespace {

struct Clear {
    void operator()(pg_result* answer) const { PQclear(answer); }
};
using Answer = std::unique_ptr<pg_result, Clear>;

std::string first_line(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text;
}

}  // namespace

StatementFailed::StatementFailed(std::string statement, std::string sqlstate,
                                 const std::string& message)
    : statement_(std::move(statement)),
      sqlstate_(std::move(sqlstate)),
      what_(statement_ + ": " + first_line(message)) {}

void Pipeline::Close::operator()(pg_conn* session) const {
    PQfinish(session);
}

Pipeline::Pipeline(const ConnectionSettings& settings)
    : session_(PQconnectdb(Conninfo::parse(settings.conninfo)
                               .with("application_name", settings.application_name)
                               .str()
                               .c_str())) {
    if (!usable()) throw std::runtime_error(first_line(PQerrorMessage(session_.get())));
    // libpq does not tell it any more once the connection is lost.
    backend_ = PQbackendPID(session_.get());
    PQsetNoticeProcessor(session_.get(), [](void*, const char*) {}, nullptr);
    run(("SET statement_timeout = " + std::to_string(settings.statement_timeout)).c_str());
    run("SET client_min_messages = warning");
    if (PQenterPipelineMode(session_.get()) != 1) {
        throw std::runtime_error("cannot enter pipeline mode");
    }
}

Pipeline::~Pipeline() = default;

bool Pipeline::usable() const {
    return session_ && PQstatus(session_.get()) == CONNECTION_OK;
}

void Pipeline::run(const char* sql) {
    const Answer answer(PQexec(session_.get(), sql));
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) {
        throw std::runtime_error(first_line(PQerrorMessage(session_.get())));
    }
}

void Pipeline::queue(const char* sql) {
    if (PQsendQueryParams(session_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 0) != 1) {
        lost();
    }
    queued_.push_back({sql, false});
}

void Pipeline::begin() {
    queue("BEGIN ISOLATION LEVEL READ COMMITTED");
}

void Pipeline::write_params(const Statement& statement, const Params& values) {
    for (const auto& value : values) {
        if (value && value->find('\0') != value->npos) throw NulByte();
    }
    if (!prepared_.contains(statement.name) && !preparing_.contains(statement.name)) {
        if (PQsendPrepare(session_.get(), statement.name, statement.sql, 0, nullptr) != 1) lost();
        preparing_.insert(statement.name);
        queued_.push_back({statement.name, true});
    }
    std::vector<const char*> texts;
    texts.reserve(values.size());
    for (const auto& value : values)
        texts.push_back(value ? value->c_str() : nullptr);
    if (PQsendQueryPrepared(session_.get(), statement.name, static_cast<int>(texts.size()),
                            texts.data(), nullptr, nullptr, 0) != 1) {
        lost();
    }
    queued_.push_back({statement.name, false});
}

void Pipeline::commit() {
    queue("COMMIT");
    flush_and_sync();
    if (const auto failed = collect()) {
        roll_back();
        throw *failed;
    }
}

void Pipeline::roll_back() {
    // A statement that fails takes all behind it along, up to the next sync: ROLLBACK stands alone.
    if (!queued_.empty()) {
        flush_and_sync();
        collect();
    }
    queue("ROLLBACK");
    flush_and_sync();
    if (const auto failed = collect()) throw *failed;
}

void Pipeline::flush_and_sync() {
    if (PQpipelineSync(session_.get()) != 1) lost();
}

std::unique_ptr<StatementFailed> Pipeline::collect() {
    std::unique_ptr<StatementFailed> first;
    while (!queued_.empty()) {
        const Queued sent = std::move(queued_.front());
        queued_.pop_front();
        Answer answer(PQgetResult(session_.get()));
        if (!answer) lost();
        auto failed = failure_of(answer.get(), sent.name);
        if (sent.prepares) {
            preparing_.erase(sent.name);
            if (!failed) prepared_.insert(sent.name);
        }
        if (failed && !first) first = std::move(failed);
        // Each statement's answer ends with a null.
        while (Answer rest{PQgetResult(session_.get())}) {
            if (PQstatus(session_.get()) != CONNECTION_OK) lost();
        }
    }
    const Answer sync(PQgetResult(session_.get()));
    if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) lost();
    return first;
}

std::unique_ptr<StatementFailed> Pipeline::failure_of(const pg_result* answer,
                                                      const std::string& name) {
    switch (PQresultStatus(answer)) {
        case PGRES_COMMAND_OK:
            // COMMIT of a failed transaction is answered with ROLLBACK.
            if (name == "COMMIT" &&
                std::string_view(PQcmdStatus(const_cast<pg_result*>(answer))) == "ROLLBACK") {
                return std::make_unique<StatementFailed>(name, "25P02", "rolled back");
            }
            return nullptr;
        case PGRES_TUPLES_OK:
            return nullptr;
        case PGRES_PIPELINE_ABORTED:
            return std::make_unique<StatementFailed>(name, "25P02", "an earlier statement failed");
        default:
            break;
    }
    if (PQstatus(session_.get()) != CONNECTION_OK) lost();
    const char* sqlstate = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    // 57P01 and its kin: the session is about to end, whatever else it may still say.
    if (sqlstate != nullptr && std::string_view(sqlstate).starts_with("57P")) lost();
    return std::make_unique<StatementFailed>(name, sqlstate == nullptr ? "" : sqlstate,
                                             PQresultErrorMessage(answer));
}

void Pipeline::lost() {
    session_.reset();
    throw OutcomeUnknown(backend_);
}

}  // namespace aksono::pg
