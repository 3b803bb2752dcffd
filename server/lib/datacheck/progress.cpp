// SPDX-License-Identifier: Apache-2.0
#include "datacheck/progress.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace aksono::datacheck {

namespace {

constexpr int kForm = 2;  ///< of the file
constexpr std::array<const char*, 7> kGaps{"",       "budget", "forbidden", "unlogged",
                                           "locked", "slow",   "failed"};

Json write_answer(const Answer& answer) {
    return {{"done", answer.done},
            {"at", answer.at},
            {"found", answer.found},
            {"objects", answer.objects},
            {"left_out", answer.left_out},
            {"left_why", answer.left_why},
            {"gap", kGaps.at(static_cast<std::size_t>(answer.gap))},
            {"why", answer.why}};
}

Answer read_answer(const Json& json) {
    Answer answer;
    json.at("done").get_to(answer.done);
    json.at("at").get_to(answer.at);
    json.at("found").get_to(answer.found);
    json.at("objects").get_to(answer.objects);
    json.at("left_out").get_to(answer.left_out);
    json.at("left_why").get_to(answer.left_why);
    json.at("why").get_to(answer.why);
    const auto it = std::ranges::find(kGaps, json.at("gap").get<std::string>());
    if (it == kGaps.end()) throw std::runtime_error("unknown gap");
    answer.gap = static_cast<Gap>(it - kGaps.begin());
    return answer;
}

}  // namespace

bool Progress::complete() const {
    return std::ranges::all_of(answers, [](const auto& each) {
        const auto gap = each.second.gap;
        return each.second.done || (gap != Gap::budget && gap != Gap::locked && gap != Gap::none);
    });
}

Json write_progress(const Progress& progress) {
    Json answers = Json::object();
    for (const auto& [id, answer] : progress.answers)
        answers[id] = write_answer(answer);
    return {{"form", kForm}, {"database", progress.database}, {"answers", answers}};
}

Progress read_progress(const Json& json) {
    try {
        if (json.at("form") != kForm) throw std::runtime_error("of another version");
        Progress progress;
        json.at("database").get_to(progress.database);
        for (const auto& [id, answer] : json.at("answers").items())
            progress.answers[id] = read_answer(answer);
        return progress;
    } catch (const std::exception&) {
        throw std::runtime_error("is no file that a check has written to go on from");
    }
}

}  // namespace aksono::datacheck
