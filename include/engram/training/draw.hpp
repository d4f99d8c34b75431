#pragma once
/// Which random numbers are used for what in training: streams (seed, Purpose::user, draw, index) of core/random.hpp.
#include "../core/random.hpp"

namespace engram::inline ENGRAM_ABI::training {

enum class Draw : std::uint32_t { weights = 0x7401, shuffle, manifold, scale, trials, maps, cues };

inline Stream draw(Seed seed, Draw what, std::size_t index = 0) {
  return Stream(seed, Purpose::user, static_cast<std::uint32_t>(what), static_cast<std::uint32_t>(index));
}

/// Fisher and Yates 1938.
template <class Range>
void shuffle(Range& range, Stream& random) {
  for (std::size_t n = range.size(); n > 1; --n)
    std::swap(range[n - 1], range[random.below(static_cast<std::uint32_t>(n))]);
}

}  // namespace engram::inline ENGRAM_ABI::training
