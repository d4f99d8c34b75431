#include "progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

std::atomic<bool> interrupted{false};

namespace {
void on_interrupt(int) { interrupted = true; }
double seconds_since(std::chrono::steady_clock::time_point t) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count();
}
}  // namespace

void install_interrupt() { std::signal(SIGINT, on_interrupt); }

ProgressBar::ProgressBar(std::string what, double total, bool quiet, ProgressUnit unit)
    : what_(std::move(what)), unit_(unit), total_(total), quiet_(quiet), terminal_(isatty(STDERR_FILENO) != 0),
      begun_(std::chrono::steady_clock::now()), drawn_(begun_) {}

void ProgressBar::advance(double done, const std::string& remark) {
  const std::lock_guard lock(guard_);
  done_ += done;
  remark_ = remark;
  draw(false);
}

void ProgressBar::correct(double more) {
  const std::lock_guard lock(guard_);
  total_ = std::max(done_, total_ + more);
}

void ProgressBar::say(const std::string& line) {
  const std::lock_guard lock(guard_);
  if (!quiet_) std::fprintf(stderr, "%s%s%s\n", terminal_ ? "\r" : "", line.c_str(), terminal_ ? "\033[K" : "");
}

void ProgressBar::finish() {
  const std::lock_guard lock(guard_);
  draw(true);
}

void ProgressBar::draw(bool last) {
  if (quiet_) return;
  if (terminal_) {
    if (!last && seconds_since(drawn_) < 0.2) return;
    drawn_ = std::chrono::steady_clock::now();
    const auto full = static_cast<std::size_t>(30 * std::min(1., done_ / total_));
    std::fprintf(stderr, "\r%s [%s%s] %s\033[K%s", what_.c_str(), std::string(full, '#').c_str(), std::string(30 - full, '.').c_str(), text().c_str(), last ? "\n" : "");
    std::fflush(stderr);
    return;
  }
  const int tenth = static_cast<int>(10 * done_ / total_);
  if (tenth <= tenth_ && !last) return;
  tenth_ = tenth;
  std::fprintf(stderr, "%s: %s\n", what_.c_str(), text().c_str());
}

std::string ProgressBar::text() const {
  const double wall = seconds_since(begun_), left = done_ > 0 ? wall * std::max(0., total_ / done_ - 1) : 0;
  char line[160];
  std::snprintf(line, sizeof line, "%3.0f %%, %.0f of %.0f %s, %.0f %s, %.0f s done, about %.0f s left", 100 * std::min(1., done_ / total_), done_, total_, unit_.name, wall > 0 ? done_ / wall : 0., unit_.per_second, wall, left);
  return remark_.empty() ? line : line + ("; " + remark_);
}
