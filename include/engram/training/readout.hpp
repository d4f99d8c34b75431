#pragma once
/// Losses on the readout. A loss is given the trace of one trial, Y at the end of steps 0..T-1, and its label; it
/// returns the loss and the class it would choose, and **overwrites the trace by the gradient** dLoss/dY, so that no
/// second array of that size is needed. Both losses here are cross entropies, -log softmax(logits)[label].
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <tuple>
#include <vector>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI::training {

/// The readout of one trial: step by step, class by class.
template <class T>
struct ReadoutTrace {
  T* data;
  std::size_t steps, classes, stride;
  T& operator()(std::size_t t, std::size_t k) const { return data[t * stride + k]; }
};

struct Verdict {
  double loss = 0;
  std::size_t choice = 0;  ///< the class with the largest logit, the first of equals
};

template <class L>
concept ReadoutLoss = requires(const L loss, ReadoutTrace<float> trace, std::vector<double>& scratch) {
  { loss(trace, std::size_t{}, scratch) } -> std::same_as<Verdict>;
};

namespace detail {

/// Cross entropy of `logits`, which become its gradient, softmax - onehot.
inline Verdict cross_entropy(std::span<double> logits, std::size_t label) {
  const auto top = std::max_element(logits.begin(), logits.end());
  Verdict out{0, static_cast<std::size_t>(top - logits.begin())};
  const double high = *top, at_label = logits[label];
  double sum = 0;
  for (double& x : logits) sum += x = std::exp(x - high);
  out.loss = std::log(sum) + high - at_label;
  for (double& x : logits) x /= sum;
  logits[label] -= 1;
  return out;
}

}  // namespace detail

/// logits_k = max_t Y_k(t). The first of equal maxima takes the gradient.
struct MaxOverTime {
  template <class T>
  Verdict operator()(ReadoutTrace<T> y, std::size_t label, std::vector<double>& scratch) const {
    scratch.resize(2 * y.classes);
    const std::span<double> logits(scratch.data(), y.classes), when(scratch.data() + y.classes, y.classes);
    for (std::size_t k = 0; k < y.classes; ++k) {
      std::size_t best = 0;
      for (std::size_t t = 1; t < y.steps; ++t)
        if (y(t, k) > y(best, k)) best = t;
      logits[k] = static_cast<double>(y(best, k));
      when[k] = static_cast<double>(best);
    }
    const Verdict out = detail::cross_entropy(logits, label);
    std::fill(y.data, y.data + y.steps * y.stride, T(0));
    for (std::size_t k = 0; k < y.classes; ++k) y(static_cast<std::size_t>(when[k]), k) = static_cast<T>(logits[k]);
    return out;
  }
  static constexpr auto fields() { return std::tuple{}; }
};

/// logits_k = mean of Y_k over the last `last` steps.
struct MeanOverWindow {
  double last = 20;  ///< steps, at least 1; a trial that is shorter is averaged whole

  template <class T>
  Verdict operator()(ReadoutTrace<T> y, std::size_t label, std::vector<double>& scratch) const {
    const std::size_t width = std::min(static_cast<std::size_t>(last), y.steps), first = y.steps - width;
    scratch.resize(y.classes);
    const std::span<double> logits(scratch.data(), y.classes);
    for (std::size_t k = 0; k < y.classes; ++k) {
      logits[k] = 0;
      for (std::size_t t = first; t < y.steps; ++t) logits[k] += static_cast<double>(y(t, k));
      logits[k] /= static_cast<double>(width);
    }
    const Verdict out = detail::cross_entropy(logits, label);
    std::fill(y.data, y.data + y.steps * y.stride, T(0));
    for (std::size_t t = first; t < y.steps; ++t)
      for (std::size_t k = 0; k < y.classes; ++k) y(t, k) = static_cast<T>(logits[k] / static_cast<double>(width));
    return out;
  }
  static constexpr auto fields() { return std::tuple{field("last", &MeanOverWindow::last, Range{1, 1e6})}; }
};

static_assert(ReadoutLoss<MaxOverTime> && ReadoutLoss<MeanOverWindow>);

}  // namespace engram::inline ENGRAM_ABI::training
