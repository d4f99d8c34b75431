#!/usr/bin/env python3
"""Figures of the assembly-fusion experiment, from the files in a folder: python3 figures.py DIR

Writes, as PNG and SVG: raster (after Yang and Doiron 2025, Fig. 2B), matrices (2C), mean_weights (2D) and fates (Fig. 3).
"""
import csv
import json
import sys
import textwrap
from collections import defaultdict
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

folder = Path(sys.argv[1])
run = json.loads((folder / "run.json").read_text())
summary = json.loads((folder / "summary.json").read_text())
parameters = {name: p["value"] for name, p in run["parameters"].items()}
N_E = round(parameters["excitatory"] * parameters["N"])
COLORS = {"A": "tab:blue", "O": "tab:purple", "B": "tab:red", "I": "0.35"}

plt.rcParams.update({"figure.dpi": 130, "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})


def read_weights():
    """{(kappa, lambda, seed, realization): {column: array}}, rows in order of time."""
    cases = defaultdict(lambda: defaultdict(list))
    with open(folder / "weights.csv") as file:
        for row in csv.DictReader(file):
            key = (float(row["kappa"]), float(row["lambda"]), int(row["seed"]), int(row["realization"]))
            for name, value in row.items():
                cases[key][name].append(value if name == "phase" else float(value))
    return {key: {n: np.array(v) for n, v in columns.items()} for key, columns in cases.items()}


def groups(overlap):
    """Borders of A, O and B among the excitatory cells: they lie in this order."""
    n_o = round(overlap * parameters["N"])
    n_a = (N_E - n_o) // 2
    return {"A": (0, n_a), "O": (n_a, n_a + n_o), "B": (n_a + n_o, N_E)}


def caption(figure, text=""):
    what = f"preset {run['preset']}, seeds {', '.join(map(str, run['seeds']))}, dt {run['dt']['value']} ms. {text}"
    if run["preset"] == "robust":
        what += " `robust` was found by a search for fates that complete: see docs/model.md."
    width = int(19 * figure.get_figwidth())  # characters that fit at this size
    figure.text(0.01, 0.005, textwrap.fill(what, width), fontsize=6.5, color="0.4")


def save(figure, name):
    for ending in ("png", "svg"):
        figure.savefig(folder / f"{name}.{ending}")
    plt.close(figure)


def first(kind):
    """The spike or weight files of the first seed, by (kappa, lambda)."""
    out = {}
    for path in sorted(folder.glob(f"{kind}_*_seed{run['seeds'][0]}.npy")):
        parts = path.stem[len(kind) + 1:].split("_")
        out[float(parts[0][5:]), float(parts[1][6:])] = np.load(path)
    return out


def rasters():
    training, after = first("spikes_train"), first("spikes_post")
    if not after:
        return
    keys = sorted(after)
    figure, axes = plt.subplots(len(keys), 2, figsize=(9, 0.6 + 2.5 * len(keys)), squeeze=False, sharey=True, layout="constrained")
    for row, (kappa, overlap) in zip(axes, keys):
        trained = next((v for (k, l), v in training.items() if l == overlap and k == kappa), None)
        if trained is None:
            trained = next((v for (k, l), v in training.items() if l == overlap), None)
        for axis, spikes, title in zip(row, (trained, after[kappa, overlap]), ("at the end of training", "at the end")):
            axis.set_title(f"{title}: $\\kappa$ = {kappa:g}, $\\lambda$ = {overlap:g}")
            if spikes is None or not len(spikes):
                axis.text(0.5, 0.5, "no training", ha="center", transform=axis.transAxes)
                continue
            for name, (low, high) in {**groups(overlap), "I": (N_E, parameters["N"])}.items():
                mine = (spikes[:, 1] >= low) & (spikes[:, 1] < high)
                t = spikes[mine, 0] - np.floor(spikes[0, 0] / 1000) * 1000
                axis.plot(t, spikes[mine, 1], ".", ms=0.8, color=COLORS[name], rasterized=True)
                if high > low:
                    axis.text(1.01, (low + high) / 2 / parameters["N"], name, color=COLORS[name], transform=axis.transAxes, va="center")
            axis.set_xlabel("time (ms)")
            axis.set_xlim(0, 1000)
        row[0].set_ylabel("cell")
    figure.get_layout_engine().set(rect=(0, 0.04, 1, 0.96))
    caption(figure, "Every dot is a spike. Members of A and O get signal A, of B and O signal B, during training.")
    save(figure, "raster")


def matrices():
    start, trained, end = (first(f"weights_{when}") for when in ("initial", "trained", "end"))
    if not end:
        return
    keys = sorted(end)
    bound, p = parameters["W_EE_max"], max(parameters["p"], 1e-9)
    figure, axes = plt.subplots(len(keys), 3, figsize=(8.5, 0.6 + 2.7 * len(keys)), squeeze=False, layout="constrained")
    image = None
    for row, (kappa, overlap) in zip(axes, keys):
        pick = lambda files: files.get((kappa, overlap)) if (kappa, overlap) in files else next((v for (k, l), v in files.items() if l == overlap), None)
        for axis, w, title in zip(row, (pick(start), pick(trained), end[kappa, overlap]), ("before training", "after training", "at the end")):
            axis.set_title(f"{title}: $\\kappa$ = {kappa:g}, $\\lambda$ = {overlap:g}", fontsize=8)
            if w is None:
                axis.text(0.5, 0.5, "no training", ha="center", transform=axis.transAxes)
                continue
            # Means over squares of cells, of synapses that exist: single synapses would be lost in the picture.
            side = max(1, N_E // 80)
            n = N_E // side * side
            blocks = lambda m: m[:n, :n].reshape(n // side, side, n // side, side).sum(axis=(1, 3))
            count = blocks((w != 0).astype(float))
            mean = np.divide(blocks(w.astype(float)), count, out=np.zeros_like(count), where=count > 0) / bound
            image = axis.imshow(mean, vmin=0, vmax=1, cmap="viridis", extent=(0, n, n, 0), interpolation="nearest")
            for low, high in groups(overlap).values():
                axis.axhline(high, color="w", lw=0.5)
                axis.axvline(high, color="w", lw=0.5)
            names = [(k, (a + b) / 2) for k, (a, b) in groups(overlap).items() if b > a]
            axis.set_xticks([x for _, x in names], [k for k, _ in names])
            axis.set_yticks([x for _, x in names], [k for k, _ in names])
            axis.set_xlabel("from")
        row[0].set_ylabel("onto")
    if image is not None:
        figure.colorbar(image, ax=axes, label="mean weight of existing E→E synapses / bound", shrink=0.6)
    figure.get_layout_engine().set(rect=(0, 0.04, 1, 0.96))
    caption(figure)
    save(figure, "matrices")


BLOCKS = {"x_AA": ("AA", "tab:blue"), "x_AO": ("AO", "tab:cyan"), "x_OA": ("OA", "tab:olive"), "x_OO": ("OO", "tab:purple"), "x_AB": ("AB", "tab:red")}


def mean_weights(cases):
    keys = sorted({k[:2] for k in cases})
    figure, axes = plt.subplots(2, len(keys), figsize=(max(6, 1 + 2.6 * len(keys)), 5.2), squeeze=False, sharey="row", layout="constrained", gridspec_kw={"height_ratios": (2, 1)})
    for column, (kappa, overlap) in enumerate(keys):
        top, bottom = axes[:, column]
        data = next(v for k, v in sorted(cases.items()) if k[:2] == (kappa, overlap))
        trained = data["t_s"][data["phase"] != "post"].max()
        fate = next(s["fate"] for s in summary if (s["kappa"], s["lambda"]) == (kappa, overlap))
        for name, (label, color) in BLOCKS.items():
            top.plot(data["t_s"], data[name], color=color, label=f"$W_{{{label}}}$")
        for name, color in (("x_AI", "tab:green"), ("x_OI", "yellowgreen")):
            top.plot(data["t_s"], data[name], color=color, ls="--", lw=0.9, label=f"$W_{{{name[2:]}}}$")
        for name in "AOBI":
            bottom.plot(data["t_s"], data[f"r_{name}"], color=COLORS[name], lw=0.8, label=name)
        bottom.axhline(parameters["r_target"], color="k", lw=0.5, ls=":")
        for axis in (top, bottom):
            axis.axvspan(0, trained, color="0.94", lw=0, zorder=0)
        top.set_title(f"$\\kappa$ = {kappa:g}, $\\lambda$ = {overlap:g}: {fate}")
        top.set_ylim(0, 1.02)
        bottom.set_xlabel("time (s)")
    axes[0, 0].set_ylabel("mean weight / bound")
    axes[1, 0].set_ylabel("rate (Hz)")
    axes[0, -1].legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    axes[1, -1].legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.get_layout_engine().set(rect=(0, 0.04, 1, 0.96))
    caption(figure, "Grey: training. Means over existing synapses; the first seed.")
    save(figure, "mean_weights")


def fates(cases):
    kappas, overlaps = sorted({k[0] for k in cases}, reverse=True), sorted({k[1] for k in cases})
    figure, axes = plt.subplots(len(kappas), len(overlaps), figsize=(max(6, 1 + 3.4 * len(overlaps)), 0.8 + 2.6 * len(kappas)), squeeze=False, sharex=True, sharey=True, layout="constrained")
    for row, kappa in zip(axes, kappas):
        for axis, overlap in zip(row, overlaps):
            mine = [v for k, v in cases.items() if k[:2] == (kappa, overlap)]
            # Seeds stop training at different times; what comes after is averaged from there on.
            ends = [v["t_s"][v["phase"] != "post"].max() for v in mine]
            for name, color in (("x_AA", "tab:blue"), ("x_AB", "tab:red")):
                for v, end in zip(mine, ends):
                    axis.plot(v["t_s"] - end, v[name], color="0.7", lw=0.6, zorder=1)
                after = [v[name][v["phase"] == "post"] for v in mine]
                n = min(map(len, after))
                if n:
                    t = mine[0]["t_s"][mine[0]["phase"] == "post"][:n] - ends[0]
                    axis.plot(t, np.mean([a[:n] for a in after], axis=0), color=color, lw=1.8, label=f"$W_{{{name[2:]}}}$, mean of {len(mine)}")
            axis.axvspan(-max(ends), 0, color="0.94", lw=0, zorder=0)
            tally = defaultdict(int)
            for s in summary:
                if (s["kappa"], s["lambda"]) == (kappa, overlap):
                    tally[s["fate"]] += 1
            axis.set_title(f"$\\kappa$ = {kappa:g}, $\\lambda$ = {overlap:g}: " + ", ".join(f"{n} {f}" for f, n in tally.items()))
            axis.set_ylim(0, 1.02)
            if axis.get_legend_handles_labels()[0]:
                axis.legend(fontsize=7, loc="upper left")
        row[0].set_ylabel("mean weight / bound")
    for axis in axes[-1]:
        axis.set_xlabel("time after training (s)")
    figure.get_layout_engine().set(rect=(0, 0.04, 1, 0.96))
    caption(figure, "Grey: single runs and training.")
    save(figure, "fates")


if __name__ == "__main__":
    weights = read_weights()
    rasters()
    matrices()
    if weights:
        mean_weights(weights)
        fates(weights)
