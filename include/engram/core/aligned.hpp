#pragma once
/// Vectors on cache-line boundaries: what populations and projections keep their arrays in. Large ones lie on huge pages
/// where the system gives them (Linux, transparent huge pages): synapses are visited row by row, and rows lie apart.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "config.hpp"

namespace engram::inline ENGRAM_ABI {

template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}

  static constexpr std::align_val_t huge{std::size_t{1} << 21};

  static constexpr std::align_val_t alignment_of(std::size_t n) { return n * sizeof(T) < 2 * static_cast<std::size_t>(huge) ? alignment : huge; }
  T* allocate(std::size_t n) {
    void* const p = ::operator new(n * sizeof(T), alignment_of(n));
#if defined(__linux__)
    if (alignment_of(n) == huge) madvise(p, n * sizeof(T), MADV_HUGEPAGE);
#endif
    return static_cast<T*>(p);
  }
  void deallocate(T* p, std::size_t n) { ::operator delete(p, alignment_of(n)); }
  friend bool operator==(AlignedAllocator, AlignedAllocator) { return true; }
};

/// Asks for the cache lines of [first, last), at most 4 KiB of them, ahead of their use; `locality` 3 into L1, 2 into L2. Changes
/// no result.
template <int locality = 3, class T>
void prefetch(const T* first, const T* last) {
#if defined(__GNUC__)
  constexpr std::ptrdiff_t most = 4096;
  const char* p = reinterpret_cast<const char*>(first);
  const char* const end = p + std::min(most, reinterpret_cast<const char*>(last) - p);
  p -= reinterpret_cast<std::uintptr_t>(p) % 64;
  for (; p < end; p += 64) __builtin_prefetch(p, 0, locality);
  asm volatile("");  // or GCC takes the function for one without effect, and removes the call
#else
  (void)first, (void)last;
#endif
}

template <class T>
using aligned_vector = std::vector<T, AlignedAllocator<T>>;

}  // namespace engram::inline ENGRAM_ABI
