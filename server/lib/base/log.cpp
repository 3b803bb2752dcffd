// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include "base/log_settings.h"
#include "base/log_sink.h"

#include <atomic>
#include <unordered_map>

namespace aksono::log {

namespace {

using Sinks = std::vector<std::shared_ptr<HandlerSink>>;

/// What a logger's name comes down to.
struct Route {
    Level level = Level::info;
    Sinks sinks;
};

/// The settings with their handlers opened.
class Tree {
public:
    explicit Tree(Settings settings) : settings_(std::move(settings)) {
        for (const auto& [name, handler] : settings_.handlers) {
            handlers_[name] = std::make_shared<HandlerSink>(handler);
        }
    }

    [[nodiscard]] Route route(std::string_view name) const {
        Route route;
        route.level = settings_.root.level.value_or(Level::warning);
        bool level_known = false;
        for (; !name.empty(); name = name.substr(0, dot_of(name))) {
            const auto it = settings_.loggers.find(std::string(name));
            if (it == settings_.loggers.end()) continue;
            if (!level_known && it->second.level) {
                route.level = *it->second.level;
                level_known = true;
            }
            add(route.sinks, it->second);
            if (!it->second.propagate) {
                if (!level_known) route.level = level_above(name);
                return route;
            }
        }
        add(route.sinks, settings_.root);
        return route;
    }

    void reopen() const {
        for (const auto& [name, sink] : handlers_)
            sink->reopen();
    }

private:
    static std::size_t dot_of(std::string_view name) {
        const auto dot = name.rfind('.');
        return dot == std::string_view::npos ? 0 : dot;
    }

    /// Levels are inherited even where lines are not passed on.
    [[nodiscard]] Level level_above(std::string_view name) const {
        for (; !name.empty(); name = name.substr(0, dot_of(name))) {
            const auto it = settings_.loggers.find(std::string(name));
            if (it != settings_.loggers.end() && it->second.level) return *it->second.level;
        }
        return settings_.root.level.value_or(Level::warning);
    }

    void add(Sinks& sinks, const LoggerSettings& logger) const {
        for (const auto& name : logger.handlers) {
            if (const auto it = handlers_.find(name); it != handlers_.end()) {
                sinks.push_back(it->second);
            }
        }
    }

    Settings settings_;
    std::map<std::string, std::shared_ptr<HandlerSink>> handlers_;
};

struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

/// The one piece of process-wide state: where lines go is a property of the process, as stderr is.
struct Current {
    std::mutex mutex;
    std::shared_ptr<const Tree> tree = std::make_shared<const Tree>(Settings::defaults());
    std::atomic<std::uint64_t> generation{1};
};

Current& current() {
    static Current state;
    return state;
}

/// Each thread remembers what it has looked up, until the settings change.
struct ThreadCache {
    std::uint64_t generation = 0;
    std::shared_ptr<const Tree> tree;
    std::unordered_map<std::string, Route, NameHash, std::equal_to<>> routes;
};

const Route& route_of(std::string_view logger) {
    thread_local ThreadCache cache;
    Current& state = current();
    if (cache.generation != state.generation.load(std::memory_order_acquire)) {
        const std::lock_guard lock(state.mutex);
        cache.routes.clear();
        cache.tree = state.tree;
        cache.generation = state.generation.load(std::memory_order_relaxed);
    }
    if (const auto it = cache.routes.find(logger); it != cache.routes.end()) return it->second;
    return cache.routes.emplace(std::string(logger), cache.tree->route(logger)).first->second;
}

thread_local const std::string* current_request = nullptr;

}  // namespace

Settings Settings::defaults() {
    Settings settings;
    settings.handlers["console"] = HandlerSettings{};
    settings.root.level = Level::info;
    settings.root.handlers = {"console"};
    return settings;
}

bool enabled(std::string_view logger, Level level) {
    return level >= route_of(logger).level;
}

void write(std::string_view logger, Level level, std::string_view message, int line) {
    const spdlog::details::log_msg record(
        spdlog::source_loc{"", line, ""}, spdlog::string_view_t(logger.data(), logger.size()),
        spdlog_level(level), spdlog::string_view_t(message.data(), message.size()));
    for (const auto& sink : route_of(logger).sinks) {
        if (sink->should_log(record.level)) sink->log(record);
    }
}

void configure(const Settings& settings) {
    auto tree = std::make_shared<const Tree>(settings);
    Current& state = current();
    const std::lock_guard lock(state.mutex);
    state.tree = std::move(tree);
    state.generation.fetch_add(1, std::memory_order_release);
}

void reopen() {
    Current& state = current();
    std::shared_ptr<const Tree> tree;
    {
        const std::lock_guard lock(state.mutex);
        tree = state.tree;
    }
    tree->reopen();
}

const std::string* swap_request(const std::string* request) {
    return std::exchange(current_request, request);
}

RequestScope::RequestScope(std::string id) : id_(std::move(id)), before_(swap_request(&id_)) {}
RequestScope::~RequestScope() {
    swap_request(before_);
}

}  // namespace aksono::log
