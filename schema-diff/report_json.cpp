// SPDX-License-Identifier: Apache-2.0
#include "report.h"
#include "synschema/readable_json.h"
#include "synschema/releases.h"

namespace aksono::schema_diff {

namespace {

using synschema::OrderedJson;
using synschema::Severity;

OrderedJson number_or_null(const std::optional<int>& value) {
    return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

OrderedJson database_json(const Report& report) {
    const auto& server = report.live.server;
    const auto& books = report.live.bookkeeping;
    OrderedJson releases = OrderedJson::array();  // empty: none starts
    if (books.compat_version) {
        if (const auto range = synschema::releases_that_start(*books.compat_version)) {
            releases = {range->first, range->last};
        }
    }
    OrderedJson pending = OrderedJson::array();
    for (const auto& update : books.background_updates)
        pending.push_back(update.name);
    return {{"name", server.database},
            {"schema", server.schema},
            {"schema_version", number_or_null(books.version)},
            {"compat_version", number_or_null(books.compat_version)},
            {"synapse_releases", releases},
            {"postgresql", server.version_text},
            {"encoding", server.encoding},
            {"collation", server.collate},
            {"ctype", server.ctype},
            {"tables", report.live.schema.tables.size()},
            {"background_updates", pending}};
}

}  // namespace

OrderedJson finding_json(const synschema::Finding& finding) {
    OrderedJson fix;
    if (!finding.fix.sql.empty()) {
        fix["sql"] = finding.fix.sql + ";";
    } else {
        fix["command"] = finding.fix.command;
    }
    fix["online"] = finding.fix.online;
    return {{"id", finding.id},
            {"severity", severity_name(finding.severity)},
            {"object", finding.object},
            {"summary", finding.summary},
            {"explanation", finding.explanation},
            {"fix", fix}};
}

std::string report_json(const Report& report) {
    const auto counts = count(report.findings);
    OrderedJson json{
        {"tool", "aksono-schema-diff"},
        {"version", AKSONO_VERSION},
        {"database", database_json(report)},
        {"findings", OrderedJson::array()},
        {"summary",
         {{"errors", counts.errors},
          {"warnings", counts.warnings},
          {"infos", counts.infos},
          {"healthy", counts.errors + counts.warnings == 0},
          {"ignored", report.ignored},
          {"questions", report.questions},
          {"go_on_from",
           report.go_on_from.empty() ? OrderedJson(nullptr) : OrderedJson(report.go_on_from)}}}};
    for (const auto& finding : report.findings)
        json["findings"].push_back(finding_json(finding));
    return synschema::readable_json(json);
}

}  // namespace aksono::schema_diff
