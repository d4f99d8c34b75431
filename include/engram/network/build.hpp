#pragma once
/// simulation<T>(Clock, Seed, populations and projections in any order): checks everything, then builds.
#include "simulation.hpp"

namespace engram::inline ENGRAM_ABI {

namespace detail {

template <class P>
inline constexpr bool is_population = false;
template <class... A>
inline constexpr bool is_population<PopulationSpec<A...>> = true;
template <class P>
inline constexpr bool is_projection = false;
template <class... A>
inline constexpr bool is_projection<ProjectionSpec<A...>> = true;

template <class T, class Neuron, class Receptor, class... Inputs>
Population<T, Neuron, Receptor, Inputs...> population_type(const PopulationSpec<Neuron, Receptor, Inputs...>&);
template <class T, class W, class Rule>
Projection<T, Rule> projection_type(const ProjectionSpec<W, Rule>&);

inline void check_clock(Clock clock) { require_in("Clock.dt", clock.dt.value, positive, "ms"); }

template <class Spec>
void check_population(const Spec& spec, Clock clock) {
  validate(spec.neuron, spec.name + ".neuron");
  validate(spec.receptor, spec.name + ".receptor");
  std::apply([&](const auto&... input) { (validate(input, spec.name + ".input"), ...); }, spec.inputs);
  if constexpr (requires { spec.neuron.refractory; })
    if (spec.neuron.refractory.value > 0)
      require_in("Clock.dt", clock.dt.value, {0, spec.neuron.refractory.value, true}, "ms", "the refractory period of " + spec.name);
  require_in("Clock.dt", clock.dt.value, {0, spec.neuron.tau.value, true, true}, "ms", "the membrane time constant of " + spec.name);
}

template <class Spec>
void check_projection(const Spec& spec) {
  validate(spec.wiring, spec.name() + ".wiring");
  validate(spec.rule, spec.name() + ".rule");
  validate(spec.bounds, spec.name() + ".bounds");
  require_in(spec.name() + ".initial", spec.initial.value, {std::max(spec.bounds.low.value, any_finite.low), std::min(spec.bounds.high.value, any_finite.high)}, "mV", "its bounds");
}

/// Names, sizes, receptors and streams of the populations, in order.
struct Directory {
  std::vector<std::string> name;
  std::vector<Index> size;
  std::vector<std::size_t> receptors;
  std::vector<std::uint32_t> stream;
  std::uint32_t next_stream = 0;

  template <class Neuron, class Receptor, class... Inputs>
  void add(const PopulationSpec<Neuron, Receptor, Inputs...>& p) {
    for (const auto& other : name)
      if (other == p.name) throw config_error("population.name", p.name, "a name that no other population has");
    name.push_back(p.name);
    size.push_back(p.size);
    receptors.push_back(spike_variable<Receptor>.size());
    stream.push_back(next_stream);
    next_stream += static_cast<std::uint32_t>(sizeof...(Inputs)) + 1;
  }
  std::size_t find(const std::string& wanted, const std::string& projection) const {
    for (std::size_t k = 0; k < name.size(); ++k)
      if (name[k] == wanted) return k;
    throw config_error(projection + ": population", wanted, "one of the populations given to simulation()");
  }
  /// Numbers of the source and of the target, which must have the receptor that is asked for.
  std::array<std::size_t, 2> ends(const auto& projection) const {
    const auto from = find(projection.source, projection.name()), to = find(projection.target.name, projection.name());
    require_in(projection.ends() + ".receptor", static_cast<double>(projection.target.receptor), {0, static_cast<double>(receptors[to] - 1)}, "",
               joined({"number of receptors of ", name[to], ": ", number_text(static_cast<double>(receptors[to]))}));
    return {from, to};
  }
};

}  // namespace detail

/// Builds the network. T is float (default) or double. Throws config_error before anything is allocated if a parameter
/// of any policy is out of range, dt exceeds a refractory period or a membrane time constant, an initial weight lies
/// outside its bounds, or a projection names a population or a receptor that is not there. `threads` draw the synapses
/// and run the network; the bits do not depend on their number.
template <class T = float, class... Parts>
  requires((detail::is_population<Parts> || detail::is_projection<Parts>) && ...)
auto simulation(Clock clock, Seed seed, Threads threads, const Parts&... parts) {
  detail::check_clock(clock);
  require_in("Threads.count", threads.count, thread_range);
  detail::Directory directory;
  const auto check = [&](const auto& part) {
    using Part = std::decay_t<decltype(part)>;
    if constexpr (detail::is_population<Part>) {
      detail::check_population(part, clock);
      directory.add(part);
    } else {
      detail::check_projection(part);
    }
  };
  (check(parts), ...);

  std::size_t population_number = 0;
  const auto make_population = [&](const auto& part) {
    using Part = std::decay_t<decltype(part)>;
    if constexpr (detail::is_population<Part>) {
      using P = decltype(detail::population_type<T>(part));
      return std::tuple{P(part, clock.dt, seed, directory.stream[population_number++])};
    } else {
      return std::tuple{};
    }
  };
  std::uint32_t projection_number = 0;
  const auto make_projection = [&](const auto& part) {
    using Part = std::decay_t<decltype(part)>;
    if constexpr (detail::is_projection<Part>) {
      using P = decltype(detail::projection_type<T>(part));
      const auto [source, target] = directory.ends(part);
      return std::tuple{P(part, directory.size[source], directory.size[target], clock.dt, seed, projection_number++, threads)};
    } else {
      return std::tuple{};
    }
  };
  const auto ends_of = [&](const auto& part) {
    if constexpr (detail::is_projection<std::decay_t<decltype(part)>>)
      return std::tuple{directory.ends(part)};
    else
      return std::tuple{};
  };
  const auto ends = std::apply([](const auto&... e) { return std::array<std::array<std::size_t, 2>, sizeof...(e)>{e...}; },
                               std::tuple_cat(ends_of(parts)...));
  // Braces evaluate left to right: numbers are given in the order of the parts.
  std::tuple<decltype(make_population(parts))...> made{make_population(parts)...};
  auto populations = std::apply([](auto&&... t) { return std::tuple_cat(std::move(t)...); }, std::move(made));
  std::tuple<decltype(make_projection(parts))...> joined{make_projection(parts)...};
  auto projections = std::apply([](auto&&... t) { return std::tuple_cat(std::move(t)...); }, std::move(joined));
  Simulation<T, decltype(populations), decltype(projections)> built(clock, seed, std::move(populations), std::move(projections), ends);
  built.set_threads(threads);
  return built;
}

template <class T = float, class... Parts>
  requires((detail::is_population<Parts> || detail::is_projection<Parts>) && ...)
auto simulation(Clock clock, Seed seed, const Parts&... parts) {
  return simulation<T>(clock, seed, Threads{1}, parts...);
}

}  // namespace engram::inline ENGRAM_ABI
