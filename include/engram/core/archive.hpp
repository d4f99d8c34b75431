#pragma once
/// Archives: one statement of what an object's state is, `void archive_state(auto& archive) { archive(a_, b_); }`, serves for
/// writing and for reading. Numbers are little endian as they lie in memory, a vector is its length (u64) and its elements,
/// an object is its members in order.
#include <array>
#include <bit>
#include <concepts>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "fields.hpp"

namespace engram::inline ENGRAM_ABI {

static_assert(std::endian::native == std::endian::little, "archives are written as memory lies");

namespace detail {
template <class V>
inline constexpr bool is_vector = false;
template <class... A>
inline constexpr bool is_vector<std::vector<A...>> = true;

template <class V, class Archive>
concept HasArchiveState = requires(V& v, Archive& a) { v.archive_state(a); };

/// Whether the bytes of V are its value: numbers and arrays of numbers, not structs, which may have padding.
template <class V>
inline constexpr bool is_plain = std::is_arithmetic_v<V> || std::is_enum_v<V>;
template <class V, std::size_t N>
inline constexpr bool is_plain<std::array<V, N>> = is_plain<V>;
}  // namespace detail

/// The bytes cannot be what the objects that read them wrote.
struct archive_error : error {
  using error::error;
};

namespace detail {
/// The bytes of a policy, whose parameters may have changed since it was built. It must be trivially copyable.
template <class P>
void archive_bytes(auto& archive, P& policy) {
  static_assert(std::is_trivially_copyable_v<P>, "a rule with run-time state must be trivially copyable to be saved");
  auto bytes = std::bit_cast<std::array<unsigned char, sizeof(P)>>(policy);
  archive(bytes);
  if constexpr (std::decay_t<decltype(archive)>::reading) {
    policy = std::bit_cast<P>(bytes);
    try {
      validate(policy, "the rule");
    } catch (const config_error& e) {
      throw archive_error(e.what());
    }
  }
}
}  // namespace detail

/// Appends to a string of bytes.
class ArchiveWriter {
 public:
  static constexpr bool reading = false;
  std::string bytes;

  void operator()(const auto&... values) { (put(values), ...); }

 private:
  template <class V>
  void put(const V& value) {
    if constexpr (detail::is_plain<V>) {
      raw(&value, sizeof value);
    } else if constexpr (detail::HasArchiveState<V, ArchiveWriter>) {
      const_cast<V&>(value).archive_state(*this);  // the one statement serves both directions; this one only reads
    } else if constexpr (std::same_as<V, std::string>) {
      put(value.size());
      raw(value.data(), value.size());
    } else if constexpr (detail::is_vector<V>) {
      put(value.size());
      if constexpr (detail::is_plain<typename V::value_type>) raw(value.data(), value.size() * sizeof(value[0]));
      else for (const auto& v : value) put(v);
    } else {
      static_assert(requires { value.size() == 0; }, "an archive takes numbers, arrays, vectors, and objects with archive_state");
      for (const auto& v : value) put(v);
    }
  }
  void raw(const void* from, std::size_t n) { bytes.append(static_cast<const char*>(from), n); }
};

/// Reads back what an ArchiveWriter wrote, into objects that were built alike. Throws archive_error if the bytes end early,
/// or if a vector that has its size from construction would get another (one that is empty may get any).
class ArchiveReader {
 public:
  static constexpr bool reading = true;
  explicit ArchiveReader(const std::string& bytes) : at_(bytes.data()), left_(bytes.size()) {}

  void operator()(auto&... values) { (get(values), ...); }
  bool at_end() const { return left_ == 0; }

 private:
  template <class V>
  void get(V& value) {
    if constexpr (std::same_as<V, bool>) {
      std::uint8_t byte = 0;
      raw(&byte, 1);
      if (byte > 1) throw archive_error("a flag is neither 0 nor 1");
      value = byte != 0;
    } else if constexpr (detail::is_plain<V>) {
      raw(&value, sizeof value);
    } else if constexpr (detail::HasArchiveState<V, ArchiveReader>) {
      value.archive_state(*this);
    } else if constexpr (std::same_as<V, std::string>) {
      value.resize(length(1));
      raw(value.data(), value.size());
    } else if constexpr (detail::is_vector<V>) {
      using Element = typename V::value_type;
      const std::size_t n = length(detail::is_plain<Element> ? sizeof(Element) : 1);
      if (!value.empty() && value.size() != n) throw archive_error("a list has another length");
      value.resize(n);
      if constexpr (detail::is_plain<Element>) raw(value.data(), value.size() * sizeof(Element));
      else for (auto& v : value) get(v);
    } else {
      for (auto& v : value) get(v);
    }
  }
  std::size_t length(std::size_t element) {
    std::size_t n = 0;
    get(n);
    if (n > left_ / element) throw archive_error("a length is more than there is");
    return n;
  }
  void raw(void* to, std::size_t n) {
    if (n > left_) throw archive_error("it ends early");
    if (n > 0) std::memcpy(to, at_, n);
    at_ += n;
    left_ -= n;
  }

  const char* at_;
  std::size_t left_;
};

}  // namespace engram::inline ENGRAM_ABI
