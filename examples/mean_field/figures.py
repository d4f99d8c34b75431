#!/usr/bin/env python3
"""Figures of the mean-field theory, from the files in a folder: python3 figures.py DIR

Writes, as PNG and SVG: components (after Yang and Doiron 2025, Fig. 4), theory_over_simulation (Fig. 5), threshold (Fig. 6),
phase (Fig. 7) and, if there are simulated points, phase_simulation (Fig. 7 with simulations).
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
ORDER = "all orders" if run["order"] == "all" else f"order {run['order']}"
OTHER = "own rule" if run["rule"] == "own" else "acausal"
CAUSAL, ACAUSAL = "tab:green", "tab:blue"

plt.rcParams.update({"figure.dpi": 130, "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})


def read(name):
    """Columns of a file: numbers where they are numbers."""
    columns = defaultdict(list)
    with open(folder / name) as file:
        for row in csv.DictReader(file):
            for key, value in row.items():
                try:
                    columns[key].append(float(value))
                except ValueError:
                    columns[key].append(value)
    return {key: np.array(value) for key, value in columns.items()}


def over_seeds(runs):
    """Mean and standard error of the mean; no error from a single run."""
    return np.mean(runs, axis=0), np.std(runs, axis=0, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else np.zeros_like(runs[0])


def seeds():
    s = run["seeds"]
    return f"seeds {s[0]} to {s[-1]}" if len(s) > 2 and s == list(range(s[0], s[-1] + 1)) else f"seed{'s' if len(s) > 1 else ''} {', '.join(map(str, s))}"


def color(kappa):
    return CAUSAL if kappa == 1 else ACAUSAL if kappa == 0 else plt.cm.viridis(kappa)


def label(kappa):
    return f"{OTHER} (κ = 0)" if kappa == 0 else "causal (κ = 1)" if kappa == 1 else f"κ = {kappa:g}"


def save(figure, name, text=""):
    what = f"preset {run['preset']}, weight scale {run['parameters']['weight_scale']['value']:g}. {text}"
    if run["preset"] == "robust":
        what += " `robust` was found by a search for fates that complete: see docs/model.md."
    figure.text(0.01, 0.006, textwrap.fill(what, int(19 * figure.get_figwidth())), fontsize=6.5, color="0.4", va="bottom")
    for ending in ("png", "svg"):
        figure.savefig(folder / f"{name}.{ending}")
    plt.close(figure)


def components():
    c, k = read("components.csv"), read("coefficients.csv")
    names = ["forward", "backward", "common", "chains"]
    titles = ["forward, K*C0", "backward, C0*K⁻", "common input, K*C0*K⁻", "chains, K*K*C0 + reverse"]
    at = {kappa: int(np.argmin(abs(k["kappa"] - kappa))) for kappa in (1, 0)}
    S = {kappa: [k["Sf"][i], k["Sb"][i], k["Scc"][i], k["Sfc"][i] + k["Sbc"][i]] for kappa, i in at.items()}
    figure, axes = plt.subplots(4, 3, figsize=(9.5, 8.6), gridspec_kw={"width_ratios": [1, 1, 0.55]}, layout="constrained")
    figure.get_layout_engine().set(rect=(0, 0.05, 1, 0.95))
    for row, name in enumerate(names):
        for column, (kappa, window) in enumerate(((1, "L_causal"), (0, "L_other"))):
            axis = axes[row, column]
            axis.fill_between(c["s_ms"], 1e3 * c[window], color="0.85", step="mid")
            axis.set_ylabel("window L (µV)" if column == 0 else "", color="0.5")
            axis.set_xlim(-80, 80)
            limit = 1.1e3 * abs(c[window]).max()
            axis.set_ylim(-limit, limit)
            twin = axis.twinx()
            scale = 1e6
            twin.plot(c["s_ms"], scale * c[name], color=color(kappa))
            limit = 1.1 * scale * abs(c[name]).max()
            twin.set_ylim(-limit, limit)
            twin.spines["right"].set_visible(True)
            unit = "mV" if row < 2 else "mV²"
            twin.set_ylabel(f"C(s) (10⁻⁶/(ms² {unit}))" if column == 1 else "")
            axis.axhline(0, color="0.7", lw=0.6)
            axis.axvline(0, color="0.7", lw=0.6)
            if row == 0:
                axis.set_title("causal rule, κ = 1" if kappa == 1 else f"{OTHER} rule, κ = 0")
            if row == 3:
                axis.set_xlabel("lag s = t_post − t_pre (ms)")
        axis = axes[row, 2]
        values = [S[1][row], S[0][row]]
        axis.bar([0, 1], values, color=[CAUSAL, ACAUSAL])
        axis.axhline(0, color="0.3", lw=0.6)
        axis.set_xticks([0, 1], ["κ = 1", "κ = 0"])
        axis.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
        axis.set_title(titles[row], fontsize=8)
        axis.set_ylabel("S (W_max/(ms mV))" if row < 2 else "S (W_max/(ms mV²))", fontsize=8)
    save(figure, "components", "Grey: the window L(s), left scale; lines: the covariance that a motif of unit weights makes, right scale; "
         "bars: the motif coefficient S, the integral of their product, in units of W_EE^max.")


def paths():
    t = read("trajectories.csv")
    lambdas, kappas = np.unique(t["lambda"]), np.unique(t["kappa"])[::-1]
    simulated = "simulation" in t["source"]
    figure, axes = plt.subplots(len(lambdas), len(kappas), figsize=(3.9 * len(kappas) + 0.6, 2.3 * len(lambdas) + 0.8), sharex=True, squeeze=False, layout="constrained")
    figure.get_layout_engine().set(rect=(0, 0.05, 1, 0.95))
    theories = [("theory_2", "tab:red", "--", "theory, order 2"), ("theory_all", "tab:red", "-", "theory, all orders")]
    for row, overlap in enumerate(lambdas):
        for column, kappa in enumerate(kappas):
            axis = axes[row, column]
            here = (t["lambda"] == overlap) & (t["kappa"] == kappa)
            for name, style in (("x_AA", 1.0), ("x_AB", 0.55)):
                runs = [here & (t["source"] == "simulation") & (t["seed"] == seed) for seed in np.unique(t["seed"][here & (t["source"] == "simulation")])]
                for one in runs:
                    axis.plot(t["t_s"][one], t[name][one] - t[name][one][0], color="0.75", lw=0.8, label="simulation, each seed" if name == "x_AA" and one is runs[0] else None)
                if runs:
                    mean, error = over_seeds([t[name][one] - t[name][one][0] for one in runs])
                    axis.fill_between(t["t_s"][runs[0]], mean - error, mean + error, color="k", alpha=0.2, lw=0, label="± standard error" if name == "x_AA" and len(runs) > 1 else None)
                    axis.plot(t["t_s"][runs[0]], mean, color="k", lw=1.6, label=f"mean of {len(runs)} simulations" if name == "x_AA" else None)
                for source, tone, dash, text in theories:
                    line = here & (t["source"] == source)
                    if line.any():
                        axis.plot(t["t_s"][line], t[name][line] - t[name][line][0], color=tone, ls=dash, lw=1.2, alpha=style if style == 1 else 1, label=text if name == "x_AA" else None)
                        if source == "theory_all":
                            axis.annotate("W" + name[1:], (t["t_s"][line][-1], t[name][line][-1] - t[name][line][0]), xytext=(3, 0), textcoords="offset points", fontsize=7, va="center")
            axis.axhline(0, color="0.8", lw=0.6, zorder=0)
            axis.margins(x=0.02)
            if row == 0:
                axis.set_title(label(kappa))
            if column == 0:
                axis.set_ylabel(f"λ = {overlap:g}\nchange of weight / bound")
            if row == len(lambdas) - 1:
                axis.set_xlabel("time (s)")
    axes[0, 0].legend(fontsize=7, frameon=False)
    start = run["initial"]
    save(figure, "theory_over_simulation", f"Change of W_AA and W_AB from AA {start['AA']:g}, AB {start['AB']:g}, AO {start['AO']:g}, OA {start['OA']:g}, OO {start['OO']:g} of the bound; "
         "no bounds on the weights; inhibition plastic. " + (f"Grey: {seeds()}, dt {run['dt']['value']} ms; theory of all orders for neurons that take steps of this length." if simulated else "Theory alone (--simulate adds the network)."))


def threshold():
    k, t = read("thresholds.csv"), read("trajectories.csv")
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    figure.get_layout_engine().set(rect=(0, 0.1, 1, 0.9))
    for order, dash in (("2", "--"), ("all", "-")):
        for kappa in np.unique(k["kappa"]):
            here = (k["kappa"] == kappa) & (k["order"].astype(str) == (order if order == "all" else str(k["order"][0])))
            if here.any():
                left.plot(k["lambda"][here], k["threshold"][here], dash, color=color(kappa), label=f"{label(kappa)}, {'all orders' if order == 'all' else 'order 2'}")
    left.axhline(run["initial"]["AB"], color="0.5", lw=1, label="W_AB at t = 0")
    for overlap in run["lambda"]:
        left.plot(overlap, run["initial"]["AB"], "o", color="tab:red", ms=5)
    left.set(xlabel="overlap λ", ylabel="threshold of W_AB / bound", ylim=(0, 1.3 * max(run["initial"]["AB"], np.nanmax(k["threshold"]))))
    left.legend(fontsize=7, frameon=False, loc="upper right", ncol=2)
    for index, overlap in enumerate(np.unique(t["lambda"])):
        width = 1.2 + 0.6 * index
        for kappa in np.unique(t["kappa"]):
            here = (t["lambda"] == overlap) & (t["kappa"] == kappa)
            line = here & (t["source"] == "reduced")
            right.plot(t["t_s"][line], t["x_AB"][line], "--", color=color(kappa), alpha=0.5 + 0.5 * index / max(1, len(np.unique(t["lambda"])) - 1), lw=width, label=f"{label(kappa)}, λ = {overlap:g}")
            runs = [here & (t["source"] == "simulation") & (t["seed"] == seed) for seed in np.unique(t["seed"][here & (t["source"] == "simulation")])]
            if runs:
                shift = t["x_AB"][line][0] - np.mean([t["x_AB"][one][0] for one in runs])
                right.plot(t["t_s"][runs[0]], np.mean([t["x_AB"][one] for one in runs], axis=0) + shift, "-", color=color(kappa), alpha=0.5 + 0.5 * index / max(1, len(np.unique(t["lambda"])) - 1), lw=width)
    right.set(xlabel="time (s)", ylabel="W_AB / bound")
    right.legend(fontsize=6.5, frameon=False)
    save(figure, "threshold", "Left: the threshold between growth and decay of W_AB, all other weights at their bound; dots: the overlaps on the right. Order 2 balances inhibition "
         "whatever its bound; all orders keep it within, and count the noise of recurrent spikes. "
         "Right: the reduced flow of order 2 (dashed) from the initial weights" + ("; solid: mean of the simulations." if "simulation" in t["source"] else "."))


def phase(simulated):
    p, b = read("phase.csv"), read("boundary.csv")
    kappa, overlap = np.unique(p["kappa"]), np.unique(p["lambda"])
    drift = 1e6 * p["dWdt"].reshape(len(kappa), len(overlap)).T
    points = read("phase_simulation.csv") if simulated else None
    limit = max(abs(drift).max() * 0.7, 1e6 * abs(points["dWdt"]).max() if simulated else 0)
    figure, axis = plt.subplots(figsize=(6, 5.2), layout="constrained")
    figure.get_layout_engine().set(rect=(0, 0.15, 1, 0.78) if simulated else (0, 0.08, 1, 0.85))
    mesh = axis.pcolormesh(kappa, overlap, drift, cmap="RdBu_r", vmin=-limit, vmax=limit, shading="gouraud", rasterized=True)
    figure.colorbar(mesh, label="dW_AB/dt / bound (10⁻⁶/s)")
    for order in np.unique(b["order"].astype(str)):
        text = "all orders" if order == "all" else "order 2"
        for AB in np.unique(b["W_AB0"]):
            line = (b["order"].astype(str) == order) & (b["W_AB0"] == AB) & (b["lambda"] > 0)
            if not line.any():
                continue
            main = AB == run["initial"]["AB"]
            chosen = main and text == ORDER
            axis.plot(b["kappa"][line], b["lambda"][line], color="k" if main else "0.45", lw=2 if chosen else 0.9, ls="-" if text == ORDER else "--",
                      label=f"dW_AB/dt = 0, {text}, W_AB(0) = {AB:g}")
    z = []
    if simulated:
        for kappa_at, overlap_at in sorted(set(zip(points["kappa"], points["lambda"]))):
            here = (points["kappa"] == kappa_at) & (points["lambda"] == overlap_at)
            value, error = 1e6 * points["dWdt"][here].mean(), 1e6 * np.sqrt((points["error"][here] ** 2).sum()) / here.sum()
            z.append((value - 1e6 * points["theory"][here].mean()) / error)
            axis.scatter(kappa_at, overlap_at, c=[value], cmap="RdBu_r", vmin=-limit, vmax=limit, s=90, edgecolors="k", linewidths=1.6 if abs(value) > 2 * error else 0.4, zorder=3, clip_on=False)
            left = kappa_at > 0.5
            axis.annotate(f"{value:+.0f}±{error:.0f}\nz {z[-1]:+.1f}", (kappa_at, overlap_at), xytext=(-9 if left else 9, 0), textcoords="offset points", fontsize=6.5, va="center", ha="right" if left else "left", zorder=4,
                          bbox={"boxstyle": "round,pad=0.15", "fc": "w", "ec": "none", "alpha": 0.6})
    axis.set(xlabel="causality κ", ylabel="overlap λ", xlim=(0, 1), ylim=(0, overlap.max()))
    axis.legend(fontsize=6.5, loc="lower left", bbox_to_anchor=(0, 1.0), ncol=2, frameon=False).set_in_layout(False)
    x = run["initial"]
    text = f"Theory, {ORDER}, at AA {x['AA']:g}, AB {x['AB']:g}, AO {x['AO']:g}, OA {x['OA']:g}, OO {x['OO']:g} of the bound. Red: W_AB grows (fusion); blue: it decays."
    if simulated:
        text += (f" Dots: spiking simulations at frozen E→E weights, inhibition plastic, {run['post']['value']:g} s, {seeds()}, dt {run['dt']['value']} ms: drift ± standard error in 10⁻⁶/s "
                 f"(bold rim: beyond two) and z against the theory of all orders with inhibition at rest under its own rule; largest |z| {max(map(abs, z)):.1f} of {len(z)}.")
    save(figure, "phase_simulation" if simulated else "phase", text)


components()
paths()
threshold()
phase(False)
if (folder / "phase_simulation.csv").exists():
    phase(True)
