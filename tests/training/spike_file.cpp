#include <doctest/doctest.h>

#include <engram/training/spike_file.hpp>

#include <cstdlib>
#include <filesystem>

using namespace engram;
using namespace engram::training;

namespace {

struct Files {
  std::string spikes = base() + "_spikes.csv", labels = base() + "_labels.csv";
  Files(const std::string& s, const std::string& l) {
    std::ofstream(spikes) << s;
    std::ofstream(labels) << l;
  }
  ~Files() { std::filesystem::remove(spikes), std::filesystem::remove(labels); }
  static std::string base() {
    return (std::filesystem::temp_directory_path() / ("engram_spike_file_" + std::to_string(std::rand()))).string();
  }
  SpikeData read() const { return read_spike_data(spikes, labels, {.duration = Time{20}, .units = 4}); }
};

const std::string good_spikes = "trial,time,unit\n1,3.9,0\n0,0,3\n1,19.99,1\r\n\n",
                  good_labels = "trial,label\n1,0\n0,1\n2,1\n";

}  // namespace

TEST_CASE("spike files are read in any order, silent trials included") {
  const auto data = Files(good_spikes, good_labels).read();
  CHECK(data.size() == 3);
  CHECK(data.steps() == 10);
  CHECK(data.label(0) == 1);
  CHECK(data.label(1) == 0);
  CHECK(data.spikes(0).size() == 1);
  CHECK(data.spikes(1)[0] == InputSpike{1, 0});
  CHECK(data.spikes(1)[1] == InputSpike{9, 1});
  CHECK(data.spikes(2).empty());
}

TEST_CASE("what is wrong with a spike file is named with its line") {
  const auto message = [](const std::string& spikes, const std::string& labels) -> std::string {
    const Files files(spikes, labels);
    try {
      files.read();
    } catch (const io_error& e) {
      return e.what();
    }
    return "";
  };
  const std::string head = "trial,time,unit\n", labels = "trial,label\n";
  CHECK(message(head + "0,1,4\n", good_labels).find(":2: unit 4") != std::string::npos);
  CHECK(message(head + "0,1,1\n3,1,1\n", good_labels).find(":3: trial 3") != std::string::npos);
  CHECK(message(head + "0,20,1\n", good_labels).find("time 20 ms") != std::string::npos);
  CHECK(message(head + "0,-1,1\n", good_labels).find("time -1 ms") != std::string::npos);
  for (const auto* line : {"0,1\n", "0,1,1,1\n", "0;1;1\n", "a,b,c\n", "0,nan,1\n", "0.5,1,1\n", "0,1,1e9\n", ",,\n"})
    CHECK(message(head + line, good_labels).find(":2: ") != std::string::npos);
  CHECK(message("time,unit\n", good_labels).find("header") != std::string::npos);
  CHECK(message(good_spikes, labels + "0,1\n0,1\n").find("already") != std::string::npos);
  CHECK(message(good_spikes, labels + "0,1\n2,1\n").find("trial 1 has no label") != std::string::npos);
  CHECK(message(good_spikes, labels + "0,2\n").find("label 2") != std::string::npos);
  CHECK_THROWS_AS(read_spike_data("/nonexistent", "/nonexistent", {}), io_error);
  CHECK_THROWS_AS(read_spike_data("a", "b", {.units = 0}), config_error);
}
