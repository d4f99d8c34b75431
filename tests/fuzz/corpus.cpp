/// Writes what the fuzzers start from: files as the library itself writes them. corpus FOLDER
#include <engram/io/checkpoint.hpp>

#include "fuzz.hpp"
#include "network.hpp"
#include "support/parameter_file.hpp"

using namespace engram;
using namespace engram::literals;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  const auto put = [&](const char* target, const char* name, const std::string& bytes) {
    std::filesystem::create_directories(folder / target);
    std::ofstream(folder / target / name, std::ios::binary) << bytes;
  };
  for (const char* target : {"npy", "checkpoint", "spike_file", "parameter_file", "arguments"}) std::filesystem::create_directories(folder / target);
  write_npy(folder / "npy" / "float", std::vector<float>{1, 2, 3});
  write_npy(folder / "npy" / "double", Eigen::MatrixXd::Identity(2, 3).eval());
  write_npy(folder / "npy" / "byte", std::vector<std::uint8_t>{7});

  auto sim = fuzzed_network();
  sim.run(300_ms);
  save(folder / "whole", sim);
  ArchiveWriter state;
  state(sim);
  put("checkpoint", "state", '\1' + state.bytes);
  std::ifstream whole(folder / "whole", std::ios::binary);
  put("checkpoint", "file", '\0' + std::string(std::istreambuf_iterator<char>(whole), {}));
  std::filesystem::remove(folder / "whole");

  put("spike_file", "two_trials", "trial,time,unit\n0,12.5,3\n1,199.9,49\n=\ntrial,label\n0,1\n1,0\n");
  put("parameter_file", "robust", parameter_text(AssemblyPreset::robust()));
  put("parameter_file", "units", "tau = \"0.02 s\"\nr_target = \"9 Hz\"  # comment\nmu = -1\n");
  put("parameter_file", "table", "preset = \"paper\"\n[rule]\nx = [1, 2]\n");
  put("arguments", "number", std::string(1, '\0') + "-1.5e-3");
  put("arguments", "quantity", "\1" "20 ms");
  put("arguments", "list", "\2" "0,0.5,1");
  put("arguments", "seeds", "\3" "3,101-105");
  put("arguments", "blocks", "\4" "AA=1,AB=0.2");
  return 0;
}
