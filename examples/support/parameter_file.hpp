#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include <engram/assembly/preset.hpp>

/// Sets one parameter from text: a number in the field's own unit, or one with its unit ("20 ms"). `label` is what an error
/// calls the field.
void set_parameter(engram::AssemblyPreset& preset, const std::string& name, const std::string& text, const std::string& label);

/// Parameters in TOML: `preset = "robust"` if it shall replace the present one, then any of the names that --set takes, each
/// a number in the field's own unit or a text with its unit:
///
///     preset = "robust"
///     tau = "20 ms"
///     W_EE_max = 0.24   # mV
///
/// Throws config_error naming file, line, key, value and what is allowed, or io_error; then `preset` is as it was.
void read_parameters(engram::AssemblyPreset& preset, const std::filesystem::path& path);

/// The same from memory; errors call it `source`.
void parse_parameters(engram::AssemblyPreset& preset, std::string_view text, const std::string& source);

/// All parameters as such a file.
std::string parameter_text(const engram::AssemblyPreset& preset);
void write_parameters(const std::filesystem::path& path, const engram::AssemblyPreset& preset);
