/// A neuron model of one's own: an adaptive leaky integrate-and-fire cell (Treves 1993), whose adaptation w is a second
/// state variable. The policy is the struct; nothing is registered, generated or derived from.
#include <cstdio>

#include <engram/engram.hpp>

using namespace engram;
using namespace engram::literals;

//! [model]
struct AdaptiveLIF {
  Time tau = 20_ms, tau_w = 200_ms;
  Voltage leak = -70_mV, cut = -50_mV, reset = -60_mV, jump = 2_mV;

  template <class B>
  struct State { B v, w; };  // membrane potential first; mV

  State<double> initial(double u) const { return {reset.value + u * (leak - reset).value, 0}; }

  template <class B>
  auto step(State<B>& s, const Drive<B>& in, Time dt) const {
    const double a = dt / tau;
    const B v = s.v + B(a) * (leak.value - s.v - s.w + in.current) + B(std::sqrt(2 * a)) * in.noise;
    const auto spike = v >= B(cut.value);
    s.w = s.w * B(1 - dt / tau_w) + where(spike, B(jump.value), B(0));
    s.v = where(spike, B(reset.value), v);
    return spike;
  }
};
static_assert(NeuronModel<AdaptiveLIF>);
//! [model]

/// If the model is one-dimensional its drift is enough, and the theory can solve it too.
struct QuadraticIF {
  Time tau = 10_ms, refractory = 1_ms;
  Voltage rest = -65_mV, onset = -55_mV, cut = 0_mV, reset = -65_mV;

  template <class B>
  B drift(B v) const { return (v - rest.value) * (v - onset.value) * (1 / (onset - rest).value); }
};
static_assert(IntegrateAndFire<QuadraticIF>);

int main() {
  auto adaptive = population("adaptive", 400, AdaptiveLIF{}, Exponential{5_ms}, WhiteNoise{.mean = 22_mV, .sigma = 3_mV});
  auto quadratic = population("quadratic", 400, QuadraticIF{}, Exponential{5_ms}, WhiteNoise{.mean = 3_mV, .sigma = 3_mV});
  auto synapses = connect(adaptive, quadratic, Bernoulli{0.1}, Weight{0.1_mV});
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, adaptive, quadratic, synapses);
  Rates a{500_ms, "adaptive", {CellRange{0, 400}}}, q{500_ms, "quadratic", {CellRange{0, 400}}};
  sim.run(2_s, a, q);
  for (std::size_t k = 0; k < a.rows.size(); ++k)
    std::printf("t = %4.1f s: adaptive %.2f Hz, quadratic %.2f Hz\n", a.rows[k].first.value / 1e3, a.rows[k].second[0], q.rows[k].second[0]);
}
