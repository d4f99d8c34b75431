#pragma once
/// A training run in a file: `ENGRTRN1`, a fingerprint of the configuration, the state, a checksum; little-endian. A
/// file is written beside its name and then renamed, so that a half-written one never replaces a whole one; it is read
/// and checked whole before anything is changed.
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "../core/error.hpp"

namespace engram::inline ENGRAM_ABI::training {

static_assert(std::endian::native == std::endian::little, "checkpoints are written as they lie in memory");

/// Fowler, Noll and Vo's hash, 64 bits: against accidents, not against intent.
inline std::uint64_t fingerprint(std::span<const char> bytes, std::uint64_t h = 0xcbf29ce484222325u) {
  for (char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return h;
}
inline std::uint64_t fingerprint(const std::string& text) { return fingerprint(std::span(text.data(), text.size())); }

/// Collects a state: `archive(a)` of an object calls a(number) and a(span of numbers).
class StateWriter {
 public:
  template <class X>
  requires std::is_arithmetic_v<X>
  void operator()(const X& x) { put(&x, sizeof x); }
  template <class X>
  void operator()(std::span<X> x) {
    const std::uint64_t n = x.size();
    put(&n, sizeof n);
    put(x.data(), x.size_bytes());
  }
  /// Writes the collected state; io_error if the disk does not take it.
  void save(const std::string& path, std::uint64_t configuration) const {
    const std::string beside = path + ".part";
    {
      std::ofstream out(beside, std::ios::binary | std::ios::trunc);
      const std::uint64_t check = fingerprint(bytes_, configuration);
      out.write("ENGRTRN1", 8).write(reinterpret_cast<const char*>(&configuration), 8);
      out.write(bytes_.data(), static_cast<std::streamsize>(bytes_.size()))
          .write(reinterpret_cast<const char*>(&check), 8);
      out.flush();
      if (!out) throw io_error(beside, "cannot be written");
    }
    std::error_code failed;
    std::filesystem::rename(beside, path, failed);
    if (failed) throw io_error(path, failed.message());
  }

 private:
  void put(const void* p, std::size_t n) {
    const char* c = static_cast<const char*>(p);
    bytes_.insert(bytes_.end(), c, c + n);
  }
  std::vector<char> bytes_;
};

/// Gives a state back, in the same calls. io_error on a file that is cut, damaged or of another configuration.
class StateReader {
 public:
  StateReader(const std::string& path, std::uint64_t configuration) : path_(path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw io_error(path, "cannot be opened");
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
    if (bytes_.size() < 24 || std::memcmp(bytes_.data(), "ENGRTRN1", 8) != 0)
      throw io_error(path, "not a training checkpoint");
    std::uint64_t written, check;
    std::memcpy(&written, bytes_.data() + 8, 8);
    std::memcpy(&check, bytes_.data() + bytes_.size() - 8, 8);
    end_ = bytes_.size() - 8;
    if (check != fingerprint(std::span(bytes_).subspan(16, end_ - 16), written))
      throw io_error(path, "cut short or damaged");
    if (written != configuration) throw io_error(path, "written by a training run of another configuration");
  }
  template <class X>
  requires std::is_arithmetic_v<X>
  void operator()(X& x) { get(&x, sizeof x); }
  template <class X>
  void operator()(std::span<X> x) {
    std::uint64_t n = 0;
    get(&n, sizeof n);
    if (n != x.size()) throw io_error(path_, "another number of parameters");
    get(x.data(), x.size_bytes());
  }
  void finish() const {
    if (at_ != end_) throw io_error(path_, "longer than the state");
  }

 private:
  void get(void* p, std::size_t n) {
    if (n > end_ - at_) throw io_error(path_, "shorter than the state");
    std::memcpy(p, bytes_.data() + at_, n);
    at_ += n;
  }
  std::string path_;
  std::vector<char> bytes_;
  std::size_t at_ = 16, end_ = 0;
};

}  // namespace engram::inline ENGRAM_ABI::training
