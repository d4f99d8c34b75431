#pragma once
/// Quadrature over angular frequency: panels of Gauss and Kronrod nodes (7 and 15), one panel to the octave.
///
/// Every integral of the theory is of the form (1/pi) Re integral_0^inf conj(L(w)) C(w) dw with integrands that are
/// smooth on a logarithmic scale and fall at least as w^-2. The single-neuron functions are computed once on the nodes
/// and shared by all rules, motifs and populations; the Gauss rule embedded in each panel gives the error.
#include <Eigen/Core>
#include <array>
#include <cmath>
#include <vector>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// An integral and the estimate of its error (quadrature and what lies beyond the last frequency).
struct Integral {
  double value = 0;
  double error = 0;
};

namespace detail {
/// Nodes on (-1, 1) of the Kronrod rule, its weights, and those of the Gauss rule on every second node (Kronrod 1965).
struct GaussKronrod {
  static constexpr int size = 15;
  static constexpr std::array<double, 8> node{0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
                                              0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
                                              0.586087235467691130294144691693013, 0.405845151377397166906606412076961,
                                              0.207784955007898467600689403773245, 0.};
  static constexpr std::array<double, 8> kronrod{0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
                                                 0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
                                                 0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
                                                 0.204432940075298892414161999234649, 0.209482141084727828012999174891714};
  static constexpr std::array<double, 4> gauss{0.129484966168869693270611432679082, 0.279705391489276667901467771423780,
                                               0.381830050505118944950369775488975, 0.417959183673469387755102040816327};
};
}  // namespace detail

/// Range and density of the frequencies, rad/ms. The defaults resolve windows, synapses and membranes between about
/// 0.1 ms and 1 s.
struct FrequencyRange {
  double first = 0.02;    ///< end of the first panel, which starts at 0
  double last = 80;       ///< where the integrals end
  double per_octave = 1;  ///< panels for each doubling of the frequency
};

class FrequencyGrid {
 public:
  explicit FrequencyGrid(FrequencyRange range = {}) {
    require_in("FrequencyRange.first", range.first, positive, "rad/ms");
    require_in("FrequencyRange.last", range.last, {range.first, any_finite.high, true}, "rad/ms");
    require_in("FrequencyRange.per_octave", range.per_octave, {0.1, 64});
    const double octaves = std::log2(range.last / range.first);
    const auto panels = static_cast<int>(std::ceil(octaves * range.per_octave - 1e-9));
    edges_.push_back(0);
    for (int k = 0; k <= panels; ++k) edges_.push_back(range.first * std::exp2(octaves * k / panels));
    place_nodes();
  }

  Eigen::Index size() const { return omega_.size(); }
  /// Nodes in rad/ms, ascending.
  const Eigen::VectorXd& omega() const { return omega_; }
  /// Weights of the Kronrod rule, rad/ms.
  const Eigen::VectorXd& weight() const { return weight_; }

  /// integral_0^last f dw, f given on the nodes. The tail beyond `last` is bounded for f falling as w^-2 or faster.
  Integral integrate(const Eigen::Ref<const Eigen::VectorXd>& f) const {
    Integral sum;
    for (Eigen::Index p = 0; p + 1 < static_cast<Eigen::Index>(edges_.size()); ++p) {
      const Integral panel = integrate_panel(f.segment(p * rule::size, rule::size), half_width(p));
      sum.value += panel.value;
      sum.error += panel.error;
    }
    sum.error += omega_(size() - 1) * std::abs(f(size() - 1));
    return sum;
  }

 private:
  using rule = detail::GaussKronrod;

  double half_width(Eigen::Index panel) const {
    const auto p = static_cast<std::size_t>(panel);
    return (edges_[p + 1] - edges_[p]) / 2;
  }

  static double node(int k) { return k < 8 ? -rule::node[static_cast<std::size_t>(k)] : rule::node[static_cast<std::size_t>(14 - k)]; }
  static std::size_t mirrored(int k) { return static_cast<std::size_t>(k < 8 ? k : 14 - k); }

  void place_nodes() {
    const auto panels = static_cast<Eigen::Index>(edges_.size()) - 1;
    omega_.resize(panels * rule::size);
    weight_.resize(panels * rule::size);
    for (Eigen::Index p = 0; p < panels; ++p)
      for (int k = 0; k < rule::size; ++k) {
        const double h = half_width(p);
        omega_(p * rule::size + k) = edges_[static_cast<std::size_t>(p)] + h * (1 + node(k));
        weight_(p * rule::size + k) = h * rule::kronrod[mirrored(k)];
      }
  }

  /// The two rules and the error estimate of QUADPACK (Piessens et al. 1983), which knows that the 15 nodes are far better than the 7.
  static Integral integrate_panel(const Eigen::Ref<const Eigen::VectorXd>& f, double half) {
    double kronrod = 0, gauss = 0;
    for (int k = 0; k < rule::size; ++k) {
      kronrod += rule::kronrod[mirrored(k)] * f(k);
      if (k % 2 == 1) gauss += rule::gauss[mirrored(k) / 2] * f(k);
    }
    double spread = 0;
    for (int k = 0; k < rule::size; ++k) spread += rule::kronrod[mirrored(k)] * std::abs(f(k) - kronrod / 2);
    const double difference = std::abs(kronrod - gauss);
    const double error = spread > 0 ? spread * std::min(1., std::pow(200 * difference / spread, 1.5)) : difference;
    return {half * kronrod, half * error};
  }

  std::vector<double> edges_;
  Eigen::VectorXd omega_, weight_;
};

}  // namespace engram::inline ENGRAM_ABI::theory
