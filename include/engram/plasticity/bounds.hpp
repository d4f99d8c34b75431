#pragma once
#include <limits>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI {

/// Hard bounds: after every change low <= W <= high.
struct HardBounds {
  Voltage low{-std::numeric_limits<double>::infinity()};
  Voltage high{std::numeric_limits<double>::infinity()};

  bool contains(Voltage w) const { return w >= low && w <= high; }

  static constexpr auto fields() {
    return std::tuple{field("low", &HardBounds::low, any_value), field("high", &HardBounds::high, any_value)};
  }
  void check(const std::string& name) const {
    require_in(name + ".high", high.value, {low.value, any_value.high}, "mV");
  }
};

/// No bounds: weights may take any value and change sign.
inline constexpr HardBounds unbounded{};

/// The weights never change.
struct Static {};

}  // namespace engram::inline ENGRAM_ABI
