#pragma once
#include <span>

#include "recorder.hpp"

namespace engram::inline ENGRAM_ABI {

enum class Fate { faded, segregated, fused, undecided };

inline const char* name(Fate f) {
  switch (f) {
    case Fate::faded: return "faded";
    case Fate::segregated: return "segregated";
    case Fate::fused: return "fused";
    default: return "undecided";
  }
}

/// What became of two trained assemblies, from the weights before training, at its end, and after. With x_AA and x_AB
/// the means over the last tenth of the rows after training, and the drift of x_AB over their last third carried on for as
/// long again as the network has run after training (x_AB'):
///
/// - faded:      x_AA has lost three quarters of what training had added to it;
/// - fused:      x_AA keeps half of what training had added, and x_AB >= 0.75 x_AA;
/// - segregated: x_AA keeps half of what training had added, x_AB <= 0.5 x_AA, and x_AB' <= 0.5 x_AA too;
/// - undecided:  anything else, also when there are fewer than 10 rows.
struct FateCriterion {
  double kept = 0.5, lost = 0.75, fused_ratio = 0.75, segregated_ratio = 0.5;

  Fate operator()(const AssemblyRow& before, const AssemblyRow& trained, std::span<const AssemblyRow> after) const {
    if (after.size() < 10) return Fate::undecided;
    const auto end = after.last(std::max<std::size_t>(1, after.size() / 10));
    const double AA = mean(end, &AssemblyRow::AA), AB = mean(end, &AssemblyRow::AB);
    const double kept_now = (AA - before.AA) / (trained.AA - before.AA);
    if (!(trained.AA > before.AA)) return Fate::undecided;
    if (kept_now < 1 - lost) return Fate::faded;
    if (kept_now < kept) return Fate::undecided;
    if (AB >= fused_ratio * AA) return Fate::fused;
    const double later = AB + slope(after.last(after.size() / 3)) * (after.back().t - after.front().t);
    return AB <= segregated_ratio * AA && later <= segregated_ratio * AA ? Fate::segregated : Fate::undecided;
  }

 private:
  static double mean(std::span<const AssemblyRow> rows, double AssemblyRow::*column) {
    double sum = 0;
    for (const auto& r : rows) sum += r.*column;
    return sum / static_cast<double>(rows.size());
  }
  /// Least squares drift of x_AB, 1/s.
  static double slope(std::span<const AssemblyRow> rows) {
    const double t = mean(rows, &AssemblyRow::t), x = mean(rows, &AssemblyRow::AB);
    double tt = 0, tx = 0;
    for (const auto& r : rows) tt += (r.t - t) * (r.t - t), tx += (r.t - t) * (r.AB - x);
    return tx / tt;
  }
};

}  // namespace engram::inline ENGRAM_ABI
