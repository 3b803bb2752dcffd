// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <compare>
#include <string>
#include <string_view>

namespace aksono {

/// An identifier of one kind, so that a room id is never passed where an event id belongs. `parse`
/// checks sigil and length (255 bytes) only; what a server once accepted must stay readable.
/// https://spec.matrix.org/latest/appendices/#common-identifier-format
template <char Sigil>
class Id {
public:
    Id() = default;
    static Result<Id> parse(std::string_view text);
    /// For values that come from the database or from our own making.
    static Id trusted(std::string text) { return Id(std::move(text)); }

    [[nodiscard]] const std::string& str() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    /// Between the sigil and the first colon.
    [[nodiscard]] std::string_view localpart() const;
    /// After the first colon; empty for ids without a server (events since room version 3, rooms of
    /// version 12).
    [[nodiscard]] std::string_view server() const;

    auto operator<=>(const Id&) const = default;

private:
    explicit Id(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

using UserId = Id<'@'>;
using RoomId = Id<'!'>;
using EventId = Id<'$'>;
using RoomAlias = Id<'#'>;

}  // namespace aksono

template <char Sigil>
struct std::hash<aksono::Id<Sigil>> {
    std::size_t operator()(const aksono::Id<Sigil>& id) const {
        return std::hash<std::string>{}(id.str());
    }
};
