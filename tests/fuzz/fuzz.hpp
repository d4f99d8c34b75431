#pragma once
/// What the fuzzed loaders share: bytes as a file, and the promise that each is tried for: a file is taken whole, or refused with
/// one of engram's own errors and nothing has changed.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace fuzz {

/// The bytes in a file of this process.
inline std::filesystem::path file_of(const std::string& bytes, const char* name = "a") {
  static const auto folder = [] {
    const auto path = std::filesystem::temp_directory_path() / ("engram_fuzz_" + std::to_string(getpid()));
    std::filesystem::create_directories(path);
    std::atexit([] { std::filesystem::remove_all(std::filesystem::temp_directory_path() / ("engram_fuzz_" + std::to_string(getpid()))); });
    return path;
  }();
  const auto path = folder / name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

inline void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace fuzz
