#pragma once
/// The parameters of a policy, stated once. A policy lists its members with their range:
///
///     static constexpr auto fields() {
///       return std::tuple{field("tau", &ExpIF::tau, positive), field("leak", &ExpIF::leak)};
///     }
///
/// and from that one list come validation, the run record, `set("tau", 20)` of a command line and the fingerprint of
/// a checkpoint. A policy without `fields()` is allowed: it is then neither validated nor recorded.
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "error.hpp"
#include "units.hpp"

namespace engram::inline ENGRAM_ABI {

/// Closed or open interval of allowed values, in the unit the field is written in (ms, mV, Hz).
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;
  bool high_open = false;

  constexpr bool contains(double v) const {
    return (low_open ? v > low : v >= low) && (high_open ? v < high : v <= high);
  }
};

inline constexpr Range any_value{};
inline constexpr Range any_finite{-std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
inline constexpr Range positive{0, std::numeric_limits<double>::max(), true};
inline constexpr Range non_negative{0, std::numeric_limits<double>::max()};
inline constexpr Range fraction{0, 1};

inline std::string number_text(double v) {
  std::ostringstream out;
  out.precision(10);
  out << v;
  return out.str();
}

/// One text of several. (Sums of literals and strings draw a false -Wrestrict from GCC 12, in user code too.)
inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const auto part : parts) out += part;
  return out;
}

inline std::string range_text(const Range& r, const std::string& unit) {
  const auto u = unit.empty() ? std::string() : joined({" ", unit});
  const bool low = r.low > -std::numeric_limits<double>::max();
  const bool high = r.high < std::numeric_limits<double>::max();
  if (low && high)
    return joined({r.low_open ? "(" : "[", number_text(r.low), ", ", number_text(r.high), r.high_open ? ")" : "]", u});
  if (low) return joined({r.low_open ? "> " : ">= ", number_text(r.low), u});
  if (high) return joined({r.high_open ? "< " : "<= ", number_text(r.high), u});
  return joined({"a finite number", u});
}

/// Throws config_error unless `value` (in `unit`) lies in `range`; `why` says where the range comes from. NaN never does.
inline void require_in(const std::string& name, double value, const Range& range, const std::string& unit = "",
                       const std::string& why = "") {
  if (range.contains(value)) return;
  throw config_error(name, joined({number_text(value), unit.empty() ? "" : " ", unit}),
                     why.empty() ? range_text(range, unit) : joined({range_text(range, unit), " (", why, ")"}));
}

template <class Policy, class Member>
struct Field {
  const char* name;
  Member Policy::*member;
  Range range;
  using unit = unit_of<Member>;
};

template <class Policy, class Member>
constexpr Field<Policy, Member> field(const char* name, Member Policy::*member, Range range = any_finite) {
  return {name, member, range};
}

template <class P>
concept HasFields = requires { P::fields(); };

/// One parameter as people read it.
struct Parameter {
  std::string name;
  double value;
  std::string unit;
};

template <class P, class F>
void for_each_field(const P&, F&& f) {
  if constexpr (HasFields<P>) std::apply([&](const auto&... each) { (f(each), ...); }, P::fields());
}

/// Checks every field, and then the policy's own `check()` for what concerns several fields at once.
template <class P>
void validate(const P& policy, const std::string& name) {
  for_each_field(policy, [&](const auto& f) {
    using unit = typename std::decay_t<decltype(f)>::unit;
    require_in(name + "." + f.name, unit::number(policy.*f.member), f.range, unit::name);
  });
  if constexpr (requires { policy.check(name); }) policy.check(name);
}

template <class P>
std::vector<Parameter> parameters(const P& policy, const std::string& prefix = "") {
  std::vector<Parameter> out;
  for_each_field(policy, [&](const auto& f) {
    using unit = typename std::decay_t<decltype(f)>::unit;
    out.push_back({prefix + f.name, unit::number(policy.*f.member), unit::name});
  });
  if constexpr (requires { policy.parts([](const std::string&, const auto&) {}); })
    policy.parts([&](const std::string& part, const auto& inner) {
      for (auto& p : parameters(inner, prefix + part + ".")) out.push_back(std::move(p));
    });
  return out;
}

/// Sets one field by name, in its own unit. Returns false if the policy has no such field.
template <class P>
bool set_field(P& policy, const std::string& name, double value) {
  bool found = false;
  for_each_field(policy, [&](const auto& f) {
    using unit = typename std::decay_t<decltype(f)>::unit;
    if (name != f.name) return;
    require_in(name, value, f.range, unit::name);
    policy.*f.member = unit::make(value);
    found = true;
  });
  return found;
}

}  // namespace engram::inline ENGRAM_ABI
