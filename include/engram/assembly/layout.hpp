#pragma once
#include "../core/fields.hpp"
#include "../network/range.hpp"

namespace engram::inline ENGRAM_ABI {

/// Two overlapping assemblies in an excitatory population: exclusive members A and B, overlap O, in the order A, O, B, so
/// that either assembly with the overlap is one range. N_O = lambda N, N_A = N_B = (N_E - N_O)/2, N all cells.
struct TwoAssemblies {
  CellRange A, O, B;

  /// Throws unless 0 <= overlap <= N_E/N. An odd remainder goes to B.
  static TwoAssemblies make(std::uint32_t N, std::uint32_t N_E, double lambda) {
    require_in("lambda", lambda, {0, static_cast<double>(N_E) / static_cast<double>(N)});
    const auto N_O = static_cast<std::uint32_t>(std::lround(lambda * static_cast<double>(N)));
    const std::uint32_t N_A = (N_E - N_O) / 2;
    return {{0, N_A}, {N_A, N_O}, {N_A + N_O, N_E - N_O - N_A}};
  }

  /// The exclusive groups and the overlap, in the order A, B, O: rows and columns of the block matrices.
  std::vector<CellSet> groups() const { return {CellSet{A}, CellSet{B}, CellSet{O}}; }
  /// Who gets training signal A, and who B.
  std::vector<CellSet> assemblies() const { return {CellSet{{A, O}}, CellSet{{O, B}}}; }
};

}  // namespace engram::inline ENGRAM_ABI
