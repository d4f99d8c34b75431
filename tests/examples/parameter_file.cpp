#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/parameter_file.hpp"

using namespace engram;
using namespace engram::literals;

namespace {

AssemblyPreset parsed(std::string_view text, AssemblyPreset preset = AssemblyPreset::robust()) {
  parse_parameters(preset, text, "file.toml");
  return preset;
}

/// What refuses the text; nothing of it may have been taken.
std::string refusal(std::string_view text) {
  AssemblyPreset preset = AssemblyPreset::robust();
  try {
    parse_parameters(preset, text, "file.toml");
  } catch (const config_error& e) {
    CHECK(parameter_text(preset) == parameter_text(AssemblyPreset::robust()));
    CHECK(std::string_view(e.what()).find('\n') == std::string_view::npos);
    return e.what();
  }
  return "accepted";
}

bool contains(const std::string& text, std::initializer_list<const char*> parts) {
  return std::all_of(parts.begin(), parts.end(), [&](const char* part) { return text.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("numbers in the field's unit, texts with a unit, comments, and a preset to start from") {
  const auto p = parsed("# a sweep\npreset = \"paper\"\ntau = \"0.015 s\"\nmu = -1   # mV\nr_target = \"9 Hz\"\np = 0.2\nW_EE_max = \"240 uV\"\n");
  CHECK(p.name == "paper");
  CHECK(p.neuron.tau == 15_ms);
  CHECK(p.mu == Voltage{-1});
  CHECK(p.target == 9_Hz);
  CHECK(p.p == 0.2);
  CHECK(p.W_EE_max.value == doctest::Approx(0.24));
  CHECK(p.post == AssemblyPreset::paper().post);
  CHECK(parsed("").name == "robust");
}

TEST_CASE("what a run writes reads back as the same parameters") {
  for (const auto& preset : {AssemblyPreset::paper(), AssemblyPreset::robust()}) {
    const auto back = parsed(parameter_text(preset), AssemblyPreset::named(preset.name == "paper" ? "robust" : "paper"));
    CHECK(back.name == preset.name);
    const auto a = parameters(preset), b = parameters(back);
    for (std::size_t k = 0; k < a.size(); ++k) CHECK_MESSAGE(a[k].value == b[k].value, a[k].name);
  }
}

TEST_CASE("errors name file, line, key, value and what is allowed, on one line") {
  CHECK(refusal("tau = 20\ntau_x = 1") .starts_with("file.toml, line 2: tau_x = tau_x: allowed is one of preset, N, excitatory"));
  CHECK(refusal("\ntau = \"20 mV\"") == "file.toml, line 2: tau = 20 mV: allowed is a number in ms, or one with its unit: us ms s");
  CHECK(refusal("tau = -1") == "file.toml, line 1: tau = -1 ms: allowed is > 0 ms");
  CHECK(refusal("tau = \"-1 s\"") == "file.toml, line 1: tau = -1000 ms: allowed is > 0 ms");
  CHECK(refusal("p = \"0.1 ms\"") == "file.toml, line 1: p = 0.1 ms: allowed is a number without a unit");
  CHECK(contains(refusal("p = true"), {"line 1", "p = boolean", "a number, or a text"}));
  CHECK(contains(refusal("p = [0.1]"), {"line 1", "p = [0.1]", "TOML: name = number"}));
  CHECK(contains(refusal("[rule]\ntau = 1"), {"line 1", "[rule]", "TOML: name = number"}));
  CHECK(contains(refusal("p = nan"), {"line 1", "p = nan", "[0, 1]"}));
  CHECK(contains(refusal("mu = inf"), {"line 1", "mu = inf mV", "a finite number"}));
  CHECK(contains(refusal("preset = \"papers\""), {"line 1", "preset = papers", "paper or robust"}));
  CHECK(contains(refusal("preset = 1"), {"line 1", "preset", "paper or robust"}));
  CHECK(contains(refusal("tau = 20\ntau = 30"), {"line 2", "TOML"}));
  CHECK(contains(refusal("tau = "), {"line 1", "TOML"}));
  CHECK(contains(refusal("tau = \"\"\"20\nms\"\"\""), {"line 1", "20?ms"}));
  CHECK(contains(refusal("\"a\\nb\" = 1"), {"line 1", "a?b"}));
  CHECK(contains(refusal("tau = 20\n\xff\xfe = 1"), {"line 2"}));
  CHECK(refusal("mu = -\xca\x9a") != "accepted");  // found by the fuzzer: undefined behaviour in toml++
  CHECK(parsed("tau = 20  # \xcf\x84\n").neuron.tau == 20_ms);
}

TEST_CASE("a file that is not there, a folder") {
  AssemblyPreset preset;
  CHECK_THROWS_WITH_AS(read_parameters(preset, "/nowhere/x.toml"), "parameters = /nowhere/x.toml: allowed is a TOML file that can be read", config_error);
  CHECK_THROWS_AS(read_parameters(preset, std::filesystem::temp_directory_path()), config_error);
}
