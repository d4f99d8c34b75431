/// Agreement with networkx (Debian: python3-networkx), which is run by this test where it is installed.
#include <doctest/doctest.h>

#include <cstdio>
#include <sstream>
#include <string>

#include "reference_graphs.hpp"

using namespace engram::analysis;

namespace {
std::string output_of(const std::string& command) {
  std::string text;
  if (FILE* pipe = popen(command.c_str(), "r")) {
    char buffer[4096];
    while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
    if (pclose(pipe) != 0) text.clear();
  }
  return text;
}
}  // namespace

TEST_CASE("networkx agrees: modularity of given partitions, and the best of five restarts") {
  if (output_of("/usr/bin/python3 -c 'import networkx; print(1)' 2>/dev/null").empty()) {
    MESSAGE("python3-networkx is not installed: skipped");
    return;
  }
  std::istringstream in(output_of("/usr/bin/python3 '" ENGRAM_NETWORKX_SCRIPT "' 60"));
  int directed = 0, graphs = 0;
  std::size_t nodes = 0, count = 0;
  double q = 0, best = 0, worst_error = 0, worst_ratio = 10;
  while (in >> directed >> nodes >> count >> q >> best) {
    std::vector<Edge> edges(count);
    for (Edge& e : edges) in >> e.post >> e.pre >> e.weight;
    Labels labels(nodes);
    for (Node& c : labels) in >> c;
    const Graph graph(nodes, edges, directed ? Direction::directed : Direction::undirected);
    worst_error = std::max(worst_error, std::abs(modularity(graph, labels) - q));
    const double ratio = louvain(graph, {.restarts = 5}).Q / best;
    worst_ratio = std::min(worst_ratio, ratio);
    CHECK(ratio >= 0.99);
    ++graphs;
  }
  CHECK(graphs == 60);
  CHECK(worst_error < 1e-12);
  MESSAGE(graphs << " graphs: error of Q " << worst_error << ", smallest Q / Q of networkx " << worst_ratio);
}
