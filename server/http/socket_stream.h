// SPDX-License-Identifier: Apache-2.0
#pragma once

// Includes asio: for http/*.cpp only.

#include "http/stream.h"

#include <boost/asio/generic/stream_protocol.hpp>

namespace boost::asio::ssl {
class context;
}

namespace aksono::http {

using Socket = boost::asio::generic::stream_protocol::socket;

std::unique_ptr<Stream> plain_stream(FiberWaiter& waiter, Socket socket);
std::unique_ptr<Stream> tls_stream(FiberWaiter& waiter, Socket socket,
                                   boost::asio::ssl::context& context);

}  // namespace aksono::http
