#pragma once
/// A population: N cells of one model, their receptors, their inputs, and the spikes of the last step.
///
/// State is a padded structure of arrays. advance() is the first half of a step, block by block of 256 cells:
/// every input adds to the drive of the block, and one pass filters the receptors, advances the membrane and sets a bit
/// for each spike. Blocks are independent, so any number of threads gives the same bits.
#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

#include "../core/aligned.hpp"
#include "../core/archive.hpp"
#include "../core/concepts.hpp"
#include "../input/white_noise.hpp"
#include "../synapse/exponential.hpp"
#include "../synapse/receptors.hpp"

namespace engram::inline ENGRAM_ABI {

/// What is to be built: returned by population(), given to simulation().
template <NeuronModel Neuron, SynapseKernel Receptor, InputSource... Inputs>
struct PopulationSpec {
  std::string name;
  Index size;
  Neuron neuron;
  Receptor receptor;
  std::tuple<Inputs...> inputs;
};

/// N cells of `neuron` with one receptor, onto which every projection delivers, and any number of inputs:
///
///     auto e = population("E", 800, ExpIF{.tau = 20_ms}, Exponential{5_ms}, WhiteNoise{.sigma = 4_mV});
///
/// For several receptors, see receptors(Exponential{5_ms}, Exponential{10_ms}).
template <NeuronModel Neuron, SynapseKernel Receptor, InputSource... Inputs>
auto population(std::string name, Index size, Neuron neuron, Receptor receptor, Inputs... inputs) {
  return PopulationSpec<Neuron, Receptor, Inputs...>{std::move(name), size, std::move(neuron), std::move(receptor),
                                                     {std::move(inputs)...}};
}

namespace detail {

template <class Neuron>
struct stepping { using type = Neuron; };
template <IntegrateAndFire Neuron>
struct stepping<Neuron> { using type = Stepped<Neuron>; };

/// Number of members of a state struct made of B alone.
template <template <class> class State>
inline constexpr std::size_t members_of = sizeof(State<double>) / sizeof(double);

/// Row access to a structure of arrays: member m of cell c lies at data[m * stride + c].
template <class Struct, class B, std::size_t Members>
Struct load_state(const scalar_t<B>* at, std::size_t stride) {
  std::array<B, Members> raw;
  for (std::size_t m = 0; m < Members; ++m) raw[m] = load<B>(at + m * stride);
  return std::bit_cast<Struct>(raw);
}
template <class B, std::size_t Members, class Struct>
void store_state(scalar_t<B>* at, std::size_t stride, const Struct& s) {
  const auto raw = std::bit_cast<std::array<B, Members>>(s);
  for (std::size_t m = 0; m < Members; ++m) store(at + m * stride, raw[m]);
}

template <class Bound>
inline constexpr bool drives_current = requires { requires Bound::drives_current; };

/// An input that draws its noise in registers, row by row (WhiteNoise), and needs no array.
template <class Bound>
inline constexpr bool draws_rows = requires(Bound input) { input.template open<native_lanes<float>>(0, 0); };

/// The rows of one input, or nothing for one that adds to an array.
template <class F>
auto open_rows(auto& input, std::size_t first, std::size_t lane) {
  if constexpr (draws_rows<std::decay_t<decltype(input)>>) return std::tuple{input.template open<F>(first, lane)};
  else return std::tuple{};
}

}  // namespace detail

template <class T, NeuronModel Neuron, SynapseKernel Receptor, InputSource... Inputs>
class Population {
  static constexpr auto spike_variable = detail::spike_variable<Receptor>;

 public:
  static constexpr std::size_t receptors = spike_variable.size();
  using Model = typename detail::stepping<Neuron>::type;
  using Spec = PopulationSpec<Neuron, Receptor, Inputs...>;

  Population(const Spec& spec, Time dt, Seed seed, std::uint32_t first_stream)
      : name_(spec.name),
        size_(spec.size),
        stride_(padded(spec.size)),
        dt_(dt),
        neuron_{spec.neuron},
        receptor_(spec.receptor),
        neuron_step_(prepare(neuron_, dt)),
        receptor_step_(prepare(receptor_, dt)),
        inputs_(bind(spec, seed, first_stream, std::index_sequence_for<Inputs...>{})),
        state_(stride_ * neuron_members),
        receptor_state_(stride_ * receptor_members),
        masks_(stride_ / 32),
        block_finite_(blocks(), true),
        spike_count_(spec.size) {
    initialise(Stream(seed, Purpose::initial_state, first_stream));
    spikes_.reserve(size_);
  }

  /// Inputs, receptor and membrane of one step, in all blocks; then the list of spikes.
  void advance(Step step) {
    begin(step);
    advance_blocks(0, blocks());
    collect_spikes();
  }

  /// The parts of advance(), for callers that share blocks out among threads.
  std::size_t blocks() const { return (stride_ + block_cells - 1) / block_cells; }
  void begin(Step step) {
    std::apply([&](auto&... input) { (input.begin(step), ...); }, inputs_);
  }
  void advance_blocks(std::size_t begin, std::size_t end) {
    using F = native_lanes<float>;
    alignas(64) float noise[any_array ? block_cells : 1];
    alignas(64) T current[any_current ? block_cells : 1];
    const Constants constants{neuron_step_, receptor_step_, mean_input()};
    for (std::size_t first = begin * block_cells; first < std::min(end * block_cells, stride_); first += block_cells) {
      const std::size_t count = std::min<std::size_t>(block_cells, stride_ - first);
      if constexpr (any_array) std::fill_n(noise, count, 0.f);
      if constexpr (any_current) std::fill_n(current, count, T(0));
      const InputBlock<T> block{static_cast<Index>(first), {noise, any_array ? count : 0}, {current, any_current ? count : 0}};
      std::apply([&](auto&... input) { (add_to(block, input), ...); }, inputs_);
      for (std::size_t lane = 0; lane < logical_width; lane += lane_count<F>) advance_lanes<F>(constants, first, lane, count, noise, current);
      block_finite_[first / block_cells] = finite_block(first, count);
    }
  }
  void collect_spikes() {
    finite_ = std::all_of(block_finite_.begin(), block_finite_.end(), [](auto flag) { return flag != 0; }) || first_non_finite() == size_;
    spikes_.clear();
    for (std::size_t w = 0; w < masks_.size(); ++w)
      for (std::uint32_t m = masks_[w]; m != 0; m &= m - 1) {
        const auto cell = static_cast<Index>(32 * w) + static_cast<Index>(std::countr_zero(m));
        if (cell >= size_) continue;
        spikes_.push_back(cell);
        ++spike_count_[cell];
      }
  }

  const std::string& name() const { return name_; }
  Index size() const { return size_; }
  Time dt() const { return dt_; }
  /// Cells that spiked in the last step, ascending.
  std::span<const Index> spikes() const { return spikes_; }

  /// Spikes of each cell since the start.
  std::span<const std::uint64_t> spike_count() const { return spike_count_; }

  /// Member m of the neuron's state, all cells: m = 0 is the membrane potential (mV).
  std::span<T> state(std::size_t m = 0) { return {state_.data() + m * stride_, size_}; }
  std::span<const T> state(std::size_t m = 0) const { return {state_.data() + m * stride_, size_}; }
  /// The variable that spikes onto receptor k are added to.
  std::span<T> synaptic(std::size_t k = 0) { return {receptor_state_.data() + spike_variable.at(k) * stride_, size_}; }
  std::span<const T> synaptic(std::size_t k = 0) const { return {receptor_state_.data() + spike_variable.at(k) * stride_, size_}; }

  template <std::size_t K>
  auto& input() { return std::get<K>(inputs_); }
  template <std::size_t K>
  const auto& input() const { return std::get<K>(inputs_); }
  const auto& neuron() const { return neuron_; }
  const Receptor& receptor() const { return receptor_; }

  void archive_state(auto& archive) {
    const auto each = [&](auto& input) {
      if constexpr (requires { input.archive_state(archive); }) archive(input);
    };
    std::apply([&](auto&... input) { (each(input), ...); }, inputs_);
    if constexpr (std::decay_t<decltype(archive)>::reading) spikes_.clear();  // of any length
    archive(state_, receptor_state_, spikes_, spike_count_);
    if (!std::all_of(spikes_.begin(), spikes_.end(), [&](Index cell) { return cell < size_; })) throw archive_error("a spike of a cell that is not there");
  }
  void describe(std::ostream& out) const {
    out << "population " << name_ << ": " << size_ << " cells, " << neuron_members << " + " << receptor_members << " state variables, "
        << sizeof...(Inputs) << " inputs";
    if constexpr (receptors > 1) out << ", " << receptors << " receptors";
    if constexpr (requires { neuron_.model; }) list_parameters(out, neuron_.model);
    else list_parameters(out, neuron_);
    list_parameters(out, receptor_);
    out << '\n';
  }

  void reseed(Seed seed) {
    std::apply([&](auto&... input) { (input.reseed(seed), ...); }, inputs_);
  }

  /// Whether all membrane potentials were finite after the last step.
  bool is_finite() const { return finite_; }
  /// First cell whose membrane potential is not finite, or size().
  Index first_non_finite() const {
    const auto v = state();
    return static_cast<Index>(std::find_if(v.begin(), v.end(), [](T each) { return !std::isfinite(each); }) - v.begin());
  }

 private:
  static constexpr std::size_t neuron_members = detail::members_of<Model::template State>;
  static constexpr std::size_t receptor_members = detail::members_of<Receptor::template State>;
  static constexpr bool any_current = (detail::drives_current<decltype(std::declval<Inputs>().bind({}))> || ... || false);
  static constexpr bool any_array = sizeof...(Inputs) == 0 || !(detail::draws_rows<decltype(std::declval<Inputs>().bind({}))> && ...);

  static void list_parameters(std::ostream& out, const auto& policy) {
    for (const auto& p : parameters(policy)) out << ", " << p.name.substr(p.name.rfind('.') + 1) << ' ' << p.value << (p.unit.empty() ? "" : " ") << p.unit;
  }

  template <std::size_t... K>
  static auto bind([[maybe_unused]] const Spec& spec, [[maybe_unused]] Seed seed, [[maybe_unused]] std::uint32_t stream,
                   std::index_sequence<K...>) {
    return std::tuple{std::get<K>(spec.inputs).bind({spec.size, seed, stream + static_cast<std::uint32_t>(K)})...};
  }

  void initialise(Stream random) {
    for (std::size_t c = 0; c < stride_; ++c) {
      const auto s = std::bit_cast<std::array<double, neuron_members>>(neuron_.initial(random.uniform()));
      for (std::size_t m = 0; m < neuron_members; ++m) state_[m * stride_ + c] = static_cast<T>(s[m]);
    }
  }

  double mean_input() const {
    double sum = 0;
    const auto add = [&](const auto& input) {
      if constexpr (requires { input.mean_input(); }) sum += input.mean_input().value;
    };
    std::apply([&](const auto&... input) { (add(input), ...); }, inputs_);
    return sum;
  }

  /// What the pass over the cells reads of the models.
  struct Constants {
    decltype(prepare(std::declval<Model>(), Time{})) neuron;
    decltype(prepare(std::declval<Receptor>(), Time{})) filter;
    double mean;
  };

  static void add_to(const InputBlock<T>& block, auto& input) {
    if constexpr (!detail::draws_rows<std::decay_t<decltype(input)>>) input.add(block);
  }

  /// One pass over a block, rows of 16 cells, of each the lanes from `lane` on: draws noise, filters the receptor, steps
  /// the membrane. Two rows at a time, since Gaussians come in pairs.
  template <class F>
  void advance_lanes(const Constants& constants, std::size_t first, std::size_t lane, std::size_t count, const float* noise, const T* current) {
    auto rows = std::apply([&](auto&... input) { return std::tuple_cat(detail::open_rows<F>(input, first, lane)...); }, inputs_);
    T* const state = &state_[first];
    T* const receptor_state = &receptor_state_[first];
    std::uint32_t* const masks = &masks_[first / 32];
    const std::size_t stride = stride_;
#if defined(__clang__)
#pragma clang loop unroll(disable)  // two rounds do not fit the registers: 1.26 of the time
#endif
    for (std::size_t k = lane; k < count; k += padding) {
      F first_noise, second_noise;
      draw_noise(rows, noise + (any_array ? k : 0), first_noise, second_noise);
      const auto cells = [&](std::size_t c, F z) { return advance_cells(constants, state + c, receptor_state + c, stride, z, current + (any_current ? c : 0)); };
      const std::uint32_t spikes = cells(k, first_noise) | cells(k + logical_width, second_noise) << logical_width;
      masks[k / 32] = lane == 0 ? spikes : masks[k / 32] | spikes << lane;
    }
    std::apply([](auto&... each) { (each.keep(), ...); }, rows);
  }

  /// Whether all potentials of a block are finite: then their products with 0 are 0. In the pass over the cells it would cost
  /// registers that are needed there.
  bool finite_block(std::size_t first, std::size_t count) const {
    using B = native_lanes<T>;
    const T* const v = &state_[first];
    B even(0), odd(0);  // two sums, since each waits for itself
    for (std::size_t k = 0; k < count; k += padding)
      for (std::size_t c = k; c < k + logical_width; c += lane_count<B>) {
        even = fma(load<B>(v + c), B(0), even);
        odd = fma(load<B>(v + c + logical_width), B(0), odd);
      }
    return !any(B(even + odd) != B(0));
  }

  /// Noise of two rows: what lies in the array, if any input needs one, and what the others draw.
  template <class F>
  [[gnu::always_inline]] static void draw_noise(auto& rows, const float* array, F& first, F& second) {
    const auto add = [&](auto& each) {
      const auto z = each();
      first += z.first, second += z.second;
    };
    const auto begin = [&](auto& one, auto&... others) {
      const auto z = one();
      first = z.first, second = z.second;
      (add(others), ...);
    };
    if constexpr (any_array) {
      first = load<F>(array), second = load<F>(array + logical_width);
      std::apply([&](auto&... each) { (add(each), ...); }, rows);
    } else {
      std::apply(begin, rows);
    }
  }

  /// lane_count<F> neighbouring cells; returns the bits of those that spike.
  template <class F>
  [[gnu::always_inline]] static std::uint32_t advance_cells(const Constants& constants, T* state, T* receptor_state, std::size_t stride, F noise, const T* current) {
    using B = native_lanes<T>;
    using NeuronState = typename Model::template State<B>;
    using ReceptorState = typename Receptor::template State<B>;
    alignas(64) float drawn[lane_count<F>];
    if constexpr (!std::same_as<F, B>) store(drawn, noise);
    std::uint32_t spikes = 0;
    for (std::size_t j = 0; j < lane_count<F>; j += lane_count<B>) {
      auto s = detail::load_state<NeuronState, B, neuron_members>(state + j, stride);
      auto r = detail::load_state<ReceptorState, B, receptor_members>(receptor_state + j, stride);
      Drive<B> drive{B(constants.mean) + constants.filter.filter(r), B(0)};
      if constexpr (std::same_as<F, B>) drive.noise = noise;
      else drive.noise = load_float<B>(drawn + j);
      if constexpr (any_current) drive.current += load<B>(current + j);
      spikes |= bits(constants.neuron.step(s, drive)) << j;
      detail::store_state<B, neuron_members>(state + j, stride, s);
      detail::store_state<B, receptor_members>(receptor_state + j, stride, r);
    }
    return spikes;
  }

  std::string name_;
  Index size_;
  std::size_t stride_;
  Time dt_;
  Model neuron_;
  Receptor receptor_;
  decltype(prepare(std::declval<Model>(), Time{})) neuron_step_;
  decltype(prepare(std::declval<Receptor>(), Time{})) receptor_step_;
  std::tuple<decltype(std::declval<Inputs>().bind({}))...> inputs_;
  aligned_vector<T> state_, receptor_state_;
  aligned_vector<std::uint32_t> masks_;
  std::vector<std::uint8_t> block_finite_;
  bool finite_ = true;
  std::vector<Index> spikes_;
  std::vector<std::uint64_t> spike_count_;
};

}  // namespace engram::inline ENGRAM_ABI
