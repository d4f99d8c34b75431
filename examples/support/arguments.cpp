#include "arguments.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

using engram::config_error;

namespace {

struct Unit {
  const char* name;
  const char* base;
  double scale;  ///< base units in it
};
constexpr Unit units[] = {{"us", "ms", 1e-3}, {"ms", "ms", 1}, {"s", "ms", 1e3}, {"uV", "mV", 1e-3},
                          {"mV", "mV", 1},    {"V", "mV", 1e3}, {"Hz", "Hz", 1}, {"kHz", "Hz", 1e3}};

std::string allowed_quantity(const std::string& unit) {
  if (unit.empty()) return "a number without a unit";
  std::string out = "a number in " + unit + ", or one with its unit:";
  for (const auto& u : units)
    if (unit == u.base) out += std::string(" ") + u.name;
  return out;
}

constexpr std::size_t most_seeds = 10000;

std::uint64_t seed(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{} || end != text.data() + text.size() || value == 0 || value >= std::uint64_t{1} << 53)
    throw config_error("seeds", text, "a count (5), a list (7,9) or a range (101-105) of whole numbers from 1 to 2^53");
  return value;
}

void append_seeds(std::vector<std::uint64_t>& out, std::uint64_t first, std::uint64_t last) {
  if (last < first) throw config_error("seeds", std::to_string(first) + "-" + std::to_string(last), "an ascending range");
  if (last - first >= most_seeds - std::min(most_seeds, out.size()))
    throw config_error("seeds", std::to_string(first) + "-" + std::to_string(last), "at most " + std::to_string(most_seeds) + " seeds");
  for (auto s = first; s <= last; ++s) out.push_back(s);
}

}  // namespace

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, by);) out.push_back(part);
  return out;
}

double number(const std::string& field, const std::string& text) {
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{} || end != text.data() + text.size()) throw config_error(field, text, "a number");
  return value;
}

double quantity(const std::string& field, const std::string& text, const std::string& unit) {
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (status == std::errc{} && rest.empty()) return value;
  for (const auto& u : units)
    if (status == std::errc{} && rest == u.name && unit == u.base) return value * u.scale;
  throw config_error(field, text, allowed_quantity(unit));
}

std::vector<double> number_list(const std::string& field, const std::string& text, const engram::Range& range) {
  std::vector<double> out;
  for (const auto& part : split(text, ',')) {
    out.push_back(number(field, part));
    engram::require_in(field, out.back(), range);
  }
  if (out.empty()) throw config_error(field, "\"\"", "at least one number");
  return out;
}

std::vector<std::uint64_t> seed_list(const std::string& text) {
  std::vector<std::uint64_t> out;
  if (text.find_first_of(",-") == std::string::npos) {
    append_seeds(out, 1, seed(text));
    return out;
  }
  for (const auto& part : split(text, ',')) {
    const auto dash = part.find('-');
    const auto first = seed(part.substr(0, dash));
    append_seeds(out, first, dash == std::string::npos ? first : seed(part.substr(dash + 1)));
  }
  auto sorted = out;
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
    throw config_error("seeds", std::to_string(*twice) + " and " + std::to_string(*twice), "each seed once");
  return out;
}

std::pair<std::string, std::string> assignment(const std::string& option, const std::string& text) {
  const auto at = text.find('=');
  if (at == std::string::npos) throw config_error(option, text, "name=value");
  return {text.substr(0, at), text.substr(at + 1)};
}

std::array<double, 5> block_weights(const std::string& text, std::array<double, 5> otherwise) {
  static constexpr const char* names[] = {"AA", "AB", "AO", "OA", "OO"};
  for (const auto& part : split(text, ',')) {
    const auto [name, value] = assignment("initial", part);
    const auto at = std::find(std::begin(names), std::end(names), name);
    if (at == std::end(names)) throw config_error("initial", name, "AA, AB, AO, OA or OO");
    const double x = number("initial " + name, value);
    engram::require_in("initial " + name, x, engram::fraction, "", "of W_EE_max");
    otherwise[static_cast<std::size_t>(at - std::begin(names))] = x;
  }
  return otherwise;
}
