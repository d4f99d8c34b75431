#pragma once
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>

/// Set by Ctrl-C (once install_interrupt() was called): runs end at their next report, and what is done is written.
extern std::atomic<bool> interrupted;
void install_interrupt();

/// What a progress bar counts, and its speed: so many in a second.
struct ProgressUnit {
  const char* name;
  const char* per_second;
};

/// Progress over several runs side by side: a bar on a terminal, a plain line for every tenth otherwise, nothing if quiet.
class ProgressBar {
 public:
  ProgressBar(std::string what, double total, bool quiet, ProgressUnit unit = {"s of model time", "x real time"});
  /// `remark` stands behind the numbers until the next one.
  void advance(double done, const std::string& remark = "");
  /// A run turned out longer or shorter than was estimated.
  void correct(double more);
  /// A line of its own, above the bar.
  void say(const std::string& line);
  void finish();

 private:
  void draw(bool last);
  std::string text() const;

  std::string what_, remark_;
  ProgressUnit unit_;
  double total_, done_ = 0;
  bool quiet_, terminal_;
  int tenth_ = 0;
  std::chrono::steady_clock::time_point begun_, drawn_;
  std::mutex guard_;
};
