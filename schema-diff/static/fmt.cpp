// SPDX-License-Identifier: Apache-2.0
//
// Debian has {fmt} as a shared library only; its headers hold the whole of it. Templates that the
// headers declare as made elsewhere are made here.

#include <locale>

#include <fmt/format-inl.h>

namespace fmt::detail {

template locale_ref::locale_ref(const std::locale&);
template std::locale locale_ref::get<std::locale>() const;
template thousands_sep_result<char> thousands_sep_impl(locale_ref);
template char decimal_point_impl(locale_ref);
template void buffer<char>::append(const char*, const char*);
template void vformat_to(buffer<char>&, string_view, basic_format_args<FMT_BUFFER_CONTEXT(char)>,
                         locale_ref);

}  // namespace fmt::detail
