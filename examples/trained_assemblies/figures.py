#!/usr/bin/python3
"""Figures of trained_assemblies from its files: figures.py FOLDER. Writes PNG and SVG into the same folder.

Needs numpy and matplotlib (Debian: python3-matplotlib). Edit freely; nothing else depends on this file.
"""
import csv
import json
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

DT = 2.0  # ms per step
FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "out/trained_assemblies")
METRICS = {"q10": "10 % strongest\n(primary)", "weighted": "block-\nnormalised", "raw": "raw |W|", "signed": "signed"}
COLOURS = plt.get_cmap("tab10").colors
plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.fonttype": "none"})


def rows(name):
    with open(FOLDER / name, newline="") as file:
        return list(csv.DictReader(file))


def cell(row):
    return row["task"], row["constraint"], row["input"]


def title(c):
    return f"{c[0]}, {'resources bounded' if c[1] == 'resources' else 'no constraint'},\ninput {c[2]}"


def save(figure, name):
    figure.savefig(FOLDER / f"{name}.png", dpi=160, bbox_inches="tight")
    figure.savefig(FOLDER / f"{name}.svg", bbox_inches="tight")
    plt.close(figure)


MODULARITY, RATIOS, TRAINING = rows("modularity.csv"), rows("ratios.csv"), rows("training.csv")
CELLS = list(dict.fromkeys(cell(r) for r in MODULARITY))
SEEDS = list(dict.fromkeys(r["seed"] for r in MODULARITY))
SEED_TEXT = f"seeds {', '.join(SEEDS)}" if len(SEEDS) <= 5 else f"{len(SEEDS)} seeds, {SEEDS[0]} to {SEEDS[-1]}"
EXCITATORY = json.load(open(FOLDER / "summary.json"))["setting"]["excitatory"]  # inhibitory cells come last


def seeds_of(c):
    """All seeds but those whose training diverged."""
    return list(dict.fromkeys(r["seed"] for r in MODULARITY if cell(r) == c))


def mean_and_error(values):
    """Over the last axis; the standard error is that over seeds."""
    values = np.asarray(values, float)
    n = np.sum(np.isfinite(values), axis=-1)
    return np.nanmean(values, axis=-1), np.nanstd(values, axis=-1, ddof=1) / n**0.5 if values.shape[-1] > 1 else 0 * values[..., 0]


def caption(figure, text):
    """Under everything else."""
    figure.draw_without_rendering()
    bottom = figure.get_tightbbox().ymin / figure.get_figheight()
    figure.text(0.02, bottom - 0.02, text, fontsize=7, va="top")


def array(what, c, seed, stage):
    return np.load(FOLDER / f"{what}_{'_'.join(c)}_{seed}_{stage}.npy")


def accuracy():
    figure, axes = plt.subplots(figsize=(5, 3))
    for k, c in enumerate(CELLS):
        curves = []
        for seed in seeds_of(c):
            points = [(int(r["step"]), float(r["accuracy"])) for r in TRAINING if cell(r) == c and r["seed"] == seed]
            steps, values = zip(*points)
            curves.append(values)
            axes.plot(steps, values, color=COLOURS[k % 10], lw=0.6, alpha=0.5)
        axes.plot(steps, np.mean(curves, axis=0), color=COLOURS[k % 10], lw=2, label=title(c).replace("\n", " "))
    axes.axhline(0.95, color="0.5", lw=0.8, ls=":", label="criterion (two epochs in a row)")
    axes.set(xlabel="optimiser step (128 trials each)", ylabel="validation accuracy", ylim=(0.4, 1.02))
    axes.legend(frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(0, -0.18), title_fontsize=7,
                title=f"thin: {SEED_TEXT}; thick: their mean", alignment="left")
    save(figure, "accuracy")


def excess():
    """Gain of excess modularity by training, every seed a point, the mean a bar with its standard error."""
    figure, axes = plt.subplots(1, len(METRICS), figsize=(2.1 * len(METRICS), 3.2), sharey=True)
    for axis, (metric, label) in zip(axes, METRICS.items()):
        value = {(cell(r), r["seed"], r["stage"]): float(r["excess"]) for r in MODULARITY if r["metric"] == metric}
        for k, c in enumerate(CELLS):
            gain = np.array([value[c, s, "after"] - value[c, s, "before"] for s in seeds_of(c)])
            mean, error = mean_and_error(gain)
            axis.bar(k, mean, 0.7, yerr=error, color=COLOURS[k % 10], alpha=0.35, capsize=3)
            axis.plot(k + np.linspace(-0.2, 0.2, len(gain)), gain, "o", ms=4, color=COLOURS[k % 10])
        axis.axhline(0, color="0.3", lw=0.8)
        axis.set_xticks(range(len(CELLS)), [title(c) for c in CELLS], rotation=60, ha="right", fontsize=7)
        axis.set_title(label, fontsize=9)
    axes[0].set_ylabel("gain in excess modularity\n(Q − Q of null), after − before")
    caption(figure, f"points: {SEED_TEXT}; bars: mean and standard error. The null is rewired or shuffled within E/I blocks and searched as hard; one for each point.")
    save(figure, "excess_modularity")


def ratios():
    """Mean weight within over between communities by block, beside the null that was searched as hard."""
    blocks = ["EE", "EI", "IE", "II"]
    figure, axes = plt.subplots(1, len(CELLS), figsize=(2.6 * len(CELLS), 3), sharey=True, squeeze=False)
    for axis, c in zip(axes[0], CELLS):
        for j, stage in enumerate(("before", "after")):
            at = np.arange(4) + (j - 0.5) * 0.36
            pick = lambda key: np.array([[float(r[key]) for r in RATIOS if cell(r) == c and r["stage"] == stage
                                          and r["block"] == b] for b in blocks])
            observed, null = pick("ratio"), pick("null_mean")
            mean, error = mean_and_error(observed)
            axis.bar(at, mean, 0.3, yerr=error, color=COLOURS[j], alpha=0.35, capsize=2, error_kw={"lw": 1}, label=f"{stage} training")
            for x, points in zip(at, observed):
                axis.plot(np.full(len(points), x), points, "o", ms=3, color=COLOURS[j])
            mean, error = mean_and_error(null)
            axis.errorbar(at, mean, error, fmt="D", ms=3.5, mfc="w", color="k", lw=1, capsize=2,
                          label="its null (shuffled, searched again)" if j else None)
        axis.axhline(1, color="0.5", lw=0.6, ls=":")
        axis.set_xticks(range(4), ["E from E", "E from I", "I from E", "I from I"], rotation=45, ha="right")
        axis.set_title(title(c), fontsize=8)
    axes[0][0].set_ylabel("mean weight within / between\ncommunities")
    axes[0][0].legend(frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(0, -0.26), ncol=3)
    caption(figure, f"points: {SEED_TEXT}; bars and diamonds: mean and standard error. Communities of the 10 % strongest weights.")
    save(figure, "within_between")


def order_by_community(labels, ne):
    """Largest community first, excitatory cells before inhibitory ones inside each. Returns order and borders."""
    sizes = np.bincount(labels)
    rank = np.empty(len(sizes), int)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    order = np.lexsort((np.arange(len(labels)) >= ne, rank[labels]))
    return order, np.flatnonzero(np.diff(rank[labels][order])) + 1


def matrices():
    figure, axes = plt.subplots(2, len(CELLS), figsize=(2.7 * len(CELLS) + 0.6, 5.4), squeeze=False,
                                layout="constrained")
    for column, c in enumerate(CELLS):
        for row, stage in enumerate(("before", "after")):
            seed = seeds_of(c)[0]
            w, labels = array("weights", c, seed, stage), array("communities", c, seed, stage)
            ne = EXCITATORY
            kind = np.arange(len(w)) >= ne
            normalised = np.zeros_like(w)
            for post in (False, True):
                for pre in (False, True):
                    block = np.ix_(kind == post, kind == pre)
                    normalised[block] = w[block] / max(w[block].mean(), 1e-30)
            order, borders = order_by_community(labels, ne)
            axis = axes[row][column]
            image = axis.imshow(normalised[np.ix_(order, order)], cmap="magma_r", vmin=0, vmax=5,
                                interpolation="nearest")
            for b in borders:
                axis.axhline(b - 0.5, color="tab:cyan", lw=0.8)
                axis.axvline(b - 0.5, color="tab:cyan", lw=0.8)
            axis.set_title((title(c) + "\n" if row == 0 else "") + f"{stage} training", fontsize=8)
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set_visible(True)
    for axis in axes[:, 0]:
        axis.set_ylabel("postsynaptic neuron")
    for axis in axes[1]:
        axis.set_xlabel("presynaptic neuron")
    figure.colorbar(image, ax=axes, label="|weight| / mean of its E/I block (black: 5 and more)", shrink=0.6)
    caption(figure, f"seed {SEEDS[0]}; neurons sorted by the communities of the 10 % strongest weights (lines), in each excitatory before inhibitory")
    save(figure, "weights")


def raster():
    figure, axes = plt.subplots(1, len(CELLS), figsize=(3.2 * len(CELLS), 3.2), squeeze=False)
    for axis, c in zip(axes[0], CELLS):
        seed = seeds_of(c)[0]
        spikes = rows(f"raster_{'_'.join(c)}_{seed}.csv")
        labels = array("communities", c, seed, "after")
        ne = EXCITATORY
        order, borders = order_by_community(labels, ne)
        place = np.argsort(order)
        shown = []  # the first trial of each label
        for s in spikes:
            if s["label"] not in [l for _, l in shown]:
                shown.append((s["trial"], s["label"]))
        length = 20 + max((int(s["step"]) for s in spikes), default=0)
        for k, (trial, label) in enumerate(sorted(shown, key=lambda x: x[1])[:4]):
            mine = [(int(s["step"]), int(s["neuron"])) for s in spikes if s["trial"] == trial]
            for inhibitory, colour in ((False, "tab:red"), (True, "tab:blue")):
                points = [(DT * (t + k * length), place[n]) for t, n in mine if (n >= ne) == inhibitory]
                if points:
                    axis.plot(*zip(*points), "|", ms=3, mew=0.8, color=colour)
            if k:
                axis.axvline(DT * (k * length - 10), color="0.8", lw=0.6, zorder=0)
            axis.text(DT * k * length, len(labels) + 2, f"label {label}", fontsize=7)
        for b in borders:
            axis.axhline(b - 0.5, color="0.6", lw=0.6)
        axis.set(xlabel="time (ms), one trial after the other", ylim=(-1, len(labels) + 8))
        axis.set_title(title(c), fontsize=8, pad=12)
    axes[0][0].set_ylabel("neuron, sorted by community\n(red: excitatory, blue: inhibitory)")
    caption(figure, f"seed {SEEDS[0]}: the first validation trial of each label, after training; lines: communities of the 10 % strongest weights")
    save(figure, "raster")


accuracy()
excess()
ratios()
matrices()
raster()
