/// The spikes, a line of `=`, the labels.
#include <engram/training/spike_file.hpp>

#include "fuzz.hpp"

using namespace engram::training;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto cut = text.find("=\n");
  const auto spikes = fuzz::file_of(text.substr(0, cut), "spikes");
  const auto labels = fuzz::file_of(cut == std::string::npos ? "" : text.substr(cut + 2), "labels");
  try {
    const auto read = read_spike_data(spikes.string(), labels.string(), {});
    for (std::size_t k = 0; k < read.size(); ++k) {
      fuzz::require(read.label(k) < 2);
      for (const auto& spike : read.spikes(k)) fuzz::require(spike.unit < 50 && spike.step < 100);
    }
  } catch (const engram::io_error&) {
  }
  return 0;
}
