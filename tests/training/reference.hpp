#pragma once
/// An independent, slow, dense, double-precision statement of the trained network, one trial at a time: the oracle of
/// the gradient tests. The spike can be the hard one, its affine replay about a stored run, or the surrogate's
/// primitive.
#include <engram/training/bptt.hpp>
#include <engram/training/constraint.hpp>
#include <engram/training/initialisation.hpp>

#include <cmath>
#include <optional>
#include <vector>

namespace reference {

using namespace engram;
using namespace engram::training;
using Array = std::vector<std::vector<double>>;  // [t][index]

enum class Spike { hard, replay, smooth };

struct Run {
  Array u, s, pre, y;  // voltage, spike, voltage before the reset of t+1, readout at the end of t
};

template <class Neuron, class S>
struct Network {
  Model<Neuron> model;
  S surrogate;
  SpikeData data;
  std::optional<SpikeCountBound> bound;

  std::size_t ne() const { return model.shape.excitatory; }
  std::size_t n() const { return model.shape.neurons(); }

  double spike(Spike kind, double u, double stored) const {
    const double th = model.neuron.threshold;
    if (kind == Spike::hard) return u > th;
    if constexpr (SmoothStep<S>)
      if (kind == Spike::smooth) return surrogate.primitive(u - th);
    return (stored > th) + surrogate.derivative(stored - th) * (u - stored);
  }

  Run run(const Weights<double>& w, std::size_t trial, Spike kind, const Run* stored = nullptr) const {
    const auto& m = model;
    const auto step = m.neuron.prepare(m.dt);
    const double ae = m.decay(m.tau_excitatory), ai = m.decay(m.tau_inhibitory), as = m.decay(m.tau_readout_synapse),
                 ar = m.decay(m.tau_readout);
    const std::size_t classes = m.shape.classes;
    Run out;
    std::vector<double> u(n()), e(n()), i(n()), yi(classes), y(classes, m.readout_start);
    const auto rec = w.recurrent();
    const auto in = w[Block::input], ro = w[Block::readout];
    for (std::size_t t = 0; t < data.steps(); ++t) {
      std::vector<double> s(n()), pre(n()), next(n());
      for (std::size_t j = 0; j < n(); ++j) {
        s[j] = spike(kind, u[j], stored ? stored->u[t][j] : 0);
        pre[j] = step.next(u[j], e[j] - i[j]);
        const double reset = kind == Spike::replay ? double(stored->u[t][j] > m.neuron.threshold) : s[j];
        next[j] = pre[j] * (1 - reset);
      }
      for (std::size_t k = 0; k < classes; ++k) {
        y[k] = ar * y[k] + (1 - ar) * yi[k];
        yi[k] *= as;
        for (std::size_t j = 0; j < ne(); ++j) yi[k] += s[j] * ro(j, k);
      }
      for (std::size_t j = 0; j < n(); ++j) {
        e[j] *= ae, i[j] *= ai;
        for (std::size_t source = 0; source < n(); ++source) (source < ne() ? e : i)[j] += s[source] * rec(source, j);
      }
      for (const auto& spike : data.spikes(trial))
        if (spike.step == t)
          for (std::size_t j = 0; j < n(); ++j) e[j] += in(spike.unit, j);
      out.u.push_back(u), out.s.push_back(s), out.pre.push_back(pre), out.y.push_back(y);
      u = next;
    }
    return out;
  }

  /// Loss of a readout and, if asked for, its gradient.
  template <class Loss>
  static double loss(const Loss& l, const Array& y, std::size_t label, Array* gradient = nullptr) {
    std::vector<double> flat, scratch;
    for (const auto& row : y) flat.insert(flat.end(), row.begin(), row.end());
    const auto classes = y[0].size();
    const auto v = l(ReadoutTrace<double>{flat.data(), y.size(), classes, classes}, label, scratch);
    if (gradient)
      for (std::size_t t = 0; t < y.size(); ++t)
        gradient->emplace_back(flat.begin() + static_cast<long>(t * classes),
                               flat.begin() + static_cast<long>((t + 1) * classes));
    return v.loss;
  }

  /// Cost of real-valued counts and its gradient, written out again.
  double cost(const Run& r, std::vector<double>* gradient = nullptr) const {
    if (gradient) gradient->assign(n(), 0);
    if (!bound) return 0;
    std::vector<double> counts(n());
    double mean = 0;
    for (const auto& row : r.s)
      for (std::size_t j = 0; j < n(); ++j) counts[j] += row[j], mean += row[j] / double(n());
    double out = 0;
    for (std::size_t j = 0; j < n(); ++j) {
      const double m = bound->scope == Scope::population ? mean : counts[j];
      const double sign = bound->side == Side::upper ? 1 : -1, d = std::max(0.0, sign * (m - bound->bound));
      const double p = bound->norm == Norm::l2 ? 2 : 1;
      out += bound->strength * std::pow(d, p) / double(n());
      if (gradient && d > 0) (*gradient)[j] = bound->strength * p * std::pow(d, p - 1) * sign / double(n());
    }
    return out;
  }

  template <class Loss>
  double total(const Loss& l, const Weights<double>& w, std::size_t trial, Spike kind,
               const Run* stored = nullptr) const {
    const auto r = run(w, trial, kind, stored);
    return loss(l, r.y, data.label(trial)) + cost(r);
  }

  /// The adjoint, dense, with the reset differentiated for the smooth spike and detached otherwise.
  template <class Loss>
  Weights<double> gradient(const Loss& l, const Weights<double>& w, std::size_t trial, Spike kind) const {
    const auto& m = model;
    const auto step = m.neuron.prepare(m.dt);
    const double ae = m.decay(m.tau_excitatory), ai = m.decay(m.tau_inhibitory), as = m.decay(m.tau_readout_synapse),
                 ar = m.decay(m.tau_readout);
    const std::size_t classes = m.shape.classes;
    const auto r = run(w, trial, kind);
    Array dy;
    loss(l, r.y, data.label(trial), &dy);
    std::vector<double> reg;
    cost(r, &reg);
    Weights<double> out(m.shape);
    std::vector<double> lu(n()), le(n()), li(n()), lyi(classes), ly(classes);
    const auto rec = w.recurrent();
    const auto ro = w[Block::readout];
    auto orec = out.recurrent();
    auto oin = out[Block::input], oro = out[Block::readout];
    for (std::size_t t = data.steps(); t-- > 0;) {
      for (std::size_t k = 0; k < classes; ++k) ly[k] += dy[t][k];
      std::vector<double> gs(reg);
      for (std::size_t j = 0; j < n(); ++j) {
        for (std::size_t target = 0; target < n(); ++target) {
          gs[j] += (j < ne() ? le : li)[target] * rec(j, target);
          orec(j, target) += r.s[t][j] * (j < ne() ? le : li)[target];
        }
        if (j < ne())
          for (std::size_t k = 0; k < classes; ++k) gs[j] += lyi[k] * ro(j, k), oro(j, k) += r.s[t][j] * lyi[k];
      }
      for (const auto& spike : data.spikes(trial))
        if (spike.step == t)
          for (std::size_t j = 0; j < n(); ++j) oin(spike.unit, j) += le[j];
      for (std::size_t j = 0; j < n(); ++j) {
        if (kind == Spike::smooth) gs[j] -= lu[j] * r.pre[t][j];
        const double f = lu[j] * (1 - r.s[t][j]);
        lu[j] = step.slope(r.u[t][j]) * f + gs[j] * surrogate.derivative(r.u[t][j] - m.neuron.threshold);
        le[j] = ae * le[j] + step.gain * f;
        li[j] = ai * li[j] - step.gain * f;
      }
      for (std::size_t k = 0; k < classes; ++k) lyi[k] = as * lyi[k] + (1 - ar) * ly[k], ly[k] *= ar;
    }
    return out;
  }

  /// Forward mode: the derivative of loss and cost along the direction `v` in the space of weights, for the hard spike
  /// with surrogate derivative and detached reset. Nothing in it is shared with the adjoint.
  template <class Loss>
  double tangent(const Loss& l, const Weights<double>& w, const Weights<double>& v, std::size_t trial) const {
    const auto& m = model;
    const auto step = m.neuron.prepare(m.dt);
    const double ae = m.decay(m.tau_excitatory), ai = m.decay(m.tau_inhibitory), as = m.decay(m.tau_readout_synapse),
                 ar = m.decay(m.tau_readout);
    const std::size_t classes = m.shape.classes;
    const auto r = run(w, trial, Spike::hard);
    Array dy;
    loss(l, r.y, data.label(trial), &dy);
    std::vector<double> reg;
    cost(r, &reg);
    std::vector<double> du(n()), de(n()), di(n()), dyi(classes), dout(classes);
    double result = 0;
    const auto rec = w.recurrent(), vrec = v.recurrent();
    const auto ro = w[Block::readout], vro = v[Block::readout], vin = v[Block::input];
    for (std::size_t t = 0; t < data.steps(); ++t) {
      std::vector<double> ds(n());
      for (std::size_t j = 0; j < n(); ++j) {
        ds[j] = surrogate.derivative(r.u[t][j] - m.neuron.threshold) * du[j];
        result += reg[j] * ds[j];
        du[j] = (1 - r.s[t][j]) * (step.slope(r.u[t][j]) * du[j] + step.gain * (de[j] - di[j]));
      }
      for (std::size_t k = 0; k < classes; ++k) {
        dout[k] = ar * dout[k] + (1 - ar) * dyi[k];
        result += dy[t][k] * dout[k];
        dyi[k] *= as;
        for (std::size_t j = 0; j < ne(); ++j) dyi[k] += ds[j] * ro(j, k) + r.s[t][j] * vro(j, k);
      }
      for (std::size_t j = 0; j < n(); ++j) {
        de[j] *= ae, di[j] *= ai;
        for (std::size_t source = 0; source < n(); ++source)
          (source < ne() ? de : di)[j] += ds[source] * rec(source, j) + r.s[t][source] * vrec(source, j);
      }
      for (const auto& spike : data.spikes(trial))
        if (spike.step == t)
          for (std::size_t j = 0; j < n(); ++j) de[j] += vin(spike.unit, j);
    }
    return result;
  }
};

/// Random trials: each unit spikes with probability `p` in each step.
inline SpikeData random_trials(std::size_t trials, std::size_t steps, std::size_t units, std::size_t classes, double p,
                               Seed seed) {
  SpikeData data(steps, units, classes);
  Stream random(seed, Purpose::user, 77);
  for (std::size_t k = 0; k < trials; ++k) {
    std::vector<InputSpike> spikes;
    for (std::uint32_t t = 0; t < steps; ++t)
      for (std::uint32_t u = 0; u < units; ++u)
        if (random.uniform() < p) spikes.push_back({t, u});
    data.add(spikes, k % classes);
  }
  return data;
}

inline double largest(const Weights<double>& w) {
  double m = 0;
  for (double x : w.flat()) m = std::max(m, std::abs(x));
  return m;
}

}  // namespace reference
