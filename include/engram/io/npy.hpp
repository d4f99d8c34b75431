#pragma once
/// NPY, the array format of numpy (version 1.0), little endian and row-major: numpy.load(path, mmap_mode="r") maps it.
#include <bit>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "file.hpp"

namespace engram::inline ENGRAM_ABI {

static_assert(std::endian::native == std::endian::little, "NPY files are written as memory lies");

namespace detail {
template <class T>
constexpr const char* npy_type() {
  if constexpr (std::same_as<T, float>) return "<f4";
  else if constexpr (std::same_as<T, double>) return "<f8";
  else if constexpr (std::same_as<T, std::uint32_t>) return "<u4";
  else if constexpr (std::same_as<T, std::int32_t>) return "<i4";
  else if constexpr (std::same_as<T, std::uint64_t>) return "<u8";
  else if constexpr (std::same_as<T, std::int64_t>) return "<i8";
  else if constexpr (std::same_as<T, std::uint8_t>) return "|u1";
  else static_assert(sizeof(T) == 0, "write_npy and read_npy: float, double or an integer of 8, 32 or 64 bits");
}
inline constexpr char npy_magic[] = "\x93NUMPY\x01";  // and the terminating zero: version 1.0
}  // namespace detail

/// An array of any rank, row-major.
template <class T>
struct NpyArray {
  std::vector<std::size_t> shape;
  std::vector<T> data;
};

template <class T>
void write_npy(const std::filesystem::path& path, std::span<const T> data, const std::vector<std::size_t>& shape) {
  std::string dims;
  std::size_t size = 1;
  for (const auto n : shape) dims += std::to_string(n) + ",", size *= n;
  if (size != data.size())
    throw config_error("write_npy.shape", "(" + dims + ")", "a shape of " + std::to_string(data.size()) + " elements");
  std::string header =
      std::string("{'descr': '") + detail::npy_type<T>() + "', 'fortran_order': False, 'shape': (" + dims + "), }";
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  write_whole(path, [&](std::ostream& out) {
    const auto length = static_cast<std::uint16_t>(header.size());
    out.write(detail::npy_magic, 8);
    out.write(reinterpret_cast<const char*>(&length), 2);
    out << header;
    out.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size_bytes()));
  });
}
template <class T>
void write_npy(const std::filesystem::path& path, const std::vector<T>& data) {
  write_npy<T>(path, std::span<const T>(data), {data.size()});
}
/// An Eigen matrix.
template <class Matrix>
  requires requires(const Matrix& m) { m.rows() + m.cols(); }
void write_npy(const std::filesystem::path& path, const Matrix& m) {
  using T = typename Matrix::Scalar;
  std::vector<T> data;
  data.reserve(static_cast<std::size_t>(m.size()));
  for (decltype(m.rows()) i = 0; i < m.rows(); ++i)
    for (decltype(m.cols()) j = 0; j < m.cols(); ++j) data.push_back(m(i, j));
  write_npy<T>(path, std::span<const T>(data), {static_cast<std::size_t>(m.rows()), static_cast<std::size_t>(m.cols())});
}

namespace detail {
/// The numbers between the parentheses of 'shape': (3, 4, ), or nothing if there are none such.
inline bool npy_shape(const std::string& header, std::vector<std::size_t>& shape, std::size_t& size) {
  const auto key = header.find("'shape'");
  const auto open = key == std::string::npos ? key : header.find('(', key);
  const auto close = open == std::string::npos ? open : header.find(')', open);
  if (close == std::string::npos) return false;
  size = 1;
  for (std::size_t at = open + 1; at < close;) {
    const auto digit = header.find_first_of("0123456789", at);
    if (digit >= close) break;
    at = header.find_first_not_of("0123456789", digit);
    if (at - digit > 12) return false;
    shape.push_back(std::stoull(header.substr(digit, at - digit)));
    if (shape.back() != 0 && size > (std::size_t{1} << 48) / shape.back()) return false;
    size *= shape.back();
  }
  return true;
}
}  // namespace detail

/// Reads a whole array. Throws io_error if the file is not NPY 1.0, holds another type, is in Fortran order, or is cut.
template <class T>
NpyArray<T> read_npy(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const auto refuse = [&](bool wrong, const std::string& why) {
    if (wrong) throw io_error(path.string(), why);
  };
  refuse(!in, "cannot be opened");
  char magic[8];
  std::uint16_t length = 0;
  refuse(!in.read(magic, 8) || std::string_view(magic, 8) != std::string_view(detail::npy_magic, 8), "is not an NPY file of version 1.0");
  refuse(!in.read(reinterpret_cast<char*>(&length), 2), "ends in its header");
  std::string header(length, ' ');
  refuse(!in.read(header.data(), length), "ends in its header");
  refuse(header.find(std::string("'descr': '") + detail::npy_type<T>() + "'") == std::string::npos,
         std::string("holds another type than ") + detail::npy_type<T>());
  refuse(header.find("'fortran_order': False") == std::string::npos, "is in Fortran order");
  NpyArray<T> out;
  std::size_t size = 0;
  refuse(!detail::npy_shape(header, out.shape, size), "has no readable shape");
  const auto begin = in.tellg();
  in.seekg(0, std::ios::end);
  refuse(static_cast<std::size_t>(in.tellg() - begin) != size * sizeof(T), "does not hold " + std::to_string(size) + " elements");
  in.seekg(begin);
  out.data.resize(size);
  refuse(!in.read(reinterpret_cast<char*>(out.data.data()), static_cast<std::streamsize>(size * sizeof(T))), "ends early");
  return out;
}

}  // namespace engram::inline ENGRAM_ABI
