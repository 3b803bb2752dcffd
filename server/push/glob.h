// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace aksono::push {

/// A glob: `*` stands for any characters, `?` for one, neither for a line break; letters match in
/// either case.
/// https://spec.matrix.org/latest/appendices/#glob-style-matching
class Glob {
public:
    enum class Scope {
        whole,  ///< the whole text
        words,  ///< some part of the text that neither begins nor ends inside a word
    };

    Glob(std::string_view pattern, Scope scope);

    /// `lowered` is the text in lower_case().
    [[nodiscard]] bool matches(std::string_view lowered) const;

private:
    Scope scope_;
    std::string literal_;  ///< in lower case; used when there is no regex
    std::shared_ptr<const re2::RE2> regex_;
};

}  // namespace aksono::push
