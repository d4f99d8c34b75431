#pragma once
/// What the examples' command lines and parameter files hold, read from text. Every function throws engram::config_error
/// naming `field`, what was given and what is allowed.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <engram/core/fields.hpp>

/// The parts between separators; none of an empty text.
std::vector<std::string> split(const std::string& text, char by);

/// The whole text as a number.
double number(const std::string& field, const std::string& text);

/// The whole text as a number with or without a unit, in `unit` (ms, mV, Hz, or "" for one that has none): "0.02 s" is 20 in ms.
double quantity(const std::string& field, const std::string& text, const std::string& unit);

/// "0,0.5,1": at least one number, each in `range`.
std::vector<double> number_list(const std::string& field, const std::string& text, const engram::Range& range);

/// "5" is the seeds 1 to 5; "3,7" and "3," are lists, "101-105" a range, which may stand in a list.
std::vector<std::uint64_t> seed_list(const std::string& text);

/// "name=value".
std::pair<std::string, std::string> assignment(const std::string& option, const std::string& text);

/// "AA=1,AB=0.2": mean block weights in the order AA, AB, AO, OA, OO, each in [0, 1] of W_EE_max; `otherwise` where none is given.
std::array<double, 5> block_weights(const std::string& text, std::array<double, 5> otherwise);
