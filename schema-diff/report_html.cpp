// SPDX-License-Identifier: Apache-2.0
#include "report.h"

namespace aksono::schema_diff {

std::string report_html(const Report& report) {
    return report_text(report);
}

}  // namespace aksono::schema_diff
