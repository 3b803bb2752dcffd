// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/probe.h"

namespace aksono::datacheck {

/// Rows that name something which is not there: the commonest question.
struct Dangling {
    std::string id = "";
    synschema::Severity severity = synschema::Severity::warning;
    std::string title = "";
    std::string explanation = "";
    std::string table = "";   ///< with the rows
    std::string object = "";  ///< SQL over the table's columns: what a finding names
    std::string parent = "";  ///< table that must have a row
    std::string match = "";   ///< SQL over both tables, each under its own name
    std::string also = "";    ///< SQL over the table's columns: which rows are asked for; "": all
    std::string walk = "";    ///< column of the table
    bool text = false;        ///< that column is text
    std::vector<std::string> columns = {};
    std::vector<std::string> unless = {};
};

/// The probe; its fix takes the rows away.
Probe probe_of(const Dangling& rows);

/// "$1 < COLUMN and COLUMN <= $2".
std::string in_range(const std::string& column);

/// Whether a text of JSON is one that PostgreSQL would fail on: with U+0000, half a surrogate pair,
/// or cut off. Goes before ::json in a CASE.
std::string unreadable_json(const std::string& column);

/// Whether a user id is of the server whose database this is: its users tell its name.
std::string of_this_server(const std::string& user_id);

}  // namespace aksono::datacheck
