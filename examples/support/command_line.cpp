#include "command_line.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include <engram/io/file.hpp>

#include "arguments.hpp"
#include "parameter_file.hpp"

using engram::AssemblyPreset, engram::config_error;

namespace {
/// First line of the file that --resume reads; the arguments follow, one a line.
std::string resume_head(const std::string& program) { return "engram " + program + ", arguments:"; }
}  // namespace

bool parsed(CLI::App& app, const std::vector<std::string>& arguments) {
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return true;
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return false;
  } catch (const CLI::ParseError& e) {
    std::string what = e.what();
    std::replace(what.begin(), what.end(), '\n', ' ');
    throw config_error("command line", what, "what --help lists");
  }
}

std::string command_text(int argc, char** argv) {
  std::string out;
  for (int k = 0; k < argc; ++k) out.append(k > 0 ? " " : "").append(argv[k]);
  return out;
}

ResumableArguments::ResumableArguments(std::string name, int argc, char** argv) : program(std::move(name)) {
  const std::string what = "the file `resume` of a run of " + program + " with --checkpoint-every";
  std::vector<std::string> given(argv + 1, argv + argc);
  const auto at = std::find_if(given.begin(), given.end(), [](const std::string& a) { return a == "--resume" || a.starts_with("--resume="); });
  if (at != given.end()) {
    const auto value = *at == "--resume" ? at + 1 : at;
    if (value == given.end()) throw config_error("resume", "nothing", what);
    resumed = value == at ? at->substr(9) : *value;
    std::ifstream in(resumed);
    if (!in) throw config_error("resume", resumed.string(), "a file that can be read");
    std::string line;
    if (!std::getline(in, line) || line != resume_head(program)) throw config_error("resume", resumed.string(), what);
    while (std::getline(in, line)) all.push_back(line);
    given.erase(at, value + 1);
  }
  all.insert(all.end(), given.begin(), given.end());
}

std::filesystem::path ResumableArguments::folder() const { return std::filesystem::absolute(resumed).parent_path().parent_path(); }

void ResumableArguments::save(const std::filesystem::path& out) const {
  std::filesystem::create_directories(out / "checkpoint");
  engram::write_whole(out / "checkpoint" / "resume", [&](std::ostream& file) {
    file << resume_head(program) << '\n';
    for (const auto& argument : all) file << argument << '\n';
  });
}

PresetOptions::PresetOptions(CLI::App& app, const std::string& preset) : preset_(preset) {
  app.add_option("--preset", asked_, "parameter set: robust or paper [" + preset + "]");
  app.add_option("--parameters", file_, "TOML file of parameters, such as OUT/parameters.toml: name = number or \"number unit\", names as for --set");
  app.add_option("--n", n_, "cells, >= 2 [1000]");
  app.add_option("--p", p_, "connection probability, in [0, 1] [0.1]");
  app.add_option("--set", assignments_, "name=value or name=\"value unit\": any other parameter, see below; repeatable")->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.footer(parameter_help());
}

AssemblyPreset PresetOptions::read() const {
  auto out = AssemblyPreset::named(asked_.value_or(preset_));
  if (!file_.empty()) {
    read_parameters(out, file_);
    if (asked_ && *asked_ != out.name) throw config_error("preset", *asked_, "what " + file_ + " says, " + out.name + "; or leave one of them out");
  }
  if (n_) engram::set(out, "N", *n_);
  if (p_) engram::set(out, "p", *p_);
  for (const auto& text : assignments_) {
    const auto [name, value] = assignment("set", text);
    set_parameter(out, name, value, "set " + name);
  }
  return out;
}

std::string parameter_help() {
  std::ostringstream out;
  out << "\nParameters for --set and --parameters (unit, value in `robust`, value in `paper`, range):\n";
  const auto paper = engram::parameters(AssemblyPreset::paper());
  std::size_t k = 0;
  AssemblyPreset::robust().each([&](const std::string& name, const auto& value, const engram::Range& range) {
    using unit = engram::unit_of<std::decay_t<decltype(value)>>;
    char line[160];
    std::snprintf(line, sizeof line, "  %-20s %-6s %12.6g %12.6g   %s\n", name.c_str(), unit::name, unit::number(value), paper[k++].value, engram::range_text(range, "").c_str());
    out << line;
  });
  return out.str();
}
