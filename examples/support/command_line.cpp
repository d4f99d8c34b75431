#include "command_line.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "arguments.hpp"
#include "parameter_file.hpp"

using engram::AssemblyPreset, engram::config_error;

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
