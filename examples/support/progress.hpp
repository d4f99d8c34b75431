#pragma once
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>

/// Set by Ctrl-C (once install_interrupt() was called): runs end at their next report, and what is done is written.
extern std::atomic<bool> interrupted;
void install_interrupt();

/// Progress over several runs side by side, in seconds of model time: a bar on a terminal, a plain line for every tenth
/// otherwise, nothing if quiet.
class ProgressBar {
 public:
  ProgressBar(std::string what, double total, bool quiet);
  void advance(double model_seconds);
  /// A run turned out longer or shorter than was estimated.
  void correct(double more);
  void finish();

 private:
  void draw(bool last);
  std::string text() const;

  std::string what_;
  double total_, done_ = 0;
  bool quiet_, terminal_;
  int tenth_ = 0;
  std::chrono::steady_clock::time_point begun_, drawn_;
  std::mutex guard_;
};
