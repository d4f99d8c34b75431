/// Agreement with igraph (Debian: libigraph-dev), linked where CMake finds it.
#include <doctest/doctest.h>

#ifdef ENGRAM_TEST_IGRAPH
#include <igraph/igraph.h>

#include "reference_graphs.hpp"

using namespace engram;
using namespace engram::analysis;

namespace {

/// The same graph, twice: ours and igraph's.
class Pair {
 public:
  Pair(Node nodes, const std::vector<Edge>& edges, Direction direction)
      : ours_(nodes, edges, direction), directed_(direction == Direction::directed) {
    igraph_vector_int_t list;
    igraph_vector_int_init(&list, 0);
    igraph_vector_init(&weights_, 0);
    for (const Edge& e : edges) {
      igraph_vector_int_push_back(&list, e.pre);
      igraph_vector_int_push_back(&list, e.post);
      igraph_vector_push_back(&weights_, e.weight);
    }
    igraph_create(&graph_, &list, nodes, directed_);
    igraph_vector_int_destroy(&list);
  }
  ~Pair() {
    igraph_destroy(&graph_);
    igraph_vector_destroy(&weights_);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  const Graph& ours() const { return ours_; }

  double igraph_Q(const Labels& labels, double resolution) const {
    igraph_vector_int_t membership;
    igraph_vector_int_init(&membership, 0);
    for (const Node c : labels) igraph_vector_int_push_back(&membership, c);
    igraph_real_t q = 0;
    igraph_modularity(&graph_, &membership, &weights_, resolution, directed_, &q);
    igraph_vector_int_destroy(&membership);
    return q;
  }

  /// Best of `restarts` runs of igraph's multilevel (Louvain) and of its Leiden; undirected graphs only.
  double igraph_best(int restarts, bool leiden, double resolution) const {
    igraph_vector_int_t membership;
    igraph_vector_t q, degree;
    igraph_vector_int_init(&membership, 0);
    igraph_vector_init(&q, 0);
    igraph_vector_init(&degree, 0);
    igraph_strength(&graph_, &degree, igraph_vss_all(), IGRAPH_ALL, IGRAPH_LOOPS, &weights_);
    const double total = igraph_vector_sum(&degree);
    double best = -1;
    for (int r = 0; r < restarts; ++r) {
      if (leiden)
        igraph_community_leiden(&graph_, &weights_, &degree, resolution / total, 0.01, false, 2, &membership, nullptr,
                                nullptr);
      else
        igraph_community_multilevel(&graph_, &weights_, resolution, &membership, nullptr, &q);
      igraph_real_t found = 0;
      igraph_modularity(&graph_, &membership, &weights_, resolution, false, &found);
      best = std::max(best, found);
    }
    igraph_vector_destroy(&degree);
    igraph_vector_destroy(&q);
    igraph_vector_int_destroy(&membership);
    return best;
  }

 private:
  Graph ours_;
  bool directed_;
  igraph_t graph_;
  igraph_vector_t weights_;
};

/// Up to 120 nodes with groups of 12, three times as many edges inside as chance; weighted or not, with self-loops.
std::vector<Edge> random_edges(Node nodes, Direction direction, Stream& random) {
  const double density = 0.02 + 0.3 * random.uniform();
  const bool weighted = random.below(2);
  std::vector<Edge> edges{{0, 1, 1}};
  for (Node i = 0; i < nodes; ++i)
    for (Node j = 0; j < (direction == Direction::directed ? nodes : i + 1); ++j)
      if (random.uniform() < density * (i == j ? 0.2 : i / 12 == j / 12 ? 3. : 1.))
        edges.push_back({i, j, weighted ? -std::log(random.uniform()) : 1});
  return edges;
}

}  // namespace

TEST_CASE("igraph agrees: modularity of given partitions of 200 random graphs, directed and undirected") {
  Stream random(Seed{11}, Purpose::user, 3);
  double worst = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const auto direction = trial % 2 ? Direction::directed : Direction::undirected;
    const Node nodes = 10 + random.below(110);
    const Pair pair(nodes, random_edges(nodes, direction, random), direction);
    Labels labels(nodes);
    for (Node& c : labels) c = random.below(6);
    const double resolution = 0.3 + 2 * random.uniform();
    worst = std::max(worst, std::abs(modularity(pair.ours(), labels, resolution) - pair.igraph_Q(labels, resolution)));
  }
  MESSAGE("largest difference of Q " << worst);
  CHECK(worst < 1e-12);
}

TEST_CASE("igraph finds nothing better: best of five restarts on 200 random graphs") {
  Stream random(Seed{12}, Purpose::user, 3);
  double worst_louvain = 1, worst_leiden = 1, gain_louvain = 0, gain_leiden = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const Node nodes = 10 + random.below(110);
    const Pair pair(nodes, random_edges(nodes, Direction::undirected, random), Direction::undirected);
    const double resolution = trial % 2 ? 1 : 0.5 + random.uniform();
    const double ours = louvain(pair.ours(), {.resolution = resolution}).Q;
    const double theirs = pair.igraph_best(5, false, resolution), leiden = pair.igraph_best(5, true, resolution);
    CHECK(ours >= theirs - 0.01 * std::abs(theirs));
    CHECK(ours >= leiden - 0.01 * std::abs(leiden));
    worst_louvain = std::min(worst_louvain, ours - theirs);
    worst_leiden = std::min(worst_leiden, ours - leiden);
    gain_louvain += (ours - theirs) / 200;
    gain_leiden += (ours - leiden) / 200;
  }
  MESSAGE("Q - Q of igraph's Louvain: least " << worst_louvain << ", mean " << gain_louvain << "; of its Leiden: least "
                                              << worst_leiden << ", mean " << gain_leiden);
}
#else
TEST_CASE("igraph agrees") { MESSAGE("libigraph-dev was not found when this was configured: skipped"); }
#endif
