/// The first byte chooses what the rest is read as.
#include "support/arguments.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  static const char* const units[] = {"ms", "mV", "Hz", ""};
  try {
    switch (data[0] % 5) {
      case 0: number("x", text); break;
      case 1: quantity("x", text, units[data[0] / 5 % 4]); break;
      case 2:
        for (const double x : number_list("x", text, engram::fraction)) fuzz::require(x >= 0 && x <= 1);
        break;
      case 3:
        for (const auto seed : seed_list(text)) fuzz::require(seed > 0);
        break;
      default:
        for (const double x : block_weights(text, {})) fuzz::require(x >= 0 && x <= 1);
    }
  } catch (const engram::config_error&) {
  }
  return 0;
}
