// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include "http/listener.h"

namespace aksono::http {

Server::Server(IoThreads& threads, const Dispatcher& dispatcher, RequestObserver* observer)
    : threads_(threads), context_{dispatcher, observer, next_request_} {}

Server::~Server() {
    threads_.stop();
}

int Server::bind(ListenerSettings settings) {
    auto listener = std::make_unique<Listener>(threads_, context_, std::move(settings));
    listener->bind();
    listeners_.push_back(std::move(listener));
    return listeners_.back()->port();
}

void Server::start() {
    for (const auto& listener : listeners_)
        listener->start();
}

}  // namespace aksono::http
