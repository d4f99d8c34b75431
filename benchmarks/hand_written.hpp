#pragma once
/// The loops that one would write by hand for one network and nothing else: no policies, no projections, one rule built
/// in, weights changed at once (rows at presynaptic spikes, an index of columns at postsynaptic ones). They use the
/// library's elementary functions, so that what is compared is the structure.
#include <bit>
#include <vector>

#include <engram/core/aligned.hpp>
#include <engram/core/concepts.hpp>

namespace hand {

using namespace engram;

/// Leaky exponential integrate-and-fire cells with an exponential synapse and white noise, in one fused pass.
struct Cells {
  using F = native_lanes<float>;
  using U = native_lanes<std::uint32_t>;

  std::size_t size, stride;
  aligned_vector<float> v, held, synaptic;
  std::vector<NoiseBlock> noise;
  std::vector<Index> spikes;

  explicit Cells(std::size_t n) : size(n), stride(padded(n)), v(stride, -58.f), held(stride), synaptic(stride) {
    for (std::uint32_t b = 0; b < (n + 255) / 256; ++b) noise.emplace_back(Seed{1}, 0, b);
    spikes.reserve(n);
  }

  void step() {
    spikes.clear();
    for (std::size_t first = 0; first < stride; first += 256)
      for (std::size_t lane = 0; lane < logical_width; lane += lane_count<F>) block(first, lane);
    std::sort(spikes.begin(), spikes.end());
  }

 private:
  void block(std::size_t first, std::size_t lane) {
    auto draw = noise[first / 256].read<U>(lane);
    for (std::size_t k = first + lane; k < std::min(first + 256, stride); k += padding) {
      const U w1 = draw(), w2 = draw();
      const auto z = gaussian_pair(w1, w2);
      row(k, z.first);
      row(k + logical_width, z.second);
    }
    noise[first / 256].write(lane, draw);
  }
  void row(std::size_t k, F z) {
    constexpr float decay = 0.98019867f, mean = 0.99006634f, a = 0.005f, b = 0.1f * 4.f;
    const F current = load<F>(&synaptic[k]), old = load<F>(&v[k]), left = load<F>(&held[k]);
    const F onset = exp2(fma(old, F(0.48089835f), F(0.48089835f * 53.f)));
    const F drift = fma(F(3.f), onset, F(-55.f) - old) + current * F(mean);
    F now = where(left <= F(0.f), fma(F(b), z, fma(F(a), drift, old)), old);
    const auto spike = now >= F(0.f);
    store(&synaptic[k], F(current * F(decay)));
    store(&v[k], where(spike, F(-60.f), now));
    store(&held[k], where(spike, F(10.f), F(left - F(1.f))));
    for (std::uint32_t m = bits(spike); m != 0; m &= m - 1) {
      const auto cell = static_cast<Index>(k) + static_cast<Index>(std::countr_zero(m));
      if (cell < size) spikes.push_back(cell);
    }
  }
};

/// Synapses in rows, and, if they learn, an index of columns; the window is amplitude exp(-|s|/tau) on either side.
struct Synapses {
  std::vector<std::uint32_t> begin, column_begin, column_source, column;
  std::vector<std::uint16_t> target;
  std::vector<float> weight, pre, post;
  float after, before, at_pre, low, high, decay;

  Synapses(Index sources, Index targets, double p, float w, float f_after, float f_before, float d, float lo, float hi, float tau)
      : pre(sources), post(targets), after(f_after), before(f_before), at_pre(d), low(lo), high(hi), decay(std::exp(-0.1f / tau)) {
    Stream random(Seed{3}, Purpose::user);
    std::vector<std::vector<std::array<std::uint32_t, 2>>> by_target(targets);
    begin.push_back(0);
    for (Index j = 0; j < sources; ++j) {
      for (Index i = 0; i < targets; ++i)
        if (random.uniform() < p) {
          by_target[i].push_back({j, static_cast<std::uint32_t>(target.size())});
          target.push_back(static_cast<std::uint16_t>(i));
        }
      begin.push_back(static_cast<std::uint32_t>(target.size()));
    }
    weight.assign(target.size(), w);
    column_begin.push_back(0);
    for (const auto& list : by_target) {
      for (const auto [j, s] : list) column_source.push_back(j), column.push_back(s);
      column_begin.push_back(static_cast<std::uint32_t>(column.size()));
    }
  }

  void deliver(const std::vector<Index>& spikes, float* input) const {
    for (const Index j : spikes)
      for (std::uint32_t s = begin[j]; s < begin[j + 1]; ++s) input[target[s]] += weight[s];
  }
  void learn(const std::vector<Index>& sources, const std::vector<Index>& targets, float* input) {
    for (float& x : pre) x *= decay;
    for (float& y : post) y *= decay;
    for (const Index i : targets)
      for (std::uint32_t c = column_begin[i]; c < column_begin[i + 1]; ++c) {
        float& w = weight[column[c]];
        w = std::min(std::max(w + after * pre[column_source[c]], low), high);
      }
    for (const Index j : sources)
      for (std::uint32_t s = begin[j]; s < begin[j + 1]; ++s) {
        weight[s] = std::min(std::max(weight[s] + at_pre + before * post[target[s]], low), high);
        input[target[s]] += weight[s];
      }
    for (const Index j : sources) pre[j] += 1;
    for (const Index i : targets) post[i] += 1;
  }
};

/// The whole network of docs/model.md.
struct Network {
  Cells e, i;
  Synapses ee, ie, ei, ii;

  Network(Index n, double p)
      : e(n * 4 / 5),
        i(n / 5),
        ee(n * 4 / 5, n * 4 / 5, p, 0.12f * scale(n, p), 8e-4f * scale(n, p), -8e-4f * scale(n, p), 0, 0, 0.24f * scale(n, p), 20),
        ie(n / 5, n * 4 / 5, p, -0.48f * scale(n, p), -1.44e-4f * scale(n, p), -1.44e-4f * scale(n, p), 1.0368e-4f * scale(n, p), -0.96f * scale(n, p), 0, 30),
        ei(n * 4 / 5, n / 5, p, 0.08f * scale(n, p), 0, 0, 0, 0, 1, 20),
        ii(n / 5, n / 5, p, -0.32f * scale(n, p), 0, 0, 0, -1, 0, 20) {}
  static float scale(Index n, double p) { return static_cast<float>(100 / (n * p)); }

  void step() {
    e.step();
    i.step();
    ee.learn(e.spikes, e.spikes, e.synaptic.data());
    ie.learn(i.spikes, e.spikes, e.synaptic.data());
    ei.deliver(e.spikes, i.synaptic.data());
    ii.deliver(i.spikes, i.synaptic.data());
  }
};

}  // namespace hand
