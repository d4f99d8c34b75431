#pragma once
/// Checkpoints: the whole of a simulation in a file, from which it goes on with the same bits, whatever the threads and
/// wherever the run was cut. (A training run saves itself by the same means: training/trainer.hpp.)
///
/// Layout, little endian:
///
///     bytes  0 .. 7   "engram" 0 0
///     u32             format, 2
///     u64, bytes      fingerprint: a text of everything that must agree (see fingerprint())
///     u64, bytes      state: see archive.hpp; the simulation, then each observer
///     u64             FNV-1a (64 bit) of all bytes before it
///
/// A file of another network, precision or format, or a damaged one, is refused with the reason, and the simulation is left
/// as it was. Saving writes a temporary file and renames it.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../core/archive.hpp"
#include "file.hpp"

namespace engram::inline ENGRAM_ABI {

namespace detail {

inline constexpr char checkpoint_magic[8] = {'e', 'n', 'g', 'r', 'a', 'm', 0, 0};
inline constexpr std::uint32_t checkpoint_format = 2;

inline std::uint64_t fnv1a(const char* at, std::size_t n, std::uint64_t hash = 0xcbf29ce484222325u) {
  for (std::size_t k = 0; k < n; ++k) hash = (hash ^ static_cast<unsigned char>(at[k])) * 0x100000001b3u;
  return hash;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw io_error(path.string(), "cannot be opened");
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

/// Checks everything that can be checked without a simulation; returns fingerprint and state.
inline std::pair<std::string, std::string> checkpoint_parts(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  const auto refuse = [&](bool wrong, const char* why) {
    if (wrong) throw io_error(path.string(), why);
  };
  refuse(bytes.size() < 12 || bytes.compare(0, 8, checkpoint_magic, 8) != 0, "is not a checkpoint of engram");
  std::uint32_t format = 0;
  std::memcpy(&format, bytes.data() + 8, 4);
  refuse(format != checkpoint_format, "is a checkpoint of another format");
  refuse(bytes.size() < 12 + 24, "is cut");
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + bytes.size() - 8, 8);
  refuse(sum != fnv1a(bytes.data(), bytes.size() - 8), "is damaged or cut: its checksum does not agree");
  const std::string body = bytes.substr(12, bytes.size() - 20);
  ArchiveReader reader(body);
  std::pair<std::string, std::string> parts;
  reader(parts.first, parts.second);
  refuse(!reader.at_end(), "has bytes that belong to nothing");
  return parts;
}

/// The first line in which two texts differ.
inline std::string first_difference(const std::string& there, const std::string& here) {
  std::istringstream a(there), b(here);
  std::string x, y;
  do {
    if (!std::getline(a, x)) x = "nothing";
    if (!std::getline(b, y)) y = "nothing";
  } while (x == y && x != "nothing");
  return "it has " + x + ", this one " + y;
}

/// Writes fingerprint and state in the layout above.
inline void write_checkpoint(const std::filesystem::path& path, const std::string& fingerprint, const std::string& state) {
  ArchiveWriter body;
  body(fingerprint, state);
  std::string head(checkpoint_magic, 8);
  head.append(reinterpret_cast<const char*>(&checkpoint_format), 4);
  const std::uint64_t sum = fnv1a(body.bytes.data(), body.bytes.size(), fnv1a(head.data(), head.size()));
  write_whole(path, [&](std::ostream& out) {
    out.write(head.data(), static_cast<std::streamsize>(head.size()));
    out.write(body.bytes.data(), static_cast<std::streamsize>(body.bytes.size()));
    out.write(reinterpret_cast<const char*>(&sum), 8);
  });
}

/// Calls read(ArchiveReader&) on the state of a checkpoint with this fingerprint; it must read all of it, into copies.
template <class Read>
void read_checkpoint(const std::filesystem::path& path, const std::string& fingerprint, Read&& read) {
  const auto [print, state] = checkpoint_parts(path);
  if (print != fingerprint) throw io_error(path.string(), "is of another network: " + first_difference(print, fingerprint));
  ArchiveReader reader(state);
  try {
    read(reader);
    if (!reader.at_end()) throw archive_error("there is more in it than is asked for");
  } catch (const archive_error& e) {
    throw io_error(path.string(), std::string("does not fit: ") + e.what());
  }
}

}  // namespace detail

/// What must agree between a checkpoint and the simulation that loads it: precision, dt, populations with size, state and the
/// parameters of neuron and receptor, projections with synapse counts, a hash of the wiring and the rule's type. Parameters of
/// inputs and rules are state, for they may change in a run; the FMA class may differ.
template <class Sim>
std::string fingerprint(const Sim& sim) {
  std::ostringstream out;
  out << "precision " << 8 * sizeof(typename Sim::value_type) << " bit\n";
  out.precision(17);
  out << "dt " << sim.dt().value << " ms\n";
  sim.describe(out);
  return out.str();
}

/// Saves a simulation and the state of observers that have one. Throws io_error; an old file of that name survives.
template <class Sim, class... Observers>
void save(const std::filesystem::path& path, const Sim& sim, const Observers&... observers) {
  ArchiveWriter state;
  state(sim, observers...);
  detail::write_checkpoint(path, fingerprint(sim), state.bytes);
}

/// Loads into a simulation that was built alike, and the observers that were saved with it. Throws io_error with the
/// reason; then nothing has changed.
template <class Sim, class... Observers>
void load(const std::filesystem::path& path, Sim& sim, Observers&... observers) {
  Sim loaded = sim;
  std::tuple<Observers...> seen{observers...};
  detail::read_checkpoint(path, fingerprint(sim), [&](ArchiveReader& reader) {
    std::apply([&](auto&... o) { reader(loaded, o...); }, seen);
  });
  sim = std::move(loaded);
  std::tie(observers...) = std::move(seen);
}

}  // namespace engram::inline ENGRAM_ABI
