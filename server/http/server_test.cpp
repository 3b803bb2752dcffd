// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include "base/worker_pool.h"

#include <arpa/inet.h>
#include <atomic>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace aksono;
using namespace aksono::http;

namespace {

/// A client that sends exactly what it is told to.
class RawClient {
public:
    explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            throw std::runtime_error("cannot connect");
        }
    }
    ~RawClient() { close(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    /// Everything until the server closes, or until `last` was seen, or five seconds of silence.
    std::string receive(std::string_view last = "") const {
        std::string got;
        pollfd ready{socket_, POLLIN, 0};
        while (last.empty() || got.find(last) == std::string::npos) {
            if (poll(&ready, 1, 5000) != 1) return got + "<silence>";
            char buffer[4096];
            const auto count = recv(socket_, buffer, sizeof buffer, 0);
            if (count <= 0) return got;
            got.append(buffer, static_cast<std::size_t>(count));
        }
        return got;
    }
    void close() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }

private:
    int socket_;
};

struct Observer : RequestObserver {
    std::atomic<int> answered = 0;
    std::atomic<int> lost = 0;
    void began(const RequestStart& /*start*/) override {}
    void ended(const RequestRecord& /*record*/) override { ++answered; }
    void dropped(const RequestStart& /*start*/) override { ++lost; }
};

Response echo(Call& call) {
    return Response::json({{"body", call.json_object()}, {"ip", call.request().client_ip}});
}

/// A real server on a free port with a few endpoints of the table, made to behave.
class Fixture {
public:
    explicit Fixture(void (*adjust)(ListenerSettings&) = [](ListenerSettings&) {})
        : router_({{Method::get, "/_matrix/client/versions", Access::open,
                    [](Call&) { return Response::json({{"ok", true}}); }},
                   {Method::post, "/_matrix/client/*/login", Access::open, echo},
                   {Method::get, "/_matrix/client/*/sync", Access::open,
                    [this](Call& call) { return park(call); }},
                   {Method::put, "/_matrix/client/*/rooms/{room_id}/send/{event_type}/{txn_id}",
                    Access::open, [this](Call& call) { return slow_write(call); }},
                   {Method::get, "/_matrix/client/*/capabilities", Access::user,
                    [](Call&) -> Response { throw std::runtime_error("boom"); }}},
                  {}),
          dispatcher_(router_, {authenticate, nullptr}),
          server_(threads_, dispatcher_, &observer) {
        ListenerSettings settings;
        settings.site = "test";
        settings.bind_addresses = {"127.0.0.1"};
        settings.resources = {Resource::client};
        settings.server_header = "Aksono/0";
        settings.max_body = 1000;
        adjust(settings);
        port = server_.bind(settings);
        server_.start();
    }

    ~Fixture() { threads_.stop(500); }

    std::string ask(std::string_view bytes) const {
        const RawClient client(port);
        client.send(bytes);
        return client.receive();
    }

    int port = 0;
    Observer observer;
    std::atomic<int> parked = 0;
    std::atomic<int> writes = 0;

private:
    static void authenticate(Call&, Access access) {
        if (access != Access::open)
            throw MatrixError(401, "M_MISSING_TOKEN", "Missing access token");
    }
    Response park(Call& call) {
        ++parked;
        call.waiter().sleep(call.query_integer("timeout", 0));
        return Response::json(Json::object());
    }
    Response slow_write(Call& call) {
        ++parked;
        call.waiter().sleep(100);
        ++writes;
        return Response::json(Json::object());
    }

    IoThreads threads_{2};
    Router router_;
    Dispatcher dispatcher_;
    Server server_;
};

template <class Ready>
bool eventually(Ready ready) {
    const Millis deadline = steady_ms() + 5'000;
    while (!ready()) {
        if (steady_ms() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

std::string request(std::string_view line, std::string_view headers = "",
                    std::string_view body = "") {
    std::string text = std::string(line) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + std::string(headers) + "\r\n" + std::string(body);
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("server: answers carry Synapse's headers") {
    const Fixture fixture;
    const std::string answer = fixture.ask(request("GET /_matrix/client/versions"));
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nConnection: close\r\nServer: Aksono/0\r\nDate: "));
    CHECK(has(answer, "\r\nContent-Type: application/json\r\n"));
    CHECK(has(answer, "\r\nCache-Control: no-cache, no-store, must-revalidate\r\n"));
    CHECK(has(answer, "\r\nAccess-Control-Allow-Origin: *\r\n"));
    CHECK(answer.ends_with("\r\n\r\n{\"ok\":true}"));
    const std::string head = fixture.ask(request("HEAD /_matrix/client/versions"));
    CHECK(has(head, "\r\nContent-Length: 11\r\n"));
    CHECK(head.ends_with("\r\n\r\n"));
    const std::string preflight = fixture.ask(request("OPTIONS /nowhere"));
    CHECK(preflight.starts_with("HTTP/1.1 204 No Content\r\n"));
    CHECK(has(preflight,
              "\r\nAccess-Control-Allow-Methods: GET, HEAD, POST, PUT, DELETE, OPTIONS\r\n"));
}

TEST_CASE("server: refusals") {
    const Fixture fixture;
    const std::string unrecognized =
        "{\"errcode\":\"M_UNRECOGNIZED\",\"error\":\"Unrecognized request\"}";
    const auto nowhere = fixture.ask(request("GET /_matrix/client/v3/nope"));
    CHECK(nowhere.starts_with("HTTP/1.1 404 Not Found\r\n"));
    CHECK(nowhere.ends_with(unrecognized));
    // In the table, but not built.
    CHECK(fixture.ask(request("GET /_matrix/client/v3/joined_rooms")).starts_with("HTTP/1.1 404 "));
    const auto method = fixture.ask(request("BREW /_matrix/client/v3/sync"));
    CHECK(method.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
    CHECK(method.ends_with(unrecognized));
    const auto page = fixture.ask(request("GET /nope"));
    CHECK(page.starts_with("HTTP/1.1 404 Not Found\r\n"));
    CHECK(has(page, "Content-Type: text/html; charset=utf-8\r\n"));
    CHECK(has(fixture.ask(request("GET /_matrix/client/v3/capabilities")), "M_MISSING_TOKEN"));
    const auto bad = fixture.ask(request("POST /_matrix/client/v3/login", "", "{"));
    CHECK(bad.ends_with("{\"errcode\":\"M_NOT_JSON\",\"error\":\"Content not JSON.\"}"));
}

TEST_CASE("server: keep-alive and pipelining answer in order") {
    const Fixture fixture;
    const RawClient client(fixture.port);
    std::string three;
    for (const auto* body : {"{\"n\":1}", "{\"n\":2}", "{\"n\":3}"}) {
        three += "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n";
        three += body;
    }
    client.send(three);
    const std::string answers = client.receive("\"n\":3");
    CHECK(answers.find("\"n\":1") < answers.find("\"n\":2"));
    CHECK(answers.find("\"n\":2") < answers.find("\"n\":3"));
    client.send(request("GET /_matrix/client/versions"));
    CHECK(client.receive().ends_with("{\"ok\":true}"));
}

TEST_CASE("server: bodies come whole, in pieces, or in chunks") {
    const Fixture fixture;
    const std::string post =
        "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    const std::string chunks =
        "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\n{\"a\r\n5\r\n\":12}\r\n0\r\nT: x\r\n\r\n";
    CHECK(has(fixture.ask(post + chunks), "{\"a\":12}"));
    CHECK(fixture.ask(post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")
              .starts_with("HTTP/1.1 400 Bad Request\r\n"));
    const RawClient client(fixture.port);
    client.send(post + "Expect: 100-continue\r\nContent-Length: 8\r\n\r\n");
    CHECK(client.receive("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    for (const char c : std::string("{\"a\":12}"))
        client.send({&c, 1});
    CHECK(has(client.receive(), "{\"a\":12}"));
}

TEST_CASE("server: bodies over the limit are refused before they are read") {
    const Fixture fixture;
    const std::string head = "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: x\r\n";
    for (const std::string& rest :
         {"Content-Length: 1001\r\n\r\n" + std::string(1001, 'a'),
          std::string("Content-Length: 2000000000\r\n\r\n"),
          std::string("Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n"),
          "Transfer-Encoding: chunked\r\n\r\n1000\r\n" + std::string(0x1000, 'a')}) {
        const RawClient client(fixture.port);
        client.send(head + rest);
        const auto answer = client.receive("}");
        CHECK(answer.starts_with("HTTP/1.1 413 "));
        CHECK(has(answer, "M_TOO_LARGE"));
    }
}

TEST_CASE("server: what is no HTTP is answered with 400 and closed") {
    const Fixture fixture;
    const std::string get = "GET /_matrix/client/versions HTTP/1.1\r\nHost: x\r\n";
    std::string many;
    for (int i = 0; i < 600; ++i)
        many += "X: 1\r\n";
    for (const std::string& bytes :
         {std::string("\0\1garbage\r\n\r\n", 13), std::string("GET /foo\r\n\r\n"),
          std::string("GET / HTTP/3.0\r\n\r\n"), get + "nonsense\r\n\r\n", get + "a b: c\r\n\r\n",
          get + "Content-Length: x\r\n\r\n", get + "Content-Length: -1\r\n\r\n",
          get + "Content-Length: 0\r\nContent-Length: 1\r\n\r\n",
          get + "Transfer-Encoding: gzip\r\n\r\n", get + "Transfer-Encoding: gzip, chunked\r\n\r\n",
          get + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          get + "X-A: " + std::string(40000, 'a') + "\r\n\r\n", get + many + "\r\n",
          std::string("GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n"),
          "GET /?" + std::string(40000, 'a') + " HTTP/1.1\r\n\r\n"}) {
        CAPTURE(bytes.substr(0, 80));
        const auto answer = fixture.ask(bytes);
        CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"));
    }
    CHECK(has(fixture.ask("GET /_matrix/client/versions HTTP/1.0\r\n\r\n"), "{\"ok\":true}"));
}

TEST_CASE("server: slow clients are cut off") {
    const Fixture fixture([](ListenerSettings& settings) { settings.timeout = 100; });
    const Millis before = steady_ms();
    {
        const RawClient silent(fixture.port);
        CHECK(silent.receive().empty());
    }
    const RawClient dripping(fixture.port);
    for (int i = 0; i < 20; ++i) {
        dripping.send("GET /"[i % 5] == 'G' ? "G" : "x");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    dripping.receive();
    const RawClient half_body(fixture.port);
    half_body.send(
        "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{");
    CHECK(half_body.receive().empty());
    CHECK(steady_ms() - before < 3'000);
}

TEST_CASE("server: a disconnect drops a parked read, and lets a write finish") {
    Fixture fixture;
    RawClient reader(fixture.port);
    reader.send("GET /_matrix/client/v3/sync?timeout=60000 HTTP/1.1\r\nHost: x\r\n\r\n");
    REQUIRE(eventually([&] { return fixture.parked == 1; }));
    reader.close();
    CHECK(eventually([&] { return fixture.observer.lost == 1; }));
    RawClient writer(fixture.port);
    writer.send(
        "PUT /_matrix/client/v3/rooms/!a:b/send/m.x/1 HTTP/1.1\r\nHost: x\r\nContent-Length: "
        "0\r\n\r\n");
    REQUIRE(eventually([&] { return fixture.parked == 2; }));
    writer.close();
    CHECK(eventually([&] { return fixture.writes == 1; }));
    CHECK(fixture.observer.lost == 1);
}

TEST_CASE("server: pipelined bytes while parked are no disconnect") {
    Fixture fixture;
    RawClient client(fixture.port);
    const std::string sync = "GET /_matrix/client/v3/sync?timeout=100 HTTP/1.1\r\nHost: x\r\n\r\n";
    client.send(sync);
    REQUIRE(eventually([&] { return fixture.parked == 1; }));
    client.send(sync + request("GET /_matrix/client/versions"));
    const auto answers = client.receive();
    CHECK(answers.ends_with("{\"ok\":true}"));
    CHECK(fixture.observer.answered == 3);
    RawClient leaving(fixture.port);
    leaving.send("GET /_matrix/client/v3/sync?timeout=60000 HTTP/1.1\r\nHost: x\r\n\r\n");
    REQUIRE(eventually([&] { return fixture.parked == 3; }));
    leaving.send(sync);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    leaving.close();
    CHECK(eventually([&] { return fixture.observer.lost == 1; }));
}

TEST_CASE("server: a stop drops parked reads, lets writes finish, and is quick") {
    std::vector<std::unique_ptr<RawClient>> clients;
    Millis before = 0;
    std::string answer;
    std::jthread reader;
    {
        Fixture fixture;
        for (int i = 0; i < 100; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.port));
            clients.back()->send(
                "GET /_matrix/client/v3/sync?timeout=60000 HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        const RawClient idle(fixture.port);
        auto& writer = *clients.emplace_back(std::make_unique<RawClient>(fixture.port));
        writer.send(
            "PUT /_matrix/client/v3/rooms/!a:b/send/m.x/1 HTTP/1.1\r\nHost: x\r\nContent-Length: "
            "0\r\n\r\n");
        REQUIRE(eventually([&] { return fixture.parked == 101; }));
        before = steady_ms();
        reader = std::jthread([&] { answer = writer.receive(); });
    }
    CHECK(steady_ms() - before < 1'000);
    reader.join();
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(clients.front()->receive().empty());
}

TEST_CASE("server: a port in use is one clear line") {
    const Fixture fixture;
    IoThreads threads(1);
    const Router router({}, {});
    const Dispatcher dispatcher(router, {});
    Server server(threads, dispatcher);
    ListenerSettings settings;
    settings.bind_addresses = {"127.0.0.1"};
    settings.port = fixture.port;
    std::string text;
    try {
        server.bind(settings);
    } catch (const std::runtime_error& error) {
        text = error.what();
    }
    CHECK(text == "Failed to listen on 127.0.0.1, " + std::to_string(fixture.port) +
                      ": Address already in use");
    settings.bind_addresses = {"not-an-address"};
    CHECK_THROWS_AS(server.bind(settings), std::runtime_error);
    threads.stop();
}

TEST_CASE("server: gzip where the listener compresses, X-Forwarded-For where it is trusted") {
    const Fixture fixture([](ListenerSettings& settings) {
        settings.compressed = {Resource::client};
        settings.x_forwarded = true;
    });
    const std::string body = "{\"a\":\"" + std::string(500, 'a') + "\"}";
    const auto packed = fixture.ask(
        request("POST /_matrix/client/v3/login", "Accept-Encoding: br, gzip\r\n", body));
    CHECK(has(packed, "\r\nContent-Encoding: gzip\r\n"));
    CHECK(packed.size() < 700);
    const auto plain = fixture.ask(
        request("POST /_matrix/client/v3/login", "X-Forwarded-For: 1.2.3.4, 5.6.7.8\r\n", body));
    CHECK_FALSE(has(plain, "Content-Encoding"));
    CHECK(has(plain, "\"ip\":\"1.2.3.4\""));
}
