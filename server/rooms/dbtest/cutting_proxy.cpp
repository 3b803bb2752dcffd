// SPDX-License-Identifier: Apache-2.0
#include "rooms/dbtest/cutting_proxy.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace aksono::rooms::dbtest {

namespace {

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("path too long: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

bool write_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

CuttingProxy::CuttingProxy(std::string target) : target_(std::move(target)) {
    std::string name = (std::filesystem::temp_directory_path() / "aksono-proxy-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    directory_ = name;
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const auto address = address_of((directory_ / std::filesystem::path(target_).filename()));
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 16) != 0) {
        throw std::runtime_error("the proxy cannot listen");
    }
    thread_ = std::thread([this] { accept_all(); });
}

CuttingProxy::~CuttingProxy() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
    std::filesystem::remove_all(directory_);
}

void CuttingProxy::accept_all() {
    std::vector<std::thread> sessions;
    while (!stopping_) {
        pollfd waiting{listener_, POLLIN, 0};
        if (::poll(&waiting, 1, 20) != 1) continue;
        const int client = ::accept(listener_, nullptr, nullptr);
        if (refuses_) {
            ::close(client);
        } else {
            sessions.emplace_back([this, client] { serve(client); });
        }
    }
    for (auto& session : sessions)
        session.join();
}

void CuttingProxy::serve(int client) const {
    const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const auto address = address_of(target_);
    bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    Cut pending = Cut::nowhere;
    while (open && !stopping_ && !refuses_) {
        std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
        if (::poll(ends.data(), ends.size(), 20) <= 0) continue;
        if (ends[1].revents != 0) open = forward(server, client, false, pending);
        if (open && ends[0].revents != 0) open = forward(client, server, true, pending);
    }
    ::close(client);
    if (pending == Cut::at_once) {
        // PostgreSQL goes on as long as it does not look at its socket.
        pollfd end{server, POLLIN, 0};
        ::poll(&end, 1, 3'000);
    }
    ::close(server);
}

bool CuttingProxy::forward(int from, int to, bool from_client, Cut& pending) const {
    std::array<char, 1 << 16> buffer{};
    const auto got = ::recv(from, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    const bool commits = bytes.find("COMMIT") != bytes.npos;
    if (!from_client) return !(commits && pending == Cut::after_commit) && write_all(to, bytes);
    if (commits) {
        pending = cut_.exchange(Cut::nowhere);
        if (pending != Cut::nowhere) ++cuts_;
        if (pending == Cut::before_commit) return false;
    }
    return write_all(to, bytes) && pending != Cut::at_once;
}

}  // namespace aksono::rooms::dbtest
