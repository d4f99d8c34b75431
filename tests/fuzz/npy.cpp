#include <engram/io/npy.hpp>

#include "fuzz.hpp"

template <class T>
void read_as(const std::filesystem::path& path) {
  try {
    const auto array = engram::read_npy<T>(path);
    std::size_t size = 1;
    for (const auto n : array.shape) size *= n;
    fuzz::require(size == array.data.size());
  } catch (const engram::io_error&) {
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = fuzz::file_of({reinterpret_cast<const char*>(data), size});
  read_as<float>(path);
  read_as<double>(path);
  read_as<std::uint8_t>(path);
  return 0;
}
