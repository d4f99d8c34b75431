#pragma once
#include <string>

#include "../core/simd.hpp"
#include "../version.hpp"

namespace engram::inline ENGRAM_ABI {

/// What a result depends on besides its parameters: for run records.
struct BuildInfo {
  std::string version = engram::version;
#if defined(__clang__)
  std::string compiler = "clang " __clang_version__;
#elif defined(__GNUC__)
  std::string compiler = "gcc " __VERSION__;
#else
  std::string compiler = "unknown";
#endif
  std::string instruction_set = instruction_set_name();
  /// Builds of one class give the same bits: "fma" or "no fma", and whether the compiler contracts by itself.
  std::string fma_class = class_name();

 private:
  static std::string instruction_set_name() {
    switch (lane_count<native_lanes<float>>) {
      case 16: return "AVX-512";
      case 8: return "AVX2";
      case 4: return "128 bit";
      default: return "scalar";
    }
  }
  static std::string class_name() {
    volatile double a = 1 + 0x1p-30, b = -1 - 0x1p-29;
    const double x = a, y = b;
    const bool contracted = x * x + y != 0 && x * x == 1 + 0x1p-29;
    std::string name =
#if defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__)
        "fma";
#else
        "no fma";
#endif
    return contracted ? name + ", contracted by the compiler" : name;
  }
};

}  // namespace engram::inline ENGRAM_ABI
