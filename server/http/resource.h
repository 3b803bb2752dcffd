// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

namespace aksono::http {

/// The names that `resources` of a listener may list; each stands for some trees of paths.
enum class Resource : unsigned {
    client = 1U << 0U,
    consent = 1U << 1U,
    federation = 1U << 2U,
    health = 1U << 3U,
    keys = 1U << 4U,
    media = 1U << 5U,
    metrics = 1U << 6U,
    openid = 1U << 7U,
    replication = 1U << 8U,
    static_pages = 1U << 9U,
};

std::optional<Resource> parse_resource(std::string_view name);

/// A set of resources.
class Resources {
public:
    constexpr Resources() = default;
    constexpr Resources(std::initializer_list<Resource> members) {
        for (const Resource member : members)
            add(member);
    }
    constexpr void add(Resource member) { bits_ |= static_cast<unsigned>(member); }
    [[nodiscard]] constexpr bool has(Resource member) const {
        return (bits_ & static_cast<unsigned>(member)) != 0;
    }
    [[nodiscard]] constexpr bool overlaps(Resources other) const {
        return (bits_ & other.bits_) != 0;
    }
    static constexpr Resources all() {
        Resources every;
        every.bits_ = ~0U;
        return every;
    }

private:
    unsigned bits_ = 0;
};

/// The resources whose listeners serve this path of the route table.
Resources serving(std::string_view path);

/// Whether an unknown path answers JSON (below a tree that the listener serves) or a page.
bool unknown_is_json(std::string_view path, Resources listener);

}  // namespace aksono::http
