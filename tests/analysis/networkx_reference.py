"""Random graphs with networkx's modularity and Louvain, for tests/analysis/networkx.cpp to compare with.

One graph is three lines: "directed nodes edges Q best"; the edges "post pre weight ..."; the labels whose modularity
is Q. `best` is the largest modularity of 5 Louvain runs.
"""
import random
import sys

import networkx as nx
from networkx.algorithms.community import louvain_communities, modularity

for seed in range(int(sys.argv[1])):
    random.seed(seed)
    n = random.randint(10, 40)
    directed = seed % 2 == 0
    weighted = seed % 3 != 0
    density = random.uniform(0.05, 0.4)
    graph = (nx.DiGraph if directed else nx.Graph)()
    graph.add_nodes_from(range(n))
    for i in range(n):
        for j in range(n) if directed else range(i):
            boost = 2.0 if i // 8 == j // 8 else 0.7
            if i != j and random.random() < density * boost:
                graph.add_edge(j, i, weight=random.expovariate(1) if weighted else 1.0)
    if graph.number_of_edges() == 0:
        graph.add_edge(0, 1, weight=1.0)
    labels = [random.randrange(5) for _ in range(n)]
    parts = [{i for i in range(n) if labels[i] == c} for c in range(5)]
    q = modularity(graph, [p for p in parts if p])
    best = max(modularity(graph, louvain_communities(graph, seed=s)) for s in range(5))
    print(int(directed), n, graph.number_of_edges(), repr(q), repr(best))
    print(*(f"{i} {j} {w!r}" for j, i, w in graph.edges(data="weight")))
    print(*labels)
