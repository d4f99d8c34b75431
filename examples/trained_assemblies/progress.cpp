#include "progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace {
double seconds_since(std::chrono::steady_clock::time_point t) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count();
}
}  // namespace

TrainingProgress::TrainingProgress(std::size_t runs, std::uint64_t steps_per_run, bool quiet)
    : runs_(runs),
      steps_per_run_(static_cast<double>(steps_per_run)),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      begun_(std::chrono::steady_clock::now()),
      drawn_(begun_) {}

void TrainingProgress::epoch(const std::string& run, std::uint64_t step, double accuracy) {
  const std::lock_guard lock(guard_);
  steps_of_[run] = static_cast<double>(step);
  char text[160];
  std::snprintf(text, sizeof text, "%s step %llu, accuracy %.3f", run.c_str(), static_cast<unsigned long long>(step),
                accuracy);
  last_ = text;
  draw(false);
}

void TrainingProgress::run_done(const std::string& run, const std::string& result) {
  const std::lock_guard lock(guard_);
  ++runs_done_;
  if (quiet_) return;
  std::fprintf(stderr, "%s%s: %s%s\n", terminal_ ? "\r" : "", run.c_str(), result.c_str(), terminal_ ? "\033[K" : "");
  draw(false);
}

void TrainingProgress::finish() {
  const std::lock_guard lock(guard_);
  draw(true);
}

void TrainingProgress::draw(bool last) {
  if (quiet_) return;
  double done = 0;
  for (const auto& [run, steps] : steps_of_) done += steps;
  const double share = std::min(1.0, done / (steps_per_run_ * static_cast<double>(runs_)));
  const double wall = seconds_since(begun_), left = share > 0 ? wall * (1 / share - 1) : 0;
  char text[320];
  std::snprintf(text, sizeof text, "%3.0f %%, %zu of %zu runs, %s, %.0f s done, about %.0f s left", 100 * share,
                runs_done_, runs_, last_.c_str(), wall, left);
  if (terminal_) {
    if (!last && seconds_since(drawn_) < 0.2) return;
    drawn_ = std::chrono::steady_clock::now();
    const auto full = static_cast<std::size_t>(20 * share);
    std::fprintf(stderr, "\r[%s%s] %s\033[K%s", std::string(full, '#').c_str(), std::string(20 - full, '.').c_str(),
                 text, last ? "\n" : "");
    std::fflush(stderr);
    return;
  }
  const int tenth = static_cast<int>(10 * share);
  if (tenth <= tenth_) return;
  tenth_ = tenth;
  std::fprintf(stderr, "%s\n", text);
}
