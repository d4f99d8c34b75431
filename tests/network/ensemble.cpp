#include <doctest/doctest.h>

#include <engram/network/ensemble.hpp>

using namespace engram;

TEST_CASE("an ensemble runs every task once, in threads or without") {
  for (const unsigned threads : {1u, 3u, 20u}) {
    std::vector<std::atomic<int>> calls(12);
    run_ensemble(threads, calls.size(), [&](std::size_t k) { ++calls[k]; });
    for (const auto& n : calls) CHECK(n == 1);
  }
  CHECK_THROWS_AS(run_ensemble(0, 1, [](std::size_t) {}), config_error);
}

TEST_CASE("the first error of an ensemble comes out, and no further task starts") {
  for (const unsigned threads : {1u, 3u}) {
    std::atomic<std::size_t> begun{0};
    const auto task = [&](std::size_t k) {
      ++begun;
      if (k == 5) throw engram::error("task 5");
    };
    CHECK_THROWS_WITH_AS(run_ensemble(threads, 1000, task), "task 5", engram::error);
    CHECK(begun >= 6);
    CHECK((threads > 1 || begun == 6));
  }
}
