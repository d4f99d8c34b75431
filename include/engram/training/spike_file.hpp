#pragma once
/// A user's own spike data, as two comma-separated text files with a header line each:
///
///     spikes:  trial,time,unit        0,12.5,3        time in ms from the start of the trial, unit 0 .. units-1
///     labels:  trial,label            0,1             one line for each trial 0 .. n-1, label 0 .. classes-1
///
/// Lines may come in any order; trials may be silent. The step of a spike is floor(time/dt).
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "spike_data.hpp"

namespace engram::inline ENGRAM_ABI::training {

/// What the files do not say.
struct SpikeFileOptions {
  Time dt{2};          ///< step of the network
  Time duration{200};  ///< of every trial; a later spike is an error
  double units = 50;
  double classes = 2;

  static constexpr auto fields() {
    return std::tuple{field("dt", &SpikeFileOptions::dt, positive),
                      field("duration", &SpikeFileOptions::duration, positive),
                      field("units", &SpikeFileOptions::units, Range{1, 1e6}),
                      field("classes", &SpikeFileOptions::classes, Range{2, 1e5})};
  }
};

namespace detail {

/// Lines of comma-separated numbers below a header, which must be `header`.
class NumberLines {
 public:
  NumberLines(const std::string& path, const std::string& header) : path_(path), in_(path) {
    if (!in_) throw io_error(path, "cannot be opened");
    std::string line;
    std::getline(in_, line);
    strip(line);
    if (line != header) fail("the header must be `" + header + "`, not `" + line + "`");
  }
  /// The next line that is not empty, as exactly `count` finite numbers; false at the end.
  bool next(std::vector<double>& numbers, std::size_t count) {
    std::string line;
    do {
      if (!std::getline(in_, line)) return false;
      ++number_;
      strip(line);
    } while (line.empty());
    numbers.clear();
    const char *p = line.data(), *end = p + line.size();
    for (;;) {
      double x = 0;
      const auto [rest, error] = std::from_chars(p, end, x);
      if (error != std::errc{} || !std::isfinite(x))
        fail("`" + line + "` is not " + std::to_string(count) + " numbers");
      numbers.push_back(x);
      if (rest == end) break;
      if (*rest != ',') fail("`" + line + "` is not " + std::to_string(count) + " numbers");
      p = rest + 1;
    }
    if (numbers.size() != count) fail("`" + line + "` is not " + std::to_string(count) + " numbers");
    return true;
  }
  /// `x` as an index below `limit`.
  std::size_t index(double x, double limit, const char* what) const {
    if (!(x >= 0) || x != std::floor(x) || !(x < limit))
      fail(what + (" " + number_text(x) + " is not a whole number in [0, " + number_text(limit) + ")"));
    return static_cast<std::size_t>(x);
  }
  [[noreturn]] void fail(const std::string& why) const { throw io_error(path_ + ":" + std::to_string(number_), why); }

 private:
  static void strip(std::string& line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  }
  std::string path_;
  std::ifstream in_;
  std::size_t number_ = 1;
};

}  // namespace detail

/// Reads both files whole. io_error names file and line of what is wrong.
inline SpikeData read_spike_data(const std::string& spikes, const std::string& labels,
                                 const SpikeFileOptions& options) {
  validate(options, "SpikeFileOptions");
  constexpr double most_trials = 1e8;
  std::vector<double> numbers;
  std::map<std::size_t, double> label;  // by trial: a huge number in one line must not ask for memory
  detail::NumberLines label_lines(labels, "trial,label");
  while (label_lines.next(numbers, 2)) {
    const std::size_t trial = label_lines.index(numbers[0], most_trials, "trial");
    label_lines.index(numbers[1], options.classes, "label");
    if (!label.emplace(trial, numbers[1]).second) label_lines.fail("trial " + std::to_string(trial) + " has a label already");
  }
  for (std::size_t k = 0; k < label.size(); ++k)
    if (!label.contains(k)) throw io_error(labels, "trial " + std::to_string(k) + " has no label");

  std::vector<std::vector<InputSpike>> trials(label.size());
  detail::NumberLines spike_lines(spikes, "trial,time,unit");
  while (spike_lines.next(numbers, 3)) {
    const std::size_t trial = spike_lines.index(numbers[0], static_cast<double>(label.size()), "trial");
    if (!(numbers[1] >= 0 && numbers[1] < options.duration.value))
      spike_lines.fail("time " + number_text(numbers[1]) + " ms is not in [0, " + number_text(options.duration.value) +
                       ")");
    trials[trial].push_back({static_cast<std::uint32_t>(numbers[1] / options.dt.value),
                             static_cast<std::uint32_t>(spike_lines.index(numbers[2], options.units, "unit"))});
  }
  SpikeData data(static_cast<std::size_t>(std::ceil(options.duration / options.dt)),
                 static_cast<std::size_t>(options.units), static_cast<std::size_t>(options.classes));
  for (std::size_t k = 0; k < label.size(); ++k) data.add(std::move(trials[k]), static_cast<std::size_t>(label[k]));
  return data;
}

}  // namespace engram::inline ENGRAM_ABI::training
