// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/endpoint.h"

#include <span>

namespace aksono::http {

// The complete route table of Synapse 1.163.2, seen from outside: every method and path it answers
// to, with the configuration switch that makes it exist. What is not built here answers 404.

std::span<const Route> client_routes();
/// Only the older paths; the newer ones are under /_matrix/client/v1/media.
std::span<const Route> media_routes();
std::span<const Route> federation_routes();
std::span<const Route> key_routes();
std::span<const Route> admin_routes();
/// Health, metrics, discovery, and pages for browsers.
std::span<const Route> web_routes();

}  // namespace aksono::http
