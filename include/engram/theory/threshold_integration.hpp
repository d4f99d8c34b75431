#pragma once
/// Threshold integration of the Fokker-Planck equation of any one-dimensional integrate-and-fire model (Richardson 2007,
/// 2008): tau dV/dt = drift(V) + mu + sigma sqrt(2 tau) xi gives
///
///     dP/dt = -dJ/dV + r(t - tau_ref) delta(V - V_r),    tau J = (drift + mu) P - sigma^2 dP/dV,    P(cut) = 0, J(cut) = r
///
/// which is integrated from the threshold down, cell by cell: the pair (P, J) is advanced with the drift of the cell's
/// middle, exactly in P, by the trapezium in J. Second order in dV (tests/theory/threshold_integration.cpp measures it).
/// All frequencies of a call share the coefficients and are integrated side by side in the lanes of a batch.
///
/// Units: ms, mV, 1/ms; frequencies in rad/ms, transforms with exp(-i w t).
#include <Eigen/Core>
#include <complex>
#include <span>
#include <vector>

#include "../neuron/integrate_and_fire.hpp"
#include "response.hpp"
#include "voltage_grid.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// Everything at one frequency.
struct FrequencyResponse {
  std::complex<double> chi;            ///< dr/dmu, 1/(ms mV)
  std::complex<double> chi_noise;      ///< dr/dsigma, 1/(ms mV)
  std::complex<double> first_passage;  ///< transform of the density of interspike intervals, refractory period included
};

template <IntegrateAndFire Model>
class ThresholdIntegration {
 public:
  /// Throws config_error for a bad parameter, for a model without a stationary state, and for a dV at which the rate is
  /// not known to 0.1 %.
  ThresholdIntegration(const Model& model, Voltage mu, Voltage sigma, Voltage dV = Voltage{0.01})
      : tau_(model.tau.value), refractory_(model.refractory.value), sigma_(sigma.value), grid_(model, mu, sigma, dV) {
    const double coarse = stationary_rate(VoltageGrid(model, mu, sigma, 2. * dV)), fine = stationary_rate(grid_);
    const double error = std::abs(coarse - fine) / (3 * fine);
    if (!(error < 1e-3))
      throw config_error("ThresholdIntegration.dV", number_text(dV.value) + " mV",
                         "a finer grid: the rate is uncertain by " + number_text(100 * error) + " % (allowed 0.1 %)");
    rate_ = fine;
    density_ = rate_ * occupation(grid_);
  }

  Rate rate() const { return Rate{rate_}; }
  Voltage sigma() const { return Voltage{sigma_}; }

  /// Membrane potentials of the grid (mV), from the threshold down, and the stationary density on them (1/mV). The density
  /// integrates to 1 - rate x refractory.
  const Eigen::VectorXd& potentials() const { return grid_.potential(); }
  const Eigen::VectorXd& density() const { return density_; }

  /// Mean and variance of the interspike interval, ms and ms^2, by expansion in the frequency.
  std::pair<double, double> interval_moments() const {
    const Series above = series(0, 1), below = series(grid_.reset_cell(), -1);
    const double a1 = above.j1, a2 = above.j2, b1 = -below.j1, b2 = -below.j2;
    const double first = a1 - b1, second = 2 * (b2 - a2 - a1 * (b1 - a1));
    return {first + refractory_, second - first * first};
  }

  std::vector<FrequencyResponse> respond(std::span<const double> omega) const {
    using B = native_lanes<double>;
    constexpr std::size_t width = lane_count<B>;
    std::vector<FrequencyResponse> out(omega.size());
    for (std::size_t first = 0; first < omega.size(); first += width) {
      double lanes[width];
      for (std::size_t k = 0; k < width; ++k) lanes[k] = omega[std::min(first + k, omega.size() - 1)];
      respond_lanes<B>(load<B>(lanes), std::span(out).subspan(first, std::min(width, omega.size() - first)), lanes);
    }
    return out;
  }
  FrequencyResponse respond(double omega) const { return respond(std::span(&omega, 1))[0]; }

  /// C0(w) of the spike train, 1/ms: renewal theory, from the first-passage density.
  double spectrum(double omega) const { return spectrum(omega, respond(omega).first_passage); }

  Response response(const FrequencyGrid& grid) const {
    const auto all = respond(std::span(grid.omega().data(), static_cast<std::size_t>(grid.size())));
    Response out{rate_, Eigen::VectorXcd(grid.size()), Eigen::VectorXd(grid.size())};
    for (Eigen::Index k = 0; k < grid.size(); ++k) {
      const auto& at = all[static_cast<std::size_t>(k)];
      out.chi(k) = at.chi;
      out.spectrum(k) = spectrum(grid.omega()(k), at.first_passage);
    }
    return out;
  }

  /// Density of the interspike interval (1/ms) at the times asked for, by the inverse transform.
  std::vector<double> first_passage_density(std::span<const double> times) const {
    const auto [mean, variance] = interval_moments();
    double period = mean + 40 * std::sqrt(variance);
    for (double t : times) period = std::max(period, 2 * t);
    return inverse_transform(times, 2 * std::numbers::pi / period);
  }

 private:
  /// P/r on the nodes: unit flux above the reset, none below.
  Eigen::VectorXd occupation(const VoltageGrid& g) const {
    Eigen::VectorXd p(g.cells() + 1);
    p(0) = 0;
    for (Eigen::Index k = 0; k < g.cells(); ++k)
      p(k + 1) = g.decay(k) * p(k) + (k < g.reset_cell() ? g.gain(k) * tau_ : 0.);
    return p;
  }

  double stationary_rate(const VoltageGrid& g) const {
    const Eigen::VectorXd p = occupation(g);
    const double area = g.step() * (p.sum() - p(g.cells()) / 2);
    if (!std::isfinite(area)) throw config_error("ThresholdIntegration", "rate below 1e-300 Hz", "a drive that makes the neuron fire");
    return 1 / (refractory_ + area);
  }

  /// J = j0 (1 + z j1 + z^2 j2 + ...), z = i w, at the lower end, started with the flux j0 at a node.
  struct Series {
    double j1 = 0, j2 = 0;
  };
  Series series(Eigen::Index start, double j0) const {
    double p0 = 0, p1 = 0, j1 = 0, j2 = 0;
    const double half = grid_.step() / 2;
    for (Eigen::Index k = start; k < grid_.cells(); ++k) {
      const double q0 = grid_.decay(k) * p0 + grid_.gain(k) * tau_ * j0;
      const double i1 = j1 + half * (p0 + q0);
      const double q1 = grid_.decay(k) * p1 + grid_.gain(k) * tau_ * (j1 + i1) / 2;
      j2 += half * (p1 + q1);
      p0 = q0, p1 = q1, j1 = i1;
    }
    return {j1, j2};
  }

  double spectrum(double omega, std::complex<double> f) const {
    if (std::abs(omega) < 1e-4 * rate_) {
      const auto [mean, variance] = interval_moments();
      return variance / (mean * mean * mean);
    }
    return rate_ * (1 - std::norm(f)) / std::norm(1. - f);
  }

  template <class B>
  struct Solution {  // one solution of the pair (P, J), complex
    B p_re{0.}, p_im{0.}, j_re{0.}, j_im{0.};
    void scale(B k) { p_re *= k, p_im *= k, j_re *= k, j_im *= k; }
  };

  /// One cell down: P' = A P + G (tau (J + J')/2 - source), J' = J + i w h (P + P')/2, solved for P', J'.
  template <class B>
  struct Step {
    B decay, gain, coupling, inverse, w_half;  // coupling = w h tau G/4, inverse = 1/(1 + coupling^2), w_half = w h/2
    double tau;

    void advance(Solution<B>& s, B source) const {
      const B force = gain * B(tau);
      const B re = fma(decay, s.p_re, fma(force, s.j_re, -(gain * source))) - coupling * s.p_im;
      const B im = fma(decay, s.p_im, force * s.j_im) + coupling * s.p_re;
      const B q_re = (re - coupling * im) * inverse, q_im = (im + coupling * re) * inverse;
      s.j_re = s.j_re - w_half * (s.p_im + q_im);
      s.j_im = s.j_im + w_half * (s.p_re + q_re);
      s.p_re = q_re, s.p_im = q_im;
    }
  };

  template <class B>
  void respond_lanes(B omega, std::span<FrequencyResponse> out, const double* lanes) const {
    Solution<B> threshold{}, reset{}, mean{}, noise{};
    threshold.j_re = B(1.);
    B scale(1.);  // of all solutions, so that none overflows; only ratios are used
    const double h = grid_.step();
    for (Eigen::Index k = 0; k < grid_.cells(); ++k) {
      if (k == grid_.reset_cell()) reset.j_re = -scale;
      const B c = omega * B(h * tau_ * grid_.gain(k) / 4);
      const Step<B> step{B(grid_.decay(k)), B(grid_.gain(k)), c, B(1.) / fma(c, c, B(1.)), omega * B(h / 2), tau_};
      step.advance(threshold, B(0.));
      if (k >= grid_.reset_cell()) step.advance(reset, B(0.));
      step.advance(mean, scale * B((density_(k) + density_(k + 1)) / 2));
      step.advance(noise, scale * B(-2 * sigma_ * (density_(k) - density_(k + 1)) / h));
      if (k % 16 == 0) rescale(scale, threshold, reset, mean, noise);
    }
    collect(threshold, reset, mean, noise, out, lanes);
  }

  template <class B>
  static void rescale(B& scale, auto&... solutions) {
    const auto& first = std::get<0>(std::tie(solutions...));
    const auto big = (max(max(first.j_re, -first.j_re), max(first.j_im, -first.j_im)) > B(1e100));
    if (!any(big)) return;
    const B k = where(big, B(1e-100), B(1.));
    scale *= k;
    (solutions.scale(k), ...);
  }

  /// No flux at the lower end: J = r (J_threshold + exp(-i w tau_ref) J_reset) + J_source = 0.
  template <class B>
  void collect(const Solution<B>& threshold, const Solution<B>& reset, const Solution<B>& mean, const Solution<B>& noise,
               std::span<FrequencyResponse> out, const double* lanes) const {
    double part[8][lane_count<B>];
    const B* flux[] = {&threshold.j_re, &threshold.j_im, &reset.j_re, &reset.j_im,
                       &mean.j_re,      &mean.j_im,      &noise.j_re, &noise.j_im};
    for (int n = 0; n < 8; ++n) store(part[n], *flux[n]);
    for (std::size_t k = 0; k < out.size(); ++k) {
      const auto at = [&](int n) { return std::complex<double>(part[n][k], part[n + 1][k]); };
      const auto held = std::polar(1., -lanes[k] * refractory_);
      const auto whole = at(0) + held * at(2);
      out[k] = lanes[k] == 0 ? static_response(at(0), at(2), at(4), at(6)) : FrequencyResponse{-at(4) / whole, -at(6) / whole, -held * at(2) / at(0)};
    }
  }

  /// At w = 0 the flux of a modulation vanishes identically; what fixes r1 is that probability is conserved.
  FrequencyResponse static_response(std::complex<double>, std::complex<double>, std::complex<double>, std::complex<double>) const {
    double mean = 0, noise = 0, p_mean = 0, p_noise = 0;
    for (Eigen::Index k = 0; k < grid_.cells(); ++k) {
      const double h = grid_.step(), g = grid_.gain(k);
      const double q_mean = grid_.decay(k) * p_mean - g * (density_(k) + density_(k + 1)) / 2;
      const double q_noise = grid_.decay(k) * p_noise + g * 2 * sigma_ * (density_(k) - density_(k + 1)) / h;
      mean += h * (p_mean + q_mean) / 2, noise += h * (p_noise + q_noise) / 2;
      p_mean = q_mean, p_noise = q_noise;
    }
    return {-mean * rate_, -noise * rate_, 1.};
  }

  std::vector<double> inverse_transform(std::span<const double> times, double step) const {
    std::vector<double> out(times.size(), 0.);
    std::vector<double> omega(256);
    for (double first = 0;; first += 256 * step) {
      for (std::size_t k = 0; k < omega.size(); ++k) omega[k] = first + static_cast<double>(k) * step;
      const auto f = respond(omega);
      for (std::size_t k = 0; k < omega.size(); ++k)
        for (std::size_t n = 0; n < times.size(); ++n)
          out[n] += (omega[k] == 0 ? 0.5 : 1) * std::real(f[k].first_passage * std::polar(1., omega[k] * times[n]));
      if (std::abs(f.back().first_passage) < 1e-9) break;
      if (omega.back() > 1e3) throw config_error("first_passage_density", "a transform that does not decay", "a neuron with noise");
    }
    for (double& v : out) v *= step / std::numbers::pi;
    return out;
  }

  double tau_, refractory_, sigma_, rate_ = 0;
  VoltageGrid grid_;
  Eigen::VectorXd density_;
};

}  // namespace engram::inline ENGRAM_ABI::theory
