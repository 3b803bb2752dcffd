// SPDX-License-Identifier: Apache-2.0
#include "datacheck/accounts_against_config.h"

#include "synschema/fix.h"
#include "synschema/introspection.h"

namespace aksono::datacheck {

namespace {

using synschema::Findings;
using synschema::Severity;

constexpr pg::Statement kProviders{
    "datacheck_auth_providers",
    "SELECT auth_provider, count(*) FROM user_external_ids GROUP BY auth_provider ORDER BY 1"};

constexpr pg::Statement kAppserviceUsers{
    "datacheck_appservice_users",
    "SELECT appservice_id, count(*) FROM users WHERE appservice_id IS NOT NULL AND deactivated = 0 "
    "GROUP BY appservice_id ORDER BY 1"};

constexpr pg::Statement kAppserviceQueues{
    "datacheck_appservice_queues",
    "SELECT as_id, count(*) FROM application_services_txns GROUP BY as_id ORDER BY 1"};

constexpr pg::Statement kPasswordOnly{
    "datacheck_password_only",
    "SELECT count(*) FROM users u WHERE password_hash IS NOT NULL AND password_hash <> '' AND "
    "deactivated = 0 AND NOT EXISTS (SELECT FROM user_external_ids x WHERE x.user_id = u.name)"};

class Accounts {
public:
    Accounts(Session& session, const ConfiguredAccounts& configured)
        : session_(session), configured_(configured) {}

    Findings run() {
        if (!configured_.modules) providers();
        appservice_users();
        appservice_queues();
        if (!configured_.passwords) passwords();
        return std::move(findings_);
    }

private:
    template <class Take>
    void each(const pg::Statement& statement, const Take& take) {
        const auto trouble = session_.run([&](pg::Transaction& tx) {
            for (const auto row : tx.query(statement))
                take(row);
        });
        if (trouble) throw std::runtime_error(trouble->why);
    }

    void providers() {
        each(kProviders, [&](const pg::Row& row) {
            const auto name = row.text(0);
            if (configured_.auth_providers.contains(name)) return;
            findings_.push_back(
                {"auth-provider-unknown",
                 Severity::warning,
                 name,
                 std::to_string(row.integer(1)) + " users log in through " + name +
                     ", which is not configured",
                 "They cannot log in any more, unless they have a password. An identity that is "
                 "given again under another provider makes a second account.",
                 {"",
                  "configure the provider under the same idp_id, or move the identities to "
                  "another through the admin API",
                  true}});
        });
    }

    void appservice_users() {
        each(kAppserviceUsers, [&](const pg::Row& row) {
            const auto id = row.text(0);
            if (configured_.appservices.contains(id)) return;
            findings_.push_back(
                {"appservice-users-unknown",
                 Severity::info,
                 id,
                 std::to_string(row.integer(1)) + " users are of application service " + id +
                     ", which is not configured",
                 "A bridge was taken away, or its id changed. Its users stay in "
                 "their rooms; nobody can act as them.",
                 {"", "deactivate them through the admin API if it is gone", true}});
        });
    }

    void appservice_queues() {
        each(kAppserviceQueues, [&](const pg::Row& row) {
            const auto id = row.text(0);
            if (configured_.appservices.contains(id)) return;
            findings_.push_back(
                {"appservice-queue-unknown", Severity::info, id,
                 std::to_string(row.integer(1)) + " transactions wait for application service " +
                     id + ", which is not configured",
                 "They take room; they would be sent if it came back.",
                 synschema::delete_rows("application_services_txns",
                                        "as_id = " + synschema::quote_literal(id))});
        });
    }

    void passwords() {
        each(kPasswordOnly, [&](const pg::Row& row) {
            if (row.integer(0) == 0) return;
            findings_.push_back(
                {"password-users",
                 Severity::info,
                 "password_config",
                 std::to_string(row.integer(0)) +
                     " users have a password and no other way to log in",
                 "password_config does not let them in.",
                 {"", "give them an identity of a provider through the admin API", true}});
        });
    }

    Session& session_;
    const ConfiguredAccounts& configured_;
    Findings findings_;
};

}  // namespace

Findings check_accounts(Session& session, const ConfiguredAccounts& configured) {
    return Accounts(session, configured).run();
}

}  // namespace aksono::datacheck
