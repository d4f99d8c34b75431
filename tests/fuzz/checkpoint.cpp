/// First byte even: the rest is the file. Odd: the rest is the state of a file whose head and checksum are right, and a network
/// that takes it must be able to run.
#include <engram/io/checkpoint.hpp>

#include "fuzz.hpp"
#include "network.hpp"

using namespace engram;

namespace {

std::string with_checksum(const std::string& state) {
  static const std::string print = fingerprint(fuzzed_network());
  ArchiveWriter body;
  body(print, state);
  std::string bytes(detail::checkpoint_magic, 8);
  bytes.append(reinterpret_cast<const char*>(&detail::checkpoint_format), 4) += body.bytes;
  const std::uint64_t sum = detail::fnv1a(bytes.data(), bytes.size());
  return bytes.append(reinterpret_cast<const char*>(&sum), 8);
}

std::string state_of(const auto& sim) {
  ArchiveWriter writer;
  writer(sim);
  return writer.bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto fresh = fuzzed_network();
  static const std::string untouched = state_of(fresh);
  auto sim = fresh;
  const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    load(fuzz::file_of(data[0] % 2 == 0 ? rest : with_checksum(rest)), sim);
  } catch (const io_error&) {
    fuzz::require(state_of(sim) == untouched);
    return 0;
  }
  try {
    for (int k = 0; k < 40; ++k) sim.step();
  } catch (const numerical_error&) {
  }
  return 0;
}
