#pragma once
/// Sets of cells of a population: contiguous ranges, or any union of them.
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <vector>

#include "../core/config.hpp"

namespace engram::inline ENGRAM_ABI {

/// Cells first, first + 1, ..., first + size - 1.
struct CellRange {
  std::uint32_t first = 0;
  std::uint32_t size = 0;

  constexpr std::uint32_t end() const { return first + size; }
  constexpr bool contains(std::uint32_t cell) const { return cell >= first && cell < end(); }
};

/// A union of ranges, in the order given.
class CellSet {
 public:
  CellSet() = default;
  CellSet(CellRange r) : ranges_{r} {}
  CellSet(std::initializer_list<CellRange> r) : ranges_(r) {}
  explicit CellSet(std::vector<CellRange> r) : ranges_(std::move(r)) {}

  const std::vector<CellRange>& ranges() const { return ranges_; }

  std::vector<std::uint32_t> cells() const {
    std::vector<std::uint32_t> out;
    for (const auto& r : ranges_)
      for (std::uint32_t c = r.first; c < r.end(); ++c) out.push_back(c);
    return out;
  }
  std::uint32_t size() const {
    return std::accumulate(ranges_.begin(), ranges_.end(), 0u, [](std::uint32_t n, CellRange r) { return n + r.size; });
  }

 private:
  std::vector<CellRange> ranges_;
};

}  // namespace engram::inline ENGRAM_ABI
