// SPDX-License-Identifier: Apache-2.0
#include "http_client.h"

#include "cli/command.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <regex>
#include <sys/socket.h>
#include <unistd.h>

namespace aksono::migrate {

namespace {

constexpr std::size_t kLargestAnswer = 1024 * 1024;
constexpr time_t kTimeoutSeconds = 30;

class Socket {
public:
    explicit Socket(int fd) : fd_(fd) {}
    ~Socket() {
        if (fd_ >= 0) close(fd_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    [[nodiscard]] int fd() const { return fd_; }

private:
    int fd_;
};

/// The first address that answers; -1 and errno otherwise.
int connect_to(const addrinfo* addresses) {
    for (const auto* each = addresses; each != nullptr; each = each->ai_next) {
        const int fd = socket(each->ai_family, each->ai_socktype, each->ai_protocol);
        if (fd < 0) continue;
        const timeval timeout{kTimeoutSeconds, 0};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
        if (connect(fd, each->ai_addr, each->ai_addrlen) == 0) return fd;
        const int error = errno;
        close(fd);
        errno = error;
    }
    return -1;
}

void send_all(int fd, const std::string& text) {
    for (std::size_t sent = 0; sent < text.size();) {
        const auto n = send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) throw cli::Unsuitable(std::string("sending failed: ") + std::strerror(errno));
        sent += static_cast<std::size_t>(n);
    }
}

std::string receive_all(int fd) {
    std::string text;
    char buffer[4096];
    for (;;) {
        const auto n = recv(fd, buffer, sizeof buffer, 0);
        if (n == 0) return text;
        if (n < 0) throw cli::Unsuitable(std::string("no answer: ") + std::strerror(errno));
        text.append(buffer, static_cast<std::size_t>(n));
        if (text.size() > kLargestAnswer) throw cli::Unsuitable("the answer is too long");
    }
}

}  // namespace

HttpClient::HttpClient(const std::string& url, std::string token) : token_(std::move(token)) {
    static const std::regex form(R"(http://(\[[0-9a-fA-F:]+\]|[^/:\s\[\]]+)(?::(\d+))?(/\S*)?)");
    std::smatch match;
    if (!std::regex_match(url, match, form)) {
        throw cli::UsageError(
            "--synapse-url is like http://127.0.0.1:8008, a listener without TLS");
    }
    host_ = match[1];
    if (host_.front() == '[') host_ = host_.substr(1, host_.size() - 2);
    if (match[2].matched) port_ = match[2];
    prefix_ = match[3];
    while (prefix_.ends_with('/'))
        prefix_.pop_back();
}

Json HttpClient::get(const std::string& path) const {
    return ask("GET", path, "");
}

Json HttpClient::post(const std::string& path, const Json& body) const {
    return ask("POST", path, dump_json(body));
}

/// HTTP/1.0, so that the answer comes in one piece and the server closes the connection.
std::string HttpClient::exchange(const std::string& request) const {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = getaddrinfo(host_.c_str(), port_.c_str(), &hints, &found); error != 0) {
        throw cli::Unsuitable(host_ + ": " + gai_strerror(error));
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, freeaddrinfo);
    const Socket socket(connect_to(addresses.get()));
    if (socket.fd() < 0) {
        throw cli::Unsuitable("cannot connect to " + host_ + ":" + port_ + ": " +
                              std::strerror(errno));
    }
    send_all(socket.fd(), request);
    return receive_all(socket.fd());
}

Json HttpClient::ask(const std::string& method, const std::string& path,
                     const std::string& body) const {
    const auto answer = exchange(method + " " + prefix_ + path + " HTTP/1.0\r\nHost: " + host_ +
                                 "\r\nAuthorization: Bearer " + token_ +
                                 "\r\nContent-Type: application/json\r\nContent-Length: " +
                                 std::to_string(body.size()) + "\r\n\r\n" + body);
    const auto end = answer.find("\r\n\r\n");
    const auto status = answer.substr(0, answer.find("\r\n"));
    static const std::regex good(R"(HTTP/1\.[01] 200( .*)?)");
    const auto json = end == std::string::npos ? "" : answer.substr(end + 4);
    auto parsed = parse_json(json);
    if (!std::regex_match(status, good) || !parsed) {
        throw cli::Unsuitable(method + " http://" + host_ + ":" + port_ + prefix_ + path + ": " +
                              status + " " + json.substr(0, 200));
    }
    return *parsed;
}

}  // namespace aksono::migrate
