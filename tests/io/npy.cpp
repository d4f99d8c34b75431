#include <doctest/doctest.h>

#include <Eigen/Core>
#include <cstdlib>

#include <engram/core/random.hpp>
#include <engram/io/npy.hpp>

using namespace engram;

namespace {
std::filesystem::path temporary(const char* name) { return std::filesystem::temp_directory_path() / (std::string("engram_npy_") + name + ".npy"); }

bool refused(const std::filesystem::path& path) {
  try {
    read_npy<float>(path);
  } catch (const io_error& e) {
    return e.path == path.string();
  }
  return false;
}
}  // namespace

TEST_CASE("an array comes back as it was written") {
  const auto path = temporary("round");
  const std::vector<float> data{1.5f, -2.f, 3e-30f, 4.f, 5.f, 6.f};
  write_npy<float>(path, std::span<const float>(data), {2, 3});
  const auto back = read_npy<float>(path);
  CHECK(back.data == data);
  CHECK(back.shape == std::vector<std::size_t>{2, 3});
  Eigen::MatrixXd m(2, 2);
  m << 1, 2, 3, 4;
  write_npy(path, m);
  CHECK(read_npy<double>(path).data == std::vector<double>{1, 2, 3, 4});
  write_npy(path, std::vector<std::int64_t>{});
  CHECK(read_npy<std::int64_t>(path).data.empty());
  std::filesystem::remove(path);
}

TEST_CASE("numpy reads it") {
  if (std::system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0) return;
  const auto path = temporary("numpy");
  write_npy<float>(path, std::span<const float>(std::vector<float>{1, 2, 3, 4, 5, 6}), {2, 3});
  const std::string check = "/usr/bin/python3 -c \"import numpy; a = numpy.load('" + path.string() + "', mmap_mode='r'); assert a.shape == (2, 3) and a[1, 0] == 4\"";
  CHECK(std::system(check.c_str()) == 0);
  std::filesystem::remove(path);
}

TEST_CASE("a wrong or cut file is refused, whatever its bytes") {
  const auto path = temporary("cut");
  write_npy<float>(path, std::span<const float>(std::vector<float>(40, 1.f)), {5, 8});
  std::ifstream in(path, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  const auto with = [&](const std::string& bytes) {
    write_whole(path, [&](std::ostream& out) { out << bytes; });
    return refused(path);
  };
  for (std::size_t n = 0; n < good.size(); ++n) CHECK(with(good.substr(0, n)));
  CHECK(with(good + "x"));
  CHECK_FALSE(with(good));
  CHECK_THROWS_AS(read_npy<double>(path), io_error);
  Stream random(Seed{5}, Purpose::user);
  for (int k = 0; k < 3000; ++k) {  // any answer but a crash
    auto bytes = good;
    for (int m = 0; m < 4; ++m) bytes[random.below(128)] = static_cast<char>(random());
    with(bytes);
  }
  std::filesystem::remove(path);
}

TEST_CASE("a file that cannot be written leaves the old one") {
  CHECK_THROWS_AS(write_npy("/nowhere/at/all.npy", std::vector<float>{1}), io_error);
  CHECK_THROWS_AS(write_npy<float>(temporary("shape"), std::span<const float>(std::vector<float>{1, 2}), {3}), config_error);
  const std::filesystem::path full = "/dev/full";
  if (std::filesystem::exists(full)) {
    const auto path = temporary("old");
    write_npy(path, std::vector<float>{1, 2});
    std::filesystem::create_symlink(full, path.string() + ".part");
    CHECK_THROWS_AS(write_npy(path, std::vector<float>(100000, 3.f)), io_error);
    CHECK(read_npy<float>(path).data.size() == 2);
    std::filesystem::remove(path.string() + ".part");
    std::filesystem::remove(path);
  }
}
