#include "record.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include <engram/io/build_info.hpp>
#include <engram/io/file.hpp>

nlohmann::ordered_json build_record() {
  const engram::BuildInfo info;
  return {{"engram", info.version},       {"git_revision", ENGRAM_GIT_REVISION},          {"compiler", info.compiler},
          {"flags", ENGRAM_FLAGS},        {"instruction_set", info.instruction_set},      {"fma_class", info.fma_class}};
}

nlohmann::ordered_json parameter_record(const std::vector<engram::Parameter>& parameters) {
  nlohmann::ordered_json out;
  for (const auto& p : parameters) out[p.name] = {{"value", p.value}, {"unit", p.unit}};
  return out;
}

void write_json(const std::filesystem::path& path, const nlohmann::ordered_json& json) {
  engram::write_whole(path, [&](std::ostream& out) { out << json.dump(2) << '\n'; });
}

void prepare_output(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const auto probe = folder / ".writable";
  const bool ok = !failed && std::ofstream(probe).put('x').flush().good();
  std::filesystem::remove(probe, failed);
  if (!ok) throw engram::config_error("out", folder.string(), "a folder that can be created and written to");
}

bool draw_figures(const std::string& script, const std::filesystem::path& folder) {
  for (const std::string python : {"/usr/bin/python3", "python3"}) {
    if (std::system((python + " -c 'import matplotlib, numpy' >/dev/null 2>&1").c_str()) != 0) continue;
    return std::system(("MPLBACKEND=Agg " + python + " '" + script + "' '" + folder.string() + "'").c_str()) == 0;
  }
  std::fprintf(stderr, "no figures: no python3 with matplotlib and numpy (Debian: python3-matplotlib); later: python3 %s %s\n", script.c_str(), folder.c_str());
  return false;
}
