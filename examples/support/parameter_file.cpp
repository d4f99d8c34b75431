#include "parameter_file.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <toml++/toml.h>

#include <engram/io/file.hpp>

#include "arguments.hpp"

using engram::AssemblyPreset, engram::config_error;

namespace {

/// Calls f(number, unit, range) for the parameter of that name; config_error with all names if there is none.
template <class F>
void with_parameter(AssemblyPreset& preset, const std::string& name, const std::string& label, F&& f) {
  bool found = false;
  std::string names = "preset";
  preset.each([&](const std::string& field, auto& number, const engram::Range& range) {
    names += ", " + field;
    if (field == name) found = true, f(number, range);
  });
  if (!found) throw config_error(label, name, "one of " + names);
}

void set_number(AssemblyPreset& preset, const std::string& name, const std::string& label, auto&& value_in) {
  with_parameter(preset, name, label, [&](auto& number, const engram::Range& range) {
    using unit = engram::unit_of<std::decay_t<decltype(number)>>;
    const double value = value_in(unit::name);
    engram::require_in(label, value, range, unit::name);
    number = unit::make(value);
  });
}

/// On one line, whatever a file holds.
std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = '?';
  return out;
}

void set_from(AssemblyPreset& preset, const std::string& name, const toml::node& node, const std::string& label) {
  set_number(preset, name, label, [&](const char* unit) -> double {
    if (const auto text = node.value_exact<std::string>()) return quantity(label, printable(*text), unit);
    if (node.is_number()) return *node.value<double>();
    std::ostringstream type;
    type << node.type();
    throw config_error(label, type.str(), "a number, or a text of a number and its unit");
  });
}

AssemblyPreset named(const toml::node& node, const std::string& label) {
  const std::string name = printable(node.value_exact<std::string>().value_or("no text"));
  try {
    return AssemblyPreset::named(name);
  } catch (const config_error& e) {
    throw config_error(label, name, e.allowed);
  }
}

/// toml++ 3.3 has undefined behaviour on some letters beyond ASCII; no name and no unit needs one.
std::string ascii(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) > 126; }, '?');
  return out;
}

constexpr const char* form = "TOML: name = number, or name = \"number unit\"";

/// A parameter file has neither tables nor arrays; and toml++ 3.3 takes for granted, by assertions, what it will find in a broken one.
void refuse_brackets(std::string_view text, const std::string& source) {
  std::istringstream lines{std::string(text)};
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number)
    if (line.substr(0, line.find('#')).find_first_of("[]{}") != std::string::npos)
      throw config_error(source + ", line " + std::to_string(number), printable(line), form);
}

std::string shortest(double v) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, v).ptr};
}

}  // namespace

void set_parameter(AssemblyPreset& preset, const std::string& name, const std::string& text, const std::string& label) {
  set_number(preset, name, label, [&](const char* unit) { return quantity(label, text, unit); });
}

void parse_parameters(AssemblyPreset& preset, std::string_view text, const std::string& source) {
  const auto place = [&](const toml::source_region& at) { return source + ", line " + std::to_string(at.begin.line); };
  refuse_brackets(text, source);
  try {
    const auto table = toml::parse(ascii(text));
    AssemblyPreset read = preset;
    if (const auto* node = table.get("preset")) read = named(*node, place(node->source()) + ": preset");
    for (const auto& [key, node] : table)
      if (const auto name = printable(key.str()); name != "preset") set_from(read, name, node, place(node.source()) + ": " + name);
    preset = read;
  } catch (const toml::parse_error& e) {
    throw config_error(place(e.source()), printable(e.description()), form);
  }
}

void read_parameters(AssemblyPreset& preset, const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) throw config_error("parameters", path.string(), "a TOML file that can be read");
  parse_parameters(preset, text.view(), path.string());
}

std::string parameter_text(const AssemblyPreset& preset) {
  std::string out = "preset = \"" + preset.name + "\"\n";
  preset.each([&](const std::string& name, const auto& number, const engram::Range&) {
    using unit = engram::unit_of<std::decay_t<decltype(number)>>;
    out += name + " = " + shortest(unit::number(number)) + (*unit::name ? std::string("  # ") + unit::name : "") + "\n";
  });
  return out;
}

void write_parameters(const std::filesystem::path& path, const AssemblyPreset& preset) {
  engram::write_whole(path, [&](std::ostream& out) { out << parameter_text(preset); });
}
