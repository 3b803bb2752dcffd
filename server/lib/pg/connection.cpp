// SPDX-License-Identifier: Apache-2.0
#include "pg/connection.h"

#include "pg/conninfo.h"

#include <set>

#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/prepared_statement>

namespace aksono::pg {

struct Connection::Impl {
    explicit Impl(const std::string& conninfo) : session(conninfo) {}
    pqxx::connection session;
    std::set<std::string, std::less<>> prepared;
};

namespace {

/// Statements on one session; what surrounds them (BEGIN, COMMIT) is Connection::run's affair.
class SessionTransaction : public Transaction {
public:
    SessionTransaction(pqxx::connection& session, std::set<std::string, std::less<>>& prepared,
                       pqxx::transaction_base& work)
        : session_(session), prepared_(prepared), work_(work) {}

    Rows query_params(const Statement& statement, const Params& values) override {
        if (!prepared_.contains(statement.name)) {
            session_.prepare(statement.name, statement.sql);
            prepared_.insert(statement.name);
        }
        std::vector<const char*> texts;
        texts.reserve(values.size());
        for (const auto& value : values) {
            // An optional text has not been through text().
            if (value && value->find('\0') != value->npos) throw NulByte();
            texts.push_back(value ? value->c_str() : nullptr);
        }
        return Rows(work_.exec_prepared(
            statement.name, pqxx::prepare::make_dynamic_params(texts.begin(), texts.end())));
    }

    Rows query_text(const std::string& sql) override { return Rows(work_.exec(sql)); }

private:
    pqxx::connection& session_;
    std::set<std::string, std::less<>>& prepared_;
    pqxx::transaction_base& work_;
};

const char* begin_statement(Isolation isolation) {
    switch (isolation) {
        case Isolation::read_committed:
            return "BEGIN ISOLATION LEVEL READ COMMITTED";
        case Isolation::repeatable_read:
            return "BEGIN ISOLATION LEVEL REPEATABLE READ";
        case Isolation::repeatable_read_only:
            return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        case Isolation::serializable_deferrable_read_only:
            return "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE";
        case Isolation::autocommit:
            break;
    }
    return nullptr;
}

}  // namespace

Connection::Connection(const ConnectionSettings& settings)
    : impl_(std::make_unique<Impl>(Conninfo::parse(settings.conninfo)
                                       .with("application_name", settings.application_name)
                                       .str())) {
    // A session that came back by itself would have lost its prepared statements and its settings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    impl_->session.inhibit_reactivation(true);
#pragma GCC diagnostic pop
    pqxx::nontransaction work(impl_->session);
    // Compiling a statement takes longer than running any of ours.
    work.exec("SET statement_timeout = " + std::to_string(settings.statement_timeout) +
              "; SET bytea_output = hex; SET client_min_messages = warning; SET jit = off");
}

Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

void Connection::run(Isolation isolation, const std::function<void(Transaction&)>& work) {
    pqxx::nontransaction session(impl_->session);
    SessionTransaction transaction(impl_->session, impl_->prepared, session);
    const char* begin = begin_statement(isolation);
    if (begin == nullptr) return work(transaction);
    session.exec(begin);
    try {
        work(transaction);
        session.exec("COMMIT");
    } catch (...) {
        if (impl_->session.is_open()) {
            try {
                session.exec("ROLLBACK");
            } catch (const std::exception&) {  // the first error is the one to tell
            }
        }
        throw;
    }
}

bool Connection::usable() const {
    return impl_->session.is_open();
}
int Connection::server_version() const {
    return impl_->session.server_version();
}
void Connection::cancel() {
    impl_->session.cancel_query();
}

}  // namespace aksono::pg
