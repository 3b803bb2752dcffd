// SPDX-License-Identifier: Apache-2.0
#include "datacheck/probes.h"

namespace aksono::datacheck {

Probes all_probes() {
    Probes probes;
    add_event_probes(probes);
    return probes;
}

}  // namespace aksono::datacheck
