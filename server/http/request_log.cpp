// SPDX-License-Identifier: Apache-2.0
#include "http/request_log.h"

#include "base/log.h"
#include "http/uri.h"

#include <fmt/format.h>

namespace aksono::http {
namespace {

constexpr double kMicro = 1e-6;

/// Header values are any bytes; log files are UTF-8 of one line per entry.
std::string printable(std::string_view bytes) {
    std::string text = replace_invalid_utf8(bytes);
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ') c = '?';
    }
    return text;
}

}  // namespace

std::string redacted(std::string_view target) {
    constexpr std::string_view kName = "access_token=";
    std::string out(target);
    for (std::size_t at = out.find(kName); at != std::string::npos; at = out.find(kName, at)) {
        at += kName.size();
        const bool whole_name = at > kName.size() && (out[at - kName.size() - 1] == '?' ||
                                                      out[at - kName.size() - 1] == '&' ||
                                                      out[at - kName.size() - 1] == ';');
        if (whole_name) out.replace(at, out.find_first_of("&;", at) - at, "<redacted>");
    }
    return out;
}

void log_request(const RequestRecord& record) {
    const Request& request = record.request;
    const std::string logger = "synapse.access.http." + request.site;
    if (!log::enabled(logger, log::Level::info)) return;
    const std::string* agent = request.headers.find("User-Agent");
    const auto& usage = record.usage;
    log::info(logger,
              "{} - {} - {{{}}} Processed request: {:.3f}sec/{:.3f}sec ru=({:.3f}sec, {:.3f}sec) "
              "db=({:.3f}sec/{:.3f}sec/{}) {}B {} \"{} {} {}\" \"{}\" [{} dbevts]",
              printable(request.client_ip), request.site, record.requester, record.processing,
              record.sending, static_cast<double>(usage.cpu) * kMicro, 0.0,
              static_cast<double>(usage.job_queued) * kMicro,
              static_cast<double>(usage.job_run) * kMicro, usage.jobs, record.bytes, record.status,
              printable(record.method), printable(redacted(request.target)), record.protocol,
              agent == nullptr ? "-" : printable(*agent), 0);
}

}  // namespace aksono::http
