// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

namespace aksono {

namespace {
constexpr std::size_t kMaxLength = 255;
}

template <char Sigil>
Result<Id<Sigil>> Id<Sigil>::parse(std::string_view text) {
    if (text.empty() || text.front() != Sigil) {
        return failure(std::string("expected an identifier that begins with ") + Sigil);
    }
    if (text.size() > kMaxLength) return failure(std::string("identifier is too long"));
    // Users and aliases always name their server.
    if ((Sigil == '@' || Sigil == '#') && text.find(':') == text.npos) {
        return failure(std::string("identifier names no server"));
    }
    return Id(std::string(text));
}

template <char Sigil>
std::string_view Id<Sigil>::localpart() const {
    const std::string_view all = text_;
    return all.substr(1, all.find(':') - 1);
}

template <char Sigil>
std::string_view Id<Sigil>::server() const {
    const std::string_view all = text_;
    const auto colon = all.find(':');
    return colon == all.npos ? std::string_view() : all.substr(colon + 1);
}

template class Id<'@'>;
template class Id<'!'>;
template class Id<'$'>;
template class Id<'#'>;

}  // namespace aksono
