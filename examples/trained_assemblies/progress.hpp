#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <string>

/// Progress of runs side by side: a bar on a terminal, a plain line for every tenth otherwise, nothing if quiet. Shows
/// the last accuracy and when all will be done.
class TrainingProgress {
 public:
  TrainingProgress(std::size_t runs, std::uint64_t steps_per_run, bool quiet);
  void epoch(const std::string& run, std::uint64_t step, double accuracy);
  void run_done(const std::string& run, const std::string& result);
  void finish();

 private:
  void draw(bool last);

  std::size_t runs_, runs_done_ = 0;
  double steps_per_run_;
  bool quiet_, terminal_;
  int tenth_ = 0;
  std::map<std::string, double> steps_of_;
  std::string last_;
  std::chrono::steady_clock::time_point begun_, drawn_;
  std::mutex guard_;
};
