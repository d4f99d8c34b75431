#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <engram/assembly/preset.hpp>

namespace CLI {
class App;
}

/// Reads the arguments (without the program's name). False after --help, which it prints; config_error for what the program
/// does not know.
bool parsed(CLI::App& app, const std::vector<std::string>& arguments);

/// The program's name and arguments on one line, for the run record.
std::string command_text(int argc, char** argv);

/// The arguments of a program whose runs can be resumed: --resume FILE stands for all that FILE holds, and what is given
/// besides comes after it.
struct ResumableArguments {
  ResumableArguments(std::string program, int argc, char** argv);

  std::string program;
  std::vector<std::string> all;
  std::filesystem::path resumed;  ///< FILE, or empty

  /// The folder of the run that is resumed.
  std::filesystem::path folder() const;
  /// Writes OUT/checkpoint/resume, the FILE of a later --resume.
  void save(const std::filesystem::path& out) const;
};

/// The options that choose an AssemblyPreset: --preset, --parameters, --n, --p and --set. Later ones in this order win.
class PresetOptions {
 public:
  PresetOptions(CLI::App& app, const std::string& preset);
  PresetOptions(const PresetOptions&) = delete;  // the App writes into it

  engram::AssemblyPreset read() const;
  /// As given, or empty.
  const std::string& parameter_file() const { return file_; }

 private:
  std::string preset_;
  std::optional<std::string> asked_;
  std::string file_;
  std::optional<double> n_, p_;
  std::vector<std::string> assignments_;
};

/// Every parameter with unit, range and its value in both presets: for --help.
std::string parameter_help();
