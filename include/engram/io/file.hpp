#pragma once
#include <filesystem>
#include <fstream>

#include "../core/error.hpp"

namespace engram::inline ENGRAM_ABI {

/// Writes through `fill(std::ostream&)` into a temporary file beside `path`, then renames it: a reader sees the old file
/// or the whole new one, never a half. Throws io_error.
template <class Fill>
void write_whole(const std::filesystem::path& path, Fill&& fill) {
  auto part = path;
  part += ".part";
  {
    std::ofstream out(part, std::ios::binary);
    if (!out) throw io_error(path.string(), "cannot be opened for writing");
    fill(out);
    out.flush();
    if (!out) {
      std::error_code ignored;
      std::filesystem::remove(part, ignored);
      throw io_error(path.string(), "could not be written whole (disk full?)");
    }
  }
  std::error_code failed;
  std::filesystem::rename(part, path, failed);
  if (failed) throw io_error(path.string(), failed.message());
}

}  // namespace engram::inline ENGRAM_ABI
