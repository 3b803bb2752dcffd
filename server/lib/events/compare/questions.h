// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aksono::events {

/// The answer, as one line of JSON, to a question {"ask": …, …}: what can be asked is listed in
/// questions.cpp. Of a question that is not understood the answer is {"bug": …}.
std::string answer(std::string_view question);

}  // namespace aksono::events
