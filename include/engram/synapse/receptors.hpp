#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <tuple>
#include <utility>

#include "../core/concepts.hpp"
#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI {

/// Several receptors of one cell, each with variables of its own; their currents add up:
///
///     I(t) = I_0(t) + I_1(t) + ...
///
///     auto e = population("E", 800, ExpIF{}, receptors(Exponential{5_ms}, Exponential{10_ms}), WhiteNoise{});
///     auto ei = connect(i, receptor(e, 1), Bernoulli{0.1}, Weight{-0.16_mV});
///
/// Kernel k is the k-th argument of receptors(), counted from 0; a projection that names none delivers to kernel 0.
template <SynapseKernel... Kernels>
struct Receptors {
  std::tuple<Kernels...> kernels;

  static constexpr std::size_t count = sizeof...(Kernels);
  /// Number of variables of each kernel, and the number of the first, which spikes are added to.
  static constexpr std::array<std::size_t, count> variables{sizeof(typename Kernels::template State<double>) / sizeof(double)...};
  static constexpr std::array<std::size_t, count + 1> first = [] {
    std::array<std::size_t, count + 1> sum{};
    for (std::size_t k = 0; k < count; ++k) sum[k + 1] = sum[k] + variables[k];
    return sum;
  }();

  template <class B>
  struct State {
    std::array<B, first[count]> variable;
  };

  /// The kernels at a fixed step.
  struct Prepared {
    std::tuple<decltype(engram::prepare(std::declval<Kernels>(), Time{}))...> kernels;

    template <class B>
    B filter(State<B>& s) const {
      return [&]<std::size_t... K>(std::index_sequence<K...>) {
        return (... + this->template filter_one<K>(s));
      }(std::index_sequence_for<Kernels...>{});
    }

   private:
    template <std::size_t K, class B>
    B filter_one(State<B>& s) const {
      using Kernel = std::tuple_element_t<K, std::tuple<Kernels...>>;
      std::array<B, variables[K]> part;
      std::copy_n(&s.variable[first[K]], variables[K], part.begin());
      auto state = std::bit_cast<typename Kernel::template State<B>>(part);
      const B current = std::get<K>(kernels).filter(state);
      part = std::bit_cast<std::array<B, variables[K]>>(state);
      std::copy_n(part.begin(), variables[K], &s.variable[first[K]]);
      return current;
    }
  };
  Prepared prepare(Time dt) const {
    return {std::apply([&](const auto&... kernel) { return std::tuple{engram::prepare(kernel, dt)...}; }, kernels)};
  }

  template <class B>
  B filter(State<B>& s, Time dt) const {
    return prepare(dt).filter(s);
  }

  void parts(auto&& visit) const {
    std::size_t k = 0;
    std::apply([&](const auto&... kernel) { (visit(std::to_string(k++), kernel), ...); }, kernels);
  }
  void check(const std::string& name) const {
    parts([&](const std::string& k, const auto& kernel) { validate(kernel, name + "." + k); });
  }
};

/// The receptors of a population, one kernel each.
template <SynapseKernel... Kernels>
  requires(sizeof...(Kernels) > 0)
auto receptors(Kernels... kernels) {
  return Receptors<Kernels...>{{std::move(kernels)...}};
}

namespace detail {
/// Which variable of a population's receptor state the spikes onto receptor k are added to.
template <class Receptor>
inline constexpr std::array<std::size_t, 1> spike_variable{0};
template <class... Kernels>
inline constexpr auto spike_variable<Receptors<Kernels...>> = [] {
  std::array<std::size_t, sizeof...(Kernels)> out{};
  std::copy_n(Receptors<Kernels...>::first.begin(), out.size(), out.begin());
  return out;
}();
}  // namespace detail

}  // namespace engram::inline ENGRAM_ABI
