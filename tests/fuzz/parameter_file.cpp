#include "support/parameter_file.hpp"

#include "fuzz.hpp"

using namespace engram;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  AssemblyPreset preset = AssemblyPreset::robust();
  const auto before = parameter_text(preset);
  try {
    parse_parameters(preset, {reinterpret_cast<const char*>(data), size}, "file");
  } catch (const config_error& e) {
    fuzz::require(parameter_text(preset) == before);
    fuzz::require(std::string_view(e.what()).find('\n') == std::string_view::npos);
    return 0;
  }
  preset.each([](const std::string&, const auto& value, const Range& range) { fuzz::require(range.contains(unit_of<std::decay_t<decltype(value)>>::number(value))); });
  const auto text = parameter_text(preset);
  AssemblyPreset again;
  parse_parameters(again, text, "written");  // what was taken can be written and read
  return 0;
}
