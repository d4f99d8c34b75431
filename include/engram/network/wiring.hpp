#pragma once
/// Who is connected to whom. A wiring draws the targets of one source at a time, from a stream of its own, so that
/// rows can be drawn in any order and by any number of threads.
#include <cmath>

#include "../core/concepts.hpp"
#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI {

/// Every pair with probability p, independently.
struct Bernoulli {
  double p = 0.1;

  /// Jumps from success to success: the gaps are geometric.
  void row(Index, Index targets, Stream& random, auto&& emit) const {
    if (p <= 0) return;
    const double scale = p < 1 ? 1 / std::log1p(-p) : 0;
    double at = 0;
    for (;;) {
      at += std::floor(std::log(random.uniform()) * scale);
      if (at >= targets) return;
      emit(static_cast<Index>(at));
      at += 1;
    }
  }

  static constexpr auto fields() { return std::tuple{field("p", &Bernoulli::p, fraction)}; }
};
static_assert(Wiring<Bernoulli>);

/// Every source to every target.
struct AllToAll {
  void row(Index, Index targets, Stream&, auto&& emit) const {
    for (Index i = 0; i < targets; ++i) emit(i);
  }
};
static_assert(Wiring<AllToAll>);

/// Every source i to target i only.
struct OneToOne {
  void row(Index source, Index targets, Stream&, auto&& emit) const {
    if (source < targets) emit(source);
  }
};
static_assert(Wiring<OneToOne>);

}  // namespace engram::inline ENGRAM_ABI
