// SPDX-License-Identifier: Apache-2.0

// What Boost.Context's ucontext variant needs and Debian's libboost_context, built for assembler,
// lacks. Only sanitizer builds use that variant: AddressSanitizer must be told about every switch.
#ifdef BOOST_USE_UCONTEXT

#include <boost/context/fiber_ucontext.hpp>

namespace boost::context::detail {
namespace {

thread_local fiber_activation_record* current_record = nullptr;
thread_local std::size_t users = 0;

}  // namespace

fiber_activation_record*& fiber_activation_record::current() noexcept {
    // Makes the record of the thread's own stack on first use.
    thread_local static fiber_activation_record_initializer initializer;
    return current_record;
}

fiber_activation_record_initializer::fiber_activation_record_initializer() noexcept {
    if (users++ == 0) current_record = new fiber_activation_record();
}

fiber_activation_record_initializer::~fiber_activation_record_initializer() {
    if (--users == 0) {
        delete current_record;
        current_record = nullptr;
    }
}

}  // namespace boost::context::detail

#endif
