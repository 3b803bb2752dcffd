// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace aksono::background {

/// Whether a server can have this name: a host name or an address, with a port or without, by the
/// grammar of https://spec.matrix.org/latest/appendices/#server-name; a port may be any number.
bool is_server_name(const std::string& name);

}  // namespace aksono::background
