#include <doctest/doctest.h>

#include <engram/core/error.hpp>

using namespace engram;

TEST_CASE("errors carry fields, say them all, and share one root") {
  const config_error config("ExpIF.tau", "-1 ms", "> 0 ms");
  CHECK(config.field == "ExpIF.tau");
  CHECK(config.value == "-1 ms");
  CHECK(config.allowed == "> 0 ms");
  CHECK(std::string(config.what()) == "ExpIF.tau = -1 ms: allowed is > 0 ms");

  const numerical_error numerical("E", 3, 17, 1e40, "membrane potential is not finite");
  CHECK(numerical.population == "E");
  CHECK(numerical.cell == 3);
  CHECK(numerical.step == 17);
  CHECK(numerical.value == 1e40);
  for (const auto* part : {"membrane potential is not finite", "E", "cell 3", "step 17", "1e+40"})
    CHECK(std::string(numerical.what()).find(part) != std::string::npos);

  const io_error io("a/b.npy", "not an NPY file");
  CHECK(io.path == "a/b.npy");
  CHECK(std::string(io.what()) == "a/b.npy: not an NPY file");

  CHECK_THROWS_AS(throw config_error("a", "b", "c"), error);
  CHECK_THROWS_AS(throw numerical_error("E", 0, 0, 0, ""), error);
  CHECK_THROWS_AS(throw io_error("a", "b"), std::runtime_error);
}
